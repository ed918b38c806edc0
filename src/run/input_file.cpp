#include "run/input_file.hpp"

#include "sys/file.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::run {

util::Result<InputFile> InputFile::open(const Options& options) {
    InputFile input;
    if (options.file) {
        input.file_ = TRY(sys::open(*options.file, O_RDONLY));
    }
    return input;
}

int InputFile::fd() const {
    return file_ ? file_.get() : STDIN_FILENO;
}

}  // namespace maelstrom::run

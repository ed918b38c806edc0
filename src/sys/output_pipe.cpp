#include "sys/output_pipe.hpp"

#include "sys/disk.hpp"
#include "sys/file.hpp"

#include <fcntl.h>

namespace maelstrom::sys {

util::Result<OutputPipe> OutputPipe::open() {
    auto [reader, writer] = TRY(pipe2());
    // Only our end: a program that found its output non-blocking would lose some of it.
    if (::fcntl(reader.get(), F_SETFL, O_NONBLOCK) != 0) {
        return util::fail_errno("fcntl");
    }
    // Programs open it again by name (/dev/stdout), which asks for the permissions of a file.
    // Whoever can find it below /proc owns a process that has it anyway.
    TRY(fchmod(writer, 0666));
    return OutputPipe{.reader = std::move(reader), .writer = std::move(writer)};
}

}  // namespace maelstrom::sys

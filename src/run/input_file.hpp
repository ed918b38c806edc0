#pragma once

#include "run/options.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

namespace maelstrom::run {

/// Where specifications come from: the file, if one was given, else standard input.
class InputFile {
public:
    static util::Result<InputFile> open(const Options& options);
    int fd() const;

private:
    sys::Fd file_;
};

}  // namespace maelstrom::run

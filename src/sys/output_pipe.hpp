#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

namespace maelstrom::sys {

/// What a program writes and we read.
struct OutputPipe {
    Fd reader;  ///< does not block
    Fd writer;

    static util::Result<OutputPipe> open();
};

}  // namespace maelstrom::sys

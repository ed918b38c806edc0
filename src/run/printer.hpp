#pragma once

#include "run/report.hpp"
#include "util/error.hpp"

namespace maelstrom::run {

/// Writes reports to two descriptors, which it does not own, at once and unbuffered: output before
/// errors, each report as a whole.
class Printer {
public:
    Printer(int output, int errors) : output_(output), errors_(errors) {}

    /// The error names the stream; EPIPE is in `os_error()`.
    util::Result<void> print(const Report& report) const;

private:
    int output_;
    int errors_;
};

}  // namespace maelstrom::run

#pragma once

#include "run/report.hpp"
#include "util/error.hpp"

#include <string_view>

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

/// Waits where that is necessary. The error says that it was writing to `name`.
util::Result<void> write_whole(int fd, std::string_view bytes, std::string_view name);

}  // namespace maelstrom::run

#pragma once

namespace maelstrom::sys {

/// How this program is to end.
struct ProgramEnd {
    int code = 0;
    int signal = 0;  ///< dies of it, if not 0
    bool operator==(const ProgramEnd&) const = default;
};

/// The exit code for `main`; does not return where there is a signal.
int end_program(const ProgramEnd& end);

}  // namespace maelstrom::sys

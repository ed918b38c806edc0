#include "sys/program_end.hpp"

#include "sys/signals.hpp"

namespace maelstrom::sys {

int end_program(const ProgramEnd& end) {
    if (end.signal != 0) {
        die_of(end.signal);
    }
    return end.code;
}

}  // namespace maelstrom::sys

#include "util/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace maelstrom::util {

void check_failed(const char* condition, std::source_location where) {
    std::fprintf(stderr, "%s:%u: internal error: CHECK(%s) does not hold\n", where.file_name(),
                 static_cast<unsigned>(where.line()), condition);
    std::abort();
}

}  // namespace maelstrom::util

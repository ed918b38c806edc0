#pragma once

namespace maelstrom::runner {

/// How a test runner ends.
struct End {
    int code = 0;
    int signal = 0;  ///< ends by it, if not 0
};

}  // namespace maelstrom::runner

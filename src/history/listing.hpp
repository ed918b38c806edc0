#pragma once

#include "history/record.hpp"
#include "util/error.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace maelstrom::history {

/// Reads `test-listing.toml`, version 3: the record of known tests that the Rust programs of the
/// same names keep. Other versions have no tests. The error says what is not as it should be.
util::Result<std::vector<std::pair<TestKey, Record>>> parse_listing(std::string_view text);

}  // namespace maelstrom::history

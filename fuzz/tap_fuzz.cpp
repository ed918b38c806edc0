#include "tap/document.hpp"
#include "util/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// What a program writes to its standard output, which may be anything.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const tap::Document document = tap::parse(text);
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    CHECK(document.points.size() <= lines);
    for (const tap::Point& point : document.points) {
        CHECK(!point.name.empty());
    }
    // Nobody passes by saying nothing.
    CHECK(!document.points.empty() || !document.mistakes.empty() || document.skipped ||
          document.bail_out);
    return 0;
}

#include "layer/glob.hpp"
#include "util/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

// Globs: a pattern, a newline, a path. Compiles or says why not; a match lies below the place where
// a walk would start; asking twice gives the same answer.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view pattern = text.substr(0, end);
    const std::string_view path = text.substr(std::min(end + 1, text.size()));
    const auto glob = layer::Glob::compile(pattern);
    if (!glob) {
        return 0;
    }
    layer::Matcher matcher(*glob);
    const bool matches = matcher.matches(path);
    CHECK(matcher.matches(path) == matches);
    CHECK(!matches || glob->start().empty() || path.starts_with(glob->start()));
    if (pattern.find_first_of("?*[]{}\\") == std::string_view::npos) {
        CHECK(matches == (pattern == path));
    }
    return 0;
}

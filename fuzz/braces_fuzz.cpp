#include "job/braces.hpp"
#include "util/check.hpp"

#include <cstddef>
#include <cstdint>

// Brace expansion: whatever is written, few and short results or an error.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto words = job::expand_braces({reinterpret_cast<const char*>(data), size});
    if (!words) {
        return 0;
    }
    CHECK(!words->empty() && words->size() <= 65'536);
    std::size_t bytes = 0;
    for (const std::string& word : *words) {
        bytes += word.size();
    }
    CHECK(bytes <= (std::size_t{8} << 20U) || words->size() == 1);
    return 0;
}

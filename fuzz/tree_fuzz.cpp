#include "layer/stack.hpp"
#include "layer/tree.hpp"
#include "util/check.hpp"

#include <cstddef>
#include <cstdint>

// Tree messages from anybody, and how they stack: what is read can be written and read again, a
// merged tree has no whiteouts, and merging it once more changes nothing.

using namespace maelstrom;

namespace {

void check_plain(const layer::Directory& directory) {
    CHECK(!directory.is_opaque);
    for (const auto& [name, node] : directory.children) {
        CHECK(!node.is_whiteout());
        CHECK(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos);
        if (const layer::Directory* below = node.directory()) {
            check_plain(*below);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t half = size / 2;
    const auto whole = layer::decode(bytes);
    const auto lower = whole ? whole : layer::decode(bytes.substr(0, half));
    const auto upper = layer::decode(bytes.substr(half));
    if (lower) {
        const auto again = layer::decode(layer::encode(*lower));
        CHECK(again.has_value() && *again == *lower);
    }
    if (lower && upper) {
        const layer::Directory merged = layer::merge({*lower, *upper});
        check_plain(merged);
        check_plain(layer::merge({*lower, *upper, *lower}));
    }
    return 0;
}

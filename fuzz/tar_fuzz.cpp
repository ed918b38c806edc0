#include "layer/tar.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "util/check.hpp"
#include "util/log.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

// Tar files: whatever the bytes, a tree that can be stored or an error, and nothing outside the
// store is touched.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const testing::TempDir dir;
    static const auto store = std::move(*store::Store::open({.directory = dir / "store"}));
    util::log::set_level(util::log::Level::error);
    const sys::Fd file = std::move(*sys::memfd_create("tar", 0));
    CHECK(sys::write_all(file, {reinterpret_cast<const char*>(data), size}).has_value());
    CHECK(::lseek(file.get(), 0, SEEK_SET) == 0);
    const auto tree = layer::read_tar(*store, file, {.members = 1000, .data = {1 << 20}});
    if (tree) {
        const auto again = layer::decode(layer::encode(*tree));
        CHECK(again.has_value() && *again == *tree);
    }
    return 0;
}

#include "layer/elf.hpp"
#include "sys/file.hpp"
#include "util/check.hpp"

#include <unistd.h>

#include <cstddef>
#include <cstdint>

// ELF files: whatever the bytes, names or an error.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const sys::Fd file = std::move(*sys::memfd_create("elf", 0));
    CHECK(sys::write_all(file, {reinterpret_cast<const char*>(data), size}).has_value());
    CHECK(::lseek(file.get(), 0, SEEK_SET) == 0);
    const auto elf = layer::read_elf(file);
    if (elf) {
        for (const std::string& name : elf->needed) {
            CHECK(name.find('\0') == std::string::npos);
        }
    }
    return 0;
}

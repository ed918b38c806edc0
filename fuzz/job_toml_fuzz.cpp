#include "job/parse.hpp"
#include "util/check.hpp"

#include <cstddef>
#include <cstdint>

// A TOML document, and the job or containers that it may describe.

using namespace maelstrom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = util::parse_toml({reinterpret_cast<const char*>(data), size});
    if (!value) {
        CHECK(value.error().message().starts_with("line "));
        return 0;
    }
    CHECK(value->object() != nullptr);
    (void)job::parse_job(*value);
    if (const util::Value* containers = value->find("containers")) {
        (void)job::parse_containers(*containers);
    }
    return 0;
}

#include "job/inherit.hpp"
#include "job/parse.hpp"
#include "util/check.hpp"
#include "util/json_stream.hpp"

#include <cstddef>
#include <cstdint>

// A stream of job specifications as `maelstrom-run` reads it: cut, parsed, understood, merged.

using namespace maelstrom;

namespace {

std::vector<util::JsonStream::Object> cut(std::string_view text, std::size_t piece) {
    util::JsonStream stream(util::Bytes{1U << 20U});
    std::vector<util::JsonStream::Object> objects;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        stream.feed(text.substr(at, piece));
        for (;;) {
            auto object = stream.next();
            if (!object) {
                return objects;
            }
            if (!*object) {
                break;
            }
            objects.push_back(std::move(**object));
        }
    }
    return objects;
}

void understand(const util::JsonStream::Object& object, job::Registry& registry) {
    const auto value = util::parse_json(object.text, object.start);
    if (!value) {
        CHECK(value.error().message().starts_with("line "));
        return;
    }
    auto input = job::parse_input(*value, job::Program::optional);
    if (!input) {
        CHECK(input.error().message().find("line ") != std::string::npos);
        return;
    }
    if (auto* containers = std::get_if<job::NamedContainers>(&*input)) {
        for (job::NamedContainer& named : *containers) {
            registry.define(named.name, std::move(named.container));
        }
        return;
    }
    const auto collapsed = job::collapse(std::get<job::Job>(*input).container, registry);
    CHECK(!collapsed || collapsed->container.network.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto objects = cut(text, 4096);
    const auto again = cut(text, 3);
    CHECK(objects.size() == again.size());
    job::Registry registry;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        CHECK(objects[i].text == again[i].text && objects[i].start == again[i].start);
        understand(objects[i], registry);
    }
    // Also what the cutting refuses.
    (void)util::parse_json(text);
    return 0;
}

#include "config/values.hpp"

#include "util/check.hpp"

#include <utility>

namespace maelstrom::config {

void Values::set(std::string_view name, OptionValue value, Origin origin) {
    entries_.insert_or_assign(std::string(name), Entry{std::move(value), std::move(origin)});
}

Origin Values::origin(std::string_view name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? Origin{} : found->second.origin;
}

const OptionValue* Values::find(std::string_view name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second.value;
}

bool Values::boolean(std::string_view name) const {
    return has(name) && get<bool>(name);
}

std::uint64_t Values::number(std::string_view name) const {
    return get<std::uint64_t>(name);
}

util::Bytes Values::size(std::string_view name) const {
    return get<util::Bytes>(name);
}

util::log::Level Values::level(std::string_view name) const {
    return get<util::log::Level>(name);
}

char Values::character(std::string_view name) const {
    return get<char>(name);
}

const std::string& Values::text(std::string_view name) const {
    return get<std::string>(name);
}

std::optional<std::string> Values::optional_text(std::string_view name) const {
    return has(name) ? std::optional(get<std::string>(name)) : std::nullopt;
}

std::vector<std::string> Values::list(std::string_view name) const {
    return has(name) ? get<std::vector<std::string>>(name) : std::vector<std::string>{};
}

template <class T>
const T& Values::get(std::string_view name) const {
    const OptionValue* found = find(name);
    CHECK(found != nullptr);
    const T* value = std::get_if<T>(found);
    CHECK(value != nullptr);
    return *value;
}

}  // namespace maelstrom::config

#include "job/fields.hpp"

#include "job/parse_parts.hpp"
#include "job/reader.hpp"
#include "util/text.hpp"

#include <array>
#include <type_traits>

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

// The last id cannot be mapped: to Linux it means "none".
constexpr std::int64_t largest_id = 4'294'967'294;

constexpr std::array<std::string_view, 15> keys_of_containers{"image",
                                                              "parent",
                                                              "layers",
                                                              "added_layers",
                                                              "environment",
                                                              "added_environment",
                                                              "mounts",
                                                              "added_mounts",
                                                              "network",
                                                              "enable_writable_file_system",
                                                              "working_directory",
                                                              "user",
                                                              "group",
                                                              "capabilities",
                                                              "limits"};

constexpr std::pair<std::string_view, Network> network_words[] = {{"disabled", Network::disabled},
                                                                  {"loopback", Network::loopback},
                                                                  {"local", Network::local}};
constexpr std::pair<std::string_view, Capabilities> capabilities_words[] = {
    {"none", Capabilities::none},
    {"all", Capabilities::all}};

constexpr std::pair<std::string_view, Field> image_use_words[] = {
    {"layers", Field::layers},
    {"environment", Field::environment},
    {"working_directory", Field::working_directory}};
constexpr std::pair<std::string_view, Field> parent_use_words[] = {
    {"layers", Field::layers},
    {"environment", Field::environment},
    {"working_directory", Field::working_directory},
    {"enable_writable_file_system", Field::enable_writable_file_system},
    {"mounts", Field::mounts},
    {"network", Field::network},
    {"user", Field::user},
    {"group", Field::group},
    {"capabilities", Field::capabilities},
    {"limits", Field::limits}};

/// A name, or an object with a name and perhaps the list of what to use.
template <std::size_t Count>
Result<ParentReference> read_reference(const Value& value,
                                       std::string_view key,
                                       const Fields& everything,
                                       const std::pair<std::string_view, Field> (&words)[Count]) {
    if (value.string() != nullptr) {
        return ParentReference{TRY(read_string(value, key)), everything, false};
    }
    if (value.object() == nullptr) {
        return fail_type(value, key, "a name, or an object with \"name\" and \"use\"");
    }
    constexpr std::array<std::string_view, 2> legal{"name", "use"};
    const std::string what = util::quoted(key);
    TRY(check_object(value, what, legal));
    const Value* name = TRY(required(value, "name", what));
    ParentReference reference{TRY(read_string(*name, "name")), everything, false};
    if (const auto* use = given(value, "use")) {
        reference.is_explicit = true;
        reference.use.clear();
        for (const Value& item : *TRY(read_list(use->value, "use"))) {
            reference.use.insert(
                TRY(read_word(item, fmt::format("item of {}'s \"use\"", what), words)));
        }
    }
    return reference;
}

Result<std::vector<Layer>> read_layers(const Value& value, std::string_view key) {
    std::vector<Layer> layers;
    for (const Value& item : *TRY(read_list(value, key))) {
        layers.push_back(TRY(parse_layer(item)));
    }
    return layers;
}

Result<std::vector<Mount>> read_mounts(const Value& value, std::string_view key) {
    std::vector<Mount> mounts;
    for (const Value& item : *TRY(read_list(value, key))) {
        mounts.push_back(TRY(parse_mount(item)));
    }
    return mounts;
}

Result<std::uint32_t> read_id(const Value& value, std::string_view key) {
    return static_cast<std::uint32_t>(TRY(read_integer(value, key, 0, largest_id)));
}

/// Fills `target` if the key is there and not null.
template <class T, class Read>
Result<void> read_field(const Value& object, std::string_view key, Maybe<T>& target, Read read) {
    if (const auto* member = given(object, key)) {
        target = Given<T>{TRY(read(member->value, key)), member->position};
    }
    return {};
}

}  // namespace

std::span<const std::string_view> container_keys() {
    return keys_of_containers;
}

std::string_view name_of(Field field) {
    for (const auto& [name, meaning] : parent_use_words) {
        if (meaning == field) {
            return name;
        }
    }
    return {};
}

const Fields& image_fields() {
    static const Fields fields{Field::layers, Field::environment, Field::working_directory};
    return fields;
}

const Fields& all_fields() {
    static const Fields fields = [] {
        Fields all;
        for (const auto& word : parent_use_words) {
            all.insert(word.second);
        }
        return all;
    }();
    return fields;
}

Result<ContainerFields> read_container_fields(const Value& object) {
    ContainerFields fields;
    TRY(read_field(object, "image", fields.image, [](const Value& value, std::string_view key) {
        return read_reference(value, key, image_fields(), image_use_words);
    }));
    TRY(read_field(object, "parent", fields.parent, [](const Value& value, std::string_view key) {
        return read_reference(value, key, all_fields(), parent_use_words);
    }));
    TRY(read_field(object, "layers", fields.layers, read_layers));
    TRY(read_field(object, "added_layers", fields.added_layers, read_layers));
    TRY(read_field(object, "environment", fields.environment, parse_environment));
    TRY(read_field(object, "added_environment", fields.added_environment, parse_environment));
    TRY(read_field(object, "mounts", fields.mounts, read_mounts));
    TRY(read_field(object, "added_mounts", fields.added_mounts, read_mounts));
    TRY(read_field(object, "network", fields.network, [](const Value& value, std::string_view key) {
        return read_word(value, key, network_words);
    }));
    TRY(read_field(object, "enable_writable_file_system", fields.enable_writable_file_system,
                   read_boolean));
    TRY(read_field(object, "working_directory", fields.working_directory, read_string));
    TRY(read_field(object, "user", fields.user, read_id));
    TRY(read_field(object, "group", fields.group, read_id));
    TRY(read_field(object, "capabilities", fields.capabilities,
                   [](const Value& value, std::string_view key) {
                       return read_word(value, key, capabilities_words);
                   }));
    TRY(read_field(object, "limits", fields.limits,
                   [](const Value& value, std::string_view) { return parse_limits(value); }));
    return fields;
}

}  // namespace maelstrom::job

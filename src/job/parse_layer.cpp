#include "job/parse_parts.hpp"
#include "job/reader.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

constexpr std::array<std::string_view, 7> kinds{
    "tar", "glob", "paths", "stubs", "symlinks", "shared_library_dependencies", "command"};
constexpr std::array<std::string_view, 4> prefix_options{"strip_prefix", "prepend_prefix",
                                                         "canonicalize", "follow_symlinks"};

bool takes_prefix_options(std::string_view kind) {
    return kind == "glob" || kind == "paths" || kind == "shared_library_dependencies";
}

/// The first member that names a kind decides.
Result<const Value::Member*> find_kind(const Value& value) {
    if (value.object() == nullptr) {
        return fail_at(value.position,
                       fmt::format("a layer must be an object with one of {}, found {}",
                                   util::one_of(kinds), value.type_name()));
    }
    for (const Value::Member& member : *value.object()) {
        if (std::ranges::find(kinds, member.key) != kinds.end()) {
            return &member;
        }
    }
    // A misspelt kind is more likely than none at all.
    for (const Value::Member& member : *value.object()) {
        if (const auto near = util::nearest(member.key, kinds)) {
            return fail_at(member.position,
                           fmt::format("cannot tell the type of the layer: {} is none; did you "
                                       "mean {}? A layer has one of {}",
                                       util::quoted(member.key), util::quoted(*near),
                                       util::one_of(kinds)));
        }
    }
    return fail_at(
        value.position,
        fmt::format("cannot tell the type of the layer: it needs one of {}", util::one_of(kinds)));
}

Result<void> check_members(const Value& value, std::string_view kind) {
    std::vector<std::string_view> legal{kind};
    if (takes_prefix_options(kind)) {
        legal.insert(legal.end(), prefix_options.begin(), prefix_options.end());
    }
    return check_object(value, fmt::format("a layer of type {}", util::quoted(kind)), legal);
}

Result<PrefixOptions> parse_options(const Value& object) {
    PrefixOptions options;
    if (const auto* member = given(object, "strip_prefix")) {
        options.strip_prefix = TRY(read_string(member->value, member->key));
    }
    if (const auto* member = given(object, "prepend_prefix")) {
        options.prepend_prefix = TRY(read_string(member->value, member->key));
    }
    // Unlike elsewhere, null is not the same as absent for these two.
    if (const Value* value = object.find("canonicalize")) {
        options.canonicalize = TRY(read_boolean(*value, "canonicalize"));
    }
    if (const Value* value = object.find("follow_symlinks")) {
        options.follow_symlinks = TRY(read_boolean(*value, "follow_symlinks"));
    }
    return options;
}

Result<Symlink> parse_symlink(const Value& value) {
    constexpr std::array<std::string_view, 2> legal{"link", "target"};
    TRY(check_object(value, "a symlink", legal));
    const Value* link = TRY(required(value, "link", "a symlink"));
    const Value* target = TRY(required(value, "target", "a symlink"));
    Symlink symlink;
    symlink.link = TRY(read_string(*link, "link"));
    symlink.target = TRY(read_string(*target, "target"));
    return symlink;
}

Result<Layer> parse_symlinks(const Value& value) {
    SymlinksLayer layer;
    for (const Value& item : *TRY(read_list(value, "symlinks"))) {
        layer.symlinks.push_back(TRY(parse_symlink(item)));
    }
    return layer;
}

Result<Layer> parse_command(const Value& value) {
    if (value.string() != nullptr) {
        return CommandLayer{{TRY(read_string(value, "command"))}};
    }
    if (value.array() == nullptr) {
        return fail_type(value, "command", "a string or a list of strings");
    }
    CommandLayer layer{TRY(read_strings(value, "command"))};
    if (layer.command.empty()) {
        return fail_at(value.position, "\"command\" is an empty list: the program is missing");
    }
    return layer;
}

/// The Rust original's manual writes this one kind with dashes, its program with underscores.
Value with_usual_spelling(Value value) {
    if (auto* members = std::get_if<Value::Object>(&value.data)) {
        for (Value::Member& member : *members) {
            if (member.key == "shared-library-dependencies") {
                member.key = "shared_library_dependencies";
            }
        }
    }
    return value;
}

}  // namespace

Result<Layer> parse_layer(const Value& given_value) {
    const Value value = with_usual_spelling(given_value);
    const Value::Member& kind = *TRY(find_kind(value));
    TRY(check_members(value, kind.key));
    if (kind.key == "tar") {
        return TarLayer{TRY(read_string(kind.value, kind.key))};
    }
    if (kind.key == "stubs") {
        return StubsLayer{TRY(read_strings(kind.value, kind.key))};
    }
    if (kind.key == "symlinks") {
        return parse_symlinks(kind.value);
    }
    if (kind.key == "command") {
        return parse_command(kind.value);
    }
    PrefixOptions options = TRY(parse_options(value));
    if (kind.key == "glob") {
        return GlobLayer{TRY(read_string(kind.value, kind.key)), std::move(options)};
    }
    std::vector<std::string> paths = TRY(read_strings(kind.value, kind.key));
    if (kind.key == "paths") {
        return PathsLayer{std::move(paths), std::move(options)};
    }
    return SharedLibrariesLayer{std::move(paths), std::move(options)};
}

}  // namespace maelstrom::job

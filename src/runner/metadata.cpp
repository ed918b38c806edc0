#include "runner/metadata.hpp"

#include "job/reader.hpp"
#include "job/template.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace maelstrom::runner {

namespace {

using util::fail_at;
using util::Result;
using util::Value;

constexpr util::Bytes largest_file{10'000'000};
constexpr std::int64_t most_retries = 1000;

constexpr std::array<std::string_view, 2> top_keys{"containers", "directives"};
constexpr std::array<std::string_view, 6> own_keys{
    "filter", "include_shared_libraries", "timeout", "ignore", "retries", "isolation_unit"};

std::vector<std::string_view> directive_keys() {
    std::vector<std::string_view> keys(own_keys.begin(), own_keys.end());
    const auto container = job::container_keys();
    keys.insert(keys.end(), container.begin(), container.end());
    return keys;
}

// ----------------------------------------------------------------------------------------------------
// what this version does not have

std::unexpected<util::Error> fail_image(util::Position place) {
    return fail_at(place,
                   "container images are not supported by this version yet; build on this machine "
                   "with parent = \"host\", or list layers");
}

/// Images and command layers anywhere in a container.
Result<void> check_supported(const Value& container) {
    if (const auto* image = job::given(container, "image")) {
        return fail_image(image->position);
    }
    for (const std::string_view key : {"layers", "added_layers"}) {
        const auto* layers = job::given(container, key);
        const auto* list = layers == nullptr ? nullptr : layers->value.array();
        for (const Value& layer : list == nullptr ? Value::Array{} : *list) {
            if (const auto* command = job::given(layer, "command")) {
                return fail_at(command->position,
                               "command layers are not supported by this version yet");
            }
        }
    }
    return {};
}

// ----------------------------------------------------------------------------------------------------
// template variables

using Variables = std::map<std::string, std::string>;

Result<void> fill_in(std::vector<job::Layer>& layers, const Variables& variables) {
    for (job::Layer& layer : layers) {
        layer = TRY(job::substitute(std::move(layer), variables));
    }
    return {};
}

Result<void> fill_in(std::vector<job::Mount>& mounts, const Variables& variables) {
    for (job::Mount& mount : mounts) {
        if (auto* bind = std::get_if<job::BindMount>(&mount)) {
            bind->local_path = TRY(job::substitute(bind->local_path, variables));
        }
    }
    return {};
}

template <class T>
Result<void> fill_in(job::Maybe<std::vector<T>>& items, const Variables& variables) {
    if (items) {
        TRY(fill_in(items->value, variables), "line {}", items->key.line);
    }
    return {};
}

Result<void> fill_in(job::Container& container, const Variables& variables) {
    TRY(fill_in(container.layers, variables));
    return fill_in(container.mounts, variables);
}

Result<void> fill_in(job::ContainerFields& fields, const Variables& variables) {
    TRY(fill_in(fields.layers, variables));
    TRY(fill_in(fields.added_layers, variables));
    TRY(fill_in(fields.mounts, variables));
    return fill_in(fields.added_mounts, variables);
}

// ----------------------------------------------------------------------------------------------------
// directives

class DirectiveReader {
public:
    DirectiveReader(const Value& value, const MetadataRules& rules)
        : value_(value), rules_(rules) {}

    Result<Directive> read() {
        TRY(job::check_object(value_, "a directive", directive_keys()));
        TRY(check_supported(value_));
        TRY(read_filter());
        TRY(read_container());
        TRY(read_scalars());
        return std::move(directive_);
    }

private:
    Result<void> read_filter() {
        if (const auto* filter = job::given(value_, "filter")) {
            const std::string text = TRY(job::read_string(filter->value, "filter"));
            directive_.filter = TRY(filter::Expression::parse(text, rules_.dialect),
                                    "the filter in line {}", filter->position.line);
        }
        return {};
    }

    Result<void> read_container() {
        job::ContainerFields fields = TRY(job::read_container_fields(value_));
        TRY(fill_in(fields, rules_.variables));
        if (fields.parent) {
            directive_.container = TRY(job::combine_strictly(std::move(fields)));
        } else {
            directive_.changes = std::move(fields);
        }
        return {};
    }

    Result<void> read_scalars() {
        if (const auto* found = job::given(value_, "include_shared_libraries")) {
            directive_.include_shared_libraries =
                TRY(job::read_boolean(found->value, "include_shared_libraries"));
        }
        if (const auto* found = job::given(value_, "timeout")) {
            directive_.timeout = std::chrono::seconds(
                TRY(job::read_integer(found->value, "timeout", 0, UINT32_MAX)));
        }
        if (const auto* found = job::given(value_, "ignore")) {
            directive_.ignore = TRY(job::read_boolean(found->value, "ignore"));
        }
        if (const auto* found = job::given(value_, "retries")) {
            directive_.retries = static_cast<unsigned>(
                TRY(job::read_integer(found->value, "retries", 0, most_retries)));
        }
        if (const auto* found = job::given(value_, "isolation_unit")) {
            directive_.unit =
                TRY(job::read_word(found->value, "isolation_unit", isolation_unit_words));
        }
        return {};
    }

    const Value& value_;
    const MetadataRules& rules_;
    Directive directive_;
};

// ----------------------------------------------------------------------------------------------------
// parents

/// The containers of a file by name, and whether each parent leads somewhere.
class ParentChecker {
public:
    explicit ParentChecker(const job::NamedContainers& containers) : containers_(containers) {}

    Result<void> check(const job::Container& container) const {
        const auto* parent = std::get_if<job::ContainerParent>(&container.parent);
        if (parent == nullptr || parent->name == job::host_container_name ||
            find(parent->name) != nullptr) {
            return {};
        }
        std::vector<std::string_view> known{job::host_container_name};
        std::ranges::transform(containers_, std::back_inserter(known),
                               [](const auto& named) -> std::string_view { return named.name; });
        const auto near = util::nearest(parent->name, known);
        return util::fail(util::ErrorKind::invalid, "the parent {} is not defined{}; known are {}",
                          util::quoted(parent->name),
                          near ? fmt::format("; did you mean {}?", util::quoted(*near)) : "",
                          util::one_of(known));
    }

    Result<void> check_loop(const job::NamedContainer& start) const {
        std::string chain = start.name;
        const job::NamedContainer* next = &start;
        for (std::size_t steps = 0; steps <= containers_.size(); ++steps) {
            const auto* parent = std::get_if<job::ContainerParent>(&next->container.parent);
            next = parent == nullptr ? nullptr : find(parent->name);
            if (next == nullptr) {
                return {};
            }
            chain += " -> " + next->name;
            if (next == &start) {
                return util::fail(util::ErrorKind::invalid,
                                  "parent loop: {}; a container cannot inherit from itself", chain);
            }
        }
        return {};  // a loop that others are in: they say so
    }

private:
    const job::NamedContainer* find(std::string_view name) const {
        const auto found = std::ranges::find(containers_, name, &job::NamedContainer::name);
        return found == containers_.end() ? nullptr : &*found;
    }

    const job::NamedContainers& containers_;
};

std::string position_of(const Value& value) {
    return value.position.line == 0 ? std::string()
                                    : fmt::format(" (line {})", value.position.line);
}

/// The parts of a file, in the order in which they can be understood.
class MetadataReader {
public:
    MetadataReader(const Value& document, const MetadataRules& rules)
        : document_(document), rules_(rules) {}

    Result<Metadata> read() {
        TRY(job::check_object(document_, "the file", top_keys));
        TRY(read_containers());
        TRY(read_directives());
        return std::move(metadata_);
    }

private:
    Result<void> read_containers() {
        const Value* containers = document_.find("containers");
        if (containers == nullptr) {
            return {};
        }
        if (const Value::Object* members = containers->object()) {
            for (const Value::Member& member : *members) {
                TRY(check_supported(member.value), "container {}", util::quoted(member.key));
            }
        }
        metadata_.containers = TRY(job::parse_containers(*containers));
        const ParentChecker parents(metadata_.containers);
        for (job::NamedContainer& named : metadata_.containers) {
            const Value* value = containers->find(named.name);
            const std::string where = value == nullptr ? "" : position_of(*value);
            TRY(parents.check(named.container), "container {}{}", util::quoted(named.name), where);
            TRY(parents.check_loop(named), "container {}{}", util::quoted(named.name), where);
            TRY(fill_in(named.container, rules_.variables), "container {}{}",
                util::quoted(named.name), where);
        }
        return {};
    }

    Result<void> read_directives() {
        const Value* directives = document_.find("directives");
        if (directives == nullptr) {
            return {};
        }
        const Value::Array& list = *TRY(job::read_list(*directives, "directives"));
        const ParentChecker parents(metadata_.containers);
        for (const Value& value : list) {
            const std::string which =
                fmt::format("directive {}{}", metadata_.directives.size() + 1, position_of(value));
            Directive directive = TRY(DirectiveReader(value, rules_).read(), "{}", which);
            if (directive.container) {
                TRY(parents.check(*directive.container), "{}", which);
            }
            if (directive.filter && directive.filter->warning() && !metadata_.warning) {
                metadata_.warning =
                    fmt::format("{}: the filter: {}", which, *directive.filter->warning());
            }
            metadata_.directives.push_back(std::move(directive));
        }
        return {};
    }

    const Value& document_;
    const MetadataRules& rules_;
    Metadata metadata_;
};

}  // namespace

Result<Metadata> parse_metadata(std::string_view text, const MetadataRules& rules) {
    const Value document = TRY(util::parse_toml(text));
    return MetadataReader(document, rules).read();
}

Result<std::optional<Metadata>> load_metadata(const std::string& path, const MetadataRules& rules) {
    const Result<std::string> text = sys::read_file(path, largest_file);
    if (!text) {
        if (text.error().os_error() == ENOENT) {
            return std::nullopt;
        }
        return std::unexpected(text.error());
    }
    return std::optional(TRY(parse_metadata(*text, rules), "{}", path));
}

Result<bool> write_starter(const std::string& path, std::string_view text) {
    const Result<sys::Fd> file = sys::open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (!file && file.error().os_error() == EEXIST) {
        return false;
    }
    if (!file) {
        return std::unexpected(file.error());
    }
    TRY(sys::write_all(*file, text), "writing {}", path);
    return true;
}

}  // namespace maelstrom::runner

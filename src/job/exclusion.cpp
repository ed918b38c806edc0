#include "job/fields.hpp"
#include "util/text.hpp"

// Which keys of a container go together: each vector field may be replaced or added to, each scalar
// may be set, and a parent's `use` list must not claim what the container sets itself.

namespace maelstrom::job {

namespace {

using util::fail_at;
using util::Result;

/// The parent key in use, and what of it is still inherited.
struct Source {
    std::string_view key;  ///< "image" or "parent"
    Fields can_give;
    Fields use;
    bool is_explicit;
};

template <class... Args>
std::unexpected<util::Error>
contradict(util::Position place, fmt::format_string<Args...> format, Args&&... args) {
    return fail_at(place, fmt::format(format, std::forward<Args>(args)...));
}

std::unexpected<util::Error>
fail_without_parent(util::Position place, Field field, const std::optional<Source>& source) {
    const std::string_view name = name_of(field);
    if (!source) {
        return contradict(place,
                          "\"added_{0}\" adds to the {0} of a parent, and there is no {1}; write "
                          "\"{0}\" instead",
                          name, field == Field::mounts ? "\"parent\"" : "\"image\" or \"parent\"");
    }
    if (!source->can_give.contains(field)) {
        return contradict(place,
                          "\"added_{0}\" adds to the {0} of a \"parent\", and an \"{1}\" has none; "
                          "write \"{0}\" instead",
                          name, source->key);
    }
    return contradict(place,
                      "\"added_{0}\" adds to the {0} of the \"{1}\", whose \"use\" does not list "
                      "\"{0}\"; list it there, or write \"{0}\" instead",
                      name, source->key);
}

template <class T>
Result<std::vector<T>> combine(Field field,
                               Maybe<std::vector<T>>& own,
                               Maybe<std::vector<T>>& added,
                               std::optional<Source>& source) {
    const std::string_view name = name_of(field);
    if (own && added) {
        return contradict(added->key,
                          "\"added_{0}\" cannot accompany \"{0}\"; put everything into one of them",
                          name);
    }
    const bool provided = source && source->use.contains(field);
    if (added) {
        if (!provided) {
            return fail_without_parent(added->key, field, source);
        }
        return std::move(added->value);
    }
    if (!own) {
        return std::vector<T>();
    }
    if (provided && source->is_explicit) {
        return contradict(own->key,
                          "\"{0}\" replaces what the \"use\" list of \"{1}\" asks for by "
                          "\"{0}\"; write \"added_{0}\" to add to it, or take \"{0}\" out of "
                          "\"use\"",
                          name, source->key);
    }
    if (provided) {
        source->use.erase(field);
    }
    return std::move(own->value);
}

template <class T>
Result<std::optional<T>> set(Field field, Maybe<T>& own, std::optional<Source>& source) {
    if (!own) {
        return std::nullopt;
    }
    if (source && source->use.contains(field)) {
        if (source->is_explicit) {
            return contradict(own->key,
                              "\"{0}\" is set here and also asked for by \"{0}\" in the \"use\" "
                              "list of \"{1}\"; remove one of them",
                              name_of(field), source->key);
        }
        source->use.erase(field);
    }
    return std::optional<T>(std::move(own->value));
}

std::optional<Source> source_of(const ContainerFields& fields) {
    if (fields.image) {
        const ParentReference& image = fields.image->value;
        return Source{"image", image_fields(), image.use, image.is_explicit};
    }
    if (fields.parent) {
        const ParentReference& parent = fields.parent->value;
        return Source{"parent", all_fields(), parent.use, parent.is_explicit};
    }
    return std::nullopt;
}

}  // namespace

Result<Container> combine_strictly(ContainerFields fields) {
    if (fields.image && fields.parent) {
        return contradict(fields.parent->key,
                          "only one of \"image\" and \"parent\" can be given; remove one, or let "
                          "the parent have the image");
    }
    std::optional<Source> source = source_of(fields);
    Container container;
    container.layers = TRY(combine(Field::layers, fields.layers, fields.added_layers, source));
    container.environment =
        TRY(combine(Field::environment, fields.environment, fields.added_environment, source));
    container.working_directory =
        TRY(set(Field::working_directory, fields.working_directory, source));
    container.enable_writable_file_system =
        TRY(set(Field::enable_writable_file_system, fields.enable_writable_file_system, source));
    container.mounts = TRY(combine(Field::mounts, fields.mounts, fields.added_mounts, source));
    container.network = TRY(set(Field::network, fields.network, source));
    container.user = TRY(set(Field::user, fields.user, source));
    container.group = TRY(set(Field::group, fields.group, source));
    container.capabilities = TRY(set(Field::capabilities, fields.capabilities, source));
    if (fields.limits) {
        // Inherited field by field, so setting some contradicts nothing.
        container.limits = fields.limits->value;
    }
    if (fields.image) {
        container.parent = ImageParent{std::move(fields.image->value.name), std::move(source->use)};
    } else if (fields.parent) {
        container.parent =
            ContainerParent{std::move(fields.parent->value.name), std::move(source->use)};
    }
    return container;
}

}  // namespace maelstrom::job

#include "job/inherit.hpp"

#include "job/fields.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <iterator>

namespace maelstrom::job {

namespace {

using util::ErrorKind;
using util::fail;
using util::Result;

Fields intersection(const Fields& a, const Fields& b) {
    Fields both;
    std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
    return both;
}

/// The fields that ancestors can still give: vectors grow, limits fill up, scalars are open until
/// somebody has set them.
Fields open_fields(const Container& container) {
    Fields mask{Field::layers, Field::environment, Field::mounts, Field::limits};
    const auto open_unless = [&](bool is_set, Field field) {
        if (!is_set) {
            mask.insert(field);
        }
    };
    open_unless(container.network.has_value(), Field::network);
    open_unless(container.enable_writable_file_system.has_value(),
                Field::enable_writable_file_system);
    open_unless(container.working_directory.has_value(), Field::working_directory);
    open_unless(container.user.has_value(), Field::user);
    open_unless(container.group.has_value(), Field::group);
    open_unless(container.capabilities.has_value(), Field::capabilities);
    return mask;
}

/// Collects one field after another from an ancestor, as far as the mask lets it.
class Merger {
public:
    Merger(Container& child, Fields& mask) : child_(child), mask_(mask) {}

    void merge(const Container& ancestor) {
        prepend(Field::layers, child_.layers, ancestor.layers);
        prepend(Field::environment, child_.environment, ancestor.environment);
        prepend(Field::mounts, child_.mounts, ancestor.mounts);
        take(Field::network, child_.network, ancestor.network);
        take(Field::enable_writable_file_system, child_.enable_writable_file_system,
             ancestor.enable_writable_file_system);
        take(Field::working_directory, child_.working_directory, ancestor.working_directory);
        take(Field::user, child_.user, ancestor.user);
        take(Field::group, child_.group, ancestor.group);
        take(Field::capabilities, child_.capabilities, ancestor.capabilities);
        if (mask_.contains(Field::limits)) {
            fill(child_.limits, ancestor.limits);
        }
    }

private:
    template <class T>
    void prepend(Field field, std::vector<T>& own, const std::vector<T>& inherited) {
        if (mask_.contains(field)) {
            own.insert(own.begin(), inherited.begin(), inherited.end());
        }
    }
    template <class T>
    void take(Field field, std::optional<T>& own, const std::optional<T>& inherited) {
        if (mask_.contains(field) && inherited) {
            own = inherited;
            mask_.erase(field);
        }
    }
    static void fill(Limits& own, const Limits& inherited) {
        const auto fill_one = [](auto& mine, const auto& theirs) {
            if (!mine) {
                mine = theirs;
            }
        };
        fill_one(own.memory, inherited.memory);
        fill_one(own.processes, inherited.processes);
        fill_one(own.cpu, inherited.cpu);
        fill_one(own.cpu_time, inherited.cpu_time);
        fill_one(own.files, inherited.files);
        fill_one(own.file_size, inherited.file_size);
        fill_one(own.core, inherited.core);
        fill_one(own.tmp, inherited.tmp);
        fill_one(own.best_effort, inherited.best_effort);
    }

    Container& child_;
    Fields& mask_;
};

std::unexpected<util::Error> fail_unknown_parent(const std::string& name,
                                                 const std::vector<std::string>& referrers,
                                                 const Registry& registry) {
    const std::vector<std::string> names = registry.names();
    const std::vector<std::string_view> known(names.begin(), names.end());
    std::string hint =
        known.empty() ? "no container is defined before this job" : "define it before the job";
    if (!known.empty() && known.size() <= 20) {
        hint = known.size() == 1 ? fmt::format("only {} is defined", util::quoted(known.front()))
                                 : "defined are " + util::one_of(known);
    }
    if (const auto near = util::nearest(name, known)) {
        hint = fmt::format("did you mean {}? {}", util::quoted(*near), hint);
    }
    return fail(
        ErrorKind::not_found, "parent container {}, named by {}, not found; {}", util::quoted(name),
        referrers.empty() ? "the job" : "container " + util::quoted(referrers.back()), hint);
}

Result<void> check_loop(const std::string& name, const std::vector<std::string>& visited) {
    const auto first = std::ranges::find(visited, name);
    if (first == visited.end()) {
        return {};
    }
    std::string chain;
    for (const std::string& ancestor : visited) {
        chain += ancestor + " -> ";
    }
    return fail(ErrorKind::invalid, "parent loop: {}{}; a container cannot inherit from itself",
                chain, name);
}

void apply_defaults(Container& container) {
    const auto fall_back = [](auto& field, auto value) {
        if (!field) {
            field = value;
        }
    };
    fall_back(container.network, Network::disabled);
    fall_back(container.enable_writable_file_system, false);
    fall_back(container.user, 0U);
    fall_back(container.group, 0U);
    fall_back(container.capabilities, Capabilities::none);
    const auto* image = std::get_if<ImageParent>(&container.parent);
    if (image == nullptr || !image->use.contains(Field::working_directory)) {
        fall_back(container.working_directory, "/");
    }
}

}  // namespace

void Registry::define(const std::string& name, Container container) {
    const bool is_new = containers_.insert_or_assign(name, std::move(container)).second;
    if (!is_new) {
        util::log::debug("container {} is defined anew; later jobs see the new one",
                         util::quoted(name));
    }
}

void Registry::provide(const std::string& name, Make make) {
    makers_.insert_or_assign(name, std::move(make));
}

Result<const Container*> Registry::find(const std::string& name) {
    if (const auto found = containers_.find(name); found != containers_.end()) {
        return &found->second;
    }
    if (const auto maker = makers_.find(name); maker != makers_.end()) {
        Container made = TRY(maker->second());
        return &containers_.emplace(name, std::move(made)).first->second;
    }
    return nullptr;
}

std::vector<std::string> Registry::names() const {
    std::vector<std::string> names;
    for (const auto& entry : containers_) {
        names.push_back(entry.first);
    }
    for (const auto& entry : makers_) {
        if (!containers_.contains(entry.first)) {
            names.push_back(entry.first);
        }
    }
    return names;
}

Result<Collapsed> collapse(const Container& own, Registry& registry) {
    Collapsed result{own, {}};
    Container& merged = result.container;
    merged.parent = std::monostate();
    Fields mask = open_fields(own);
    auto next = own.parent;
    while (!std::holds_alternative<std::monostate>(next)) {
        if (const auto* image = std::get_if<ImageParent>(&next)) {
            const Fields use = intersection(intersection(image->use, image_fields()), mask);
            if (!use.empty()) {
                merged.parent = ImageParent{image->name, use};
            }
            break;
        }
        const auto& parent = std::get<ContainerParent>(next);
        mask = intersection(mask, parent.use);
        if (mask.empty()) {
            break;
        }
        const Container* ancestor =
            TRY(registry.find(parent.name), "preparing container {}", util::quoted(parent.name));
        if (ancestor == nullptr) {
            return fail_unknown_parent(parent.name, result.ancestors, registry);
        }
        TRY(check_loop(parent.name, result.ancestors));
        result.ancestors.push_back(parent.name);
        Merger(merged, mask).merge(*ancestor);
        next = ancestor->parent;
    }
    apply_defaults(merged);
    return result;
}

}  // namespace maelstrom::job

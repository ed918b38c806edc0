#include "runner/directives.hpp"

#include "filter/truth.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::runner {

namespace {

/// Replaces, then adds.
template <class T>
void change(std::vector<T>& own,
            const job::Maybe<std::vector<T>>& replacement,
            const job::Maybe<std::vector<T>>& addition) {
    if (replacement) {
        own = replacement->value;
    }
    if (addition) {
        own.insert(own.end(), addition->value.begin(), addition->value.end());
    }
}

template <class T>
void change(std::optional<T>& own, const job::Maybe<T>& value) {
    if (value) {
        own = value->value;
    }
}

template <class T>
void change_limit(std::optional<T>& own, const std::optional<T>& limit) {
    if (limit) {
        own = limit;
    }
}

void change_limits(job::Limits& own, const job::Limits& limits) {
    change_limit(own.memory, limits.memory);
    change_limit(own.processes, limits.processes);
    change_limit(own.cpu, limits.cpu);
    change_limit(own.cpu_time, limits.cpu_time);
    change_limit(own.files, limits.files);
    change_limit(own.file_size, limits.file_size);
    change_limit(own.core, limits.core);
    change_limit(own.tmp, limits.tmp);
    change_limit(own.best_effort, limits.best_effort);
}

const std::string* parent_of(const job::Container& container) {
    const auto* parent = std::get_if<job::ContainerParent>(&container.parent);
    return parent == nullptr ? nullptr : &parent->name;
}

bool uses_working_directory(const job::Container& container) {
    const auto* parent = std::get_if<job::ContainerParent>(&container.parent);
    return parent != nullptr && parent->use.contains(job::Field::working_directory);
}

}  // namespace

void apply_changes(job::Container& container, const job::ContainerFields& changes) {
    change(container.layers, changes.layers, changes.added_layers);
    change(container.environment, changes.environment, changes.added_environment);
    change(container.mounts, changes.mounts, changes.added_mounts);
    change(container.network, changes.network);
    change(container.enable_writable_file_system, changes.enable_writable_file_system);
    change(container.working_directory, changes.working_directory);
    change(container.user, changes.user);
    change(container.group, changes.group);
    change(container.capabilities, changes.capabilities);
    if (changes.limits) {
        change_limits(container.limits, changes.limits->value);
    }
}

bool Directives::needs_host() const {
    const auto is_child_of_host = [](const job::Container& container) {
        const std::string* parent = parent_of(container);
        return parent != nullptr && *parent == job::host_container_name;
    };
    return std::ranges::any_of(
               metadata_.containers,
               [&](const auto& named) { return is_child_of_host(named.container); }) ||
           std::ranges::any_of(metadata_.directives, [&](const Directive& directive) {
               return directive.container && is_child_of_host(*directive.container);
           });
}

Directives::Matches Directives::matches(const filter::Subject& subject) const {
    Matches matches;
    matches.reserve(metadata_.directives.size());
    for (const Directive& directive : metadata_.directives) {
        matches.push_back(!directive.filter ||
                          directive.filter->evaluate(subject) == filter::Truth::yes);
    }
    return matches;
}

const Resolution& Directives::resolve(const Matches& matches) {
    const auto [entry, first] = resolutions_.try_emplace(matches);
    Resolution& resolution = entry->second;
    if (!first) {
        return resolution;
    }
    job::Container container;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        if (!matches[i]) {
            continue;
        }
        const Directive& directive = metadata_.directives[i];
        if (directive.container) {
            container = *directive.container;
        } else {
            apply_changes(container, directive.changes);
        }
        if (directive.include_shared_libraries) {
            resolution.include_shared_libraries = directive.include_shared_libraries;
        }
        if (directive.timeout) {
            resolution.timeout = directive.timeout->count() == 0 ? std::nullopt : directive.timeout;
        }
        resolution.ignore = directive.ignore.value_or(resolution.ignore);
        if (directive.retries) {
            resolution.retries = directive.retries;
        }
        if (directive.unit) {
            resolution.unit = directive.unit;
        }
    }
    resolution.container = choose(std::move(container), matches);
    return resolution;
}

/// Equal containers are one, so that they share slots and whatever else is made for them.
std::shared_ptr<const ChosenContainer> Directives::choose(job::Container container,
                                                          const Matches& matches) {
    const auto known = std::ranges::find_if(
        chosen_, [&](const auto& chosen) { return chosen->container == container; });
    if (known != chosen_.end()) {
        return *known;
    }
    ChosenContainer chosen{.name = "(directives", .container = std::move(container)};
    for (std::size_t i = 0; i < matches.size(); ++i) {
        chosen.name += matches[i] ? fmt::format(" {}", i + 1) : "";
    }
    chosen.name += ')';
    while (std::ranges::find(metadata_.containers, chosen.name, &job::NamedContainer::name) !=
           metadata_.containers.end()) {
        chosen.name += '\'';
    }
    follow_parents(chosen);
    chosen_.push_back(std::make_shared<const ChosenContainer>(std::move(chosen)));
    return chosen_.back();
}

void Directives::follow_parents(ChosenContainer& chosen) const {
    const job::Container* container = &chosen.container;
    std::optional<std::string> directory;
    bool inherits = true;
    while (container != nullptr) {
        if (inherits && !directory) {
            directory = container->working_directory;
        }
        inherits = inherits && uses_working_directory(*container);
        const std::string* parent = parent_of(*container);
        if (parent != nullptr && *parent == job::host_container_name) {
            chosen.on_host = true;
            chosen.working_directory = directory.value_or(inherits ? "" : "/");
            return;
        }
        const auto next = parent == nullptr ? metadata_.containers.end()
                                            : std::ranges::find(metadata_.containers, *parent,
                                                                &job::NamedContainer::name);
        container = next == metadata_.containers.end() ? nullptr : &next->container;
    }
    chosen.working_directory = directory.value_or("/");
}

}  // namespace maelstrom::runner

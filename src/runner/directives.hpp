#pragma once

#include "filter/subject.hpp"
#include "job/spec.hpp"
#include "runner/metadata.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::runner {

/// A container that directives come to. Shared by all cases that have it, and known to the client
/// by its name.
struct ChosenContainer {
    std::string name;
    job::Container container;
    bool on_host = false;           ///< one of its parents is the host container
    std::string working_directory;  ///< empty: that of the host container
};

/// What the directives of a file say about one case.
struct Resolution {
    std::shared_ptr<const ChosenContainer> container;
    std::optional<bool> include_shared_libraries;
    std::optional<std::chrono::seconds> timeout;  ///< none: no limit
    bool ignore = false;
    std::optional<unsigned> retries;
    std::optional<IsolationUnit> unit;
};

/// Applies directives to cases. Cases that the same directives fit share what comes out.
class Directives {
public:
    explicit Directives(Metadata metadata) : metadata_(std::move(metadata)) {}

    /// For a case, everything about it known.
    const Resolution& resolve(const filter::Subject& subject) { return resolve(matches(subject)); }
    /// For what is not a single case, such as collecting: by the directives that certainly fit.
    const Resolution& resolve_in_general(const filter::Subject& what_is_known) {
        return resolve(matches(what_is_known));
    }

    const job::NamedContainers& containers() const { return metadata_.containers; }
    /// Whether any container can lead to the host container.
    bool needs_host() const;

private:
    using Matches = std::vector<bool>;  ///< for each directive, whether it applies

    Matches matches(const filter::Subject& subject) const;
    const Resolution& resolve(const Matches& matches);
    std::shared_ptr<const ChosenContainer> choose(job::Container container, const Matches& matches);
    void follow_parents(ChosenContainer& chosen) const;

    const Metadata metadata_;
    std::map<Matches, Resolution> resolutions_;
    std::vector<std::shared_ptr<const ChosenContainer>> chosen_;
};

/// Changes a container as a directive without a parent does: leniently, own values alone; what its
/// parent gives stays underneath.
void apply_changes(job::Container& container, const job::ContainerFields& changes);

}  // namespace maelstrom::runner

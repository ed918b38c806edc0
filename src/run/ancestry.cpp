#include "run/ancestry.hpp"

#include "job/parse.hpp"

namespace maelstrom::run {

namespace {

std::string parent_of(const job::Container& container) {
    const auto* parent = std::get_if<job::ContainerParent>(&container.parent);
    return parent == nullptr ? std::string() : parent->name;
}

}  // namespace

void Ancestry::define(const std::string& name, const job::Container& container) {
    parents_.insert_or_assign(name, parent_of(container));
}

bool Ancestry::leads_to_host(const job::Container& container) const {
    std::string name = parent_of(container);
    // A loop is for the client to complain about; here it only must end.
    for (std::size_t step = 0; step <= parents_.size(); ++step) {
        if (name == job::host_name) {
            return true;
        }
        const auto found = parents_.find(name);
        if (found == parents_.end()) {
            return false;
        }
        name = found->second;
    }
    return false;
}

}  // namespace maelstrom::run

#pragma once

#include "container/id_map.hpp"
#include "container/plan.hpp"

#include <cstdint>

namespace maelstrom::container {

/// What a plan takes from the host, opened with our owners mapped: for a slot that is somebody else
/// and could not do so itself. The numbers are those that the descriptors have in the slot.
class HostTrees {
public:
    /// An error means that some place cannot be mapped. What cannot be opened at all is left to the
    /// slot, which says why.
    static util::Result<HostTrees>
    open(const IdMap& map, const Plan& plan, const std::string& scratch = {});

    std::int32_t layers() const { return layers_; }
    std::int32_t changes() const { return changes_; }
    /// Of a mount, by its place in `planned_mounts`.
    std::int32_t mount(std::size_t index) const { return mounts_.at(index); }

    /// To be inherited in this order.
    std::vector<int> descriptors() const;

private:
    std::int32_t keep(sys::Fd tree);

    std::vector<sys::Fd> trees_;
    std::int32_t layers_ = -1;
    std::int32_t changes_ = -1;
    std::vector<std::int32_t> mounts_;
};

}  // namespace maelstrom::container

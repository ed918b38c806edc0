#pragma once

#include "store/lease.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace maelstrom::store {

/// Directories of layers that go: taken out of sight at once, with the store's lock held; removed
/// later, without it, because that takes longer.
class RetiredDirectories {
public:
    /// `parts` outlives this.
    explicit RetiredDirectories(Store::Parts& parts) : parts_(parts) {}

    Result<void> add(const Sha& layer);
    void remove();

private:
    Store::Parts& parts_;
    std::vector<std::string> paths_;
};

}  // namespace maelstrom::store

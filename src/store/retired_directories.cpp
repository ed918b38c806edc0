#include "store/retired_directories.hpp"

#include "store/census.hpp"
#include "store/layout.hpp"
#include "store/parts.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "util/log.hpp"

namespace maelstrom::store {

Result<void> RetiredDirectories::add(const Sha& layer) {
    std::string draft = TRY(parts_.draft_path());
    TRY(sys::renameat(parts_.root.get(), path_in("layers", hex_of(layer)), parts_.root.get(),
                      draft));
    paths_.push_back(std::move(draft));
    return {};
}

void RetiredDirectories::remove() {
    for (const std::string& path : paths_) {
        if (const auto removed = sys::remove_tree(parts_.root.get(), path); !removed) {
            util::log::debug("evicting: {}", removed.error().message());
        }
    }
}

}  // namespace maelstrom::store

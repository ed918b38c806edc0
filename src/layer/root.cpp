#include "layer/root.hpp"

#include "layer/materialiser.hpp"
#include "layer/stack.hpp"
#include "layer/tree.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstring>

namespace maelstrom::layer {

namespace {

Result<std::vector<Directory>> load_all(store::Store& store, std::span<const Digest> layers) {
    std::vector<Directory> trees;
    for (const Digest& layer : layers) {
        trees.push_back(TRY(load(store, layer)));
    }
    return trees;
}

// A remembered list of digests: 32 bytes, then the size as eight.

std::string pack(std::span<const Digest> digests) {
    std::string bytes;
    for (const Digest& digest : digests) {
        bytes.append(reinterpret_cast<const char*>(digest.sha256.data()), digest.sha256.size());
        bytes.append(reinterpret_cast<const char*>(&digest.size), sizeof digest.size);
    }
    return bytes;
}

std::vector<Digest> unpack(std::string_view bytes) {
    constexpr std::size_t step = 40;
    std::vector<Digest> digests(bytes.size() / step);
    for (std::size_t i = 0; i < digests.size(); ++i) {
        std::memcpy(digests[i].sha256.data(), bytes.data() + i * step, 32);
        std::memcpy(&digests[i].size, bytes.data() + i * step + 32, sizeof digests[i].size);
    }
    return digests;
}

Digest root_key(std::span<const Digest> layers) {
    return store::digest_of("root 1 " + pack(layers));
}

/// overlayfs refuses a directory that stands twice (ELOOP), and the upper one hides the lower.
void remove_repeated(std::vector<Digest>& layers) {
    std::vector<Digest> once;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        if (std::ranges::find(once, *layer) == once.end()) {
            once.push_back(*layer);
        }
    }
    std::ranges::reverse(once);
    layers = std::move(once);
}

/// The layers that overlayfs stacks to the same as the given ones, bottom first.
Result<std::vector<Digest>> arrange(store::Store& store, std::span<const Digest> layers) {
    if (layers.size() == 1) {
        return std::vector(layers.begin(), layers.end());
    }
    const std::vector<Directory> trees = TRY(load_all(store, layers));
    Directory lower = without_whiteouts(trees[0]);
    std::vector<Digest> arranged{layers[0]};
    // All up to this one become one directory: too many, or something that only merging can hide.
    std::size_t merged =
        layers.size() > max_lower_directories ? layers.size() - max_lower_directories : 0;
    for (std::size_t i = 1; i < trees.size(); ++i) {
        Fitted fitted = fit(trees[i], lower);
        merged = fitted.hides ? std::max(merged, i) : merged;
        arranged.push_back(fitted.is_changed && !fitted.hides ? TRY(put(store, fitted.tree))
                                                              : layers[i]);
        apply(lower, std::move(fitted.tree));
    }
    if (merged > 0) {
        const auto last = trees.begin() + static_cast<std::ptrdiff_t>(merged) + 1;
        const Digest bottom = TRY(put(store, merge({trees.begin(), last})));
        arranged.erase(arranged.begin(), arranged.begin() + static_cast<std::ptrdiff_t>(merged));
        arranged[0] = bottom;
    }
    remove_repeated(arranged);
    return arranged;
}

/// A file system mounted so that nothing on it may be executed. An overlay of directories on it is
/// another mount, without that flag; a single directory, shown as it is, would keep it.
bool forbids_execution(const std::string& directory) {
    struct statvfs about{};
    return ::statvfs(directory.c_str(), &about) == 0 && (about.f_flag & ST_NOEXEC) != 0;
}

}  // namespace

Result<std::string> materialise(store::Store& store, const Digest& layer) {
    if (auto found = TRY(store.find_directory(layer))) {
        return std::move(*found);
    }
    const Directory tree = TRY(load(store, layer));
    Materialiser materialiser(store, tree);
    std::string path =
        TRY(store.make_directory(layer, materialiser), "making layer {} a directory", layer.hex());
    store.settle();
    return path;
}

namespace {

/// What `arrange` has answered before, pinned; empty if that is not known or not there any more.
Result<std::vector<Digest>> recall_arranged(store::Store& store, std::span<const Digest> layers) {
    const auto known = layers.size() == 1 ? std::nullopt : store.recall(root_key(layers));
    std::vector<Digest> arranged = known ? unpack(*known) : std::vector<Digest>{};
    for (const Digest& layer : arranged) {
        if (!TRY(store.pin(layer))) {
            return std::vector<Digest>{};  // evicted since
        }
    }
    return arranged;
}

}  // namespace

std::optional<std::vector<std::string>> find_root(store::Store& store,
                                                  std::span<const Digest> layers) {
    const auto arranged = recall_arranged(store, layers);
    // A single one may not be enough (below), and is as quickly prepared.
    if (!arranged || arranged->size() < 2) {
        return std::nullopt;
    }
    std::vector<std::string> directories;
    for (const Digest& layer : *arranged) {
        auto found = store.find_directory(layer);
        if (!found || !*found) {
            return std::nullopt;
        }
        directories.push_back(std::move(**found));
    }
    std::ranges::reverse(directories);
    return directories;
}

Result<std::vector<std::string>> prepare_root(store::Store& store, std::span<const Digest> layers) {
    if (layers.empty()) {
        return util::fail(util::ErrorKind::invalid, "a root needs at least one layer");
    }
    std::vector<Digest> arranged = TRY(recall_arranged(store, layers));
    if (arranged.empty()) {
        arranged = TRY(arrange(store, layers));
        if (layers.size() > 1) {
            store.remember(root_key(layers), pack(arranged));
        }
    }
    if (arranged.size() == 1 && forbids_execution(store.directory())) {
        arranged.insert(arranged.begin(), TRY(put(store, Directory{})));
    }
    std::vector<std::string> directories;
    for (const Digest& layer : arranged) {
        directories.push_back(TRY(materialise(store, layer)));
    }
    std::ranges::reverse(directories);
    store.settle();
    return directories;
}

}  // namespace maelstrom::layer

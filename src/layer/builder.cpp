#include "layer/builder.hpp"

#include "job/braces.hpp"
#include "layer/globs.hpp"
#include "layer/inputs.hpp"
#include "layer/library_memo.hpp"
#include "layer/prefixes.hpp"
#include "layer/snapshot.hpp"
#include "layer/tar.hpp"
#include "layer/tree_maker.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <mutex>
#include <type_traits>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;

namespace {

/// Stubs and links have no time of their own (spec: the same value as in the original).
constexpr store::FileTime made_up_time{1'705'000'271, 0};
/// What is known of layers takes a few hundred bytes each.
constexpr std::size_t most_known = 4096;

/// As its author has called it; ours have no author.
std::string_view kind_name(const job::Layer& layer) {
    static constexpr std::array<std::string_view, std::variant_size_v<job::Layer>> names = {
        "tar",     "glob",           "paths",
        "stubs",   "symlinks",       "shared_library_dependencies",
        "command", "of the project", "of the host container"};
    return names[layer.index()];
}

class BuilderOfStore final : public Builder {
public:
    BuilderOfStore(store::Store& store, BuilderSettings settings)
        : store_(store), settings_(std::move(settings)), globs_(settings_.project_directory) {}

    Result<Digest> build(const job::Layer& layer,
                         std::chrono::steady_clock::time_point since) override;

private:
    /// What is known of one layer; locked while it is being built, so that others who want it wait.
    struct Known {
        std::mutex mutex;
        std::optional<Digest> digest;
        std::chrono::steady_clock::time_point checked;
    };

    std::shared_ptr<Known> known(const job::Layer& layer) {
        const std::lock_guard lock(mutex_);
        if (layers_.size() >=
            most_known) {  // those in use stay; the others cost a look to know again
            std::erase_if(layers_, [](const auto& entry) { return entry.second.use_count() == 1; });
        }
        auto& about = layers_[layer];
        if (!about) {
            about = std::make_shared<Known>();
        }
        return about;
    }

    Result<Digest> make_guarded(const job::Layer& layer,
                                std::chrono::steady_clock::time_point since);
    Result<Digest> make(const job::TarLayer& layer);
    Result<Digest> make(const job::GlobLayer& layer, std::chrono::steady_clock::time_point since);
    Result<Digest> make(const job::PathsLayer& layer);
    Result<Digest> make(const job::StubsLayer& layer);
    Result<Digest> make(const job::SymlinksLayer& layer);
    Result<Digest> make(const job::SharedLibrariesLayer& layer);
    Result<Digest> make(const job::CommandLayer& layer);
    Result<Digest> make(const job::ProjectLayer& layer);
    Result<Digest> make(const job::MadeFilesLayer& layer);

    Result<Digest> from_inputs(const Inputs& inputs, const timespec& scan_began);
    /// The layer remembered under the key, if the store still has all of it.
    Result<std::optional<Digest>> recall(const Digest& key);
    void remember(const Digest& key, const Digest& layer);

    store::Store& store_;
    const BuilderSettings settings_;
    Globs globs_;
    std::mutex mutex_;
    std::map<job::Layer, std::shared_ptr<Known>> layers_;  // shared with those who build just now
};

Result<Digest> BuilderOfStore::build(const job::Layer& layer,
                                     std::chrono::steady_clock::time_point since) {
    const std::shared_ptr<Known> about = known(layer);
    const std::lock_guard lock(about->mutex);
    const auto now = std::chrono::steady_clock::now();
    if (about->digest && about->checked >= since) {
        return *about->digest;
    }
    about->digest.reset();
    const Digest digest = TRY(make_guarded(layer, since));
    about->digest = digest;
    about->checked = now;
    store_.settle();
    return digest;
}

Result<Digest> BuilderOfStore::make_guarded(const job::Layer& layer,
                                            std::chrono::steady_clock::time_point since) {
    const store::Store::Guard hold = TRY(store_.guard());
    Result<Digest> made = std::visit(
        [&](const auto& kind) {
            if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, job::GlobLayer>) {
                return make(kind, since);
            } else {
                return make(kind);
            }
        },
        layer);
    return TRY(std::move(made), "layer {}", kind_name(layer));
}

Result<std::optional<Digest>> BuilderOfStore::recall(const Digest& key) {
    const auto value = store_.recall(key);
    if (!value) {
        return std::nullopt;
    }
    const std::size_t blank = value->find(' ');
    const auto size =
        blank == std::string::npos ? 0 : std::strtoull(value->c_str() + blank, nullptr, 10);
    const auto digest = Digest::from_hex(std::string_view(*value).substr(0, blank), size);
    if (!digest || !TRY(store_.pin(*digest))) {
        return std::nullopt;
    }
    // The directory keeps the files it shows, whatever happens to the blobs.
    const auto directory = TRY(store_.find_directory(*digest));
    if (directory || store_.is_complete(*digest)) {
        return *digest;
    }
    return std::nullopt;
}

void BuilderOfStore::remember(const Digest& key, const Digest& layer) {
    store_.remember(key, fmt::format("{} {}", layer.hex(), layer.size));
}

Result<Digest> BuilderOfStore::from_inputs(const Inputs& inputs, const timespec& scan_began) {
    const std::optional<Digest> key = fingerprint(inputs, scan_began);
    if (key) {
        if (const auto before = TRY(recall(*key))) {
            return *before;
        }
    }
    const Digest digest = TRY(put(store_, inputs));
    if (key) {
        remember(*key, digest);
    }
    return digest;
}

Result<Digest> BuilderOfStore::make(const job::TarLayer& layer) {
    const std::string path = util::join_paths(settings_.project_directory, layer.path);
    const timespec began = sys::file_clock();
    const sys::Fd file =
        TRY(sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY), "{}", util::quoted(layer.path));
    const struct stat status = TRY(sys::fstat(file));
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::invalid, "{} is not a regular file", util::quoted(layer.path));
    }
    const store::FileIdentity identity = store::identity_of(status);
    const Digest key = store::digest_of(
        fmt::format("tar 1 {} {} {} {}.{} {}.{}", identity.device, identity.inode, identity.size,
                    identity.mtime.seconds, identity.mtime.nanoseconds, identity.ctime.seconds,
                    identity.ctime.nanoseconds));
    const bool is_settled = store::is_settled(identity, began);
    if (is_settled) {
        if (const auto before = TRY(recall(key))) {
            return *before;
        }
    }
    const Directory tree = TRY(read_tar(store_, file), "{}", util::quoted(layer.path));
    const Digest digest = TRY(put(store_, tree));
    if (is_settled && store::identity_of(TRY(sys::fstat(file))) == identity) {
        remember(key, digest);
    }
    return digest;
}

Result<Digest> BuilderOfStore::make(const job::GlobLayer& layer,
                                    std::chrono::steady_clock::time_point since) {
    const timespec began = sys::file_clock();
    return from_inputs(TRY(globs_.inputs(layer, since)), began);
}

Result<Digest> BuilderOfStore::make(const job::PathsLayer& layer) {
    const timespec began = sys::file_clock();
    Prefixes prefixes(layer.options, settings_.project_directory);
    Inputs inputs;
    for (const std::string& path : layer.paths) {
        inputs.items.push_back(TRY(prefixes.item(path)));
    }
    prefixes.finish();
    return from_inputs(inputs, began);
}

Result<Digest> BuilderOfStore::make(const job::StubsLayer& layer) {
    const Digest empty = TRY(store_.put("", {.mode = 0444, .mtime = made_up_time}));
    TreeMaker maker(TreeMaker::Repeat::refuse);
    for (const std::string& stub : layer.stubs) {
        for (const std::string& path : TRY(job::expand_braces(stub))) {
            if (path.ends_with('/')) {
                TRY(maker.add_directory(path, {.mode = 0555, .mtime = made_up_time}));
            } else {
                TRY(maker.add(path, Node{File{empty, {.mode = 0444, .mtime = made_up_time}}}));
            }
        }
    }
    return put(store_, maker.take());
}

Result<Digest> BuilderOfStore::make(const job::SymlinksLayer& layer) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    for (const job::Symlink& link : layer.symlinks) {
        if (link.target.empty() || !util::is_utf8(link.target)) {
            return fail(ErrorKind::invalid, "link {} has the target {}", util::quoted(link.link),
                        util::quoted(link.target));
        }
        TRY(maker.add(link.link, Node{Link{link.target}}));
    }
    return put(store_, maker.take());
}

Result<Digest> BuilderOfStore::make(const job::SharedLibrariesLayer& layer) {
    const timespec began = sys::file_clock();
    const LibrarySearch search = LibrarySearch::of_machine(settings_.ld_library_path);
    std::vector<std::string> found;
    for (const std::string& binary : layer.binaries) {
        const std::string path = util::join_paths(settings_.project_directory, binary);
        for (std::string& library : TRY(remembered_libraries_of(store_, path, search))) {
            found.push_back(std::move(library));
        }
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    Prefixes prefixes(layer.options, settings_.project_directory);
    Inputs inputs;
    std::map<std::string, std::size_t> places;
    for (const std::string& library : found) {
        Item item = TRY(prefixes.item(library));
        // Two names of one library may come to the same path by `canonicalize`.
        if (places.emplace(item.path, inputs.items.size()).second) {
            inputs.items.push_back(std::move(item));
        }
    }
    prefixes.finish();
    return from_inputs(inputs, began);
}

Result<Digest> BuilderOfStore::make(const job::CommandLayer& layer) {
    return fail(ErrorKind::unavailable,
                "not supported (found {}): run the command "
                "beforehand and use a \"tar\" or \"glob\" layer of what it made",
                util::quoted(fmt::format("{}", fmt::join(layer.command, " "))));
}

Result<Digest> BuilderOfStore::make(const job::ProjectLayer& layer) {
    const timespec began = sys::file_clock();
    const Snapshot snapshot = TRY(look_at_project(layer, settings_.home));
    if (settings_.on_project) {
        settings_.on_project(snapshot.summary);
    }
    return from_inputs(snapshot.inputs, began);
}

Result<Digest> BuilderOfStore::make(const job::MadeFilesLayer& layer) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    for (const job::MadeFile& file : layer.files) {
        const FileAttributes attributes{.mode = file.mode & 07777U, .mtime = made_up_time};
        switch (file.kind) {
        case job::MadeFile::Kind::directory:
            TRY(maker.add_directory(file.path, attributes));
            break;
        case job::MadeFile::Kind::symlink:
            TRY(maker.add(file.path, Node{Link{file.content}}));
            break;
        case job::MadeFile::Kind::file: {
            const Digest content = TRY(store_.put(file.content, attributes));
            TRY(maker.add(file.path, Node{File{content, attributes}}));
            break;
        }
        }
    }
    return put(store_, maker.take());
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

}  // namespace

std::unique_ptr<Builder> Builder::create(store::Store& store, BuilderSettings settings) {
    return std::make_unique<BuilderOfStore>(store, std::move(settings));
}

std::unique_ptr<Builder> Builder::create(store::Store& store, std::string project_directory) {
    return create(store, {.project_directory = std::move(project_directory),
                          .home = environment("HOME"),
                          .ld_library_path = environment("LD_LIBRARY_PATH")});
}

}  // namespace maelstrom::layer

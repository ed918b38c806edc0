#include "host/identity.hpp"

#include "host/layout.hpp"
#include "host/paths.hpp"
#include "store/sha256.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

namespace maelstrom::host {

namespace {

/// Small enough to read; their text says what is installed.
constexpr std::array text_databases = {"/var/lib/dpkg/status", "/lib/apk/db/installed",
                                       "/usr/lib/apk/db/installed"};
/// Too large to read each time, or directories with a name for each package: written only when
/// something is installed.
constexpr std::array other_databases = {"/var/lib/rpm/rpmdb.sqlite",
                                        "/var/lib/rpm/Packages",
                                        "/var/lib/rpm/Packages.db",
                                        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
                                        "/usr/lib/sysimage/rpm/Packages.db",
                                        "/var/lib/pacman/local",
                                        "/nix/store",
                                        "/gnu/store",
                                        "/run/current-system"};
constexpr std::array unowned_trees = {"/usr/local", "/opt"};
constexpr util::Bytes max_database{64 << 20};

void add_number(store::Sha256& hash, std::uint64_t number) {
    std::array<char, 8> bytes;
    for (char& byte : bytes) {
        byte = static_cast<char>(number & 0xff);
        number >>= 8;
    }
    hash.update({bytes.data(), bytes.size()});
}

void add_text(store::Sha256& hash, std::string_view text) {
    add_number(hash, text.size());
    hash.update(text);
}

void add_status(store::Sha256& hash, const struct stat& status) {
    for (const std::uint64_t number :
         {static_cast<std::uint64_t>(status.st_mode), static_cast<std::uint64_t>(status.st_uid),
          static_cast<std::uint64_t>(status.st_ino), static_cast<std::uint64_t>(status.st_size),
          static_cast<std::uint64_t>(status.st_mtim.tv_sec),
          static_cast<std::uint64_t>(status.st_mtim.tv_nsec),
          static_cast<std::uint64_t>(status.st_ctim.tv_sec),
          static_cast<std::uint64_t>(status.st_ctim.tv_nsec)}) {
        add_number(hash, number);
    }
}

/// True if there is a database that we know.
bool add_databases(store::Sha256& hash, const Files& files) {
    bool found = false;
    for (const char* database : text_databases) {
        if (const auto text = files.content(database, max_database)) {
            add_text(hash, database);
            add_text(hash, *text);
            found = true;
        }
    }
    for (const char* database : other_databases) {
        if (const auto status = files.look(database)) {
            add_text(hash, database);
            add_status(hash, *status);
            found = true;
        }
    }
    return found;
}

/// One share of a walk: a directory with all below it, or alone because its children are shares
/// too.
struct Share {
    std::string directory;
    bool with_children = false;
};

class Walk {
public:
    explicit Walk(const Files& files) : files_(files) {}

    /// Shares two levels deep keep several threads busy in most trees.
    void add(const std::string& directory, int levels = 2);
    void add_to(store::Sha256& hash);

private:
    void walk(store::Sha256& hash, const std::string& directory, bool with_children) const;

    const Files& files_;
    std::vector<Share> shares_;
};

void Walk::add(const std::string& directory, int levels) {
    shares_.push_back({.directory = directory, .with_children = levels == 0});
    if (levels == 0) {
        return;
    }
    for (const sys::DirectoryEntry& entry : files_.entries(directory)) {
        if (entry.type == DT_DIR) {
            add(join_paths(directory, entry.name), levels - 1);
        }
    }
}

void Walk::add_to(store::Sha256& hash) {
    std::vector<util::Digest> digests(shares_.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t share = next++; share < shares_.size(); share = next++) {
            store::Sha256 part;
            walk(part, shares_[share].directory, shares_[share].with_children);
            digests[share] = part.finish();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned count = std::min(8U, std::thread::hardware_concurrency()); count > 1;
             --count) {
            threads.emplace_back(work);
        }
        work();
    }
    for (std::size_t share = 0; share < shares_.size(); ++share) {
        add_text(hash, shares_[share].directory);
        add_text(hash, digests[share].hex());
    }
}

void Walk::walk(store::Sha256& hash, const std::string& directory, bool with_children) const {
    const auto entries = files_.entries_with_status(directory);
    for (const auto& [name, status] : entries) {
        add_text(hash, name);
        add_status(hash, status);
    }
    for (const auto& [name, status] : entries) {
        if (with_children && S_ISDIR(status.st_mode)) {
            walk(hash, join_paths(directory, name), true);
        }
    }
}

}  // namespace

util::Digest base_identity(const Files& files) {
    store::Sha256 hash;
    add_text(hash, "host base 1");
    Walk walk(files);
    if (add_databases(hash, files)) {
        std::ranges::for_each(unowned_trees, [&](const char* tree) { walk.add(tree); });
    } else {
        const Layout base = plan_layout(
            files, {.with_base = true, .project = std::nullopt, .home = "/", .further = {}});
        std::ranges::for_each(base.trees, [&](const std::string& tree) { walk.add(tree); });
    }
    walk.add_to(hash);
    return hash.finish();
}

}  // namespace maelstrom::host

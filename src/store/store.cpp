#include "store/store.hpp"

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/restart.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace maelstrom::store {

using sys::Fd;
using util::ErrorKind;

namespace {

constexpr std::string_view version_text = "maelstrom store 1\n";
constexpr std::string_view cache_tag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file marks a cache directory of maelstrom: it can be made again.\n"
    "# For information about cache directory tags see https://bford.info/cachedir/\n";

/// Written last, so a store with a version is whole.
Result<void> create_layout(const std::string& directory) {
    TRY(sys::make_directories(directory, 0700));
    for (const char* part : {"blobs", "groups", "layers", "leases", "tmp"}) {
        TRY(sys::make_directories(directory + "/" + part, 0700));
    }
    TRY(sys::replace_file(directory + "/CACHEDIR.TAG", cache_tag, 0644, sys::Durability::cached));
    return sys::replace_file(directory + "/version", version_text, 0644, sys::Durability::cached);
}

Result<Fd> open_layout(const std::string& directory) {
    auto version = sys::read_file(directory + "/version", util::Bytes{4096});
    // Empty: the machine stopped before the text was on the disk.
    if (version ? version->empty() : version.error().os_error() == ENOENT) {
        if (auto created = create_layout(directory); !created) {
            return explained(std::move(created).error(), directory);
        }
        version = sys::read_file(directory + "/version", util::Bytes{4096});
    }
    if (TRY(std::move(version)) != version_text) {
        return util::fail(ErrorKind::invalid,
                          "{} is not a store that this program understands: its file \"version\" "
                          "does not say {}; "
                          "remove the directory or choose another",
                          util::quoted(directory), util::quoted(util::trim(version_text)));
    }
    return sys::open(directory, O_PATH | O_DIRECTORY);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Settings& settings) {
    Fd root = TRY(open_layout(settings.directory), "opening the store {}", settings.directory);
    std::unique_ptr<Store> store(new Store(std::make_unique<Parts>(settings, std::move(root))));
    TRY(distrust_after_restart(*store->parts_), "opening the store {}", settings.directory);
    return store;
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
}

Store::~Store() {
    settle();
    mend();
}

void Store::stop() {
    parts_->stopped = true;
}

Result<Store::Guard> Store::guard() const {
    Fd lock = TRY(sys::openat(parts_->root.get(), lock_file, O_RDONLY | O_CREAT, 0600));
    (void)TRY(sys::flock(lock, LOCK_SH));
    return Guard(std::move(lock));
}

Result<bool> Store::pin(const Digest& digest) {
    if (!parts_->lease.has(digest)) {
        const Guard hold = TRY(guard());
        // First claim, then look: an eviction that comes later has read the claim.
        TRY(parts_->claim(digest));
        (void)sys::touch(parts_->root.get(), group_path(digest));
    }
    // Looked for each time: to be claimed does not mean to be there.
    return parts_->find(digest).has_value();
}

std::optional<Digest> Store::recall(const FileIdentity& identity) const {
    return parts_->index.recall(identity);
}

std::optional<std::string> Store::recall(const Digest& key) const {
    return parts_->index.recall(key);
}

void Store::remember(const Digest& key, std::string value) {
    parts_->wrote = true;
    parts_->index.remember(key, std::move(value));
}

Result<std::string> Store::make_scratch_directory() {
    const std::string path = TRY(parts_->lease.draft_path());
    TRY(sys::mkdirat(parts_->root.get(), path, 0700), "making {} in the store", path);
    return directory() + "/" + path;
}

const std::string& Store::directory() const {
    return parts_->settings.directory;
}

}  // namespace maelstrom::store

#include "store/store.hpp"

#include "store/layout.hpp"
#include "store/parts.hpp"
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
    if (!version && version.error().os_error() == ENOENT) {
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

Store::Parts::Parts(Settings given, Fd directory)
    : settings(std::move(given)), root(std::move(directory)),
      index(settings.directory + "/index.sqlite"), lease(root), sample_seed(sys::random_number()) {
}

Result<std::unique_ptr<Store>> Store::open(const Settings& settings) {
    Fd root = TRY(open_layout(settings.directory), "opening the store {}", settings.directory);
    return std::unique_ptr<Store>(new Store(std::make_unique<Parts>(settings, std::move(root))));
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
}

Store::~Store() {
    settle();
    mend();
}

Result<Digest> Store::put_group(std::string_view bytes, std::span<const Digest> members) {
    const Guard hold = TRY(guard());
    const Digest digest = digest_of(bytes);
    const std::string path = group_path(digest);
    if (parts_->find(digest) && this->members(digest) && sys::touch(parts_->root.get(), path)) {
        TRY(parts_->claim(digest));
        return digest;
    }
    const std::string draft = TRY(parts_->draft_path());
    const auto recorded = [&]() -> Result<void> {
        {
            const Fd fd =
                TRY(sys::openat(parts_->root.get(), draft, O_WRONLY | O_CREAT | O_EXCL, 0600));
            TRY(sys::write_all(fd, encode_members(members)));
        }
        auto renamed = sys::renameat(parts_->root.get(), draft, parts_->root.get(), path);
        if (!renamed && renamed.error().os_error() == ENOENT) {
            (void)sys::mkdirat(parts_->root.get(), path.substr(0, path.rfind('/')), 0700);
            renamed = sys::renameat(parts_->root.get(), draft, parts_->root.get(), path);
        }
        return renamed;
    }();
    if (!recorded) {
        (void)sys::unlinkat(parts_->root.get(), draft);
        return parts_->explained(recorded.error());
    }
    // The members are recorded before the blob that names them can be found.
    TRY(parts_->put(bytes, {}));
    TRY(parts_->claim(digest));
    return digest;
}

std::optional<std::vector<Digest>> Store::members(const Digest& group) const {
    const auto fd = sys::openat(parts_->root.get(), group_path(group), O_RDONLY | O_NOFOLLOW);
    const auto bytes = fd ? sys::read_all(*fd, util::Bytes{UINT64_MAX}) : Result<std::string>{};
    return fd && bytes ? decode_members(*bytes) : std::nullopt;
}

bool Store::is_complete(const Digest& group) {
    const auto named = members(group);
    if (!named || !parts_->find(group)) {
        return false;
    }
    // What was whole once still is if nothing has gone since.
    const Digest key = digest_of("complete 1 " + group.hex());
    const std::optional<std::string> losses = parts_->losses();
    const bool was_complete = losses && parts_->index.recall(key) == losses;
    const bool is_complete = std::ranges::all_of(*named, [&](const Digest& member) {
        const bool is_sampled = parts_->is_sampled(member);
        return (was_complete && !is_sampled) ||
               (parts_->find(member) && (!is_sampled || parts_->verify(member).value_or(false)));
    });
    if (is_complete && losses && !was_complete) {
        remember(key, *losses);
    }
    return is_complete;
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

Result<std::optional<std::string>> Store::find_directory(const Digest& group) {
    const std::string path = layer_path(group);
    if (::faccessat(parts_->root.get(), path.c_str(), F_OK, 0) != 0 || !TRY(pin(group)) ||
        ::faccessat(parts_->root.get(), path.c_str(), F_OK, 0) != 0) {
        return std::nullopt;
    }
    return directory() + "/" + path + "/root";
}

namespace {

/// The lock under which one directory is made. Its file goes away with it.
class MakingLock {
public:
    static Result<MakingLock> take(const Fd& root, std::string path) {
        for (;;) {
            auto opened = sys::openat(root.get(), path, O_RDONLY | O_CREAT, 0600);
            if (!opened && opened.error().os_error() == ENOENT) {
                const auto made = sys::mkdirat(root.get(), path.substr(0, path.rfind('/')), 0700);
                if (!made && made.error().os_error() != EEXIST) {
                    return std::unexpected(made.error());
                }
                continue;
            }
            Fd file = TRY(std::move(opened));
            (void)TRY(sys::flock(file, LOCK_EX));
            // The one before us may have removed the file that we waited for.
            if (TRY(sys::fstat(file)).st_nlink > 0) {
                return MakingLock(root, std::move(path), std::move(file));
            }
        }
    }
    MakingLock(MakingLock&&) = default;
    ~MakingLock() {
        if (file_) {
            (void)sys::unlinkat(root_->get(), path_);
        }
    }

private:
    MakingLock(const Fd& root, std::string path, Fd file)
        : root_(&root), path_(std::move(path)), file_(std::move(file)) {}

    const Fd* root_;
    std::string path_;
    Fd file_;
};

Result<util::Bytes> fill_draft(const Fd& root, const std::string& draft, Store::Filler& filler) {
    TRY(sys::mkdirat(root.get(), draft, 0700));
    TRY(sys::mkdirat(root.get(), draft + "/root", 0700));
    const Fd directory = TRY(sys::openat(root.get(), draft + "/root", O_RDONLY | O_DIRECTORY));
    const util::Bytes extra = TRY(filler.fill(directory));
    const Fd about =
        TRY(sys::openat(root.get(), draft + "/about", O_WRONLY | O_CREAT | O_EXCL, 0600));
    TRY(sys::write_all(about, fmt::format("extra {}\n", extra.count)));
    return extra;
}

}  // namespace

Result<std::string> Store::make_directory(const Digest& group, Filler& filler) {
    const std::string path = layer_path(group);
    const Guard hold = TRY(guard());
    const MakingLock making = TRY(MakingLock::take(parts_->root, path + ".lock"));
    TRY(parts_->claim(group));
    if (::faccessat(parts_->root.get(), path.c_str(), F_OK, 0) != 0) {
        const std::string draft = TRY(parts_->draft_path());
        const auto extra = fill_draft(parts_->root, draft, filler);
        const auto shown = extra
                               ? sys::renameat(parts_->root.get(), draft, parts_->root.get(), path)
                               : Result<void>(std::unexpected(extra.error()));
        if (!shown) {
            (void)sys::remove_tree(parts_->root.get(), draft);
            return parts_->explained(shown.error());
        }
        parts_->wrote = true;
        parts_->index.add_bytes(static_cast<std::int64_t>(extra->count));
    }
    return directory() + "/" + path + "/root";
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

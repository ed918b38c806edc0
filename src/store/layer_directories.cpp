// Directories that show a layer as files, one for a group. Each is filled in a private place and
// renamed, by one process at a time.

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace maelstrom::store {

using sys::Fd;

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

}  // namespace maelstrom::store

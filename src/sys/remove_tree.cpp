#include "sys/remove_tree.hpp"

#include "sys/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

// Without recursion, for what a job has left may be nested without end: each level would cost stack
// and a descriptor. A directory is emptied by moving the directories in it that are not empty up,
// into the top one, which passes are made over until it is empty. Each is moved once at most.

namespace maelstrom::sys {

using util::fail_errno;

namespace {

enum class Removal { done, not_empty };

/// Files and empty directories.
Result<Removal> remove_one(int directory, const std::string& name) {
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) {
        return Removal::done;
    }
    // POSIX has EPERM for directories, Linux EISDIR.
    if (errno != EISDIR && errno != EPERM) {
        return fail_errno("unlink {}", name);
    }
    if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) {
        return Removal::done;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return fail_errno("rmdir {}", name);
    }
    return Removal::not_empty;
}

void let_us_in(int directory, const std::string& name) {
    ::fchmodat(directory, name.c_str(), S_IRWXU, AT_SYMLINK_NOFOLLOW);
}

/// A directory whose entries can be read, removed and moved.
Result<Fd> open_to_empty(int directory, const std::string& name, std::uint64_t resolve) {
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = resolve;
    const auto open = [&] {
        return Fd(
            static_cast<int>(::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how)));
    };
    Fd opened = open();
    if (!opened && errno == EACCES) {
        let_us_in(directory, name);
        opened = open();
    }
    if (!opened) {
        return fail_errno("open {}", name);
    }
    const struct stat status = TRY(fstat(opened));
    if ((status.st_mode & S_IRWXU) != S_IRWXU) {
        (void)::fchmod(opened.get(), S_IRWXU);  // root needs it not, others hear of it soon
    }
    return opened;
}

class Emptying {
public:
    explicit Emptying(const Fd& top) : top_(top.get()) {}

    /// Removes a directory of the top after moving those in it there, under new names.
    Result<void> remove(const std::string& name) {
        const Fd directory = TRY(open_to_empty(top_, name, RESOLVE_NO_XDEV));
        for (const DirectoryEntry& entry : TRY(list_directory(directory))) {
            if (TRY(remove_one(directory.get(), entry.name)) == Removal::not_empty) {
                TRY(move_up(directory.get(), entry.name));
            }
        }
        return unlinkat(top_, name, AT_REMOVEDIR);
    }

private:
    Result<void> move_up(int directory, const std::string& name) {
        bool let_in = false;
        for (;;) {
            const std::string place = fmt::format(".{}", moved_);
            if (::renameat(directory, name.c_str(), top_, place.c_str()) == 0) {
                ++moved_;
                return {};
            }
            if (errno == ENOTDIR || errno == ENOTEMPTY || errno == EEXIST) {
                ++moved_;  // that name is taken
            } else if (errno == EACCES && !std::exchange(let_in, true)) {
                let_us_in(directory, name);  // its ".." changes: it has to be writable
            } else {
                return fail_errno("moving {} up", name);
            }
        }
    }

    int top_;
    std::uint64_t moved_ = 0;
};

}  // namespace

Result<void> remove_tree(int directory, const std::string& path) {
    if (TRY(remove_one(directory, path)) == Removal::done) {
        return {};
    }
    const Fd top = TRY(open_to_empty(directory, path, 0));
    Emptying emptying(top);
    for (;;) {
        const std::vector<DirectoryEntry> entries = TRY(list_directory(top));
        if (entries.empty()) {
            return unlinkat(directory, path, AT_REMOVEDIR);
        }
        for (const DirectoryEntry& entry : entries) {
            if (TRY(remove_one(top.get(), entry.name)) == Removal::not_empty) {
                TRY(emptying.remove(entry.name));
            }
        }
    }
}

}  // namespace maelstrom::sys

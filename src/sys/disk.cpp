#include "sys/disk.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

namespace maelstrom::sys {

using util::fail_errno;

Result<std::size_t> read(const Fd& fd, std::span<char> buffer) {
    for (;;) {
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno != EINTR) {
            return fail_errno("read");
        }
    }
}

Result<void> futimens(const Fd& fd, const timespec& access, const timespec& modification) {
    const timespec times[2] = {access, modification};
    if (::futimens(fd.get(), times) != 0) {
        return fail_errno("futimens");
    }
    return {};
}

Result<void> touch(int directory, const std::string& path) {
    if (::utimensat(directory, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) != 0) {
        return fail_errno("utimensat {}", path);
    }
    return {};
}

Result<bool> flock(const Fd& fd, int operation) {
    for (;;) {
        if (::flock(fd.get(), operation) == 0) {
            return true;
        }
        if (errno == EWOULDBLOCK) {
            return false;
        }
        if (errno != EINTR) {
            return fail_errno("flock");
        }
    }
}

bool clone_file(const Fd& from, const Fd& to) {
    return ::ioctl(to.get(), FICLONE, from.get()) == 0;
}

bool spread_subdirectories(const Fd& directory) {
    int flags = 0;
    if (::ioctl(directory.get(), FS_IOC_GETFLAGS, &flags) != 0) {
        return false;
    }
    if ((flags & FS_TOPDIR_FL) != 0) {
        return true;
    }
    flags |= FS_TOPDIR_FL;
    return ::ioctl(directory.get(), FS_IOC_SETFLAGS, &flags) == 0;
}

std::uint64_t random_number() {
    std::uint64_t number = 0;
    // Up to 256 bytes never come short once the kernel's pool is ready (getrandom(2)).
    while (::getrandom(&number, sizeof number, 0) != sizeof number) {
    }
    return number;
}

timespec file_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now;
}

}  // namespace maelstrom::sys

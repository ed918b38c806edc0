#include "sys/file.hpp"

#include "util/text.hpp"

#include <climits>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace maelstrom::sys {

using util::ErrorKind;
using util::fail;
using util::fail_errno;

namespace {

/// Repeats a call while a signal interrupts it.
template <class Call>
auto retried(Call call) {
    auto result = call();
    while (result == -1 && errno == EINTR) {
        result = call();
    }
    return result;
}

}  // namespace

Result<Fd> openat(int directory, const std::string& path, int flags, mode_t mode) {
    Fd fd(retried([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); }));
    if (!fd) {
        return fail_errno("open {}", path);
    }
    return fd;
}

Result<Fd> open(const std::string& path, int flags, mode_t mode) {
    return openat(AT_FDCWD, path, flags, mode);
}

Result<struct stat> fstat(const Fd& fd) {
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0) {
        return fail_errno("fstat");
    }
    return status;
}

Result<struct stat> fstatat(int directory, const std::string& path, int flags) {
    struct stat status{};
    if (::fstatat(directory, path.c_str(), &status, flags) != 0) {
        return fail_errno("stat {}", path);
    }
    return status;
}

Result<std::string> readlinkat(int directory, const std::string& path) {
    std::string target(256, '\0');
    for (;;) {
        const ssize_t length = ::readlinkat(directory, path.c_str(), target.data(), target.size());
        if (length < 0) {
            return fail_errno("readlink {}", path);
        }
        if (static_cast<std::size_t>(length) < target.size()) {
            target.resize(static_cast<std::size_t>(length));
            return target;
        }
        target.resize(2 * target.size());
    }
}

Result<void> mkdirat(int directory, const std::string& path, mode_t mode) {
    if (::mkdirat(directory, path.c_str(), mode) != 0) {
        return fail_errno("mkdir {}", path);
    }
    return {};
}

Result<void> unlinkat(int directory, const std::string& path, int flags) {
    if (::unlinkat(directory, path.c_str(), flags) != 0) {
        return fail_errno("{} {}", (flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink", path);
    }
    return {};
}

Result<void> symlinkat(const std::string& target, int directory, const std::string& path) {
    if (::symlinkat(target.c_str(), directory, path.c_str()) != 0) {
        return fail_errno("symlink {}", path);
    }
    return {};
}

Result<void> linkat(int from_directory,
                    const std::string& from,
                    int to_directory,
                    const std::string& to,
                    int flags) {
    if (::linkat(from_directory, from.c_str(), to_directory, to.c_str(), flags) != 0) {
        return fail_errno("link {} to {}", from, to);
    }
    return {};
}

Result<void>
renameat(int from_directory, const std::string& from, int to_directory, const std::string& to) {
    return renameat2(from_directory, from, to_directory, to, 0);
}

Result<void> renameat2(int from_directory,
                       const std::string& from,
                       int to_directory,
                       const std::string& to,
                       unsigned flags) {
    if (::renameat2(from_directory, from.c_str(), to_directory, to.c_str(), flags) != 0) {
        return fail_errno("rename {} to {}", from, to);
    }
    return {};
}

Result<void> fchmod(const Fd& fd, mode_t mode) {
    if (::fchmod(fd.get(), mode) != 0) {
        return fail_errno("fchmod");
    }
    return {};
}

Result<void> ftruncate(const Fd& fd, std::uint64_t length) {
    if (retried([&] { return ::ftruncate(fd.get(), static_cast<off_t>(length)); }) != 0) {
        return fail_errno("ftruncate");
    }
    return {};
}

Result<Fd> memfd_create(const std::string& name, unsigned flags) {
    Fd fd(::memfd_create(name.c_str(), flags | MFD_CLOEXEC));
    if (!fd) {
        return fail_errno("memfd_create {}", name);
    }
    return fd;
}

Result<std::pair<Fd, Fd>> pipe2(int flags) {
    int ends[2];
    if (::pipe2(ends, flags | O_CLOEXEC) != 0) {
        return fail_errno("pipe2");
    }
    return std::pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> duplicate(int fd) {
    Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) {
        return fail_errno("duplicating a descriptor");
    }
    return copy;
}

Result<std::string> read_all(const Fd& fd, util::Bytes limit) {
    constexpr std::size_t step = 64 * 1024;
    std::string bytes;
    // Most files are small: they get a string of their size, not of the step's.
    std::array<char, step> first;
    const ssize_t some = retried([&] { return ::read(fd.get(), first.data(), step); });
    if (some < 0) {
        return fail_errno("read");
    }
    bytes.assign(first.data(), static_cast<std::size_t>(some));
    if (some == 0) {
        return bytes;
    }
    if (bytes.size() > limit.count) {
        return fail(ErrorKind::exhausted, "read: more than {}", limit.to_string());
    }
    for (;;) {
        const std::size_t before = bytes.size();
        ssize_t count = 0;
        bytes.resize_and_overwrite(before + step, [&](char* data, std::size_t) {
            count = retried([&] { return ::read(fd.get(), data + before, step); });
            return before + static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        });
        if (count < 0) {
            return fail_errno("read");
        }
        if (count == 0) {
            return bytes;
        }
        if (bytes.size() > limit.count) {
            return fail(ErrorKind::exhausted, "read: more than {}", limit.to_string());
        }
    }
}

Result<std::string> read_file(const std::string& path, util::Bytes limit) {
    const Fd fd = TRY(open(path, O_RDONLY));
    return TRY(read_all(fd, limit), "{}", path);
}

Result<void> write_all(const Fd& fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            retried([&] { return ::write(fd.get(), bytes.data(), bytes.size()); });
        if (count < 0) {
            return fail_errno("write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> pwrite_all(const Fd& fd, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t count = retried([&] {
            return ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        });
        if (count < 0) {
            return fail_errno("pwrite");
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<void> make_directories(const std::string& path, mode_t mode) {
    if (path.empty() || ::mkdir(path.c_str(), mode) == 0) {
        return {};
    }
    if (errno == ENOENT) {
        const std::size_t slash = path.find_last_of('/');
        if (slash == std::string::npos) {
            return fail_errno("mkdir {}", path);
        }
        TRY(make_directories(path.substr(0, slash), mode));
        if (::mkdir(path.c_str(), mode) == 0) {
            return {};
        }
    }
    if (errno == EEXIST) {
        const int number = errno;
        struct stat status{};
        if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
            return {};
        }
        errno = number;
    }
    return fail_errno("mkdir {}", path);
}

Result<void> replace_file(const std::string& path,
                          std::string_view content,
                          mode_t mode,
                          Durability durability) {
    std::string temporary = path + ".XXXXXX";
    const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) {
        return fail_errno("create {}", temporary);
    }
    const auto written = [&]() -> Result<void> {
        TRY(write_all(fd, content), "{}", temporary);
        TRY(fchmod(fd, mode), "{}", temporary);
        if (durability == Durability::durable && ::fsync(fd.get()) != 0) {
            return fail_errno("fsync {}", temporary);
        }
        return renameat(AT_FDCWD, temporary, AT_FDCWD, path);
    }();
    if (!written) {
        ::unlink(temporary.c_str());
    }
    return written;
}

Result<std::vector<DirectoryEntry>> list_directory(const Fd& directory) {
    const int copy = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) {
        return fail_errno("opendir");
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), ::closedir);
    if (!stream) {
        ::close(copy);
        return fail_errno("opendir");
    }
    std::vector<DirectoryEntry> entries;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr) {
            if (errno != 0) {
                return fail_errno("readdir");
            }
            break;
        }
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        unsigned char type = entry->d_type;
        if (type == DT_UNKNOWN) {
            const auto status = fstatat(directory.get(), entry->d_name, AT_SYMLINK_NOFOLLOW);
            if (!status) {
                continue;  // gone in the meantime
            }
            type = IFTODT(status->st_mode);
        }
        entries.push_back({std::string(name), type});
    }
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
}

Result<std::string> current_directory() {
    std::string buffer(PATH_MAX, '\0');
    if (getcwd(buffer.data(), buffer.size()) == nullptr) {
        return fail_errno("finding the current directory");
    }
    buffer.resize(std::strlen(buffer.c_str()));
    return buffer;
}

}  // namespace maelstrom::sys

#pragma once

#include "sys/fd.hpp"
#include "util/bytes.hpp"
#include "util/error.hpp"

#include <sys/stat.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::sys {

using util::Result;

// One thin function a system call, under the manual's name: EINTR retried, close-on-exec always,
// flags otherwise as given, paths relative to `directory` (AT_FDCWD for the current one). Errors
// read "open /x: No such file or directory".

Result<Fd> openat(int directory, const std::string& path, int flags, mode_t mode = 0);
Result<Fd> open(const std::string& path, int flags, mode_t mode = 0);
Result<struct stat> fstat(const Fd& fd);
/// `flags`: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH.
Result<struct stat> fstatat(int directory, const std::string& path, int flags = 0);
Result<std::string> readlinkat(int directory, const std::string& path);
Result<void> mkdirat(int directory, const std::string& path, mode_t mode);
Result<void> unlinkat(int directory, const std::string& path, int flags = 0);
Result<void> symlinkat(const std::string& target, int directory, const std::string& path);
Result<void> linkat(int from_directory,
                    const std::string& from,
                    int to_directory,
                    const std::string& to,
                    int flags = 0);
Result<void>
renameat(int from_directory, const std::string& from, int to_directory, const std::string& to);
Result<void> renameat2(int from_directory,
                       const std::string& from,
                       int to_directory,
                       const std::string& to,
                       unsigned flags);
Result<void> fchmod(const Fd& fd, mode_t mode);
Result<void> ftruncate(const Fd& fd, std::uint64_t length);
Result<Fd> memfd_create(const std::string& name, unsigned flags);
Result<std::pair<Fd, Fd>> pipe2(int flags = 0);
/// fcntl(F_DUPFD_CLOEXEC).
Result<Fd> duplicate(int fd);

// A little above the calls.

Result<std::string> current_directory();

/// Everything up to end of file; more than `limit` is an `exhausted` error.
Result<std::string> read_all(const Fd& fd, util::Bytes limit);
Result<std::string> read_file(const std::string& path, util::Bytes limit);
Result<void> write_all(const Fd& fd, std::string_view bytes);
/// The same at a place of the file.
Result<void> pwrite_all(const Fd& fd, std::string_view bytes, std::uint64_t offset);
/// The directory and its missing parents; existing ones are fine.
Result<void> make_directories(const std::string& path, mode_t mode = 0777);
/// Writes beside the file, syncs if `durable`, then renames: readers see the old or the new
/// content, never a part.
enum class Durability { cached, durable };
Result<void>
replace_file(const std::string& path, std::string_view content, mode_t mode, Durability durability);
/// The names in a directory without "." and "..", sorted by bytes, with the d_type of readdir(3).
struct DirectoryEntry {
    std::string name;
    unsigned char type;  ///< DT_REG, DT_DIR, DT_LNK, …; never DT_UNKNOWN
};
Result<std::vector<DirectoryEntry>> list_directory(const Fd& directory);

}  // namespace maelstrom::sys

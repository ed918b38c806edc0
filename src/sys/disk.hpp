#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <sys/stat.h>
#include <time.h>

#include <cstddef>
#include <span>
#include <string>

namespace maelstrom::sys {

using util::Result;

// More calls on files, in the manner of `sys/file.hpp`.

/// 0 at the end of the file.
Result<std::size_t> read(const Fd& fd, std::span<char> buffer);
/// Sets both times; the access time may be UTIME_OMIT.
Result<void> futimens(const Fd& fd, const timespec& access, const timespec& modification);
/// Both times to now.
Result<void> touch(int directory, const std::string& path);
/// Waits for the lock, unless `operation` has LOCK_NB: then false if somebody else has it.
Result<bool> flock(const Fd& fd, int operation);
/// Makes `to` share the blocks of `from`; false where the file system cannot.
bool clone_file(const Fd& from, const Fd& to);
/// From now on each directory made in this one is put where the disk has much room, and so is what
/// is made in that, instead of next to this one (FS_TOPDIR_FL). False where the file system does
/// not know that.
bool spread_subdirectories(const Fd& directory);
/// For names that nobody else has.
std::uint64_t random_number();
/// The clock that file systems stamp files with: it is behind the real one by up to a tick.
timespec file_clock();

}  // namespace maelstrom::sys

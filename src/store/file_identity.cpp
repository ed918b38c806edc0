#include "store/file_identity.hpp"

namespace maelstrom::store {

FileTime file_time(const timespec& time) {
    return {.seconds = time.tv_sec, .nanoseconds = static_cast<std::uint32_t>(time.tv_nsec)};
}

FileIdentity identity_of(const struct stat& status) {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = static_cast<std::uint64_t>(status.st_size),
            .mtime = file_time(status.st_mtim),
            .ctime = file_time(status.st_ctim)};
}

FileAttributes attributes_of(const struct stat& status) {
    return {.mode = status.st_mode & 07777U, .mtime = file_time(status.st_mtim)};
}

bool is_settled(const FileIdentity& identity, const timespec& now) {
    // 100 Hz kernels tick every 10 ms; whole seconds mean a file system that keeps no more (FAT:
    // two of them).
    const bool is_coarse = identity.mtime.nanoseconds == 0 && identity.ctime.nanoseconds == 0;
    const std::int64_t tick = is_coarse ? 2'000'000'000 : 20'000'000;
    const auto age = [&](const FileTime& time) {
        return (now.tv_sec - time.seconds) * std::int64_t{1'000'000'000} + now.tv_nsec -
               time.nanoseconds;
    };
    return age(identity.ctime) > tick && age(identity.mtime) > tick;
}

}  // namespace maelstrom::store

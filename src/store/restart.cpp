#include "store/restart.hpp"

#include "store/census.hpp"
#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/retired_directories.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <array>

namespace maelstrom::store {

using sys::Fd;

namespace {

/// Of a short file, with one read: each opening of a store waits for it. Empty if there is none.
std::string line_of(const Result<Fd>& file) {
    std::array<char, 100> buffer;
    const auto count = file ? sys::read(*file, buffer) : Result<std::size_t>(0);
    return std::string(util::trim(std::string_view(buffer.data(), count ? *count : 0)));
}

/// Tells one start of the machine from another; empty if the kernel does not say.
std::string present_boot(const Settings& settings) {
    if (!settings.boot_id.empty()) {
        return settings.boot_id;
    }
    return line_of(sys::open("/proc/sys/kernel/random/boot_id", O_RDONLY));
}

bool is_of_boot(const Fd& root, const std::string& boot) {
    return line_of(sys::openat(root.get(), boot_file, O_RDONLY | O_NOFOLLOW)) == boot;
}

/// With the lock held.
Result<void> retire_unused(Store::Parts& parts, RetiredDirectories& retired) {
    const std::set<Sha> pinned = TRY(pinned_by_the_living(parts.root));
    for (const Sha& layer : TRY(layers_with_directories(parts.root))) {
        if (!pinned.contains(layer)) {
            TRY(retired.add(layer));
        }
    }
    return {};
}

}  // namespace

Result<void> distrust_after_restart(Store::Parts& parts) {
    const std::string boot = present_boot(parts.settings);
    if (boot.empty() || is_of_boot(parts.root, boot)) {
        return {};
    }
    RetiredDirectories retired(parts);
    const auto distrusted = [&]() -> Result<void> {
        const Fd lock = TRY(sys::openat(parts.root.get(), lock_file, O_RDONLY | O_CREAT, 0600));
        (void)TRY(sys::flock(lock, LOCK_EX));
        if (is_of_boot(parts.root, boot)) {
            return {};  // another program did it while we waited
        }
        parts.note_loss();
        TRY(retire_unused(parts, retired));
        // Last: without it, the next program does it again.
        (void)sys::replace_file(parts.settings.directory + "/" + boot_file, boot + "\n", 0600,
                                sys::Durability::cached);
        return {};
    }();
    retired.remove();
    return distrusted ? Result<void>{} : parts.explained(distrusted.error());
}

}  // namespace maelstrom::store

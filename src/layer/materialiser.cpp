#include "layer/materialiser.hpp"

#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/thread.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace maelstrom::layer {

using sys::Fd;

namespace {

/// Starting a thread costs as much as a few links.
constexpr std::size_t entries_per_thread = 64;

std::size_t entries_in(const Directory& directory) {
    std::size_t count = directory.children.size();
    for (const auto& [name, node] : directory.children) {
        const Directory* below = node.directory();
        count += below != nullptr ? entries_in(*below) : 0;
    }
    return count;
}

Result<Fd> open_below(const Fd& directory, const std::string& name) {
    return sys::openat(directory.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<void> make_link(const Link& link, const Fd& directory, const std::string& name) {
    TRY(sys::symlinkat(link.target, directory.get(), name));
    const timespec times[2] = {{0, UTIME_OMIT}, {0, 0}};
    if (::utimensat(directory.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
        return util::fail_errno("utimensat {}", name);
    }
    return {};
}

/// The first step, shared by all threads.
class Filling {
public:
    Filling(store::Store& store, std::size_t threads) : store_(store), threads_(threads) {}

    /// Bytes on disk besides links to blobs.
    Result<std::uint64_t> run(const Directory& tree, const Fd& directory) {
        offered_.push_back({&tree, TRY(sys::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY))});
        sys::run_side_by_side(threads_, [this] { work(); });
        if (error_) {
            return std::unexpected(*error_);
        }
        if (missing_) {
            return std::unexpected(*missing_);
        }
        return extra_;
    }

private:
    struct Offer {
        const Directory* from;
        Fd directory;
    };

    /// Takes what is offered until nobody can offer any more.
    void work() {
        while (std::optional<Offer> offer = take()) {
            auto filled = fill(*offer->from, offer->directory);
            const std::lock_guard lock(mutex_);
            if (!filled && !error_) {
                error_ = std::move(filled).error();
                failed_ = true;
            }
            --busy_;
            changed_.notify_all();
        }
    }

    std::optional<Offer> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !offered_.empty() || busy_ == 0; });
        if (offered_.empty() || failed_) {
            return std::nullopt;
        }
        ++busy_;
        std::optional<Offer> offer(std::move(offered_.back()));
        offered_.pop_back();
        return offer;
    }

    /// Whether somebody else will see to it. Few at a time: each holds a descriptor.
    bool offer(const Directory& from, Fd& directory) {
        const std::lock_guard lock(mutex_);
        if (offered_.size() + 1 >= threads_) {
            return false;
        }
        offered_.push_back({&from, std::move(directory)});
        changed_.notify_one();
        return true;
    }

    Result<void> fill(const Directory& from, const Fd& directory) {
        extra_ += 4096;
        for (const auto& [name, node] : from.children) {
            if (failed_) {
                return {};
            }
            if (const File* file = node.file()) {
                TRY(place(*file, directory, name));
            } else if (const Link* link = node.link()) {
                TRY(make_link(*link, directory, name));
            } else if (const Directory* below = node.directory()) {
                TRY(sys::mkdirat(directory.get(), name, 0700));
                Fd opened = TRY(open_below(directory, name));
                if (!offer(*below, opened)) {
                    TRY(fill(*below, opened));
                }
            }
        }
        return {};
    }

    Result<void> place(const File& file, const Fd& directory, const std::string& name) {
        const auto sharing =
            file.is_separate ? store::Store::Sharing::forbidden : store::Store::Sharing::allowed;
        auto placed = store_.place(file.digest, file.attributes, directory.get(), name, sharing);
        if (placed) {
            extra_ += *placed == store::Store::Placement::copied ? file.digest.size : 0;
        } else if (placed.error().kind() != util::ErrorKind::not_found) {
            return std::unexpected(std::move(placed).error());
        } else {
            const std::lock_guard lock(mutex_);
            missing_ = missing_ ? std::move(missing_) : std::move(placed).error();
        }
        return {};
    }

    store::Store& store_;
    const std::size_t threads_;
    std::atomic<std::uint64_t> extra_ = 0;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::vector<Offer> offered_;
    std::size_t busy_ = 0;
    std::optional<util::Error> error_;
    std::optional<util::Error> missing_;  ///< the first blob that was not there
};

/// The second step, from the innermost out.
Result<void> set_directory_attributes(const Directory& tree, const Fd& directory) {
    for (const auto& [name, node] : tree.children) {
        if (const Directory* below = node.directory()) {
            const Fd opened = TRY(open_below(directory, name));
            TRY(set_directory_attributes(*below, opened));
        }
    }
    TRY(sys::fchmod(directory, tree.attributes.mode));
    return sys::futimens(directory, {.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                         {.tv_sec = tree.attributes.mtime.seconds,
                          .tv_nsec = static_cast<long>(tree.attributes.mtime.nanoseconds)});
}

}  // namespace

Result<util::Bytes> Materialiser::fill(const Fd& directory) {
    const std::size_t threads =
        std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()),
                              entries_in(tree_) / entries_per_thread + 1);
    const std::uint64_t extra = TRY(Filling(store_, threads).run(tree_, directory));
    TRY(set_directory_attributes(tree_, directory));
    return util::Bytes{extra};
}

}  // namespace maelstrom::layer

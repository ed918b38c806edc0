#pragma once

#include "sys/fd.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>

namespace maelstrom::store {

using Sha = std::array<std::uint8_t, 32>;

/// One process's claim on the store: a locked file `leases/<name>` that lists what it pins, and,
/// once it writes something, a private directory `tmp/<name>`. The kernel drops the lock when the
/// process dies, however it dies: from then on its pins are void, and the next process to open a
/// lease, or to release one, clears away what it left. Made at the first use; any thread.
class Lease {
public:
    /// `root` is the store's directory and outlives this.
    explicit Lease(const sys::Fd& root) : root_(root) {}
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    util::Result<void> add(const util::Digest& digest);
    bool has(const util::Digest& digest);
    /// A path below the store's directory that nobody else uses: "tmp/<name>/17".
    util::Result<std::string> draft_path();
    /// Gives up what is pinned, as the destructor does. The next use makes a new lease.
    void release();

private:
    util::Result<void> open();
    util::Result<void> require();

    const sys::Fd& root_;
    std::mutex mutex_;
    std::string name_;  ///< empty until opened
    bool has_directory_ = false;
    bool met_others_ = false;  ///< when it was opened
    sys::Fd file_;
    std::uint64_t length_ = 0;  ///< of its file: whole lines
    std::uint64_t drafts_ = 0;
    std::unordered_set<util::Digest> pinned_;
};

/// What living processes pin. Call with the eviction lock held.
util::Result<std::set<Sha>> pinned_by_the_living(const sys::Fd& root);

/// Marks what a lease named as used until now.
void mark_released(const sys::Fd& root, const std::string& lease_text);

}  // namespace maelstrom::store

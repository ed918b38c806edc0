#pragma once

#include "store/file_identity.hpp"
#include "sys/fd.hpp"
#include "util/bytes.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::store {

using util::Digest;
using util::Result;

struct Settings {
    std::string directory;                  ///< `<cache>/maelstrom/store/v1`; created when missing
    util::Bytes cache_size{1'000'000'000};  ///< soft: what live leases pin may exceed it
    std::string boot_id;                    ///< of this start of the machine; empty: ask the kernel
};

/// A file of the host that is to become a blob.
struct Source {
    std::string path;
    FileAttributes attributes;  ///< shown by the blob's file if it is new
    FileIdentity identity;      ///< as seen when the file was found
};

class BlobWriter;

/// The content store that all programs of a user share, at the same time and without a daemon.
/// Entries never change and appear whole. What this object has pinned stays until it goes away (or
/// its process dies). Every function may be called from any thread. A full disk is an `exhausted`
/// error.
class Store final {
public:
    /// Costs some tens of microseconds, whatever the store holds; more only for the first program
    /// after a start of the machine, which distrusts what may not have reached the disk before.
    static Result<std::unique_ptr<Store>> open(const Settings& settings);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// From now on, whatever takes long (reading, writing, placing) soon ends with a `cancelled`
    /// error. For a program that is to end while other threads use the store.
    void stop();

    // Blobs in.

    Result<Digest> put(std::string_view bytes, const FileAttributes& attributes = {});
    /// For content that comes piece by piece.
    Result<BlobWriter> writer();
    /// Files of the host, hashed and copied by as many threads as there are cores; what the memo
    /// knows and the store has is not read. One result for each source, in order. What a result
    /// names is what the store holds, whatever happens to the source.
    std::vector<Result<Digest>> put_files(std::span<const Source> sources);

    // Blobs out.

    bool contains(const Digest& digest) const;
    /// Read-only. A blob of the wrong size is dropped and `not_found`, like a missing one.
    Result<sys::Fd> open_blob(const Digest& digest) const;
    Result<std::string> read(const Digest& digest) const;
    /// Makes `name` in `directory`: a hard link if the blob's file shows these attributes and may
    /// be shared, otherwise a copy (a clone where the file system can). Now and then it checks the
    /// content: a damaged blob is dropped and `not_found`.
    enum class Placement { linked, copied };
    enum class Sharing { allowed, forbidden };
    Result<Placement> place(const Digest& digest,
                            const FileAttributes& attributes,
                            int directory,
                            const std::string& name,
                            Sharing sharing = Sharing::allowed);

    // Groups: a blob that names others (a layer's tree) stays or goes together with them.

    /// Puts the blob and records its members. Pins it.
    Result<Digest> put_group(std::string_view bytes, std::span<const Digest> members);
    /// The recorded members; none if there is no such group.
    std::optional<std::vector<Digest>> members(const Digest& group) const;
    /// True if the group and all its members are here. Looks at each file, unless nothing has gone
    /// since somebody did, and reads a sample; drops what is damaged.
    bool is_complete(const Digest& group);

    // Leases.

    /// Keeps the blob and, if it is a group, its members and directory for the life of this object.
    /// False if the blob is not here.
    Result<bool> pin(const Digest& digest);

    // Directories made of placed blobs, one for a group.

    /// The directory's path if it is here, and then it is pinned.
    Result<std::optional<std::string>> find_directory(const Digest& group);
    /// Fills a new directory; says what that takes on disk besides links to blobs.
    class Filler {
    public:
        virtual ~Filler() = default;
        virtual Result<util::Bytes> fill(const sys::Fd& directory) = 0;
    };
    /// Has it filled in a private place, then shows it whole. Threads and processes that want the
    /// same one wait for the first. Pins it.
    Result<std::string> make_directory(const Digest& group, Filler& filler);

    /// A new private directory on the store's disk that goes with this object's lease: at the
    /// latest, the next process removes it.
    Result<std::string> make_scratch_directory();

    // Memos: what was found out once. Losing them costs time, never correctness.

    /// Digest of content seen at this identity.
    std::optional<Digest> recall(const FileIdentity& identity) const;
    /// A value under a key that is itself a digest of all that it depends on.
    std::optional<std::string> recall(const Digest& key) const;
    void remember(const Digest& key, std::string value);

    // Housekeeping.

    /// While it exists nothing is evicted: between finding a blob and pinning what names it.
    class Guard {
    public:
        explicit Guard(sys::Fd lock) : lock_(std::move(lock)) {}

    private:
        sys::Fd lock_;
    };
    Result<Guard> guard() const;

    /// Writes memos out and, if the store has outgrown its size and nobody is building, evicts.
    /// Called at the end of a build.
    void settle();
    /// Evicts down to `size` what no live lease pins, least recently released first. Waits for
    /// guards.
    Result<void> evict(util::Bytes size);

    /// Bytes of all blobs and directories, by looking at every one.
    Result<util::Bytes> size() const;

    const std::string& directory() const;

    struct Parts;  ///< inside the module only

private:
    explicit Store(std::unique_ptr<Parts> parts);
    /// Drops directories that show damaged files and that nobody uses any more.
    void mend();
    std::unique_ptr<Parts> parts_;
};

}  // namespace maelstrom::store

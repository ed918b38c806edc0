// Files of the host into the store. What is hashed is the very copy that the store shows, so an
// edit of the source can at worst decide which of two contents is kept, never give a blob a wrong
// name.

#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "sys/thread.hpp"
#include "util/text.hpp"

#include <fcntl.h>

#include <atomic>

namespace maelstrom::store {

using sys::Fd;

namespace {

/// Files up to this size are read whole: their digest is known before anything is written.
constexpr std::size_t whole_limit = 1 << 20;
/// Starting a thread costs as much as reading a few small files.
constexpr std::size_t files_per_thread = 16;

/// Reads files of the host, one after the other, with one buffer.
class Importer {
public:
    explicit Importer(Store::Parts& parts) : parts_(parts) {}

    Result<Digest> import(const Source& source) {
        TRY(parts_.go_on());
        const timespec start = sys::file_clock();
        // A named pipe that took the file's place must not make us wait.
        const Fd fd = TRY(sys::open(source.path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
        const struct stat before = TRY(sys::fstat(fd));
        if (!S_ISREG(before.st_mode)) {
            return util::fail(util::ErrorKind::invalid, "{} is no longer a regular file",
                              util::quoted(source.path));
        }
        const Digest digest = TRY(take(fd, before, source.attributes));
        const FileIdentity seen = identity_of(before);
        if (seen == identity_of(TRY(sys::fstat(fd))) && is_settled(seen, start)) {
            parts_.index.remember(seen, digest);
        }
        return digest;
    }

private:
    Result<Digest> take(const Fd& fd, const struct stat& status, const FileAttributes& attributes) {
        if (static_cast<std::size_t>(status.st_size) > whole_limit) {
            return take_large(fd, attributes);
        }
        buffer_.resize(whole_limit + 1);
        std::size_t size = 0;
        while (size < buffer_.size()) {
            const std::size_t count = TRY(sys::read(fd, std::span(buffer_).subspan(size)));
            if (count == 0) {
                return parts_.put({buffer_.data(), size}, attributes);
            }
            size += count;
        }
        // It has grown meanwhile.
        if (::lseek(fd.get(), 0, SEEK_SET) != 0) {
            return util::fail_errno("lseek");
        }
        return take_large(fd, attributes);
    }

    Result<Digest> take_large(const Fd& fd, const FileAttributes& attributes) {
        const std::string draft = TRY(parts_.draft_path());
        auto taken = take_into(draft, fd, attributes);
        (void)sys::unlinkat(parts_.root.get(), draft);  // still there unless shown
        return taken;
    }

    Result<Digest>
    take_into(const std::string& draft, const Fd& fd, const FileAttributes& attributes) {
        const Fd file = TRY(sys::openat(parts_.root.get(), draft, O_RDWR | O_CREAT | O_EXCL, 0600));
        buffer_.resize(whole_limit);
        const Digest digest = sys::clone_file(fd, file)
                                  ? TRY(digest_of(file))
                                  : TRY(parts_.copy_and_hash(fd, file, buffer_));
        if (!parts_.find(digest)) {
            TRY(set_attributes(file, kept_mode(attributes.mode), attributes.mtime));
            TRY(parts_.show(draft, digest));
        }
        return digest;
    }

    Store::Parts& parts_;
    std::vector<char> buffer_;
};

}  // namespace

std::vector<Result<Digest>> Store::put_files(std::span<const Source> sources) {
    std::vector<Result<Digest>> results(sources.size());
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto digest = parts_->index.recall(sources[i].identity);
        if (digest && parts_->find(*digest)) {
            results[i] = *digest;
        } else {
            unknown.push_back(i);
        }
    }
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        Importer importer(*parts_);
        for (std::size_t i = next++; i < unknown.size(); i = next++) {
            const Source& source = sources[unknown[i]];
            auto digest = importer.import(source);
            if (!digest && digest.error().kind() == util::ErrorKind::exhausted) {
                results[unknown[i]] = parts_->explained(std::move(digest).error());
            } else {
                results[unknown[i]] = std::move(digest);
            }
        }
    };
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    sys::run_side_by_side(std::min(most, unknown.size() / files_per_thread + 1), work);
    return results;
}

}  // namespace maelstrom::store

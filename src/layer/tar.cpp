#include "layer/tar.hpp"

#include "layer/tree_maker.hpp"
#include "layer/whiteout.hpp"
#include "store/blob_writer.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;

namespace {

constexpr std::size_t block_size = 1 << 18;
/// Members up to this size are put from memory.
constexpr std::int64_t whole_limit = 1 << 20;
/// Bookkeeping of the file system that whiteouts were invented for; means nothing here.
constexpr std::string_view private_prefix = ".wh..wh.";

using Archive = std::unique_ptr<archive, int (*)(archive*)>;

std::pair<std::string, std::string> split_last(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::pair{std::string(), path}
                                      : std::pair{path.substr(0, slash), path.substr(slash + 1)};
}

/// Reads members one by one into a tree.
class TarReader {
public:
    TarReader(store::Store& store, archive* from, const TarLimits& limits)
        : store_(store), archive_(from), limits_(limits) {}

    Result<Directory> run() {
        archive_entry* entry = nullptr;
        for (;;) {
            const int status = archive_read_next_header(archive_, &entry);
            if (status == ARCHIVE_EOF) {
                break;
            }
            // A warning is about names in the locale, which we don't use.
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
                return failure("reading the next member");
            }
            if (++members_ > limits_.members) {
                return fail(ErrorKind::exhausted, "the tar file has more than {} members",
                            limits_.members);
            }
            TRY(read_member(entry));
        }
        if (skipped_ > 0) {
            util::log::warning(
                "skipped {} devices, pipes and the like in a tar file, the first of them {}",
                skipped_, util::quoted(first_skipped_));
        }
        return maker_.take();
    }

private:
    std::unexpected<util::Error> failure(std::string_view doing) {
        const char* reason = archive_error_string(archive_);
        return fail(ErrorKind::invalid, "{}: {}", doing,
                    reason != nullptr ? reason : "not a tar file that can be read");
    }

    /// libarchive gives names in the locale or in UTF-8, as the archive has them.
    static std::string text(const char* utf8, const char* raw) {
        return utf8 != nullptr ? utf8 : raw != nullptr ? raw : "";
    }

    Result<void> read_member(archive_entry* entry) {
        std::string path = text(archive_entry_pathname_utf8(entry), archive_entry_pathname(entry));
        while (path.ends_with('/')) {
            path.pop_back();
        }
        const auto [parent, name] = split_last(path);
        if (name == opaque_name) {
            return maker_.make_opaque(parent);
        }
        if (name.starts_with(private_prefix)) {
            return {};
        }
        if (name.starts_with(whiteout_prefix)) {
            return read_whiteout(parent, name.substr(whiteout_prefix.size()), path);
        }
        if (archive_entry_hardlink(entry) != nullptr ||
            archive_entry_hardlink_utf8(entry) != nullptr) {
            return read_hard_link(entry, path);
        }
        switch (archive_entry_filetype(entry)) {
        case AE_IFREG:
            return read_file(entry, path);
        case AE_IFDIR:
            return maker_.add_directory(path, attributes_of(entry));
        case AE_IFLNK:
            return read_link(entry, path);
        default:
            first_skipped_ = skipped_++ == 0 ? path : first_skipped_;
            return {};
        }
    }

    static FileAttributes attributes_of(archive_entry* entry) {
        FileAttributes attributes{.mode = archive_entry_perm(entry) & 07777U, .mtime = {}};
        if (archive_entry_mtime_is_set(entry) != 0) {
            attributes.mtime = {archive_entry_mtime(entry),
                                static_cast<std::uint32_t>(archive_entry_mtime_nsec(entry))};
        }
        return attributes;
    }

    Result<void>
    read_whiteout(const std::string& parent, const std::string& hidden, const std::string& path) {
        if (hidden.empty() || hidden == "." || hidden == "..") {
            return fail(ErrorKind::invalid, "member {} is a whiteout of nothing",
                        util::quoted(path));
        }
        // Of the layers below: what this one has by that name stays.
        const Node* existing = TRY(maker_.find(parent + "/" + hidden));
        return existing != nullptr ? Result<void>{}
                                   : maker_.add(parent + "/" + hidden, Node{Whiteout{}});
    }

    Result<void> read_hard_link(archive_entry* entry, const std::string& path) {
        const std::string target =
            text(archive_entry_hardlink_utf8(entry), archive_entry_hardlink(entry));
        const Node* existing = TRY(maker_.find(target), "hard link {}", util::quoted(path));
        if (existing == nullptr || existing->is_whiteout() || existing->directory() != nullptr) {
            return fail(ErrorKind::invalid,
                        "member {} is a hard link to {}, which is no earlier file of the tar file",
                        util::quoted(path), util::quoted(target));
        }
        return maker_.add(path, Node{*existing});
    }

    Result<void> read_link(archive_entry* entry, const std::string& path) {
        std::string target = text(archive_entry_symlink_utf8(entry), archive_entry_symlink(entry));
        if (target.empty() || !util::is_utf8(target)) {
            return fail(ErrorKind::invalid, "link {} has the target {}, expected UTF-8",
                        util::quoted(path), util::quoted(target));
        }
        return maker_.add(path, Node{Link{std::move(target)}});
    }

    Result<void> read_file(archive_entry* entry, const std::string& path) {
        const FileAttributes attributes = attributes_of(entry);
        const std::int64_t size =
            archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : -1;
        const Digest digest = size >= 0 && size <= whole_limit
                                  ? TRY(read_small(static_cast<std::size_t>(size), attributes),
                                        "member {}", util::quoted(path))
                                  : TRY(read_large(attributes), "member {}", util::quoted(path));
        return maker_.add(path, Node{File{.digest = digest, .attributes = attributes}});
    }

    /// Up to a buffer of content, holes filled with zeros; 0 at the end of the member.
    Result<std::size_t> read_data(std::span<char> into) {
        const la_ssize_t count = archive_read_data(archive_, into.data(), into.size());
        if (count < 0) {
            return failure("reading its content");
        }
        data_ += static_cast<std::uint64_t>(count);
        if (data_ > limits_.data.count) {
            return fail(ErrorKind::exhausted, "the tar file unfolds to more than {}",
                        limits_.data.to_string());
        }
        return static_cast<std::size_t>(count);
    }

    Result<Digest> read_small(std::size_t size, const FileAttributes& attributes) {
        buffer_.resize(size);
        std::size_t filled = 0;
        while (filled < size) {
            const std::size_t count = TRY(read_data(std::span(buffer_).subspan(filled)));
            if (count == 0) {
                return failure("reading its content to the end");
            }
            filled += count;
        }
        return store_.put({buffer_.data(), size}, attributes);
    }

    Result<Digest> read_large(const FileAttributes& attributes) {
        buffer_.resize(block_size);
        store::BlobWriter writer = TRY(store_.writer());
        for (;;) {
            const std::size_t count = TRY(read_data(buffer_));
            if (count == 0) {
                return writer.commit(attributes);
            }
            TRY(writer.write({buffer_.data(), count}));
        }
    }

    store::Store& store_;
    archive* archive_;
    TarLimits limits_;
    TreeMaker maker_{TreeMaker::Repeat::later_wins};
    std::vector<char> buffer_;
    std::uint64_t members_ = 0;
    std::uint64_t data_ = 0;
    std::uint64_t skipped_ = 0;
    std::string first_skipped_;
};

}  // namespace

Result<Directory> read_tar(store::Store& store, const sys::Fd& file, const TarLimits& limits) {
    const Archive reader(archive_read_new(), archive_read_free);
    if (!reader) {
        return fail(ErrorKind::exhausted, "out of memory");
    }
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_zstd(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_bzip2(reader.get());
    if (archive_read_open_fd(reader.get(), file.get(), block_size) != ARCHIVE_OK) {
        const char* reason = archive_error_string(reader.get());
        return fail(ErrorKind::invalid,
                    "not a tar file, plain or compressed by gzip, zstd, xz or bzip2 ({})",
                    reason != nullptr ? reason : "unknown format");
    }
    return TarReader(store, reader.get(), limits).run();
}

}  // namespace maelstrom::layer

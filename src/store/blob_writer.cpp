#include "store/blob_writer.hpp"

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"

#include <fcntl.h>

namespace maelstrom::store {

struct BlobWriter::Draft {
    Store::Parts& parts;
    std::string path;
    sys::Fd file;
    Sha256 sha;
};

BlobWriter::BlobWriter(std::unique_ptr<Draft> draft) : draft_(std::move(draft)) {
}
BlobWriter::BlobWriter(BlobWriter&&) noexcept = default;

BlobWriter& BlobWriter::operator=(BlobWriter&& other) noexcept {
    std::swap(draft_, other.draft_);
    return *this;
}

BlobWriter::~BlobWriter() {
    if (draft_) {
        (void)sys::unlinkat(draft_->parts.root.get(), draft_->path);
    }
}

Result<void> BlobWriter::write(std::string_view bytes) {
    TRY(draft_->parts.go_on());
    draft_->sha.update(bytes);
    if (auto written = sys::write_all(draft_->file, bytes); !written) {
        return draft_->parts.explained(std::move(written).error());
    }
    return {};
}

Result<Digest> BlobWriter::commit(const FileAttributes& attributes) {
    const Digest digest = draft_->sha.finish();
    TRY(show(digest, attributes));
    return digest;
}

Result<void> BlobWriter::show(const Digest& digest, const FileAttributes& attributes) {
    Store::Parts& parts = draft_->parts;
    if (parts.find(digest)) {
        return {};
    }
    TRY(set_attributes(draft_->file, kept_mode(attributes.mode), attributes.mtime));
    if (auto shown = parts.show(draft_->path, digest); !shown) {
        return parts.explained(std::move(shown).error());
    }
    draft_.reset();  // its name is gone: nothing to abandon
    return {};
}

Result<BlobWriter> Store::writer() {
    std::string path = TRY(parts_->draft_path());
    sys::Fd file = TRY(sys::openat(parts_->root.get(), path, O_WRONLY | O_CREAT | O_EXCL, 0600));
    return BlobWriter(std::unique_ptr<BlobWriter::Draft>(
        new BlobWriter::Draft{*parts_, std::move(path), std::move(file), {}}));
}

}  // namespace maelstrom::store

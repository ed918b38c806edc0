#pragma once

#include "store/store.hpp"

#include <memory>
#include <string_view>

namespace maelstrom::store {

/// A blob in the making, in a private file of the store. Abandoned unless committed.
class BlobWriter {
public:
    BlobWriter(BlobWriter&&) noexcept;
    BlobWriter& operator=(BlobWriter&&) noexcept;
    ~BlobWriter();

    Result<void> write(std::string_view bytes);
    /// Shows the blob. The writer is finished then, whatever comes back.
    Result<Digest> commit(const FileAttributes& attributes = {});

private:
    friend class Store;  // which alone makes one
    struct Draft;
    explicit BlobWriter(std::unique_ptr<Draft> draft);
    Result<void> show(const Digest& digest, const FileAttributes& attributes);
    std::unique_ptr<Draft> draft_;
};

}  // namespace maelstrom::store

// Groups: blobs that name others (a layer's tree). Which others is recorded in a file of the group,
// so that nobody has to read the blob to know them.

#include "store/layout.hpp"
#include "store/parts.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"

#include <fcntl.h>

#include <algorithm>

namespace maelstrom::store {

using sys::Fd;

Result<Digest> Store::put_group(std::string_view bytes, std::span<const Digest> members) {
    const Guard hold = TRY(guard());
    const Digest digest = digest_of(bytes);
    const std::string path = group_path(digest);
    if (parts_->find(digest) && this->members(digest) && sys::touch(parts_->root.get(), path)) {
        TRY(parts_->claim(digest));
        return digest;
    }
    const std::string draft = TRY(parts_->draft_path());
    const auto recorded = [&]() -> Result<void> {
        {
            const Fd fd =
                TRY(sys::openat(parts_->root.get(), draft, O_WRONLY | O_CREAT | O_EXCL, 0600));
            TRY(sys::write_all(fd, encode_members(members)));
        }
        return parts_->move_into_place(draft, path);
    }();
    if (!recorded) {
        (void)sys::unlinkat(parts_->root.get(), draft);
        return parts_->explained(recorded.error());
    }
    // The members are recorded before the blob that names them can be found.
    TRY(parts_->put(bytes, {}));
    TRY(parts_->claim(digest));
    return digest;
}

std::optional<std::vector<Digest>> Store::members(const Digest& group) const {
    const auto fd = sys::openat(parts_->root.get(), group_path(group), O_RDONLY | O_NOFOLLOW);
    const auto bytes = fd ? sys::read_all(*fd, util::Bytes{UINT64_MAX}) : Result<std::string>{};
    return fd && bytes ? decode_members(*bytes) : std::nullopt;
}

bool Store::is_complete(const Digest& group) {
    const auto named = members(group);
    if (!named || !parts_->find(group)) {
        return false;
    }
    // What was whole once still is if nothing has gone since.
    const Digest key = digest_of("complete 1 " + group.hex());
    const std::optional<std::string> losses = parts_->losses();
    const bool was_complete = losses && parts_->index.recall(key) == losses;
    const auto is_here = [&](const Digest& member) {
        if (parts_->is_sampled(member)) {
            return parts_->find(member) && parts_->verify(member).value_or(false);
        }
        return was_complete || parts_->find(member).has_value();
    };
    const bool is_complete = std::ranges::all_of(*named, is_here);
    if (is_complete && losses && !was_complete) {
        remember(key, *losses);
    }
    return is_complete;
}

}  // namespace maelstrom::store

#include "layer/inputs.hpp"

#include "layer/tree_maker.hpp"
#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <fcntl.h>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;

namespace {

/// Part of every fingerprint: raise it when the same inputs come to mean another layer.
constexpr std::string_view inputs_version = "plan 1";

template <class Number>
void append(std::string& to, Number number) {
    to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append(std::string& to, const store::FileTime& time) {
    append(to, time.seconds);
    append(to, time.nanoseconds);
}

}  // namespace

std::optional<Digest> fingerprint(const Inputs& inputs, const timespec& scan_began) {
    std::string bytes(inputs_version);
    bytes.reserve(inputs.items.size() * 160);
    for (const Item& item : inputs.items) {
        const bool is_plain =
            inputs.ignores_directory_identity && item.kind == Item::Kind::directory;
        if (!is_plain && !store::is_settled(item.identity, scan_began)) {
            return std::nullopt;
        }
        append(bytes, item.path.size());
        bytes += item.path;
        append(bytes, item.kind);
        append(bytes, item.attributes.mode);
        append(bytes, item.attributes.mtime);
        if (!is_plain) {
            append(bytes, item.identity.device);
            append(bytes, item.identity.inode);
            append(bytes, item.identity.size);
            append(bytes, item.identity.ctime);
        }
    }
    return store::digest_of(bytes);
}

namespace {

/// What went wrong with one file, unless it may be lost.
Result<bool> is_lost(const Inputs& inputs, const util::Error& error) {
    if (inputs.tolerates_loss && (error.os_error() == ENOENT || error.os_error() == EACCES)) {
        util::log::warning("left out of the snapshot: {}", error.message());
        return true;
    }
    return std::unexpected(error);
}

/// Which files of equal content are one, as names of one inode, and which are several.
class Twins {
public:
    bool is_separate(const Digest& digest, const Item& item) {
        const auto [first, is_new] = first_.try_emplace(digest, &item);
        const store::FileIdentity& one = first->second->identity;
        return !is_new && (one.device != item.identity.device || one.inode != item.identity.inode);
    }

private:
    std::map<Digest, const Item*> first_;
};

Result<void> add_item(TreeMaker& maker,
                      const Inputs& inputs,
                      const Item& item,
                      Result<Digest>* digest,
                      Twins& twins) {
    switch (item.kind) {
    case Item::Kind::directory:
        return maker.add_directory(item.path, item.attributes);
    case Item::Kind::link: {
        auto target = sys::readlinkat(AT_FDCWD, item.source);
        if (!target) {
            (void)TRY(is_lost(inputs, target.error()));
            return {};
        }
        if (!util::is_utf8(*target)) {
            return fail(ErrorKind::invalid, "the target of link {} is not UTF-8: {}",
                        util::quoted(item.source), util::quoted(*target));
        }
        return maker.add(item.path, Node{Link{std::move(*target)}});
    }
    case Item::Kind::file:
        if (!*digest) {
            (void)TRY(is_lost(inputs, digest->error()));
            return {};
        }
        return maker.add(item.path, Node{File{.digest = **digest,
                                              .attributes = item.attributes,
                                              .is_separate = twins.is_separate(**digest, item)}});
    }
    return {};
}

}  // namespace

Result<Digest> put(store::Store& store, const Inputs& inputs) {
    std::vector<store::Source> sources;
    for (const Item& item : inputs.items) {
        if (item.kind == Item::Kind::file) {
            sources.push_back({item.source, item.attributes, item.identity});
        }
    }
    std::vector<Result<Digest>> digests = store.put_files(sources);
    TreeMaker maker(TreeMaker::Repeat::refuse);
    Twins twins;
    auto digest = digests.begin();
    for (const Item& item : inputs.items) {
        const bool is_file = item.kind == Item::Kind::file;
        TRY(add_item(maker, inputs, item, is_file ? &*digest : nullptr, twins));
        digest += is_file ? 1 : 0;
    }
    return put(store, maker.take());
}

}  // namespace maelstrom::layer

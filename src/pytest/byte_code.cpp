#include "pytest/byte_code.hpp"

#include "store/sha256.hpp"
#include "sys/file.hpp"
#include "util/json_text.hpp"
#include "util/text.hpp"
#include "util/value.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <optional>
#include <utility>

namespace maelstrom::pytest {

namespace {

std::string fingerprint_of(const store::FileIdentity& identity) {
    return fmt::format("{} {} {} {}.{} {}.{}", identity.device, identity.inode, identity.size,
                       identity.mtime.seconds, identity.mtime.nanoseconds, identity.ctime.seconds,
                       identity.ctime.nanoseconds);
}

std::optional<store::FileIdentity> identity_of(const std::string& file) {
    const auto status = sys::fstatat(AT_FDCWD, file);
    return status ? std::optional(store::identity_of(*status)) : std::nullopt;
}

const std::string* text_of(const util::Value& entry, std::string_view key) {
    const util::Value* value = entry.find(key);
    return value == nullptr ? nullptr : value->string();
}

job::MadeFile made_file(const std::string& path, std::string content) {
    return {.path = path, .content = std::move(content), .mode = 0644};
}

}  // namespace

ByteCode::ByteCode(std::unique_ptr<store::Store> store,
                   const std::string& project,
                   const std::string& interpreter)
    : store_(std::move(store)) {
    store::Sha256 hash;
    for (const std::string_view part : {std::string_view("byte code of a project"),
                                        std::string_view(project), std::string_view(interpreter)}) {
        hash.update(part);
        hash.update(std::string_view("\0", 1));
    }
    key_ = hash.finish();
    read_entries();
}

/// One JSON object a line; see `entries_as_text`.
void ByteCode::read_entries() {
    const std::string text = store_->recall(key_).value_or("");
    for (const std::string_view line : util::split_lines(text)) {
        const auto entry = util::parse_json(line);
        if (!entry) {
            continue;
        }
        const std::string* path = text_of(*entry, "path");
        const std::string* source = text_of(*entry, "source");
        const std::string* fingerprint = text_of(*entry, "looks");
        const std::string* blob = text_of(*entry, "blob");
        const util::Value* size = entry->find("size");
        const auto* bytes = size == nullptr ? nullptr : std::get_if<std::uint64_t>(&size->data);
        if (path == nullptr || source == nullptr || fingerprint == nullptr || blob == nullptr ||
            bytes == nullptr) {
            continue;
        }
        if (const auto digest = util::Digest::from_hex(*blob, *bytes)) {
            entries_[*path] = {.source = *source, .fingerprint = *fingerprint, .blob = *digest};
        }
    }
}

std::string ByteCode::entries_as_text() const {
    std::string text;
    for (const auto& [path, entry] : entries_) {
        util::JsonWriter line;
        line.begin_object().key("path").string(path).key("source").string(entry.source);
        line.key("looks").string(entry.fingerprint).key("blob").string(entry.blob.hex());
        text += line.key("size").number(entry.blob.size).end_object().text() + "\n";
    }
    return text;
}

std::map<std::string, job::MadeFile> ByteCode::recall() {
    std::map<std::string, job::MadeFile> files;
    for (auto place = entries_.begin(); place != entries_.end();) {
        const auto& [path, entry] = *place;
        const auto identity = identity_of(entry.source);
        auto content = identity && fingerprint_of(*identity) == entry.fingerprint
                           ? store_->read(entry.blob)
                           : util::Result<std::string>(util::fail(util::ErrorKind::not_found, ""));
        if (content) {
            files[path] = made_file(path, std::move(*content));
            ++place;
        } else {
            place = entries_.erase(place);
        }
    }
    return files;
}

void ByteCode::remember(std::span<const CompiledFile> files, const timespec& start) {
    for (const CompiledFile& file : files) {
        const auto identity = identity_of(file.source);
        if (!identity || !store::is_settled(*identity, start)) {
            continue;
        }
        if (const auto blob = store_->put(file.content)) {
            entries_[file.path] = {
                .source = file.source, .fingerprint = fingerprint_of(*identity), .blob = *blob};
        }
    }
    store_->remember(key_, entries_as_text());
    store_->settle();
}

}  // namespace maelstrom::pytest

// The files below "groups": which blobs belong to one. They are not synced, so after a power loss
// one may be empty or in part what was there before: a checksum at its end tells.

#include "store/parts.hpp"
#include "store/sha256.hpp"

#include <cstring>

namespace maelstrom::store {

namespace {

constexpr std::size_t member_size = 40;    // sha256, then the size as eight bytes, lowest first
constexpr std::size_t checksum_size = 32;  // sha256 of all before it

void append(std::string& bytes, const Sha& sha) {
    bytes.append(reinterpret_cast<const char*>(sha.data()), sha.size());
}

}  // namespace

std::string encode_members(std::span<const Digest> members) {
    std::string bytes;
    bytes.reserve(members.size() * member_size + checksum_size);
    for (const Digest& member : members) {
        append(bytes, member.sha256);
        for (unsigned shift = 0; shift < 64; shift += 8) {
            bytes += static_cast<char>(member.size >> shift & 0xffU);
        }
    }
    append(bytes, digest_of(bytes).sha256);
    return bytes;
}

std::optional<std::vector<Digest>> decode_members(std::string_view bytes) {
    if (bytes.size() % member_size != checksum_size) {
        return std::nullopt;
    }
    const std::string_view checksum = bytes.substr(bytes.size() - checksum_size);
    bytes.remove_suffix(checksum_size);
    const Sha sha = digest_of(bytes).sha256;
    if (std::memcmp(sha.data(), checksum.data(), checksum_size) != 0) {
        return std::nullopt;
    }
    std::vector<Digest> members(bytes.size() / member_size);
    for (std::size_t i = 0; i < members.size(); ++i) {
        const std::string_view one = bytes.substr(i * member_size, member_size);
        std::memcpy(members[i].sha256.data(), one.data(), members[i].sha256.size());
        for (unsigned k = 0; k < 8; ++k) {
            members[i].size |= std::uint64_t{static_cast<unsigned char>(one[32 + k])} << (8 * k);
        }
    }
    return members;
}

}  // namespace maelstrom::store

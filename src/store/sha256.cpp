// The low-level functions, although OpenSSL 3 calls them deprecated: the first use of EVP loads
// providers, which takes half a millisecond of every program start, and each EVP digest allocates.
// Both run the same SHA-NI code.
#define OPENSSL_API_COMPAT 0x10100000L

#include "store/sha256.hpp"

#include "sys/disk.hpp"

#include <openssl/sha.h>

#include <new>
#include <span>
#include <vector>

namespace maelstrom::store {

namespace {

SHA256_CTX* context(std::array<std::byte, 128>& state) {
    static_assert(sizeof(SHA256_CTX) <= sizeof state);
    return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}

}  // namespace

Sha256::Sha256() : state_{} {
    new (state_.data()) SHA256_CTX;
    SHA256_Init(context(state_));
}

void Sha256::update(std::string_view bytes) {
    SHA256_Update(context(state_), bytes.data(), bytes.size());
    size_ += bytes.size();
}

util::Digest Sha256::finish() {
    util::Digest digest{.sha256 = {}, .size = size_};
    SHA256_Final(digest.sha256.data(), context(state_));
    return digest;
}

util::Digest digest_of(std::string_view bytes) {
    Sha256 sha;
    sha.update(bytes);
    return sha.finish();
}

util::Result<util::Digest> digest_of(const sys::Fd& fd) {
    constexpr std::size_t step = 1 << 18;  // large enough for read-ahead, small enough for L2
    std::vector<char> buffer(step);
    Sha256 sha;
    for (;;) {
        const std::size_t count = TRY(sys::read(fd, buffer));
        if (count == 0) {
            return sha.finish();
        }
        sha.update({buffer.data(), count});
    }
}

}  // namespace maelstrom::store

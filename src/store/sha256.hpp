#pragma once

#include "sys/fd.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace maelstrom::store {

/// A SHA-256 in the making, with the number of bytes so far.
class Sha256 {
public:
    Sha256();

    void update(std::string_view bytes);
    /// Of all bytes so far. The object is used up.
    util::Digest finish();

private:
    alignas(16) std::array<std::byte, 128> state_;  ///< OpenSSL's context, whose header stays out
    std::uint64_t size_ = 0;
};

util::Digest digest_of(std::string_view bytes);
/// Of everything from the descriptor's position to its end.
util::Result<util::Digest> digest_of(const sys::Fd& fd);

}  // namespace maelstrom::store

#pragma once

#include "util/error.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace maelstrom::util {

/// SHA-256 and size of some bytes: the name of a blob, exactly as in the Remote Execution API.
/// `store` computes them.
struct Digest {
    std::array<std::uint8_t, 32> sha256{};
    std::uint64_t size = 0;

    /// 64 lower-case hex digits; the size is not part of it.
    std::string hex() const;
    static Result<Digest> from_hex(std::string_view hex, std::uint64_t size);

    auto operator<=>(const Digest&) const = default;
};

}  // namespace maelstrom::util

template <>
struct std::hash<maelstrom::util::Digest> {
    std::size_t operator()(const maelstrom::util::Digest& digest) const noexcept {
        std::size_t first = 0;
        std::memcpy(&first, digest.sha256.data(), sizeof first);
        return first;
    }
};

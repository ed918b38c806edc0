#pragma once

#include "util/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace maelstrom::util {

/// A number of bytes.
struct Bytes {
    std::uint64_t count = 0;

    /// "512", "1G", "1.5 MiB": decimal and binary units, any case. The error quotes the text.
    static Result<Bytes> parse(std::string_view text);
    /// In decimal units with one digit: "1.0 GB"; plain bytes below 1000: "512 B".
    std::string to_string() const;

    auto operator<=>(const Bytes&) const = default;
};

}  // namespace maelstrom::util

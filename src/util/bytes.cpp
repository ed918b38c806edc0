#include "util/bytes.hpp"

#include "util/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace maelstrom::util {

namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 17> byte_units{{
    {"", 1},
    {"b", 1},
    {"k", 1'000},
    {"kb", 1'000},
    {"m", 1'000'000},
    {"mb", 1'000'000},
    {"g", 1'000'000'000},
    {"gb", 1'000'000'000},
    {"t", 1'000'000'000'000},
    {"tb", 1'000'000'000'000},
    {"p", 1'000'000'000'000'000},
    {"pb", 1'000'000'000'000'000},
    {"ki", 1ULL << 10},
    {"mi", 1ULL << 20},
    {"gi", 1ULL << 30},
    {"ti", 1ULL << 40},
    {"pi", 1ULL << 50},
}};

Result<std::uint64_t> factor_of(std::string_view unit, std::string_view whole) {
    std::string lower = to_lower(unit);
    if (lower.size() == 3 && lower.ends_with("ib")) {
        lower.pop_back();
    }
    for (const auto& [name, factor] : byte_units) {
        if (name == lower) {
            return factor;
        }
    }
    return fail(ErrorKind::invalid,
                "found size {}, expected a number with an optional unit (B, kB, MB, GB, TB, PB, "
                "KiB, MiB, GiB, TiB, PiB)",
                quoted(whole));
}

}  // namespace

Result<Bytes> Bytes::parse(std::string_view text) {
    const std::string_view trimmed = trim(text);
    const std::size_t digits = std::min(trimmed.find_first_not_of("0123456789."), trimmed.size());
    const std::uint64_t factor = TRY(factor_of(trim(trimmed.substr(digits)), text));
    const std::string_view number = trimmed.substr(0, digits);

    std::uint64_t whole = 0;
    auto parsed = std::from_chars(number.data(), number.data() + number.size(), whole);
    if (parsed.ec == std::errc{} && parsed.ptr == number.data() + number.size()) {
        if (whole > UINT64_MAX / factor) {
            return fail(ErrorKind::invalid, "size {} is too large", quoted(text));
        }
        return Bytes{whole * factor};
    }
    double fraction = 0;
    parsed = std::from_chars(number.data(), number.data() + number.size(), fraction);
    if (number.empty() || parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size()) {
        return fail(ErrorKind::invalid, "found size {}, expected a decimal number before the unit",
                    quoted(text));
    }
    const double product = std::round(fraction * static_cast<double>(factor));
    if (product >= 18'446'744'073'709'551'615.0) {
        return fail(ErrorKind::invalid, "size {} is too large", quoted(text));
    }
    return Bytes{static_cast<std::uint64_t>(product)};
}

std::string Bytes::to_string() const {
    constexpr std::array<std::string_view, 6> names{"B", "kB", "MB", "GB", "TB", "PB"};
    if (count < 1000) {
        return fmt::format("{} B", count);
    }
    double value = static_cast<double>(count);
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < names.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, names[unit]);
}

}  // namespace maelstrom::util

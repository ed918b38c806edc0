#pragma once

#include <algorithm>

namespace maelstrom::filter {

/// The value of a filter while only part of a test may be known. In this order, conjunction is the
/// smaller and disjunction the larger of two (Kleene's three-valued logic).
enum class Truth { no, unknown, yes };

constexpr Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}
constexpr Truth both(Truth a, Truth b) {
    return std::min(a, b);
}
constexpr Truth either(Truth a, Truth b) {
    return std::max(a, b);
}
constexpr Truth negation(Truth value) {
    return value == Truth::unknown ? value : truth(value == Truth::no);
}
}  // namespace maelstrom::filter

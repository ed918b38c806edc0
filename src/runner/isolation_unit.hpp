#pragma once

#include <string_view>
#include <utility>

namespace maelstrom::runner {

/// Which cases share a container, one after the other in the framework's order, each still with a
/// verdict of its own.
enum class IsolationUnit { test, function, of_class, file };

inline constexpr std::pair<std::string_view, IsolationUnit> isolation_unit_words[] = {
    {"test", IsolationUnit::test},
    {"function", IsolationUnit::function},
    {"class", IsolationUnit::of_class},
    {"file", IsolationUnit::file},
};

/// The default where the word is none of these.
constexpr IsolationUnit isolation_unit_of(std::string_view wanted) {
    for (const auto& [word, unit] : isolation_unit_words) {
        if (word == wanted) {
            return unit;
        }
    }
    return IsolationUnit::test;
}

}  // namespace maelstrom::runner

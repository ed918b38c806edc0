#pragma once

#include "filter/matcher.hpp"
#include "filter/vocabulary.hpp"

#include <optional>
#include <vector>

namespace maelstrom::filter {

/// A filter as a value: a question, or several of them joined. Negation is a property of a node and
/// difference is conjunction with a negation, so that chains are flat and a tree is only as deep as
/// the parentheses of its text.
struct Node {
    enum class Kind : std::uint8_t { question, all_of, any_of };

    Kind kind = Kind::question;
    bool negated = false;
    Selector selector = Selector::all;  ///< of a question
    std::optional<Matcher> matcher;     ///< of a question in compound form
    std::vector<Node> children;         ///< of the others, at least two

    bool operator==(const Node&) const = default;
};

}  // namespace maelstrom::filter

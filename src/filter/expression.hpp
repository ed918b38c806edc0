#pragma once

#include "filter/subject.hpp"
#include "filter/tree.hpp"
#include "filter/truth.hpp"
#include "filter/vocabulary.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// A filter: a question about a test, made of smaller ones with `and`, `or`, `minus`, `not`. The
/// language is described in docs/manual/filters.md. A value; cheap to ask, from any thread.
class Expression {
public:
    /// The error says line, column and what was expected there, and draws the place; which filter
    /// it was is for the caller to add.
    static util::Result<Expression> parse(std::string_view text, Dialect dialect);

    /// `subject` is of the same dialect. Never unknown if everything about it is known.
    Truth evaluate(const Subject& subject) const;

    Dialect dialect() const { return dialect_; }
    /// Something to tell the user, though the filter is valid: a chain that the Rust original reads
    /// differently. Once a run is enough.
    const std::optional<std::string>& warning() const { return warning_; }
    /// In whole words and with every parenthesis; it parses back to an equal expression.
    std::string to_string() const;

    /// Whether both ask the same things in the same order.
    bool operator==(const Expression& other) const {
        return dialect_ == other.dialect_ && tree_ == other.tree_;
    }

private:
    Expression(Dialect dialect, Node tree, std::optional<std::string> warning)
        : dialect_(dialect), tree_(std::move(tree)), warning_(std::move(warning)) {}

    Dialect dialect_;
    Node tree_;
    std::optional<std::string> warning_;
};

}  // namespace maelstrom::filter

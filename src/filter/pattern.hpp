#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace maelstrom::filter {

/// Why a text is no pattern, and where in it that shows.
struct PatternError {
    std::size_t offset = 0;
    std::string message;
};

/// A compiled regular expression. Matching takes time linear in the text, whatever the expression.
/// Any thread.
class Pattern {
public:
    static std::expected<Pattern, PatternError> regular_expression(std::string_view expression);
    /// A glob, which has to match a text as a whole.
    static std::expected<Pattern, PatternError> glob(std::string_view glob);

    /// Whether a match is found anywhere in `text`.
    bool is_in(std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

    /// Shared by the copies of a filter: it never changes, cannot be copied, and costs to compile.
    std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace maelstrom::filter

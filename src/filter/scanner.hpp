#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// Reads the text of a filter from left to right, never back.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    void skip_white_space();
    /// Steps over `token` if it stands here.
    bool take(std::string_view token);
    /// Steps over so many bytes.
    void advance(std::size_t bytes) { at_ += bytes; }
    /// Steps over a parameter with its delimiters and returns what is between them. None, and no
    /// step, if its end is missing.
    std::optional<std::string_view> take_parameter();

    /// Letters, digits and underscores that stand here.
    std::string_view word() const;
    /// Whether a parameter can begin here.
    bool at_parameter() const;
    bool at_white_space() const;
    bool at_end() const { return at_ == text_.size(); }
    bool at(char c) const { return !at_end() && text_[at_] == c; }
    /// Whether the character before here is `c`.
    bool after(char c) const { return at_ > 0 && text_[at_ - 1] == c; }
    /// For messages: `"word"`, `"character"`, `white space` or `the end`.
    std::string found() const;

    std::string_view text() const { return text_; }
    std::size_t offset() const { return at_; }
    /// How many characters were looked at so far, those counted again that were looked at again.
    std::size_t looks() const { return looks_; }

private:
    std::string_view rest() const { return text_.substr(at_); }

    std::string_view text_;
    std::size_t at_ = 0;
    mutable std::size_t looks_ = 0;  ///< questions count, too
};

}  // namespace maelstrom::filter

#include "filter/glob.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <cctype>
#include <optional>
#include <utility>
#include <vector>

namespace maelstrom::filter {

namespace {

/// Bytes rather than characters, so that a file name that is not UTF-8 is matched by `*` as well.
constexpr std::string_view any_run = "\\C*";
constexpr std::string_view any_character = "(?s:.)";
constexpr std::string_view any_leading_components = "(?:\\C*/)?";

constexpr std::size_t deepest_braces = 100;

class GlobTranslator {
public:
    explicit GlobTranslator(std::string_view glob) : glob_(glob) {}

    std::expected<std::string, PatternError> translate() {
        if (!util::is_utf8(glob_)) {
            complain(0, "it is not UTF-8");
        }
        out_ = "\\A(?:";
        while (!error_ && at_ < glob_.size()) {
            step();
        }
        if (!braces_.empty()) {
            complain(braces_.back().offset, "this brace has no closing one");
        }
        if (error_) {
            return std::unexpected(*error_);
        }
        return out_ + ")\\z";
    }

private:
    struct Brace {
        std::size_t offset;
        bool starts_component;
    };

    void step() {
        const char c = glob_[at_];
        const bool starts_component = std::exchange(starts_component_, false);
        switch (c) {
        case '?':
            put(any_character, 1);
            break;
        case '*':
            stars(starts_component);
            break;
        case '[':
            character_set();
            break;
        case '{':
            open_brace(starts_component);
            break;
        case '}':
            close_brace();
            break;
        case ',':
            comma();
            break;
        case '\\':
            escaped();
            break;
        default:
            literal(c);
            starts_component_ = c == '/';
            ++at_;
        }
    }

    void stars(bool starts_component) {
        const std::size_t end = std::min(glob_.find_first_not_of('*', at_), glob_.size());
        const bool whole_component =
            starts_component && end - at_ == 2 && end < glob_.size() && glob_[end] == '/';
        if (whole_component) {
            // The slash belongs to what may be missing, and another component begins behind it.
            put(any_leading_components, 3);
            starts_component_ = true;
        } else {
            put(any_run, end - at_);
        }
    }

    void open_brace(bool starts_component) {
        if (braces_.size() == deepest_braces) {
            complain(at_, fmt::format("braces are nested more than {} deep", deepest_braces));
            return;
        }
        braces_.push_back({.offset = at_, .starts_component = starts_component});
        starts_component_ = starts_component;
        put("(?:", 1);
    }

    void close_brace() {
        if (braces_.empty()) {
            complain(at_, "no brace is open here; write \\} for the character");
            return;
        }
        braces_.pop_back();
        put(")", 1);
    }

    void comma() {
        if (braces_.empty()) {
            put(",", 1);
        } else {
            starts_component_ = braces_.back().starts_component;
            put("|", 1);
        }
    }

    void escaped() {
        if (at_ + 1 == glob_.size()) {
            complain(at_, "a backslash stands before the character it is for; write \\\\ for one");
            return;
        }
        literal(glob_[at_ + 1]);
        at_ += 2;
    }

    /// `[` set `]`; a `]` that comes first and a `-` that comes first or last mean themselves, and
    /// so does a backslash.
    void character_set() {
        const std::size_t start = at_;
        std::size_t here = at_ + 1;
        const bool inverted = here < glob_.size() && (glob_[here] == '!' || glob_[here] == '^');
        here += inverted ? 1 : 0;
        const std::size_t end = here < glob_.size() ? glob_.find(']', here + 1) : glob_.npos;
        if (end == glob_.npos) {
            complain(start, "this bracket has no closing one");
            return;
        }
        out_ += inverted ? "[^" : "[";
        while (here < end) {
            here = set_member(here, end);
        }
        out_ += ']';
        at_ = end + 1;
    }

    /// One character or range of a set; returns where the next one begins.
    std::size_t set_member(std::size_t here, std::size_t end) {
        const std::string_view first = character_at(here);
        const std::size_t dash = here + first.size();
        if (dash + 1 >= end || glob_[dash] != '-') {
            set_character(first);
            return dash;
        }
        const std::string_view last = character_at(dash + 1);
        // Bytes of UTF-8 sort like the characters they spell.
        if (last < first) {
            complain(here, fmt::format("the range \"{}-{}\" ends before it begins", first, last));
        }
        set_character(first);
        out_ += '-';
        set_character(last);
        return dash + 1 + last.size();
    }

    void set_character(std::string_view character) {
        if (character.size() > 1) {
            out_ += character;
        } else {
            literal(character.front());
        }
    }

    std::string_view character_at(std::size_t offset) const {
        std::size_t length = 1;
        while (offset + length < glob_.size() &&
               (static_cast<unsigned char>(glob_[offset + length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        return glob_.substr(offset, length);
    }

    void literal(char c) {
        const auto byte = static_cast<unsigned char>(c);
        const bool needs_escape = byte < 0x80 && std::isalnum(byte) == 0 && byte != '_';
        if (needs_escape && (byte < 0x20 || byte == 0x7F)) {
            out_ += fmt::format("\\x{:02x}", byte);
            return;
        }
        if (needs_escape) {
            out_ += '\\';
        }
        out_ += c;
    }

    void put(std::string_view expression, std::size_t consumed) {
        out_ += expression;
        at_ += consumed;
    }

    void complain(std::size_t offset, std::string message) {
        if (!error_) {
            error_ = {.offset = offset, .message = std::move(message)};
        }
    }

    std::string_view glob_;
    std::size_t at_ = 0;
    /// Nothing, or a slash, stands before `at_`.
    bool starts_component_ = true;
    std::vector<Brace> braces_;
    std::string out_;
    std::optional<PatternError> error_;
};

}  // namespace

std::expected<std::string, PatternError> regular_expression_of_glob(std::string_view glob) {
    return GlobTranslator(glob).translate();
}

}  // namespace maelstrom::filter

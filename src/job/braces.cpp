#include "job/braces.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <optional>

namespace maelstrom::job {

namespace {

using util::ErrorKind;
using util::fail;
using util::Result;
using Words = std::vector<std::string>;

// Far above what anybody writes by hand, far below what hurts.
constexpr std::size_t most_words = 65'536;
constexpr std::size_t most_bytes = std::size_t{8} << 20U;
constexpr unsigned deepest = 64;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_integer(std::string_view text) {
    if (text.starts_with('-')) {
        text.remove_prefix(1);
    }
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // Most of the range is left free so that differences cannot overflow.
    constexpr std::int64_t largest = INT64_MAX / 4;
    const bool fits = error == std::errc() && value >= -largest && value <= largest;
    return fits ? std::optional(value) : std::nullopt;
}

bool has_leading_zero(std::string_view number) {
    if (number.starts_with('-')) {
        number.remove_prefix(1);
    }
    return number.size() > 1 && number[0] == '0';
}

/// One reading of one text: `sequence` and `group` call each other, `at_` only moves forward.
class Expander {
public:
    explicit Expander(std::string_view text) : text_(text) {}

    Result<Words> run() {
        Words words = TRY(sequence(0));
        if (at_ < text_.size()) {
            return complain(at_, "the \"}\" has no \"{\" before it");
        }
        return words;
    }

private:
    /// Up to the end of the text or, inside a group, to its next `,` or `}`; a stray `}` outside
    /// ends it too.
    Result<Words> sequence(unsigned depth) {
        Words words{""};
        std::string literal;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '}' || (c == ',' && depth > 0)) {
                break;
            }
            if (c == '{') {
                TRY(append(words, {literal}));
                literal.clear();
                const Words alternatives = TRY(group(depth + 1));
                TRY(append(words, alternatives));
                continue;
            }
            if (c == '\\' && ++at_ == text_.size()) {
                return complain(at_ - 1, "the backslash at the end escapes nothing");
            }
            literal += text_[at_++];
        }
        TRY(append(words, {literal}));
        return words;
    }

    /// `{…}`, from its opening to just behind its closing brace.
    Result<Words> group(unsigned depth) {
        const std::size_t opening = at_++;
        if (depth > deepest) {
            return complain(opening, "braces are nested too deep");
        }
        if (text_.substr(at_).starts_with('}')) {
            return complain(opening, "\"{}\" holds nothing; write \"\\{}\" for the characters");
        }
        if (const auto content = plain_content()) {
            if (auto words = TRY(range(opening, *content))) {
                at_ += content->size() + 1;
                return *std::move(words);
            }
        }
        Words alternatives;
        for (;;) {
            Words more = TRY(sequence(depth));
            std::ranges::move(more, std::back_inserter(alternatives));
            TRY(check_size(opening, alternatives.size(), 0));
            if (at_ == text_.size()) {
                return complain(opening, "the \"{\" is never closed");
            }
            if (text_[at_++] == '}') {
                return alternatives;
            }
        }
    }

    /// What stands before the group's closing brace if that is nothing special.
    std::optional<std::string_view> plain_content() const {
        const std::size_t end = text_.find_first_of("{},\\", at_);
        if (end == std::string_view::npos || text_[end] != '}') {
            return std::nullopt;
        }
        return text_.substr(at_, end - at_);
    }

    /// `first..last` or `first..last..step`; none if the content is no range.
    Result<std::optional<Words>> range(std::size_t opening, std::string_view content) const {
        const std::size_t dots = content.find("..");
        if (dots == std::string_view::npos) {
            return std::nullopt;
        }
        const std::string_view first = content.substr(0, dots);
        std::string_view last = content.substr(dots + 2);
        std::string_view step = "1";
        if (const std::size_t more = last.find(".."); more != std::string_view::npos) {
            step = last.substr(more + 2);
            last = last.substr(0, more);
        }
        if (!is_integer(step)) {
            return std::nullopt;
        }
        if (is_integer(first) && is_integer(last)) {
            return numbers(opening, first, last, step);
        }
        const bool in_letters = first.size() == 1 && last.size() == 1 &&
                                ((is_lower(first[0]) && is_lower(last[0])) ||
                                 (is_upper(first[0]) && is_upper(last[0])));
        if (!in_letters) {
            return std::nullopt;
        }
        const std::vector<std::int64_t> letters =
            TRY(count(opening, first[0], last[0], to_integer(step)));
        Words words;
        for (const std::int64_t letter : letters) {
            words.emplace_back(1, static_cast<char>(letter));
        }
        return words;
    }

    Result<std::optional<Words>> numbers(std::size_t opening,
                                         std::string_view first,
                                         std::string_view last,
                                         std::string_view step) const {
        const bool padded = has_leading_zero(first) || has_leading_zero(last);
        const std::size_t width = padded ? std::max(first.size(), last.size()) : 0;
        if (width > 64) {
            return complain(opening, "the range has too many digits");
        }
        const std::vector<std::int64_t> values =
            TRY(count(opening, to_integer(first), to_integer(last), to_integer(step)));
        Words words;
        for (const std::int64_t number : values) {
            words.push_back(fmt::format("{:0{}}", number, width));
        }
        return words;
    }

    Result<std::vector<std::int64_t>> count(std::size_t opening,
                                            std::optional<std::int64_t> first,
                                            std::optional<std::int64_t> last,
                                            std::optional<std::int64_t> step) const {
        if (!first || !last || !step) {
            return complain(opening, "a number of the range is too large");
        }
        // As in bash the direction follows from the ends; only the size of the step counts.
        const std::int64_t stride = std::max<std::int64_t>(1, std::abs(*step));
        const std::int64_t steps = std::abs(*last - *first) / stride;
        TRY(check_size(opening, static_cast<std::size_t>(steps) + 1, 0));
        std::vector<std::int64_t> values;
        for (std::int64_t i = 0; i <= steps; ++i) {
            values.push_back(*first <= *last ? *first + i * stride : *first - i * stride);
        }
        return values;
    }

    /// words := words × endings, in that order.
    Result<void> append(Words& words, const Words& endings) const {
        std::size_t bytes = 0;
        for (const std::string& word : words) {
            bytes += word.size() * endings.size();
        }
        for (const std::string& ending : endings) {
            bytes += ending.size() * words.size();
        }
        TRY(check_size(0, words.size() * endings.size(), bytes));
        if (endings.size() == 1) {
            for (std::string& word : words) {
                word += endings[0];
            }
            return {};
        }
        Words product;
        product.reserve(words.size() * endings.size());
        for (const std::string& word : words) {
            for (const std::string& ending : endings) {
                product.push_back(word + ending);
            }
        }
        words = std::move(product);
        return {};
    }

    Result<void> check_size(std::size_t at, std::size_t words, std::size_t bytes) const {
        if (words > most_words || bytes > most_bytes) {
            return complain(at, fmt::format("the braces stand for more than {} paths or {} bytes",
                                            most_words, most_bytes));
        }
        return {};
    }

    std::unexpected<util::Error> complain(std::size_t at, std::string_view what) const {
        return fail(ErrorKind::invalid, "braces in {}, at character {}: {}", util::quoted(text_),
                    at + 1, what);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<std::string>> expand_braces(std::string_view text) {
    if (text.find('{') == std::string_view::npos) {
        return Words{std::string(text)};
    }
    return Expander(text).run();
}

}  // namespace maelstrom::job

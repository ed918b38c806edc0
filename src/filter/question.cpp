#include "filter/question.hpp"

#include "filter/complaint.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <array>

namespace maelstrom::filter {

namespace {

using util::Result;

constexpr std::array dialects{Dialect::cargo, Dialect::go, Dialect::pytest};

/// Everything that can be asked in a dialect: `all, library, name.…`.
std::string expected_selectors(Dialect dialect) {
    std::string list = fmt::format("{}", fmt::join(selector_words(Form::simple, dialect), ", "));
    for (const std::string_view word : selector_words(Form::compound, dialect)) {
        list += fmt::format(", {}.…", word);
    }
    return list;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t longest_misspelling = 40;
    const auto meant = word.size() <= longest_misspelling
                           ? util::nearest(util::to_lower(word), known)
                           : std::nullopt;
    return meant ? fmt::format("; did you mean \"{}\"?", *meant) : "";
}

std::string too_short(std::string_view word, const std::vector<std::string_view>& candidates) {
    return fmt::format("\"{}\" is too short, it may mean {}", word, util::one_of(candidates));
}

/// The dialect, other than `dialect`, in which a selector would be right.
std::optional<Dialect> at_home_in(std::string_view word, Form form, Dialect dialect) {
    for (const Dialect other : dialects) {
        if (other != dialect && find_selector(word, form, other).found) {
            return other;
        }
    }
    return std::nullopt;
}

/// Why nobody knows the selector `word` in this form here.
std::string unknown_selector(std::string_view word, Form form, Dialect dialect) {
    const Form other_form = form == Form::simple ? Form::compound : Form::simple;
    if (const auto selector = find_selector(word, other_form, dialect).found) {
        const std::string_view name = name_of(*selector);
        return form == Form::simple
                   ? fmt::format("\"{0}\" needs a matcher, as in {0}.equals(…)", name)
                   : fmt::format("\"{}\" stands alone, without a matcher", name);
    }
    const std::string message = fmt::format("found {}, expected a selector: {}", util::quoted(word),
                                            expected_selectors(dialect));
    if (const auto home = at_home_in(word, form, dialect)) {
        return message + fmt::format("; \"{}\" selects tests of {}, these are tests of {}", word,
                                     name_of(*home), name_of(dialect));
    }
    if (find_matcher(word).found) {
        return message + fmt::format("; a matcher stands behind a selector: name.{}(…)", word);
    }
    std::vector<std::string_view> known = selector_words(Form::simple, dialect);
    std::ranges::copy(selector_words(Form::compound, dialect), std::back_inserter(known));
    const std::string suggestion = did_you_mean(word, known);
    if (suggestion.empty() && form == Form::simple) {
        return message + "; to look for a name, write name.contains(…)";
    }
    return message + suggestion;
}

class QuestionReader {
public:
    QuestionReader(Scanner& scanner, Dialect dialect) : scanner_(scanner), dialect_(dialect) {}

    Result<Node> read() {
        const std::string_view word = scanner_.word();
        if (word.empty()) {
            return fail(fmt::format("found {}, expected a selector: {}", scanner_.found(),
                                    expected_selectors(dialect_)));
        }
        const std::size_t behind = scanner_.offset() + word.size();
        const bool dotted = scanner_.text().substr(behind).starts_with('.');
        const Form form = dotted ? Form::compound : Form::simple;
        const Selector selector = TRY(read_selector(word, form));
        return dotted ? compound(selector) : simple(selector, word);
    }

private:
    Result<Selector> read_selector(std::string_view word, Form form) {
        const Lookup<Selector> lookup = find_selector(word, form, dialect_);
        if (!lookup.found) {
            return fail(lookup.candidates.empty() ? unknown_selector(word, form, dialect_)
                                                  : too_short(word, lookup.candidates));
        }
        scanner_.advance(word.size());
        return *lookup.found;
    }

    Result<Node> simple(Selector selector, std::string_view word) {
        if (scanner_.at('(') && !scanner_.take("()")) {
            return fail(fmt::format("nothing but \"()\" may follow \"{}\"", word));
        }
        return Node{.selector = selector};
    }

    Result<Node> compound(Selector selector) {
        scanner_.advance(1);  // the dot
        const MatcherKind kind = TRY(read_matcher(selector));
        Matcher matcher = TRY(read_parameter(kind));
        return Node{.selector = selector, .matcher = std::move(matcher)};
    }

    Result<MatcherKind> read_matcher(Selector selector) {
        const std::string_view word = scanner_.word();
        if (selector == Selector::markers) {
            return read_matcher_of_markers(word);
        }
        const Lookup<MatcherKind> lookup = find_matcher(word);
        if (!lookup.candidates.empty()) {
            return fail(too_short(word, lookup.candidates));
        }
        if (!lookup.found) {
            const auto known = matcher_words();
            return fail(fmt::format("found {}, expected a matcher: {}{}", scanner_.found(),
                                    fmt::join(known, ", "), did_you_mean(word, known)));
        }
        scanner_.advance(word.size());
        return *lookup.found;
    }

    Result<MatcherKind> read_matcher_of_markers(std::string_view word) {
        const std::string_view only = name_of(MatcherKind::contains);
        if (word.empty() || !only.starts_with(word)) {
            return fail(fmt::format("found {}, expected \"contains\": markers are a list, and "
                                    "markers.contains(…) looks for a whole name in it",
                                    scanner_.found()));
        }
        scanner_.advance(word.size());
        return MatcherKind::contains;
    }

    Result<Matcher> read_parameter(MatcherKind kind) {
        if (!scanner_.at_parameter()) {
            return fail(fmt::format("found {}, expected the text to look for directly behind "
                                    "\"{}\", in (…), […], {{…}}, <…> or /…/",
                                    scanner_.found(), name_of(kind)));
        }
        const std::size_t start = scanner_.offset() + 1;
        const auto parameter = scanner_.take_parameter();
        if (!parameter) {
            return fail("the text that begins here has no closing delimiter; if it holds such a "
                        "bracket itself, choose another pair of (…), […], {…}, <…>, /…/");
        }
        auto matcher = Matcher::create(kind, std::string(*parameter));
        if (!matcher) {
            const PatternError& error = matcher.error();
            const std::string_view what =
                kind == MatcherKind::globs ? "glob" : "regular expression";
            return complain(scanner_.text(), start + error.offset,
                            fmt::format("this is no {}: {}", what, error.message));
        }
        return *std::move(matcher);
    }

    std::unexpected<util::Error> fail(std::string_view message) const {
        return complain(scanner_.text(), scanner_.offset(), message);
    }

    Scanner& scanner_;
    Dialect dialect_;
};

}  // namespace

Result<Node> read_question(Scanner& scanner, Dialect dialect) {
    return QuestionReader(scanner, dialect).read();
}

}  // namespace maelstrom::filter

#include "filter/parser.hpp"

#include "filter/complaint.hpp"
#include "filter/question.hpp"
#include "filter/scanner.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <array>

// Recursive descent, one function a rule of the grammar:
//
//   any_of  = all_of { or all_of }
//   all_of  = operand { (and | minus) operand }      one level, from left to right
//   operand = { not } ( '(' any_of ')' | question )
//
// Nothing is tried twice: the first characters of a thing decide what it is. After each operand the
// operator behind it is looked at once and kept in `operator_` for whichever rule it belongs to.

namespace maelstrom::filter {

namespace {

using util::Result;

/// Keeps the recursion, here and in whoever walks over the tree, far from the end of the stack.
constexpr std::size_t deepest_parentheses = 200;

enum class Meaning { conjunction, difference, disjunction };

struct OperatorSpelling {
    std::string_view text;
    Meaning meaning;
};

// NOLINTBEGIN(modernize-use-designated-initializers): tables, read by column.
/// A longer one before its own beginning.
constexpr std::array symbol_operators{
    OperatorSpelling{"&&", Meaning::conjunction}, OperatorSpelling{"&", Meaning::conjunction},
    OperatorSpelling{"+", Meaning::conjunction},  OperatorSpelling{"\\", Meaning::difference},
    OperatorSpelling{"-", Meaning::difference},   OperatorSpelling{"||", Meaning::disjunction},
    OperatorSpelling{"|", Meaning::disjunction},
};
constexpr std::array word_operators{
    OperatorSpelling{"and", Meaning::conjunction},
    OperatorSpelling{"minus", Meaning::difference},
    OperatorSpelling{"or", Meaning::disjunction},
};
// NOLINTEND(modernize-use-designated-initializers)
constexpr std::array<std::string_view, 3> operator_words{"and", "or", "minus"};

/// An operator that has been seen, but not stepped over.
struct Operator {
    OperatorSpelling spelling;
    bool is_word = false;
    bool is_set_off = false;  ///< by white space or a closing parenthesis
};

class Parser {
public:
    Parser(std::string_view text, Dialect dialect) : scanner_(text), dialect_(dialect) {}

    Result<Parsed> whole() {
        scanner_.skip_white_space();
        if (scanner_.at_end()) {
            return complain(scanner_.text(), scanner_.offset(),
                            "the filter is empty; write \"all\" to select every test");
        }
        Node tree = TRY(any_of());
        if (!scanner_.at_end()) {
            return no_operator("the end");
        }
        return Parsed{
            .tree = std::move(tree), .warning = std::move(warning_), .looks = scanner_.looks()};
    }

private:
    Result<Node> any_of();
    Result<Node> all_of();
    Result<Node> operand();
    Result<Node> group();
    Result<bool> take_negation();

    void look_for_operator();
    bool operator_is(Meaning meaning) const {
        return operator_ && operator_->spelling.meaning == meaning;
    }
    Result<void> take_operator();
    Result<void> check_end_of_word(std::string_view word) const;
    void warn_about_chain(std::size_t start, std::size_t end_of_difference);
    std::unexpected<util::Error> no_operator(std::string_view alternative) const;

    Scanner scanner_;
    Dialect dialect_;
    std::size_t depth_ = 0;  ///< of open parentheses
    std::optional<Operator> operator_;
    std::size_t end_of_operand_ = 0;
    std::optional<std::string> warning_;
};

/// A chain of one is its only member.
Node joined(Node::Kind kind, std::vector<Node> children) {
    if (children.size() == 1) {
        return std::move(children.front());
    }
    return Node{.kind = kind, .children = std::move(children)};
}

Result<Node> Parser::any_of() {
    std::vector<Node> children;
    children.push_back(TRY(all_of()));
    while (operator_is(Meaning::disjunction)) {
        TRY(take_operator());
        children.push_back(TRY(all_of()));
    }
    return joined(Node::Kind::any_of, std::move(children));
}

Result<Node> Parser::all_of() {
    const std::size_t start = scanner_.offset();
    std::optional<std::size_t> end_of_difference;
    std::vector<Node> children;
    children.push_back(TRY(operand()));
    while (operator_is(Meaning::conjunction) || operator_is(Meaning::difference)) {
        if (end_of_difference) {
            warn_about_chain(start, *end_of_difference);
        }
        const bool difference = operator_is(Meaning::difference);
        TRY(take_operator());
        Node next = TRY(operand());
        next.negated = next.negated != difference;
        children.push_back(std::move(next));
        if (difference) {
            end_of_difference = end_of_operand_;
        }
    }
    return joined(Node::Kind::all_of, std::move(children));
}

Result<Node> Parser::operand() {
    bool negated = false;
    for (bool more = true; more;) {
        more = TRY(take_negation());
        negated = negated != more;
    }
    Node node = scanner_.at('(') ? TRY(group()) : TRY(read_question(scanner_, dialect_));
    node.negated = node.negated != negated;
    end_of_operand_ = scanner_.offset();
    look_for_operator();
    return node;
}

Result<Node> Parser::group() {
    const std::size_t opening = scanner_.offset();
    if (depth_ == deepest_parentheses) {
        return complain(
            scanner_.text(), opening,
            fmt::format("parentheses are nested more than {} deep", deepest_parentheses));
    }
    ++depth_;
    scanner_.advance(1);
    scanner_.skip_white_space();
    Node node = TRY(any_of());
    if (scanner_.at_end()) {
        return complain(scanner_.text(), opening, "this parenthesis has no closing one");
    }
    if (!scanner_.take(")")) {
        return no_operator("\")\"");
    }
    --depth_;
    return node;
}

Result<bool> Parser::take_negation() {
    if (scanner_.word() == "not") {
        scanner_.advance(3);
        TRY(check_end_of_word("not"));
    } else if (!scanner_.take("!") && !scanner_.take("~")) {
        return false;
    }
    scanner_.skip_white_space();
    return true;
}

void Parser::look_for_operator() {
    const std::size_t before = scanner_.offset();
    scanner_.skip_white_space();
    const bool set_off = scanner_.offset() > before || scanner_.after(')');

    operator_.reset();
    const std::string_view word = scanner_.word();
    const std::string_view rest = scanner_.text().substr(scanner_.offset());
    for (const OperatorSpelling& spelling : word_operators) {
        if (word == spelling.text) {
            operator_ = Operator{.spelling = spelling, .is_word = true, .is_set_off = set_off};
            return;
        }
    }
    for (const OperatorSpelling& spelling : symbol_operators) {
        if (rest.starts_with(spelling.text)) {
            operator_ = Operator{.spelling = spelling};
            return;
        }
    }
}

Result<void> Parser::take_operator() {
    const std::string_view text = operator_->spelling.text;
    if (operator_->is_word && !operator_->is_set_off) {
        return complain(scanner_.text(), scanner_.offset(),
                        fmt::format("white space is missing before \"{}\"", text));
    }
    scanner_.advance(text.size());
    if (operator_->is_word) {
        TRY(check_end_of_word(text));
    }
    scanner_.skip_white_space();
    return {};
}

Result<void> Parser::check_end_of_word(std::string_view word) const {
    if (scanner_.at_white_space() || scanner_.at('(') || scanner_.at_end()) {
        return {};
    }
    return complain(scanner_.text(), scanner_.offset(),
                    fmt::format("found {}, expected white space or \"(\" behind \"{}\"",
                                scanner_.found(), word));
}

/// The Rust original reads such chains from right to left, against its own manual.
void Parser::warn_about_chain(std::size_t start, std::size_t end_of_difference) {
    if (warning_) {
        return;
    }
    const std::string_view text = scanner_.text();
    const std::string read_as = fmt::format(
        "({}) {} …", text.substr(start, end_of_difference - start), operator_->spelling.text);
    const util::Position position = position_of(text, start);
    warning_ = fmt::format("line {}, column {}: read from left to right, as {}; add parentheses to "
                           "say which order is meant",
                           position.line, position.column, util::quoted(read_as));
}

std::unexpected<util::Error> Parser::no_operator(std::string_view alternative) const {
    std::string message;
    const std::string_view word = scanner_.word();
    if (scanner_.at(')')) {
        message = "found \")\", but no parenthesis is open";
    } else {
        message = fmt::format("found {}, expected \"and\", \"or\", \"minus\" (or &, |, -) or {}",
                              scanner_.found(), alternative);
    }
    const auto meant = util::nearest(util::to_lower(word), operator_words);
    if (meant && !find_selector(word, Form::simple, dialect_).found) {
        message += fmt::format("; did you mean \"{}\"?", *meant);
    } else if (scanner_.at('.') && scanner_.offset() > end_of_operand_) {
        message += "; no white space may stand around the dot of a selector";
    } else if (end_of_operand_ > 0 && scanner_.text()[end_of_operand_ - 1] == '/') {
        message += "; text between slashes cannot contain one, choose other delimiters: (…)";
    }
    return complain(scanner_.text(), scanner_.offset(), message);
}

}  // namespace

Result<Parsed> parse(std::string_view text, Dialect dialect) {
    return Parser(text, dialect).whole();
}

}  // namespace maelstrom::filter

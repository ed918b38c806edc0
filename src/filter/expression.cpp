#include "filter/expression.hpp"

#include "filter/evaluate.hpp"
#include "filter/parser.hpp"
#include "filter/scanner.hpp"
#include "util/check.hpp"

#include <array>

namespace maelstrom::filter {

namespace {

/// The parameter between the first delimiters that can hold it. One of them can: it was read so.
std::string delimited(std::string_view parameter) {
    constexpr std::array<std::string_view, 5> delimiters{"()", "[]", "{}", "<>", "//"};
    for (const std::string_view pair : delimiters) {
        std::string text;
        text += pair.front();
        text += parameter;
        text += pair.back();
        if (Scanner(text).take_parameter() == parameter) {
            return text;
        }
    }
    util::check_failed("a parameter that some delimiters can hold");
}

void print(const Node& node, std::string& out) {
    if (node.negated) {
        out += '!';
    }
    if (node.kind == Node::Kind::question) {
        out += name_of(node.selector);
        if (node.matcher) {
            out += '.';
            out += name_of(node.matcher->kind());
            out += delimited(node.matcher->parameter());
        }
        return;
    }
    const std::string_view joint = node.kind == Node::Kind::all_of ? " & " : " | ";
    std::string_view before = "(";
    for (const Node& child : node.children) {
        out += before;
        print(child, out);
        before = joint;
    }
    out += ')';
}

}  // namespace

util::Result<Expression> Expression::parse(std::string_view text, Dialect dialect) {
    Parsed parsed = TRY(filter::parse(text, dialect));
    return Expression(dialect, std::move(parsed.tree), std::move(parsed.warning));
}

Truth Expression::evaluate(const Subject& subject) const {
    CHECK(subject.index() == static_cast<std::size_t>(dialect_));
    return filter::evaluate(tree_, subject);
}

std::string Expression::to_string() const {
    std::string text;
    print(tree_, text);
    return text;
}

}  // namespace maelstrom::filter

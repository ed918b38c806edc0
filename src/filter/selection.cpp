#include "filter/selection.hpp"

#include <fmt/format.h>

namespace maelstrom::filter {

namespace {

Truth any_of(const std::vector<Expression>& expressions, const Subject& subject) {
    Truth value = Truth::no;
    for (const Expression& expression : expressions) {
        value = either(value, expression.evaluate(subject));
        if (value == Truth::yes) {
            break;
        }
    }
    return value;
}

}  // namespace

util::Result<Selection> Selection::parse(std::span<const std::string> includes,
                                         std::span<const std::string> excludes,
                                         Dialect dialect) {
    Selection selection;
    selection.includes_ = TRY(selection.parse_all("--include", includes, dialect));
    selection.excludes_ = TRY(selection.parse_all("--exclude", excludes, dialect));
    return selection;
}

Truth Selection::evaluate(const Subject& subject) const {
    const Truth included = includes_.empty() ? Truth::yes : any_of(includes_, subject);
    return both(included, negation(any_of(excludes_, subject)));
}

util::Result<std::vector<Expression>>
Selection::parse_all(std::string_view option, std::span<const std::string> texts, Dialect dialect) {
    std::vector<Expression> expressions;
    for (const std::string& text : texts) {
        const std::string which = fmt::format("{} number {}", option, expressions.size() + 1);
        expressions.push_back(TRY(Expression::parse(text, dialect), "{}", which));
        const auto& warning = expressions.back().warning();
        if (warning && !warning_) {
            warning_ = fmt::format("{}: {}", which, *warning);
        }
    }
    return expressions;
}

}  // namespace maelstrom::filter

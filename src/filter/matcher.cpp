#include "filter/matcher.hpp"

namespace maelstrom::filter {

std::expected<Matcher, PatternError> Matcher::create(MatcherKind kind, std::string parameter) {
    Matcher matcher(kind, std::move(parameter));
    if (kind == MatcherKind::matches || kind == MatcherKind::globs) {
        auto pattern = kind == MatcherKind::matches
                           ? Pattern::regular_expression(matcher.parameter_)
                           : Pattern::glob(matcher.parameter_);
        if (!pattern) {
            return std::unexpected(std::move(pattern).error());
        }
        matcher.pattern_ = *std::move(pattern);
    }
    return matcher;
}

bool Matcher::accepts(std::string_view text) const {
    switch (kind_) {
    case MatcherKind::equals:
        return text == parameter_;
    case MatcherKind::contains:
        return text.contains(parameter_);
    case MatcherKind::starts_with:
        return text.starts_with(parameter_);
    case MatcherKind::ends_with:
        return text.ends_with(parameter_);
    case MatcherKind::matches:
    case MatcherKind::globs:
        return pattern_->is_in(text);
    }
    return false;
}

}  // namespace maelstrom::filter

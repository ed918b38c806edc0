#pragma once

#include "filter/pattern.hpp"
#include "filter/vocabulary.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::filter {

/// `equals(x)`, `globs(x*)`, …: a question about a text.
class Matcher {
public:
    /// Fails if `parameter` should be a regular expression or a glob and is none.
    static std::expected<Matcher, PatternError> create(MatcherKind kind, std::string parameter);

    bool accepts(std::string_view text) const;

    MatcherKind kind() const { return kind_; }
    const std::string& parameter() const { return parameter_; }

    bool operator==(const Matcher& other) const {
        return kind_ == other.kind_ && parameter_ == other.parameter_;
    }

private:
    Matcher(MatcherKind kind, std::string parameter)
        : kind_(kind), parameter_(std::move(parameter)) {}

    MatcherKind kind_;
    std::string parameter_;
    std::optional<Pattern> pattern_;  ///< of `matches` and `globs`
};

}  // namespace maelstrom::filter

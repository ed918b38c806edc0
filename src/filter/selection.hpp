#pragma once

#include "filter/expression.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace maelstrom::filter {

/// The filters of a command line: whatever one `--include` or another wants (everything, if there
/// is none) and no `--exclude` forbids. Each is an expression of its own; their order is
/// irrelevant.
class Selection {
public:
    /// The error names the option and which of several it is.
    static util::Result<Selection> parse(std::span<const std::string> includes,
                                         std::span<const std::string> excludes,
                                         Dialect dialect);

    Truth evaluate(const Subject& subject) const;

    /// The first one of its expressions, with the option that it is about.
    const std::optional<std::string>& warning() const { return warning_; }

private:
    util::Result<std::vector<Expression>>
    parse_all(std::string_view option, std::span<const std::string> texts, Dialect dialect);

    std::vector<Expression> includes_;
    std::vector<Expression> excludes_;
    std::optional<std::string> warning_;
};

}  // namespace maelstrom::filter

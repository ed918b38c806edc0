#pragma once

#include "config/option.hpp"
#include "config/surroundings.hpp"

#include <string>
#include <string_view>

namespace maelstrom::config {

/// Dresses words of help and error texts; leaves them bare where nobody can see colours.
class Style {
public:
    explicit Style(bool colour) : colour_(colour) {}

    std::string heading(std::string_view text) const { return dress("1;32", text); }
    std::string literal(std::string_view text) const { return dress("1;36", text); }
    std::string placeholder(std::string_view text) const { return dress("36", text); }
    std::string error(std::string_view text) const { return dress("1;31", text); }

private:
    std::string dress(std::string_view code, std::string_view text) const;

    bool colour_;
};

/// The whole text of `--help`.
std::string help(const Program& program, const Surroundings& surroundings);
/// One line for each form of call.
std::string usage(const Program& program, const Style& style);

/// What stands for an option's value in help and completion.
std::string_view placeholder_of(const Option& option);

}  // namespace maelstrom::config

#include "pytest/hints.hpp"

#include "runner/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::pytest {

using runner::Hint;

namespace {

std::optional<std::string> missing_module(std::string_view text) {
    constexpr std::string_view words = "No module named '";
    const std::size_t start = text.find(words);
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(start + words.size());
    return std::string(rest.substr(0, std::min(rest.find('\''), std::size_t{100})));
}

bool is_word_character(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool names(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins = at == 0 || !is_word_character(text[at - 1]);
        if (begins && (end == text.size() || !is_word_character(text[end]))) {
            return true;
        }
    }
    return false;
}

std::optional<Hint> variable_hint(std::string_view text, std::span<const std::string> variables) {
    for (const std::string& name : variables) {
        if (names(text, name)) {
            return Hint{
                "variable " + name,
                fmt::format(
                    "{0} is set outside, but tests do not get it: --pass-env={0} lets it in",
                    name)};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Hint> failure_hint(std::string_view text, const HintContext& context) {
    if (text.contains("google.protobuf") &&
        (text.contains("VersionError") ||
         text.contains("Descriptors cannot be created directly"))) {
        return Hint{
            "protobuf",
            "protobuf's runtime and the generated code do not fit: pin protobuf to the version "
            "that generated it, or generate it anew"};
    }
    if (const std::optional<std::string> module = missing_module(text)) {
        return Hint{"module " + *module,
                    fmt::format("{} does not have the module {}", context.python, *module)};
    }
    if (std::optional<Hint> hint = runner::common_hint(text)) {
        return hint;
    }
    return variable_hint(text, context.variables_left_outside);
}

}  // namespace maelstrom::pytest

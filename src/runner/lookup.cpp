#include "runner/lookup.hpp"

#include "util/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace maelstrom::runner {

namespace {

constexpr std::size_t most_named = 5;

bool ends_with_words(std::string_view name, std::string_view text) {
    return name.ends_with(text) && name.size() > text.size() &&
           std::string_view("/:. ").contains(name[name.size() - text.size() - 1]);
}

template <class Fits>
std::vector<const Case*> those_that(std::span<const Case> cases, const Fits& fits) {
    std::vector<const Case*> found;
    for (const Case& test : cases) {
        if (fits(std::string_view(test.name->display))) {
            found.push_back(&test);
        }
    }
    return found;
}

/// A line for each.
std::string listed(const std::vector<const Case*>& cases) {
    std::string lines;
    for (const Case* test : std::span(cases).first(std::min(cases.size(), most_named))) {
        lines += fmt::format("\n    {}", test->name->display);
    }
    if (cases.size() > most_named) {
        lines += fmt::format("\n    and {} more", cases.size() - most_named);
    }
    return lines;
}

std::string_view last_word(std::string_view name) {
    const std::size_t end = name.find_last_of("/:.");
    return end == std::string_view::npos ? name : name.substr(end + 1);
}

/// What may have been meant: names that hold the text, else the most similar one.
std::vector<const Case*> near(std::span<const Case> cases, std::string_view text) {
    std::vector<const Case*> found =
        those_that(cases, [&](std::string_view name) { return name.contains(text); });
    std::vector<std::string_view> words;
    for (const Case& test : cases) {
        words.push_back(last_word(test.name->display));
    }
    if (const auto word = util::nearest(last_word(text), words); found.empty() && word) {
        found = those_that(cases, [&](std::string_view name) { return last_word(name) == *word; });
    }
    return found;
}

}  // namespace

util::Result<const Case*> find_case(std::span<const Case> cases, std::string_view text) {
    std::vector<const Case*> found =
        those_that(cases, [&](std::string_view name) { return name == text; });
    if (found.empty()) {
        found =
            those_that(cases, [&](std::string_view name) { return ends_with_words(name, text); });
    }
    if (found.empty()) {
        found = those_that(cases, [&](std::string_view name) {
            return text.starts_with(name) && text.substr(name.size()).starts_with(' ');
        });
    }
    if (found.size() == 1) {
        return found.front();
    }
    if (found.size() > 1) {
        return util::fail(util::ErrorKind::invalid, "{} fits {} tests, say more of its name:{}",
                          util::quoted(text), found.size(), listed(found));
    }
    const std::vector<const Case*> meant = near(cases, text);
    return util::fail(util::ErrorKind::not_found, "no test is called {}{}", util::quoted(text),
                      meant.empty() ? "; --list names all" : "; did you mean" + listed(meant));
}

}  // namespace maelstrom::runner

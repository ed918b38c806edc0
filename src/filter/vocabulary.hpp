#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace maelstrom::filter {

/// Whose tests a filter selects; it decides which selectors there are. In the order of `Subject`.
enum class Dialect { cargo, go, pytest };

std::string_view name_of(Dialect dialect);

/// What a filter can ask about a test.
enum class Selector : std::uint8_t {
    all,
    none,
    failed,  ///< last time, as far as history knows
    library,
    binary,
    test,
    benchmark,
    example,
    name,
    package,
    package_import_path,
    package_path,
    package_name,
    file,
    node_id,
    markers,
};

/// Alone (`library`), or with a matcher behind a dot (`name.equals(x)`).
enum class Form { simple, compound };

enum class MatcherKind : std::uint8_t { equals, contains, starts_with, ends_with, matches, globs };

/// What a word, possibly cut short, stands for: `found`, or several `candidates` (the word is too
/// short), or neither (nobody knows it).
template <class Meaning>
struct Lookup {
    std::optional<Meaning> found;
    std::vector<std::string_view> candidates;
};

Lookup<Selector> find_selector(std::string_view word, Form form, Dialect dialect);
Lookup<MatcherKind> find_matcher(std::string_view word);

/// The whole word that filters are printed with.
std::string_view name_of(Selector selector);
std::string_view name_of(MatcherKind kind);

/// For messages.
std::vector<std::string_view> selector_words(Form form, Dialect dialect);
std::vector<std::string_view> matcher_words();

}  // namespace maelstrom::filter

#include "filter/vocabulary.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::filter {

namespace {

constexpr unsigned in_cargo = 1;
constexpr unsigned in_go = 2;
constexpr unsigned in_pytest = 4;
constexpr unsigned everywhere = in_cargo | in_go | in_pytest;

constexpr unsigned nowhere = 0;

/// One row of the language: a word, what it means, and which dialects know it in which form.
struct SelectorWord {
    std::string_view text;
    Selector meaning;
    unsigned simple_in;
    unsigned compound_in;
    /// Every beginning of it means this word, even where others begin with it too.
    std::string_view preferred_up_to = {};
};

/// The first word of a meaning is the one that is printed.
// NOLINTBEGIN(modernize-use-designated-initializers): a table, read by column.
constexpr std::array selector_table{
    SelectorWord{"all", Selector::all, everywhere, nowhere},
    SelectorWord{"any", Selector::all, everywhere, nowhere},
    SelectorWord{"true", Selector::all, everywhere, nowhere},
    SelectorWord{"none", Selector::none, everywhere, nowhere},
    // Older than "failed": filters may have been cut short to "f" or "fa" before that word came.
    SelectorWord{"false", Selector::none, everywhere, nowhere, "fa"},
    SelectorWord{"failed", Selector::failed, everywhere, nowhere},
    SelectorWord{"library", Selector::library, in_cargo, nowhere},
    SelectorWord{"binary", Selector::binary, in_cargo, in_cargo},
    SelectorWord{"test", Selector::test, in_cargo, in_cargo},
    SelectorWord{"benchmark", Selector::benchmark, in_cargo, in_cargo},
    SelectorWord{"example", Selector::example, in_cargo, in_cargo},
    SelectorWord{"name", Selector::name, nowhere, everywhere},
    SelectorWord{"package", Selector::package, nowhere, in_cargo | in_pytest},
    SelectorWord{"package_import_path", Selector::package_import_path, nowhere, in_go, "package_"},
    SelectorWord{"package_path", Selector::package_path, nowhere, in_go},
    SelectorWord{"package_name", Selector::package_name, nowhere, in_go},
    SelectorWord{"file", Selector::file, nowhere, in_pytest},
    SelectorWord{"node_id", Selector::node_id, nowhere, in_pytest},
    SelectorWord{"markers", Selector::markers, nowhere, in_pytest},
};
// NOLINTEND(modernize-use-designated-initializers)

struct MatcherWord {
    std::string_view text;
    MatcherKind meaning;
};

// NOLINTBEGIN(modernize-use-designated-initializers): a table, read by column.
constexpr std::array matcher_table{
    MatcherWord{"equals", MatcherKind::equals},
    MatcherWord{"contains", MatcherKind::contains},
    MatcherWord{"starts_with", MatcherKind::starts_with},
    MatcherWord{"ends_with", MatcherKind::ends_with},
    MatcherWord{"matches", MatcherKind::matches},
    MatcherWord{"globs", MatcherKind::globs},
};
// NOLINTEND(modernize-use-designated-initializers)

bool is_known(const SelectorWord& word, Form form, Dialect dialect) {
    const unsigned where = form == Form::simple ? word.simple_in : word.compound_in;
    return (where >> static_cast<unsigned>(dialect) & 1U) != 0;
}

template <class Table, class Row>
std::string_view text_of(const Table& table, Row has_the_meaning) {
    return std::ranges::find_if(table, has_the_meaning)->text;
}

/// Adds a row that `word` is a beginning of; true if that settles the question.
template <class Meaning>
bool consider(Lookup<Meaning>& lookup,
              std::string_view word,
              std::string_view text,
              std::string_view preferred_up_to,
              Meaning meaning) {
    if (word.empty() || !text.starts_with(word)) {
        return false;
    }
    lookup.found = meaning;
    lookup.candidates.push_back(text);
    return word == text || preferred_up_to.starts_with(word);
}

template <class Meaning>
Lookup<Meaning> settled(Lookup<Meaning> lookup) {
    lookup.candidates.clear();
    return lookup;
}

template <class Meaning>
Lookup<Meaning> judged(Lookup<Meaning> lookup) {
    if (lookup.candidates.size() > 1) {
        lookup.found.reset();
        return lookup;
    }
    return settled(std::move(lookup));
}

}  // namespace

std::string_view name_of(Dialect dialect) {
    constexpr std::array names{"cargo", "Go", "pytest"};
    return names[static_cast<std::size_t>(dialect)];
}

Lookup<Selector> find_selector(std::string_view word, Form form, Dialect dialect) {
    Lookup<Selector> lookup;
    for (const SelectorWord& row : selector_table) {
        if (is_known(row, form, dialect) &&
            consider(lookup, word, row.text, row.preferred_up_to, row.meaning)) {
            return settled(std::move(lookup));
        }
    }
    return judged(std::move(lookup));
}

Lookup<MatcherKind> find_matcher(std::string_view word) {
    Lookup<MatcherKind> lookup;
    for (const MatcherWord& row : matcher_table) {
        if (consider(lookup, word, row.text, {}, row.meaning)) {
            return settled(std::move(lookup));
        }
    }
    return judged(std::move(lookup));
}

std::string_view name_of(Selector selector) {
    return text_of(selector_table,
                   [=](const SelectorWord& row) { return row.meaning == selector; });
}

std::string_view name_of(MatcherKind kind) {
    return text_of(matcher_table, [=](const MatcherWord& row) { return row.meaning == kind; });
}

std::vector<std::string_view> selector_words(Form form, Dialect dialect) {
    std::vector<std::string_view> words;
    for (const SelectorWord& row : selector_table) {
        if (is_known(row, form, dialect)) {
            words.push_back(row.text);
        }
    }
    return words;
}

std::vector<std::string_view> matcher_words() {
    std::vector<std::string_view> words;
    words.reserve(matcher_table.size());
    for (const MatcherWord& row : matcher_table) {
        words.push_back(row.text);
    }
    return words;
}

}  // namespace maelstrom::filter

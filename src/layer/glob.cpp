#include "layer/glob.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::layer {

using util::ErrorKind;
using util::fail;
using util::Result;

namespace {

/// A pattern may be nested and repeated; a machine larger than this was not meant.
constexpr std::size_t most_states = 20'000;
constexpr int deepest_nesting = 100;
constexpr std::size_t most_combined_states = 4'000;

/// Reads UTF-8; bytes that are none are characters of their own, beyond all others.
char32_t take_character(std::string_view text, std::size_t& at) {
    constexpr char32_t beyond = 0x110000;
    constexpr std::array<char32_t, 4> smallest{0, 0x80, 0x800, 0x10000};
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
    };
    const char32_t first = byte(at++);
    if (first < 0x80) {
        return first;
    }
    const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    char32_t character = first & (0x3fU >> more);
    bool is_whole = more > 0 && at + more <= text.size();
    for (std::size_t i = 0; is_whole && i < more; ++i) {
        is_whole = (byte(at + i) & 0xc0U) == 0x80;
        character = (character << 6U) | (byte(at + i) & 0x3fU);
    }
    // Longer than need be: another spelling of a shorter one, which must not match it.
    if (!is_whole || character < smallest[more] || character >= beyond) {
        return beyond + first;
    }
    at += more;
    return character;
}

std::string find_start(std::string_view pattern) {
    std::string literal;
    std::size_t last_slash = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (std::string_view("?*[{").find(pattern[i]) != std::string_view::npos) {
            break;
        }
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            ++i;
        }
        if (pattern[i] == '/') {
            last_slash = literal.size();
        }
        literal += pattern[i];
    }
    return literal.substr(0, last_slash);
}

}  // namespace

/// Builds the machine from the end of the pattern to its start: each piece knows the state that
/// follows it.
class GlobCompiler {
public:
    explicit GlobCompiler(std::string_view pattern) { glob_.pattern_ = pattern; }

    Result<Glob> run() {
        TRY(read_sequence(0, true));
        if (at_ < text().size()) {
            return wrong("a closing } has no opening one");
        }
        TRY(emit_all());
        glob_.start_ = find_start(text());
        return std::move(glob_);
    }

private:
    /// The pattern as a list of pieces, alternatives as sub-lists.
    struct Piece {
        enum class Kind {
            one_of,
            none_of,
            run,          ///< any characters
            directories,  ///< nothing, or any characters and a slash
            alternatives,
        } kind = Kind::run;
        std::vector<std::pair<char32_t, char32_t>> ranges;
        std::vector<std::vector<Piece>> choices;
    };
    using Sequence = std::vector<Piece>;

    std::string_view text() const { return glob_.pattern_; }

    std::unexpected<util::Error> wrong(std::string_view what) const {
        return fail(ErrorKind::invalid, "glob {}: {}", util::quoted(text()), what);
    }

    /// Up to the end, or to the comma or brace that ends an alternative. `at_start` says whether a
    /// path component begins here.
    Result<void> read_sequence(int depth, bool at_start) {
        if (depth > deepest_nesting) {
            return wrong("braces are nested too deep");
        }
        Sequence sequence;
        while (at_ < text().size()) {
            const char c = text()[at_];
            if (c == '}' || (c == ',' && depth > 0)) {
                break;
            }
            at_start = TRY(read_piece(sequence, depth, at_start));
        }
        result_ = std::move(sequence);
        return {};
    }

    /// Adds one piece; returns whether a component begins after it.
    Result<bool> read_piece(Sequence& to, int depth, bool at_start) {
        switch (text()[at_]) {
        case '?':
            ++at_;
            to.push_back({.kind = Piece::Kind::none_of});
            return false;
        case '*':
            return read_stars(to, at_start);
        case '[':
            TRY(read_class(to));
            return false;
        case '{':
            return read_alternatives(to, depth, at_start);
        case '\\':
            if (++at_ == text().size()) {
                return wrong("it ends in a backslash");
            }
            [[fallthrough]];
        default: {
            const char32_t character = take_character(text(), at_);
            to.push_back({.kind = Piece::Kind::one_of, .ranges = {{character, character}}});
            return character == '/';
        }
        }
    }

    Result<bool> read_stars(Sequence& to, bool at_start) {
        std::size_t stars = 0;
        while (at_ < text().size() && text()[at_] == '*') {
            ++stars;
            ++at_;
        }
        if (stars == 2 && at_start && at_ < text().size() && text()[at_] == '/') {
            ++at_;
            to.push_back({.kind = Piece::Kind::directories});
            return true;
        }
        to.push_back({.kind = Piece::Kind::run});
        if (stars == 2 && at_start && at_ == text().size() && to.size() > 1) {
            // Below `x`, not `x/`: at least one character.
            to.back() = {.kind = Piece::Kind::none_of};
            to.push_back({.kind = Piece::Kind::run});
        }
        return false;
    }

    Result<void> read_class(Sequence& to) {
        ++at_;
        Piece piece{.kind = Piece::Kind::one_of};
        if (at_ < text().size() && (text()[at_] == '!' || text()[at_] == '^')) {
            piece.kind = Piece::Kind::none_of;
            ++at_;
        }
        for (bool is_first = true;; is_first = false) {
            if (at_ >= text().size()) {
                return wrong("the [ has no closing ]");
            }
            if (text()[at_] == ']' && !is_first) {
                ++at_;
                break;
            }
            const char32_t low = take_character(text(), at_);
            char32_t high = low;
            if (at_ + 1 < text().size() && text()[at_] == '-' && text()[at_ + 1] != ']') {
                ++at_;
                high = take_character(text(), at_);
            }
            if (high < low) {
                return wrong("a range in [] runs backwards");
            }
            piece.ranges.emplace_back(low, high);
        }
        to.push_back(std::move(piece));
        return {};
    }

    Result<bool> read_alternatives(Sequence& to, int depth, bool at_start) {
        Piece piece{.kind = Piece::Kind::alternatives};
        do {
            ++at_;  // the brace or comma
            TRY(read_sequence(depth + 1, at_start));
            piece.choices.push_back(std::move(result_));
            if (at_ >= text().size()) {
                return wrong("the { has no closing }");
            }
        } while (text()[at_] == ',');
        ++at_;
        to.push_back(std::move(piece));
        return false;
    }

    Result<void> emit_all() {
        const Sequence whole = std::move(result_);
        (void)TRY(emit(whole, add({.kind = Glob::State::Kind::match})));
        return glob_.states_.size() <= most_states ? Result<void>{} : wrong("it is too large");
    }

    std::uint32_t add(Glob::State state) {
        glob_.states_.push_back(std::move(state));
        return static_cast<std::uint32_t>(glob_.states_.size() - 1);
    }

    /// States for a sequence that goes on to `next`; the state where it begins, which is the last
    /// one made.
    Result<std::uint32_t> emit(const Sequence& sequence, std::uint32_t next) {
        for (auto piece = sequence.rbegin(); piece != sequence.rend(); ++piece) {
            next = TRY(emit(*piece, next));
        }
        return add({.kind = Glob::State::Kind::fork, .next = {next}});
    }

    Result<std::uint32_t> emit(const Piece& piece, std::uint32_t next) {
        using Kind = Glob::State::Kind;
        if (glob_.states_.size() > most_states) {
            return wrong("it is too large");
        }
        switch (piece.kind) {
        case Piece::Kind::one_of:
            return add({.kind = Kind::one_of, .ranges = piece.ranges, .next = {next}});
        case Piece::Kind::none_of:
            return add({.kind = Kind::none_of, .ranges = piece.ranges, .next = {next}});
        case Piece::Kind::run:
            return emit_run(next);
        case Piece::Kind::directories: {
            const std::uint32_t slash =
                add({.kind = Kind::one_of, .ranges = {{'/', '/'}}, .next = {next}});
            return add({.kind = Kind::fork, .next = {next, emit_run(slash)}});
        }
        case Piece::Kind::alternatives: {
            Glob::State fork{.kind = Kind::fork};
            for (const Sequence& choice : piece.choices) {
                fork.next.push_back(TRY(emit(choice, next)));
            }
            return add(std::move(fork));
        }
        }
        return next;
    }

    std::uint32_t emit_run(std::uint32_t next) {
        const std::uint32_t any = add({.kind = Glob::State::Kind::none_of, .next = {0}});
        const std::uint32_t fork = add({.kind = Glob::State::Kind::fork, .next = {next, any}});
        glob_.states_[any].next[0] = fork;
        return fork;
    }

    Glob glob_;
    std::size_t at_ = 0;
    Sequence result_;
};

Result<Glob> Glob::compile(std::string_view pattern) {
    return GlobCompiler(pattern).run();
}

Matcher::Matcher(const Glob& glob) : glob_(glob) {
}

bool Matcher::matches(std::string_view path) {
    if (!path.starts_with(glob_.start_)) {
        return false;
    }
    if (combined_.empty() || combined_.size() > most_combined_states) {
        combined_.clear();
        known_.clear();
        Set first;
        std::vector<bool> seen(glob_.states_.size());
        close_over(static_cast<std::uint32_t>(glob_.states_.size() - 1), first, seen);
        combined(std::move(first));
    }
    std::int32_t state = 0;
    for (std::size_t at = 0; at < path.size();) {
        const auto byte = static_cast<unsigned char>(path[at]);
        const std::int32_t known =
            byte < 128 ? combined_[static_cast<std::size_t>(state)].next[byte] : -1;
        if (known >= 0) {
            state = known;
            ++at;
        } else {
            state = step(state, take_character(path, at));
        }
        if (combined_[static_cast<std::size_t>(state)].states.empty()) {
            return false;
        }
    }
    return combined_[static_cast<std::size_t>(state)].is_match;
}

std::int32_t Matcher::combined(Set states) {
    std::ranges::sort(states);
    const auto [known, is_new] =
        known_.try_emplace(states, static_cast<std::int32_t>(combined_.size()));
    if (is_new) {
        Combined made{.next = std::vector<std::int32_t>(128, -1)};
        made.is_match = std::ranges::any_of(states, [&](std::uint32_t state) {
            return glob_.states_[state].kind == Glob::State::Kind::match;
        });
        made.states = std::move(states);
        combined_.push_back(std::move(made));
    }
    return known->second;
}

std::int32_t Matcher::step(std::int32_t from, char32_t character) {
    Set reached;
    std::vector<bool> seen(glob_.states_.size());
    for (const std::uint32_t index : combined_[static_cast<std::size_t>(from)].states) {
        const Glob::State& state = glob_.states_[index];
        if (state.kind == Glob::State::Kind::match) {
            continue;
        }
        const bool is_inside = std::ranges::any_of(state.ranges, [&](const auto& range) {
            return range.first <= character && character <= range.second;
        });
        if (is_inside == (state.kind == Glob::State::Kind::one_of)) {
            close_over(state.next[0], reached, seen);
        }
    }
    const std::int32_t to = combined(std::move(reached));
    if (character < 128) {
        combined_[static_cast<std::size_t>(from)].next[character] = to;
    }
    return to;
}

/// Follows forks to the states that consume something.
void Matcher::close_over(std::uint32_t state, Set& into, std::vector<bool>& seen) const {
    Set pending{state};
    while (!pending.empty()) {
        const std::uint32_t next = pending.back();
        pending.pop_back();
        if (seen[next]) {
            continue;
        }
        seen[next] = true;
        if (glob_.states_[next].kind == Glob::State::Kind::fork) {
            pending.insert(pending.end(), glob_.states_[next].next.begin(),
                           glob_.states_[next].next.end());
        } else {
            into.push_back(next);
        }
    }
}

}  // namespace maelstrom::layer

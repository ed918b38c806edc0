#pragma once

#include "util/error.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::layer {

/// A pattern for whole paths, compiled to a machine that looks at each character once.
///
///     ?           any one character           *           any run of characters, `/` included
///     [a-z] [!a]  one of them, none of them   {a,b}       either; may be nested, may be empty
///     **/x        x at any depth              x/**        everything below x
///     a/**/b      a/b with any depth between  \c          c itself
class Glob {
public:
    /// Errors quote the pattern and say where it goes wrong.
    static util::Result<Glob> compile(std::string_view pattern);

    const std::string& pattern() const { return pattern_; }
    /// The longest directory, without a final slash, that all matches surely lie below: "a/b" of
    /// "a/b/c*".
    const std::string& start() const { return start_; }

private:
    friend class Matcher;
    friend class GlobCompiler;
    /// One step: consume a character of the ranges (or outside of them), or go on without.
    struct State {
        enum class Kind : std::uint8_t { one_of, none_of, fork, match } kind = Kind::match;
        std::vector<std::pair<char32_t, char32_t>> ranges;
        std::vector<std::uint32_t> next;
    };
    std::string pattern_;
    std::string start_;
    std::vector<State> states_;  ///< begins at the last one
};

/// Tries paths against one glob. Remembers the machine's combined states, so that most characters
/// cost one table look-up; not for two threads at once.
class Matcher {
public:
    /// `glob` outlives this.
    explicit Matcher(const Glob& glob);

    bool matches(std::string_view path);

private:
    using Set = std::vector<std::uint32_t>;  ///< sorted states that consume or match
    struct Combined {
        Set states;
        bool is_match = false;
        std::vector<std::int32_t> next;  ///< by ASCII character; unknown is -1
    };

    std::int32_t combined(Set states);
    std::int32_t step(std::int32_t from, char32_t character);
    void close_over(std::uint32_t state, Set& into, std::vector<bool>& seen) const;

    const Glob& glob_;
    std::vector<Combined> combined_;
    std::map<Set, std::int32_t> known_;
};

}  // namespace maelstrom::layer

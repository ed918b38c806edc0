#pragma once

#include "util/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::job {

/// Expands the braces of one stub path. Text without `{` is literal, backslashes included.
///
///     a/{b,c,}      a/b  a/c  a/            alternatives, empty ones too
///     {a,b}{1,2}    a1  a2  b1  b2          the leftmost group varies slowest
///     x{1..3}       x1  x2  x3              also {3..1}, {01..10}, {a..e}, {0..9..3} as in bash
///     {a}           a                       a group of one item is that item
///     a\{b          a{b                     a backslash takes away the meaning of what follows
///
/// Blanks are literal. Unbalanced braces and `{}` are errors that quote the text, and so are
/// results too many or too long to be meant (65,536 paths, 8 MiB).
util::Result<std::vector<std::string>> expand_braces(std::string_view text);

}  // namespace maelstrom::job

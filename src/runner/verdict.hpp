#pragma once

#include "job/outcome.hpp"
#include "runner/case.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::runner {

/// What the end of a job means where the framework has nothing to add: exit 0 passes, everything
/// else fails.
Judgement judge_plainly(const job::Result& result);

/// Adds to what is said of a failed test the limits that its job met: the failure is probably due
/// to them.
void name_limits(Judgement& judgement, const job::Result& result);

/// Says of a test that timed out among `tests` which share a job that the limit was that of all,
/// and what its own is.
void name_shared_limit(Judgement& judgement,
                       const job::Result& result,
                       std::size_t tests,
                       std::optional<std::chrono::seconds> own);

/// A captured stream as text: with a line in place of what was dropped.
std::string text_of(const job::Output& output);

/// "SIGSEGV (11)"; "signal 42" where it has no name.
std::string signal_name(int signal);

/// A hint that fits every framework, found in an error message or in a failing test's output.
std::optional<Hint> common_hint(std::string_view text);

}  // namespace maelstrom::runner

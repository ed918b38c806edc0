#pragma once

#include "job/outcome.hpp"
#include "pytest/coverage.hpp"
#include "runner/case.hpp"

#include <span>
#include <string>
#include <vector>

namespace maelstrom::pytest {

/// How much an attempt collected.
enum class Collected {
    own_items,  ///< only what the tests that it ran need
    everything,
    in_fork_point,  ///< nothing: everything had been collected before
};

struct JudgeContext {
    std::string python;  ///< the interpreter, for messages
    /// Names of the caller's variables that tests do not get, for hints.
    std::span<const std::string> variables_left_outside;
    Collected collected = Collected::everything;
    Coverage* coverage = nullptr;  ///< takes what is measured, if anything
};

/// The verdict that plain pytest gives. Asks for another attempt, with everything collected, when a
/// test fails that was collected alone: tests of real projects need modules that other test
/// files import.
runner::Judgement judge(const job::Result& result, const JudgeContext& context);

/// Likewise of tests that shared a process, one after the other: one judgement for each. Where one
/// has ended the process, or the session in it, those after it come out as unreached.
std::vector<runner::Judgement>
judge(const job::Result& result, std::size_t count, const JudgeContext& context);

}  // namespace maelstrom::pytest

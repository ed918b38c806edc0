#pragma once

#include "job/outcome.hpp"
#include "sys/program_end.hpp"

#include <cstdint>
#include <optional>
#include <string>

// What is printed about a job that has ended, and how the program ends because of it.

namespace maelstrom::run {

/// Printed as a whole, output first.
struct Report {
    std::string output;  ///< for standard output
    std::string errors;  ///< for standard error
};

/// The position of a job in the input, from 0. None: there is only one job, it needs no number.
using Number = std::optional<std::uint32_t>;

/// Output of the job verbatim, what is missing of it, and how it ended unless that was exit code 0.
/// Without a number the program ends as the job did, which says it already for codes and signals.
Report text_report(Number number, job::Result result);
/// One line of JSON on standard output.
Report json_report(std::uint32_t number, const job::Result& result);

// How the program should end because of one job.

/// With `code` only: 1 for all that did not exit.
sys::ProgramEnd plain_end(const job::Result& result);
/// As the job did.
sys::ProgramEnd mimicked_end(const job::Result& result);

}  // namespace maelstrom::run

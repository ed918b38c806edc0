#pragma once

#include "client/client.hpp"
#include "job/outcome.hpp"
#include "sys/signals.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>

namespace maelstrom::run {

/// The signals that a terminal session must handle; to be blocked before any thread is started.
util::Result<sys::SignalQueue> block_terminal_signals();

/// Which of standard input and output is no terminal, as a sentence; none if both are.
std::optional<std::string> missing_terminal();

/// Runs one job on our terminal and gives the terminal back as it was. Does not return when the
/// user or a signal ends the program.
util::Result<job::Result> run_on_terminal(client::Client& client,
                                          job::Job job,
                                          client::Extras extras,
                                          sys::SignalQueue signals,
                                          char escape);

}  // namespace maelstrom::run

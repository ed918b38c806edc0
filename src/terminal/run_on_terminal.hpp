#pragma once

#include "client/client.hpp"
#include "job/outcome.hpp"
#include "sys/signals.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::terminal {

/// The signals that a job on our terminal needs handled; to be blocked before any thread is
/// started.
util::Result<sys::SignalQueue> block_terminal_signals();

/// Which of standard input and output is no terminal, as a sentence about the
/// option that needs both; none if both are.
std::optional<std::string> missing_terminal(std::string_view option);

/// The key that opens a message to the program itself: Ctrl-].
inline constexpr char default_escape = '\x1d';

struct Settings {
    std::string program;  ///< ours, for messages
    char escape = default_escape;
};

/// Runs one job on our terminal and gives the terminal back as it was. Does not return when the
/// user or a signal ends the program.
util::Result<job::Result> run_on_terminal(client::Client& client,
                                          job::Job job,
                                          client::Extras extras,
                                          sys::SignalQueue signals,
                                          const Settings& settings);

}  // namespace maelstrom::terminal

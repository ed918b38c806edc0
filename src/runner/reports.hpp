#pragma once

#include "ui/events.hpp"
#include "ui/github.hpp"
#include "ui/junit.hpp"
#include "ui/output.hpp"
#include "ui/reporter.hpp"
#include "ui/simple.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How a run is shown and what is written about it, as settings and as reporters.

namespace maelstrom::runner {

enum class Interface { automatic, simple, quiet, fancy };

struct ReportSettings {
    bool list = false;  ///< names are printed, nothing runs
    Interface interface = Interface::automatic;
    std::optional<ui::ShowOutput> show_output;
    std::size_t slowest = 0;  ///< so many are listed
    std::optional<ui::JunitSettings> junit;
    std::optional<ui::EventsSettings> events;
    std::optional<ui::GithubSettings> github;  ///< runs in GitHub Actions

    /// Where people read: standard error when a report has standard output.
    int interface_descriptor() const;
};

// What variables of the environment say beyond options.
using Variables = std::map<std::string, std::string>;
ui::TerminalWishes terminal_wishes(const Variables& variables);
std::optional<ui::GithubSettings> github_settings(const Variables& variables);

/// The reporters that are asked for, the interface last: what it shows has been written by then.
/// The error says what does not go together, or which file cannot be written.
util::Result<std::vector<std::unique_ptr<ui::Reporter>>>
make_reporters(const ReportSettings& settings, ui::Output& output);

}  // namespace maelstrom::runner

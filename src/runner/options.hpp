#pragma once

#include "config/option.hpp"
#include "config/values.hpp"
#include "filter/selection.hpp"
#include "runner/core.hpp"
#include "ui/junit.hpp"
#include "ui/output.hpp"
#include "ui/reporter.hpp"
#include "ui/simple.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The options that all test runners have.

namespace maelstrom::runner {

inline constexpr std::string_view test_group = "Tests and reports";

enum class Interface { automatic, simple, quiet };

struct Options {
    CoreSettings core;
    std::vector<std::string> include;  ///< filters, not parsed yet
    std::vector<std::string> exclude;
    std::optional<std::chrono::seconds> timeout;  ///< as `SessionSettings::timeout`
    Interface interface = Interface::automatic;
    std::optional<ui::ShowOutput> show_output;
    std::optional<ui::JunitSettings> junit;
};

std::vector<config::Option> option_rows();
Options options_from(const config::Values& values);

/// The filters, parsed, before anything is started. Warns of those that other programs read
/// differently.
util::Result<filter::Selection> selection_of(const Options& options, filter::Dialect dialect);

/// The reporters that the options ask for, the interface first. The error says what does not go
/// together, or which file cannot be written.
util::Result<std::vector<std::unique_ptr<ui::Reporter>>> make_reporters(const Options& options,
                                                                        ui::Output& output);

}  // namespace maelstrom::runner

#include "runner/reports.hpp"

#include "ui/fancy.hpp"
#include "ui/github_commands.hpp"
#include "ui/quiet.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <csignal>
#include <random>

namespace maelstrom::runner {

namespace {

std::string_view value_of(const Variables& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string_view() : std::string_view(found->second);
}

bool is_standard_output(const auto& report) {
    return report && report->path == "-";
}

/// What `automatic` means here.
Interface chosen(const ReportSettings& settings, const ui::Output& output) {
    if (settings.interface != Interface::automatic) {
        return settings.interface;
    }
    return output.is_terminal() && !settings.list ? Interface::fancy : Interface::simple;
}

/// As Ctrl-C would: whoever started us learns that the run did not come to its end.
void interrupt_ourselves() {
    ::kill(::getpid(), SIGINT);
}

util::Result<std::unique_ptr<ui::Reporter>>
make_fancy(const ReportSettings& settings, ui::Output& output, ui::ShowOutput show_output) {
    if (settings.list) {
        return util::fail(util::ErrorKind::invalid,
                          "--ui=fancy shows no names: leave it out with --list");
    }
    if (!output.is_terminal()) {
        return util::fail(
            util::ErrorKind::invalid,
            "--ui=fancy needs a terminal that can move its cursor: standard output is "
            "none, or TERM is not set or \"dumb\"; --ui=simple works everywhere");
    }
    return std::make_unique<ui::FancyReporter>(
        output, ui::control_terminal(settings.interface_descriptor()),
        ui::FancySettings{
            .show_output = show_output, .slowest = settings.slowest, .quit = interrupt_ourselves});
}

/// No test can know the word that lets its output give commands again.
ui::Fold fold_for(const ReportSettings& settings) {
    if (!settings.github) {
        return {};
    }
    std::random_device random;
    const std::string token = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
    return [token](std::string_view title, std::string_view text) {
        return ui::github_group(title, text, token);
    };
}

util::Result<std::unique_ptr<ui::Reporter>> make_interface(const ReportSettings& settings,
                                                           ui::Output& output) {
    const ui::ShowOutput show_output = settings.show_output.value_or(ui::ShowOutput::failed);
    switch (chosen(settings, output)) {
    case Interface::automatic:
    case Interface::simple:
        return std::make_unique<ui::SimpleReporter>(output, show_output, settings.slowest,
                                                    fold_for(settings));
    case Interface::fancy:
        return make_fancy(settings, output, show_output);
    case Interface::quiet:
        break;
    }
    if (settings.list) {
        return util::fail(util::ErrorKind::invalid,
                          "--ui=quiet shows no names: leave it out with --list");
    }
    return std::make_unique<ui::QuietReporter>(output, settings.show_output, settings.slowest,
                                               fold_for(settings));
}

}  // namespace

ui::TerminalWishes terminal_wishes(const Variables& variables) {
    return {.no_color = value_of(variables, "NO_COLOR"),
            .clicolor = value_of(variables, "CLICOLOR"),
            .clicolor_force = value_of(variables, "CLICOLOR_FORCE"),
            .term = value_of(variables, "TERM")};
}

std::optional<ui::GithubSettings> github_settings(const Variables& variables) {
    if (value_of(variables, "GITHUB_ACTIONS") != "true") {
        return std::nullopt;
    }
    return ui::GithubSettings{.summary_path =
                                  std::string(value_of(variables, "GITHUB_STEP_SUMMARY")),
                              .workspace = std::string(value_of(variables, "GITHUB_WORKSPACE"))};
}

int ReportSettings::interface_descriptor() const {
    return is_standard_output(junit) || is_standard_output(events) ? STDERR_FILENO : STDOUT_FILENO;
}

util::Result<std::vector<std::unique_ptr<ui::Reporter>>>
make_reporters(const ReportSettings& settings, ui::Output& output) {
    if (is_standard_output(settings.junit) && is_standard_output(settings.events)) {
        return util::fail(util::ErrorKind::invalid,
                          "--junit=- and --events=- both want standard output: give one a file");
    }
    // Refuses before it creates a file.
    std::unique_ptr<ui::Reporter> interface = TRY(make_interface(settings, output));
    std::vector<std::unique_ptr<ui::Reporter>> reporters;
    if (settings.events) {
        reporters.push_back(TRY(ui::EventsReporter::create(*settings.events)));
    }
    if (settings.junit && !settings.list) {
        reporters.push_back(TRY(ui::JunitReporter::create(*settings.junit)));
    }
    if (settings.github && !settings.list) {
        reporters.push_back(std::make_unique<ui::GithubReporter>(output, *settings.github));
    }
    reporters.push_back(std::move(interface));
    return reporters;
}

}  // namespace maelstrom::runner

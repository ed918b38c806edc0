#include "runner/keep_failed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace maelstrom::runner {

namespace {

constexpr std::size_t most_commands = 10;

/// Of the call; they say how often to run, not where.
bool means_nothing_for_a_shell(const std::string& argument) {
    constexpr std::array words{"--keep-failed", "--watch", "-w", "--last-failed", "--lf"};
    return std::ranges::find(words, argument) != words.end();
}

}  // namespace

std::string shell_quoted(const std::string& word) {
    const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_-./:,=@%+").contains(c);
    });
    if (plain) {
        return word;
    }
    const bool control = std::ranges::any_of(
        word, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
    std::string quoted = control ? "$'" : "'";
    for (const char c : word) {
        if (control && (static_cast<unsigned char>(c) < ' ' || c == '\x7f')) {
            quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else if (control && (c == '\\' || c == '\'')) {
            quoted += fmt::format("\\{}", c);
        } else if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

KeepFailedReporter::KeepFailedReporter(ui::Output& output,
                                       std::string program,
                                       std::vector<std::string> arguments)
    : output_(output), program_(std::move(program)) {
    std::erase_if(arguments, means_nothing_for_a_shell);
    for (const std::string& argument : arguments) {
        arguments_ += " " + shell_quoted(argument);
    }
}

void KeepFailedReporter::on(const ui::Event& event) {
    if (const auto* summary = std::get_if<ui::Summary>(&event)) {
        for (const ui::Summary::Failure& failure : summary->failures) {
            failed_.push_back(failure.name->display);
        }
    }
}

util::Result<void> KeepFailedReporter::finish() {
    if (failed_.empty()) {
        return {};
    }
    output_.write("\nA shell where a failed test ran:\n");
    for (std::size_t i = 0; i < std::min(failed_.size(), most_commands); ++i) {
        output_.write(
            fmt::format("    {} --shell={}{}\n", program_, shell_quoted(failed_[i]), arguments_));
    }
    if (failed_.size() > most_commands) {
        output_.write(fmt::format("    and so on for {} more\n", failed_.size() - most_commands));
    }
    return output_.status();
}

}  // namespace maelstrom::runner

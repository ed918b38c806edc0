#include "ui/simple.hpp"

#include "ui/width.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

namespace maelstrom::ui {

bool shows_output(ShowOutput show_output, const CaseFinished& finished) {
    switch (show_output) {
    case ShowOutput::failed:
        return is_failure(finished.verdict);
    case ShowOutput::all:
        return true;
    case ShowOutput::none:
        return false;
    }
    return false;
}

std::string shown_details(ShowOutput show_output,
                          const CaseFinished& finished,
                          const Painter& paint,
                          const Fold& fold) {
    if (!shows_output(show_output, finished)) {
        return remarks(finished);
    }
    std::string text = details(finished, paint);
    return fold && !text.empty() ? fold("output of " + finished.name->display, text) : text;
}

std::string shown_collection(const CollectionOutput& collection, const Fold& fold) {
    std::string text = util::to_utf8(collection.text);
    text += text.ends_with('\n') ? "" : "\n";
    return fold ? fold("output of the collection", text) : text;
}

std::string shown_report(const ClosingReport& report) {
    const std::string text = util::to_utf8(report.text);
    return "\n" + text + (text.ends_with('\n') ? "" : "\n");
}

std::string log_line(const LogWritten& log, const Painter& paint) {
    switch (log.level) {
    case util::log::Level::error:
        return fmt::format("{} {}\n", paint(Colour::red, "error:"), log.text);
    case util::log::Level::warning:
        return fmt::format("{} {}\n", paint(Colour::yellow, "warning:"), log.text);
    case util::log::Level::info:
        return fmt::format("{} {}\n", paint(Colour::green, "info:"), log.text);
    case util::log::Level::debug:
        return fmt::format("{} {}\n", paint(Colour::blue, "debug:"), log.text);
    }
    return {};
}

void print_log(const LogWritten& log, Output& output, LiveArea& area, const Painter& paint) {
    if (output.is_terminal()) {
        area.print(log_line(log, paint));
    } else {
        output.write_log(log_line(log, paint));
    }
}

void SimpleReporter::on(const Event& event) {
    progress_.on(event);
    std::visit(
        Overloaded{
            [&](const CaseFinished& finished) {
                slowest_.add(finished);
                area_.print(status_line(finished, output_.columns(), paint_));
                print_details(finished);
            },
            [&](const AttemptFailed& attempt) {
                area_.print(attempt_line(attempt, output_.columns(), paint_));
                print_details(attempt.result);
            },
            [&](const CaseListed& listed) { area_.print(printable(listed.name->display) + "\n"); },
            [&](const LogWritten& log) { print_log(log, output_, area_, paint_); },
            [&](const Summary& summary) {
                over_ = true;
                area_.print(summary_text(summary, output_.columns(), paint_) + slowest_.text());
                area_.clear();
            },
            [&](const ClosingReport& report) { area_.print(shown_report(report)); },
            [&](const CollectionOutput& collection) {
                area_.print(shown_collection(collection, fold_));
            },
            [](const auto&) {},
        },
        event);
}

void SimpleReporter::print_details(const CaseFinished& finished) {
    area_.print(shown_details(show_output_, finished, paint_, fold_));
}

void SimpleReporter::tick(std::chrono::steady_clock::time_point now) {
    if (!started_) {
        started_ = now;
    }
    if (!over_ && area_.is_due(now)) {
        const std::size_t columns = output_.columns();
        area_.draw(now, progress_.lines(columns, now - *started_, paint_));
    }
}

util::Result<void> SimpleReporter::finish() {
    over_ = true;
    area_.clear();
    return output_.status();
}

}  // namespace maelstrom::ui

#include "ui/fancy.hpp"

#include "ui/fancy_text.hpp"
#include "ui/keys.hpp"
#include "ui/wrap.hpp"

namespace maelstrom::ui {

namespace {

constexpr auto frame_interval = std::chrono::milliseconds(33);

}  // namespace

FancyReporter::FancyReporter(Output& output,
                             std::unique_ptr<TerminalControl> terminal,
                             FancySettings settings)
    : output_(output), terminal_(std::move(terminal)), settings_(std::move(settings)),
      paint_(output.has_colour()), screen_(output), slowest_(settings_.slowest) {
}

FancyReporter::~FancyReporter() {
    end();
}

void FancyReporter::on(const Event& event) {
    state_.on(event, settings_.now());
    const std::size_t columns = output_.columns();
    std::visit(
        Overloaded{
            [&](const RunStarted&) {
                terminal_->begin();
                begun_ = true;
            },
            [&](const CaseFinished& finished) {
                slowest_.add(finished);
                scroll_result(finished, finished_row(finished, columns, paint_));
            },
            [&](const AttemptFailed& attempt) {
                scroll_result(attempt.result, attempt_row(attempt, columns, paint_));
            },
            [&](const LogWritten& log) { scroll_text(log_line(log, paint_)); },
            [&](const Summary& summary) { scroll_summary(summary); },
            [&](const ClosingReport& report) { scroll_text(shown_report(report)); },
            [&](const CollectionOutput& collection) { scroll_collection_output(collection); },
            [](const auto&) {},
        },
        event);
}

void FancyReporter::tick(std::chrono::steady_clock::time_point now) {
    if (!begun_ || over_) {
        return;
    }
    handle_suspension();
    handle_keys();
    if (!drawn_ || now - *drawn_ >= frame_interval) {
        drawn_ = now;
        draw(now);
    }
}

util::Result<void> FancyReporter::finish() {
    end();
    return output_.status();
}

void FancyReporter::scroll_text(std::string_view text) {
    for (std::string& line : wrapped(text, output_.columns(), paint_.has_colour())) {
        screen_.scroll(std::move(line));
    }
    if (over_) {
        screen_.clear();
    }
}

void FancyReporter::scroll_result(const CaseFinished& finished, std::string row) {
    screen_.scroll(std::move(row));
    scroll_text(shows_output(settings_.show_output, finished) ? details(finished, paint_)
                                                              : remarks(finished));
}

/// The picture goes: nothing changes any more.
void FancyReporter::scroll_summary(const Summary& summary) {
    over_ = true;
    scroll_text("\n" + centred("Test Summary", output_.columns(), paint_) + "\n" +
                summary_rows(summary, paint_) + slowest_.text());
}

void FancyReporter::scroll_collection_output(const CollectionOutput& collection) {
    scroll_text("\n" + centred("Collection Output", output_.columns(), paint_) + "\n" +
                collection.text);
}

void FancyReporter::handle_keys() {
    for (const Key key : keys_of(terminal_->keys())) {
        switch (key) {
        case Key::quit:
            if (!quitting_ && settings_.quit) {
                quitting_ = true;
                settings_.quit();
            }
            break;
        case Key::up:
            first_failed_ -= first_failed_ > 0 ? 1 : 0;
            break;
        case Key::down:
            first_failed_ += first_failed_ + 1 < state_.failed() ? 1 : 0;
            break;
        case Key::next_page:
            first_failed_ = next_failed_page(state_.view(settings_.now(), first_failed_),
                                             live_rows(output_.rows()));
            break;
        }
    }
}

void FancyReporter::handle_suspension() {
    if (terminal_->wants_to_suspend()) {
        screen_.clear();
        terminal_->suspend();
    }
    if (terminal_->was_continued()) {
        screen_.forget();
    }
}

void FancyReporter::draw(std::chrono::steady_clock::time_point now) {
    if (!terminal_->may_draw()) {
        // What another job shows stays; ours appears in between, as any program's in the
        // background.
        screen_.write_lines();
        return;
    }
    const Size size{.rows = output_.rows(), .columns = output_.columns()};
    if (size != size_) {
        size_ = size;
        screen_.forget();
    }
    screen_.show(ui::draw(state_.view(now, first_failed_), live_rows(size.rows), size.columns,
                          paint_.has_colour()));
}

void FancyReporter::end() {
    over_ = true;
    screen_.clear();
    if (begun_) {
        begun_ = false;
        terminal_->end();
    }
}

}  // namespace maelstrom::ui

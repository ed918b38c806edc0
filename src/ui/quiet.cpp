#include "ui/quiet.hpp"

#include "ui/width.hpp"

namespace maelstrom::ui {

QuietReporter::QuietReporter(Output& output,
                             std::optional<ShowOutput> show_output,
                             std::size_t slowest,
                             Fold fold)
    : output_(output), show_output_(show_output.value_or(
                           output.is_terminal() ? ShowOutput::none : ShowOutput::failed)),
      paint_(output.has_colour()), area_(output), slowest_(slowest), fold_(std::move(fold)) {
}

void QuietReporter::on(const Event& event) {
    progress_.on(event);
    std::visit(Overloaded{
                   [&](const CaseFinished& finished) {
                       slowest_.add(finished);
                       if (shows_output(show_output_, finished)) {
                           kept_ += status_line(finished, output_.columns(), paint_);
                           kept_ += shown_details(show_output_, finished, paint_, fold_);
                       }
                   },
                   [&](const LogWritten& log) {
                       if (log.level >= util::log::Level::warning) {
                           print_log(log, output_, area_, paint_);
                       }
                   },
                   [&](const Summary& summary) {
                       over_ = true;
                       area_.print(summary_text(summary, output_.columns(), paint_) +
                                   slowest_.text());
                       if (!kept_.empty()) {
                           area_.print("\n" + kept_);
                       }
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

void QuietReporter::tick(std::chrono::steady_clock::time_point now) {
    if (over_ || !area_.is_due(now) || progress_.expected() == 0) {
        return;
    }
    const std::string bar =
        bar_line(progress_.finished(), progress_.expected(), "tests", output_.columns());
    const std::size_t columns = output_.columns();
    area_.draw(now, {paint_(Colour::white, first_columns(bar, columns > 0 ? columns - 1 : 0))});
}

util::Result<void> QuietReporter::finish() {
    over_ = true;
    area_.clear();
    return output_.status();
}

}  // namespace maelstrom::ui

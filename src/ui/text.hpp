#pragma once

#include "ui/event.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// The lines of the simple interface as pure functions: events and a width in, text out.

namespace maelstrom::ui {

enum class Colour { none, bold, dim, red, green, yellow, blue, white };

/// Puts colours round text, or leaves it alone.
class Painter {
public:
    explicit Painter(bool colour) : colour_(colour) {}
    std::string operator()(Colour colour, std::string_view text) const;
    bool has_colour() const { return colour_; }

private:
    bool colour_;
};

/// "OK", "FAIL", "TIMEOUT", "ERR", "IGNORED".
std::string_view status_word(Verdict verdict);

struct Status {
    std::string_view word;
    Colour colour;
};
/// The word and colour of a verdict; "FLAKY" for what passed only in a later attempt.
Status status_of(const CaseFinished& finished);
/// Of an attempt that is followed by another.
Status attempt_status();
/// "   0.012s"; blanks where it says nothing.
std::string duration_text(const CaseFinished& finished);
/// A name that fits into so many columns: its end behind a "<" where it is too long, since tests
/// differ in their ends.
std::string cut_name(std::string_view name, std::size_t columns);

/// "name.........OK   0.012s": exactly `columns` wide where that is possible.
std::string status_line(const CaseFinished& finished, std::size_t columns, const Painter& paint);

/// The same for an attempt that is followed by another.
std::string attempt_line(const AttemptFailed& attempt, std::size_t columns, const Painter& paint);
/// "attempt 2 of 3"; empty where there is only one.
std::string attempt_words(const CaseFinished& finished);

/// Which attempt it was, where that matters, and the detail; each line ends in a newline.
std::string remarks(const CaseFinished& finished);
/// What a person sees of a finished case below its line: remarks, streams, hint. Each line ends in
/// a newline.
std::string details(const CaseFinished& finished, const Painter& paint);

/// "4", "~4", ">4", "unknown".
std::string not_run_words(const NotRun& not_run);
/// Without its heading.
std::string summary_rows(const Summary& summary, const Painter& paint);
/// The block at the end of a run, with an empty line before it.
std::string summary_text(const Summary& summary, std::size_t columns, const Painter& paint);

}  // namespace maelstrom::ui

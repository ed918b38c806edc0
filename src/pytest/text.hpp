#pragma once

#include "pytest/report.hpp"
#include "ui/event.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace maelstrom::pytest {

/// What remains of pytest's output of one failing test without its framing: traceback, captured
/// output, warnings. Before that stands what the test has `printed` among what is left out. All of
/// the output where the framing is not the usual one.
std::string strip_framing(std::string_view output, std::string_view printed = {});

/// What tests have printed past pytest, by their places among those that the process was to run:
/// plugin.py marks it. Takes the marks out of `output`; what has no end ends with it.
std::map<std::size_t, std::string> take_marks(std::string& output);

/// What pytest would print between its headings.
std::string failure_text(const TestReport& report);

/// Adds sections for what a test has printed, as pytest would.
void add_captured(std::string& text, const std::string& output, const std::string& errors);

/// How pytest's own JUnit reports call the test with that node id: "tests/a.py::T::test[x]" is
/// "test[x]" in the class "tests.a.T". `file` is shown as `CaseName::file`.
ui::CaseName case_name(const std::string& node_id);

}  // namespace maelstrom::pytest

#pragma once

#include "ui/event.hpp"

#include <string>
#include <string_view>

// Workflow commands: lines that GitHub Actions takes out of a log.

namespace maelstrom::ui {

/// "::error file=…,line=…,title=…::message", with a newline. What GitHub would take for the end of
/// a part is escaped.
std::string
github_error(const CaseFinished& finished, std::string_view project, std::string_view workspace);

/// Lines that are folded under a title, and whose content cannot give commands to GitHub. `token`
/// must be one that the text does not know.
std::string github_group(std::string_view title, std::string_view text, std::string_view token);

/// What a failed test says first, for where there is little room.
std::string first_words(const CaseFinished& finished);

}  // namespace maelstrom::ui

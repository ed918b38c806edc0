#pragma once

#include "ui/event.hpp"
#include "ui/slowest.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::ui {

/// What GitHub Actions shows of a step: Markdown, at most `limit` bytes of it.
std::string github_summary(std::string_view program,
                           const Summary& summary,
                           const std::vector<CaseFinished>& failures,
                           const Slowest& slowest,
                           std::size_t limit);

}  // namespace maelstrom::ui

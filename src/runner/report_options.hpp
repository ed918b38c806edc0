#pragma once

#include "config/option.hpp"
#include "config/values.hpp"
#include "runner/reports.hpp"

#include <string_view>
#include <vector>

namespace maelstrom::runner {

inline constexpr std::string_view test_group = "Tests and reports";

std::vector<config::Option> report_rows();
ReportSettings report_settings_from(const config::Values& values);

}  // namespace maelstrom::runner

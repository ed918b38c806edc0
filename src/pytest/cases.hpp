#pragma once

#include "pytest/report.hpp"
#include "runner/case.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace maelstrom::pytest {

/// The cases that collected items are, in order; the key of each is its place. `directory`:
/// absolute, what filters name files from.
std::vector<runner::Case> cases_of(std::span<const Item> items, std::string_view directory);

/// What could not be collected, as cases that fail without running. `told`: pytest's own report on
/// the collection is shown as well.
std::vector<runner::Case> cases_of(std::span<const Broken> broken, bool told);

}  // namespace maelstrom::pytest

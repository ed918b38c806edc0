#pragma once

#include "config/option.hpp"
#include "config/surroundings.hpp"

#include <vector>

namespace maelstrom::config {

inline constexpr std::string_view general_group = "General values";
inline constexpr std::string_view local_worker_group = "Local worker";
inline constexpr std::string_view image_group = "Container images";
inline constexpr std::string_view host_group = "Host container";

/// The rows that programs share, those of one program: print-and-exit options, the configuration
/// file, and the values of the common table. A program adds its own behind them.
std::vector<Option> common_options(Programs program, const Surroundings& surroundings);

/// The rows about the host container that all programs with one have.
std::vector<Option> host_rows();

}  // namespace maelstrom::config

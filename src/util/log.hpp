#pragma once

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace maelstrom::util::log {

enum class Level { debug, info, warning, error };

/// As users write them, the most severe first.
inline constexpr std::array<std::pair<std::string_view, Level>, 4> level_names{{
    {"error", Level::error},
    {"warning", Level::warning},
    {"info", Level::info},
    {"debug", Level::debug},
}};
std::string_view name_of(Level level);

/// Messages below it are dropped. Default: info. Any thread.
void set_level(Level level);
Level level();

/// Where finished lines go; default: standard error, one line a message with time and level. A user
/// interface puts its own here. Called with a lock held, so lines never interleave.
using Sink = std::function<void(Level, std::string_view line)>;
void set_sink(Sink sink);

void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (level() <= Level::debug) {
        write(Level::debug, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    if (level() <= Level::info) {
        write(Level::info, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
    if (level() <= Level::warning) {
        write(Level::warning, fmt::format(format, std::forward<Args>(args)...));
    }
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    write(Level::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace maelstrom::util::log

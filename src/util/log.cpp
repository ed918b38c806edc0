#include "util/log.hpp"

#include "util/guarded.hpp"

// The fmt of the whole program, not one of its own. By the build for a compiled spdlog, else here.
#ifndef SPDLOG_FMT_EXTERNAL
#define SPDLOG_FMT_EXTERNAL
#endif
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

namespace maelstrom::util::log {

namespace {

std::atomic<Level> threshold{Level::info};

Guarded<Sink>& current_sink() {
    static Guarded<Sink> sink;
    return sink;
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
    case Level::debug:
        return spdlog::level::debug;
    case Level::info:
        return spdlog::level::info;
    case Level::warning:
        return spdlog::level::warn;
    case Level::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

/// Created at the first message: most runs never log.
spdlog::logger& stderr_logger() {
    static const std::shared_ptr<spdlog::logger> logger = [] {
        auto made = std::make_shared<spdlog::logger>(
            "maelstrom", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        made->set_level(spdlog::level::trace);
        made->set_pattern("%b %d %H:%M:%S.%e %^%l%$ %v");
        return made;
    }();
    return *logger;
}

}  // namespace

std::string_view name_of(Level level) {
    const auto found =
        std::ranges::find(level_names, level, [](const auto& row) { return row.second; });
    return found->first;
}

void set_level(Level level) {
    threshold.store(level, std::memory_order_relaxed);
}

Level level() {
    return threshold.load(std::memory_order_relaxed);
}

void set_sink(Sink sink) {
    current_sink().with([&](Sink& current) { current = std::move(sink); });
}

void write(Level level, std::string_view message) {
    if (level < threshold.load(std::memory_order_relaxed)) {
        return;
    }
    current_sink().with([&](const Sink& sink) {
        if (sink) {
            sink(level, message);
        } else {
            stderr_logger().log(spdlog_level(level), message);
        }
    });
}

}  // namespace maelstrom::util::log

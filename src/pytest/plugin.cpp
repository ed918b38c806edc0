#include "pytest/plugin.hpp"

#include "fork_point/library.hpp"
#include "fork_point/wire.hpp"

#include <fmt/format.h>

#include <array>

extern "C" {
extern const char maelstrom_pytest_plugin[];
extern const char maelstrom_pytest_plugin_end[];
extern const char maelstrom_pytest_collecting[];
extern const char maelstrom_pytest_collecting_end[];
extern const char maelstrom_pytest_fork_point[];
extern const char maelstrom_pytest_fork_point_end[];
extern const char maelstrom_pytest_warming[];
extern const char maelstrom_pytest_warming_end[];
extern const char maelstrom_pytest_coverage[];
extern const char maelstrom_pytest_coverage_end[];
}

namespace maelstrom::pytest {

namespace {

constexpr std::string_view library_path = "/.maelstrom/fork_point.so";

struct PluginFile {
    std::string_view name;  ///< in the directory that all of them are in
    std::string_view content;
};

std::array<PluginFile, 5> plugin_files() {
    return {{
        {.name = "pytest_plugin.py",
         .content = {maelstrom_pytest_plugin, maelstrom_pytest_plugin_end}},
        {.name = "pytest_collecting.py",
         .content = {maelstrom_pytest_collecting, maelstrom_pytest_collecting_end}},
        {.name = "pytest_fork_point.py",
         .content = {maelstrom_pytest_fork_point, maelstrom_pytest_fork_point_end}},
        {.name = "pytest_warming.py",
         .content = {maelstrom_pytest_warming, maelstrom_pytest_warming_end}},
        {.name = "pytest_coverage.py",
         .content = {maelstrom_pytest_coverage, maelstrom_pytest_coverage_end}},
    }};
}

}  // namespace

job::Layer plugin_layer() {
    job::MadeFilesLayer layer;
    for (const auto& [name, content] : plugin_files()) {
        layer.files.push_back({.path = fmt::format("/.maelstrom/{}", name),
                               .content = std::string(content),
                               .mode = 0644});
    }
    layer.files.push_back({.path = std::string(library_path),
                           .content = std::string(fork_point::library()),
                           .mode = 0644});
    for (std::uint32_t i = 0; i < fork_point::most_place_views; ++i) {
        layer.files.push_back({.path = fmt::format("{}/{}", fork_point::place_views, i),
                               .kind = job::MadeFile::Kind::directory,
                               .content = {},
                               .mode = 0755});
    }
    return layer;
}

job::Container with_plugin(job::Container container) {
    container.layers.push_back(plugin_layer());
    return container;
}

void name_directory(util::JsonWriter& task, const std::string& directory) {
    if (!directory.empty()) {
        task.key("directory").string(directory);
    }
}

}  // namespace maelstrom::pytest

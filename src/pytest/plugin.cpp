#include "pytest/plugin.hpp"

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

}  // namespace maelstrom::pytest

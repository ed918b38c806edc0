#include "pytest/plugin.hpp"

extern "C" {
extern const char maelstrom_pytest_plugin[];
extern const char maelstrom_pytest_plugin_end[];
extern const char maelstrom_pytest_coverage[];
extern const char maelstrom_pytest_coverage_end[];
}

namespace maelstrom::pytest {

std::string_view plugin_source() {
    return {maelstrom_pytest_plugin, maelstrom_pytest_plugin_end};
}

std::string_view coverage_source() {
    return {maelstrom_pytest_coverage, maelstrom_pytest_coverage_end};
}

}  // namespace maelstrom::pytest

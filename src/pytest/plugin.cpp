#include "pytest/plugin.hpp"

extern "C" {
extern const char maelstrom_pytest_plugin[];
extern const char maelstrom_pytest_plugin_end[];
}

namespace maelstrom::pytest {

std::string_view plugin_source() {
    return {maelstrom_pytest_plugin, maelstrom_pytest_plugin_end};
}

}  // namespace maelstrom::pytest

#pragma once

#include "filter/expression.hpp"
#include "job/fields.hpp"
#include "job/parse.hpp"
#include "runner/isolation_unit.hpp"
#include "util/error.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The metadata file of a test runner, such as maelstrom-pytest.toml: named containers, and
// directives that give tests their containers, time limits and the like. docs/manual/metadata.md

namespace maelstrom::runner {

/// One `[[directives]]`: what holds for the tests that its filter fits.
struct Directive {
    std::optional<filter::Expression> filter;  ///< none: for every test
    /// The whole container, of a directive with a parent: it replaces what came before.
    std::optional<job::Container> container;
    /// Changes to the container, of any other.
    job::ContainerFields changes;
    std::optional<bool> include_shared_libraries;
    std::optional<std::chrono::seconds> timeout;  ///< 0: none
    std::optional<bool> ignore;
    std::optional<unsigned> retries;
    std::optional<IsolationUnit> unit;
};

struct Metadata {
    job::NamedContainers containers;
    std::vector<Directive> directives;
    /// A filter that the Rust original reads differently.
    std::optional<std::string> warning;
};

struct MetadataRules {
    filter::Dialect dialect = filter::Dialect::pytest;
    /// What `<name>` in paths of layers stands for.
    std::map<std::string, std::string> variables;
};

/// Everything about the file is checked here, the parents of containers included, so that no
/// mistake waits for the first test that it concerns. The error says the place.
util::Result<Metadata> parse_metadata(std::string_view text, const MetadataRules& rules);

/// None if there is no such file. The error names the file.
util::Result<std::optional<Metadata>> load_metadata(const std::string& path,
                                                    const MetadataRules& rules);

/// Writes a file to begin with; false if there is one already, which stays as it is.
util::Result<bool> write_starter(const std::string& path, std::string_view text);

}  // namespace maelstrom::runner

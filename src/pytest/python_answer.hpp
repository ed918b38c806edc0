#pragma once

#include "pytest/python.hpp"
#include "util/value.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::pytest {

/// What python_probe.py printed, and the files that it depends on.
struct PythonAnswer {
    Python python;
    std::vector<std::string> seen;
    std::string json;  ///< as it came

    static util::Result<PythonAnswer> parse(std::string_view json);
    /// From all that the program wrote: start-up files of the user's may have written before.
    static util::Result<PythonAnswer> find(std::string_view output);
};

/// Looks of files, missing ones included: equal texts mean that nothing changed. None if one has
/// changed so recently that another change might look the same.
std::optional<std::string> fingerprint(const std::vector<std::string>& files,
                                       std::chrono::system_clock::time_point now);

}  // namespace maelstrom::pytest

#pragma once

#include "util/value.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Coverage that tests' processes measure, put together: see coverage_parts.py.

namespace maelstrom::pytest {

/// What has been executed, in all processes so far.
class Coverage {
public:
    /// What one process says.
    void add(const util::Value& measured);
    /// A process of tests could not say it.
    void miss(std::string reason) {
        ++missing_;
        reason_ = std::move(reason);
    }

    bool empty() const { return contexts_.empty() && missing_ == 0; }
    /// Whose part is missing, and why; empty if nobody's is.
    std::string missing() const;
    /// As the processes say it themselves.
    std::string json() const;

private:
    /// A line, or a way from one to the next; sorted.
    using Lines = std::vector<std::pair<std::int64_t, std::int64_t>>;

    void add_lines(const util::Value& numbers, Lines& lines) const;

    bool arcs_ = false;
    std::map<std::string, std::map<std::string, Lines>> contexts_;  ///< by file
    std::map<std::string, std::string> tracers_;                    ///< of files
    std::size_t missing_ = 0;
    std::string reason_;
};

/// What pytest-cov makes of it.
struct CoverageReport {
    struct File {
        std::string path;  ///< absolute in the container
        std::string content;
    };
    std::vector<File> files;
    std::string text;            ///< as pytest-cov shows it
    bool below_minimum = false;  ///< --cov-fail-under
    bool complete = false;       ///< it got that far
};
CoverageReport parse_coverage_report(std::string_view text);

}  // namespace maelstrom::pytest

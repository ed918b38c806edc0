#pragma once

#include "util/error.hpp"
#include "util/value.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What plugin.py says, as values.

namespace maelstrom::pytest {

/// One test as pytest collected it.
struct Item {
    std::string id;          ///< node id
    std::string name;        ///< within its file, joined by dots
    std::string file;        ///< absolute; the file that was collected to get it
    std::int64_t line = 0;   ///< where it begins, from 1; 0 where pytest does not know
    std::int64_t index = 0;  ///< its place among the items of that file; -1 where it has none
    std::int64_t count = 0;  ///< how many items that file gave
    std::vector<std::string> markers;  ///< of all levels, nearest first
    std::optional<std::string> skip;   ///< an unconditional skip, with its reason
    bool needs_file = false;           ///< its file is set up for all of its items together
};

/// Byte code that was made while collecting.
struct CompiledFile {
    std::string path;  ///< absolute, in a directory beside its source
    std::string source;
    std::string content;
};

enum class Outcome {
    passed,
    failed,
    error,  ///< in set-up or tear-down
    skipped,
    xfailed,
    xpassed,
    unfinished,  ///< pytest ended in the middle of it
    lost,        ///< pytest did not find it again
    deselected,  ///< pytest's arguments or plugins left it out
};

struct TestReport {
    Outcome outcome = Outcome::unfinished;
    std::string message;          ///< a reason or the failed assertion
    std::string crash_file;       ///< where the failure was raised; empty where pytest does not say
    std::int64_t crash_line = 0;  ///< from 1
    std::string text;             ///< tracebacks
    std::string captured_output;
    std::string captured_errors;
    std::optional<std::chrono::nanoseconds> duration;             ///< of set-up, test and tear-down
    std::vector<std::pair<std::string, std::string>> properties;  ///< by `record_property`
};

/// A file, directory or class that pytest could not collect.
struct Broken {
    std::string id;  ///< node id
    TestReport report;
};

struct Collection {
    std::string rootdir;
    std::string inifile;  ///< empty if there is none
    /// Arguments that say where to collect: no options, and no values of options.
    std::vector<std::string> paths;
    std::vector<Item> items;
    std::vector<Broken> broken;
    std::vector<CompiledFile> compiled;
    bool complete = false;                   ///< pytest got as far as reporting
    bool no_pytest = false;                  ///< the interpreter cannot import it
    bool whole = false;                      ///< nothing that was found has been left out
    std::int64_t most_failures = 0;          ///< after which pytest would stop; 0: never
    std::vector<std::string> writes;         ///< options given to pytest that write files
    std::int64_t dependent = 0;              ///< how many tests want to know what became of others
    std::optional<std::string> cannot_fork;  ///< why the process ended instead of forking tests
};

/// The error says which line is not what the plugin writes.
util::Result<Collection> parse_collection(std::string_view text);

struct Captured {
    std::string output;
    std::string errors;
};

/// What the process of some tests has reported before it ended.
struct TestReports {
    std::map<std::size_t, TestReport> by_place;  ///< among the tests that it was told to run
    std::map<std::size_t, Captured> so_far;      ///< of those phases of a test that had ended
    std::vector<util::Value> coverage;           ///< what pytest-cov would report, see Coverage
    std::string coverage_lost;                   ///< why there is none of it; mostly empty
    bool stopped = false;  ///< a test or plugin has ended the session before the last test
    bool no_pytest = false;
};

TestReports parse_test_reports(std::string_view text);

std::string bytes_of_hex(std::string_view hex);

}  // namespace maelstrom::pytest

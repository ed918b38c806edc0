#pragma once

#include "config/option.hpp"
#include "config/values.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maelstrom::config {

/// One configuration file, read but not yet understood.
class File {
public:
    /// None if there is no such file.
    static util::Result<std::optional<File>> read(const std::string& path);

    /// What it says about an option, if anything. `project-exclude` may also be written
    /// `project_exclude` or as `exclude` in the table `project`.
    util::Result<std::optional<std::pair<OptionValue, Origin>>> look_up(const Option& option) const;
    /// A sentence for every key that means nothing to the program.
    std::vector<std::string> unknown_keys(const Program& program) const;

private:
    struct Entry {
        std::string name;  ///< as an option's name
        std::string key;   ///< as written
        util::Position position;
        util::Value value;
    };

    File(std::string path, std::vector<Entry> entries)
        : path_(std::move(path)), entries_(std::move(entries)) {}
    static void flatten(const util::Value::Object& members,
                        const std::string& table,
                        std::vector<Entry>& entries);

    std::string path_;
    std::vector<Entry> entries_;
};

}  // namespace maelstrom::config

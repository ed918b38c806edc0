#pragma once

#include "history/record.hpp"
#include "util/error.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace maelstrom::history {

/// The file of one history, an SQLite database. One thread.
class Database {
public:
    struct Row {
        TestKey key;
        Record record;
    };
    enum class Access { read_only, read_write };

    /// A `not_found` error where there is no file and none may be made. A file that is damaged or
    /// somebody else's is an `invalid` error; one that a later version wrote is `unavailable`.
    static util::Result<std::unique_ptr<Database>> open(const std::string& path, Access access);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    util::Result<std::vector<Row>> read();
    /// All of it or nothing.
    util::Result<void> write(const std::vector<Row>& changed, const std::vector<TestKey>& gone);

    /// What the user has been told, and for how many tests it was true then.
    util::Result<Said> read_said();
    util::Result<void> write_said(const Said& said);

private:
    class Connection;
    explicit Database(std::unique_ptr<Connection> connection);

    std::unique_ptr<Connection> connection_;
};

}  // namespace maelstrom::history

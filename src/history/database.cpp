#include "history/database.hpp"

#include "util/seconds.hpp"

#include <sqlite3.h>

#include <array>

namespace maelstrom::history {

namespace {

using util::ErrorKind;
using util::fail;
using util::Result;

// Stored; never change. It tells our files from others ("MaHi").
constexpr int application_id = 0x4d614869;
constexpr int schema_version = 1;
constexpr const char* schema = R"(
begin immediate;
create table if not exists test (package text not null, artifact text not null, name text not null, outcome integer,
    duration_1 integer, duration_2 integer, duration_3 integer,
    runs integer not null, failures integer not null, flaky integer not null,
    primary key (package, artifact, name)) without rowid;
pragma application_id = 1298221161;
pragma user_version = 1;
commit;
)";
static_assert(application_id == 1298221161 && schema_version == 1);

/// A transaction of another run takes a few milliseconds.
constexpr int busy_timeout_ms = 5000;

constexpr const char* select_all =
    "select package, artifact, name, outcome, duration_1, duration_2, duration_3, runs, failures, "
    "flaky from test";
// Younger than the first files of this version, which lack it.
constexpr const char* said_schema = "create table if not exists said (what text primary key, "
                                    "tests integer not null) without rowid";
constexpr const char* count_said =
    "select count(*) from sqlite_master where type = 'table' and name = 'said'";
constexpr const char* put_said = "insert or replace into said values (?, ?)";
constexpr const char* put_row = "insert or replace into test values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* delete_row =
    "delete from test where package = ? and artifact = ? and name = ?";

bool is_damage(int code) {
    const int kind = code & 0xff;
    // A missing table or column is SQLITE_ERROR: our statements are right, so the file is not.
    return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_ERROR;
}

std::uint64_t as_count(sqlite3_int64 number) {
    return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
    sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void bind_key(sqlite3_stmt* statement, const TestKey& key) {
    bind_text(statement, 1, key.package);
    bind_text(statement, 2, key.artifact);
    bind_text(statement, 3, key.name);
}

std::string text_at(sqlite3_stmt* statement, int column) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    return text == nullptr
               ? std::string()
               : std::string(text,
                             static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

Database::Row row_of(sqlite3_stmt* statement) {
    Database::Row row;
    row.key = {.package = text_at(statement, 0),
               .artifact = text_at(statement, 1),
               .name = text_at(statement, 2)};
    if (sqlite3_column_type(statement, 3) == SQLITE_INTEGER) {
        row.record.outcome =
            sqlite3_column_int(statement, 3) == 0 ? Outcome::passed : Outcome::failed;
    }
    for (int column = 4; column < 7; ++column) {
        const std::chrono::nanoseconds duration(sqlite3_column_int64(statement, column));
        if (sqlite3_column_type(statement, column) == SQLITE_INTEGER && duration.count() >= 0 &&
            duration <= util::longest_duration) {
            row.record.durations.push_back(duration);
        }
    }
    row.record.runs = as_count(sqlite3_column_int64(statement, 7));
    row.record.failures = as_count(sqlite3_column_int64(statement, 8));
    row.record.flaky = as_count(sqlite3_column_int64(statement, 9));
    return row;
}

void bind_row(sqlite3_stmt* statement, const Database::Row& row) {
    bind_key(statement, row.key);
    if (row.record.outcome) {
        sqlite3_bind_int(statement, 4, *row.record.outcome == Outcome::failed ? 1 : 0);
    }
    int column = 5;
    for (const std::chrono::nanoseconds duration : row.record.durations) {
        sqlite3_bind_int64(statement, column++, duration.count());
    }
    sqlite3_bind_int64(statement, 8, static_cast<sqlite3_int64>(row.record.runs));
    sqlite3_bind_int64(statement, 9, static_cast<sqlite3_int64>(row.record.failures));
    sqlite3_bind_int64(statement, 10, static_cast<sqlite3_int64>(row.record.flaky));
}

}  // namespace

/// SQLite's handle, with errors as values.
class Database::Connection {
public:
    explicit Connection(std::string path) : path_(std::move(path)) {}
    ~Connection() { sqlite3_close(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result<void> open(Access access) {
        // Used by one thread, so SQLite needs no mutex of its own.
        const int flags = SQLITE_OPEN_NOMUTEX | (access == Access::read_only
                                                     ? SQLITE_OPEN_READONLY
                                                     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
        if (code == SQLITE_CANTOPEN && access == Access::read_only) {
            return fail(ErrorKind::not_found, "{}: {}", path_, sqlite3_errstr(code));
        }
        TRY(check(code));
        sqlite3_busy_timeout(handle_, busy_timeout_ms);
        return {};
    }

    Result<void> execute(const char* sql) {
        return check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
    }

    Result<sqlite3_int64> number(const char* sql) {
        sqlite3_int64 number = 0;
        TRY(each_row(sql, [&](sqlite3_stmt* row) { number = sqlite3_column_int64(row, 0); }));
        return number;
    }

    Result<void> each_row(const char* sql, const std::function<void(sqlite3_stmt*)>& take) {
        const Statement statement = TRY(prepare(sql));
        int code = 0;
        while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
            take(statement.get());
        }
        return check(code);
    }

    /// Executes the statement once for each value.
    template <class Values, class Bind>
    Result<void> for_each(const char* sql, const Values& values, Bind bind) {
        const Statement statement = TRY(prepare(sql));
        for (const auto& value : values) {
            sqlite3_clear_bindings(statement.get());
            bind(statement.get(), value);
            const int code = sqlite3_step(statement.get());
            sqlite3_reset(statement.get());
            TRY(check(code));
        }
        return {};
    }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    Result<Statement> prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        TRY(check(sqlite3_prepare_v2(handle_, sql, -1, &made, nullptr)));
        return Statement(made);
    }

    Result<void> check(int code) const {
        if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) {
            return {};
        }
        return fail(is_damage(code) ? ErrorKind::invalid : ErrorKind::system, "{}: {}", path_,
                    handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_));
    }

    const std::string path_;
    sqlite3* handle_ = nullptr;
};

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {
}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
    auto connection = std::make_unique<Connection>(path);
    TRY(connection->open(access));
    const sqlite3_int64 version = TRY(connection->number("pragma user_version"));
    const sqlite3_int64 application = TRY(connection->number("pragma application_id"));
    const sqlite3_int64 tables = TRY(connection->number("select count(*) from sqlite_master"));
    if (tables == 0 && version == 0) {
        if (access == Access::read_only) {
            return fail(ErrorKind::not_found, "{}: nothing in it", path);
        }
        // Readers go on while a run writes. Where the file system cannot do it, SQLite stays with
        // its other way.
        TRY(connection->execute("pragma journal_mode = wal"));
        TRY(connection->execute(schema));
    } else if (application != application_id) {
        return fail(ErrorKind::invalid, "{}: this is no history of test runs", path);
    } else if (version != schema_version) {
        return fail(ErrorKind::unavailable,
                    "{}: written by another version of Maelstrom (format {}, this one knows {})",
                    path, version, schema_version);
    }
    // A commit reaches the disk with the system's next write-back: what a loss of power takes away
    // is learnt again.
    TRY(connection->execute("pragma synchronous = off"));
    return std::unique_ptr<Database>(new Database(std::move(connection)));
}

Result<std::vector<Database::Row>> Database::read() {
    std::vector<Row> rows;
    TRY(connection_->each_row(select_all, [&](sqlite3_stmt* row) { rows.push_back(row_of(row)); }));
    return rows;
}

Result<Said> Database::read_said() {
    Said said;
    if (TRY(connection_->number(count_said)) > 0) {
        TRY(connection_->each_row("select what, tests from said", [&](sqlite3_stmt* row) {
            said.insert_or_assign(text_at(row, 0), as_count(sqlite3_column_int64(row, 1)));
        }));
    }
    return said;
}

Result<void> Database::write_said(const Said& said) {
    TRY(connection_->execute(said_schema));
    return connection_->for_each(put_said, said, [](sqlite3_stmt* statement, const auto& entry) {
        bind_text(statement, 1, entry.first);
        sqlite3_bind_int64(statement, 2, static_cast<sqlite3_int64>(entry.second));
    });
}

Result<void> Database::write(const std::vector<Row>& changed, const std::vector<TestKey>& gone) {
    TRY(connection_->execute("begin immediate"));
    const auto write_all = [&]() -> Result<void> {
        TRY(connection_->for_each(put_row, changed, bind_row));
        return connection_->for_each(delete_row, gone, bind_key);
    };
    Result<void> written = write_all();
    if (written) {
        written = connection_->execute("commit");
    }
    if (!written) {
        // The first error counts.
        [[maybe_unused]] const Result<void> undone = connection_->execute("rollback");
    }
    return written;
}

}  // namespace maelstrom::history

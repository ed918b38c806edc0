#pragma once

#include "store/store.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace maelstrom::store {

/// What was found out once, in an SQLite file that all processes share: digests of files, answers
/// under a key, and about how much the store holds. Opened at the first question (a fifth of a
/// millisecond). Additions wait in memory until `flush`. When the file is damaged it is dropped and
/// begun anew; when it cannot be used at all the memos last as long as the process. Any thread.
class Index {
public:
    explicit Index(std::string path);
    ~Index();
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;

    void remember(const FileIdentity& identity, const Digest& digest);
    void remember(const Digest& key, std::string value);
    void add_bytes(std::int64_t count);
    /// Writes what was added, in one transaction. The bytes the store holds then, as far as known.
    std::optional<std::uint64_t> flush();
    /// What an exact look has found.
    void set_bytes(std::uint64_t count);

    std::optional<Digest> recall(const FileIdentity& identity);
    std::optional<std::string> recall(const Digest& key);

private:
    enum Statement {
        find_file,
        put_file,
        find_memo,
        put_memo,
        add_size,
        set_size,
        get_size,
        statement_count
    };

    bool ready();
    bool open_file();
    void configure();
    void close_file();
    void drop_file();
    bool create_tables();
    sqlite3_stmt* statement(Statement which);
    bool write_all();
    void write_files();
    void write_memos();
    void shorten_log();
    /// True for a row.
    bool step(sqlite3_stmt* statement);
    bool execute(const char* sql);
    void note_failure(int code);

    const std::string path_;
    std::mutex mutex_;
    enum class State { closed, open, unusable } state_ = State::closed;
    std::string
        damage_;  ///< why the file must go, at the next `ready()`: statements may be in use now
    bool dropped_once_ = false;
    bool failed_ = false;  ///< a statement of the running transaction went wrong
    int log_pages_ = 0;    ///< after the latest transaction of ours
    sqlite3* database_ = nullptr;
    sqlite3_stmt* statements_[statement_count] = {};

    std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<FileIdentity, Digest>> new_files_;
    std::unordered_map<Digest, std::string> new_memos_;
    std::int64_t new_bytes_ = 0;
};

}  // namespace maelstrom::store

#include "store/index.hpp"

#include "util/log.hpp"

#include <sqlite3.h>

#include <unistd.h>

#include <cstring>

namespace maelstrom::store {

namespace {

constexpr int schema_version = 1;
constexpr const char* schema = R"(
create table if not exists file (device integer, inode integer, size integer, mtime integer,
    mtime_ns integer, ctime integer, ctime_ns integer, sha256 blob, primary key (device, inode)) without rowid;
create table if not exists memo (key blob primary key, value blob) without rowid;
create table if not exists total (id integer primary key, bytes integer);
pragma user_version = 1;
)";

/// Never waits for the disk: a sync would first write out every blob just stored, which takes
/// seconds. A loss of power may mix old pages with new ones; but each row is a fact that stays
/// true, so the worst is a file that is found damaged and begun anew.
constexpr const char* for_each_connection = "pragma synchronous = off";

/// Nobody waits longer than this for another process's transaction: a memo is not worth more.
constexpr int busy_timeout_ms = 500;

/// The first process to open the index after all others have ended reads its whole log. More pages
/// than this are folded into the file by who wrote them.
constexpr int most_log_pages = 16;

std::int64_t as_signed(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}

std::string key_bytes(const Digest& key) {
    return {reinterpret_cast<const char*>(key.sha256.data()), key.sha256.size()};
}

// SQLite answers SQLITE_MISUSE to a null statement, so a failed `statement()` needs no branch.
void bind_identity(sqlite3_stmt* made, const FileIdentity& identity) {
    sqlite3_bind_int64(made, 1, as_signed(identity.device));
    sqlite3_bind_int64(made, 2, as_signed(identity.inode));
    sqlite3_bind_int64(made, 3, as_signed(identity.size));
    sqlite3_bind_int64(made, 4, identity.mtime.seconds);
    sqlite3_bind_int64(made, 5, identity.mtime.nanoseconds);
    sqlite3_bind_int64(made, 6, identity.ctime.seconds);
    sqlite3_bind_int64(made, 7, identity.ctime.nanoseconds);
}

struct Schema {
    int version = -1;  ///< 0 in a new file; negative where it cannot be told
    int code = SQLITE_OK;
};

Schema schema_of(sqlite3* database) {
    Schema found;
    sqlite3_stmt* version = nullptr;
    const int prepared = sqlite3_prepare_v2(database, "pragma user_version", -1, &version, nullptr);
    if (prepared == SQLITE_OK && sqlite3_step(version) == SQLITE_ROW) {
        found.version = sqlite3_column_int(version, 0);
    }
    found.code = sqlite3_errcode(database) & 0xff;
    sqlite3_finalize(version);
    return found;
}

/// Why the file must go; empty: it need not.
std::string damage_of(const Schema& found, sqlite3* database) {
    if (found.version > 0 && found.version != schema_version) {
        return fmt::format("found version {}, expected {}", found.version, schema_version);
    }
    const bool is_damaged = found.code == SQLITE_NOTADB || found.code == SQLITE_CORRUPT;
    return is_damaged ? sqlite3_errmsg(database) : "";
}

}  // namespace

Index::Index(std::string path) : path_(std::move(path)) {
}

Index::~Index() {
    const std::lock_guard lock(mutex_);
    close_file();
}

void Index::remember(const FileIdentity& identity, const Digest& digest) {
    const std::lock_guard lock(mutex_);
    new_files_.insert_or_assign({identity.device, identity.inode}, std::pair{identity, digest});
}

void Index::remember(const Digest& key, std::string value) {
    const std::lock_guard lock(mutex_);
    new_memos_.insert_or_assign(key, std::move(value));
}

void Index::add_bytes(std::int64_t count) {
    const std::lock_guard lock(mutex_);
    new_bytes_ += count;
}

std::optional<std::uint64_t> Index::flush() {
    const std::lock_guard lock(mutex_);
    const bool anything = new_bytes_ != 0 || !new_files_.empty() || !new_memos_.empty();
    // The second time, a damaged file has been replaced by a new one.
    if (anything && ((ready() && write_all()) || (ready() && write_all()))) {
        new_files_.clear();
        new_memos_.clear();
        new_bytes_ = 0;
        shorten_log();
    }
    if (!ready()) {
        return std::nullopt;
    }
    std::optional<std::uint64_t> total;
    sqlite3_stmt* get = statement(get_size);
    if (step(get)) {
        total =
            static_cast<std::uint64_t>(std::max<sqlite3_int64>(sqlite3_column_int64(get, 0), 0));
    }
    sqlite3_reset(get);
    return total;
}

void Index::set_bytes(std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    new_bytes_ = 0;
    if (!ready()) {
        return;
    }
    sqlite3_stmt* set = statement(set_size);
    sqlite3_bind_int64(set, 1, as_signed(count));
    step(set);
    sqlite3_reset(set);
}

std::optional<Digest> Index::recall(const FileIdentity& identity) {
    const std::lock_guard lock(mutex_);
    if (const auto added = new_files_.find({identity.device, identity.inode});
        added != new_files_.end() && added->second.first == identity) {
        return added->second.second;
    }
    if (!ready()) {
        return std::nullopt;
    }
    sqlite3_stmt* find = statement(find_file);
    bind_identity(find, identity);
    std::optional<Digest> found;
    Digest digest{.sha256 = {}, .size = identity.size};
    if (step(find) && sqlite3_column_bytes(find, 0) == static_cast<int>(digest.sha256.size())) {
        std::memcpy(digest.sha256.data(), sqlite3_column_blob(find, 0), digest.sha256.size());
        found = digest;
    }
    sqlite3_reset(find);
    return found;
}

std::optional<std::string> Index::recall(const Digest& key) {
    const std::lock_guard lock(mutex_);
    if (const auto added = new_memos_.find(key); added != new_memos_.end()) {
        return added->second;
    }
    if (!ready()) {
        return std::nullopt;
    }
    sqlite3_stmt* find = statement(find_memo);
    const std::string bytes = key_bytes(key);
    sqlite3_bind_blob(find, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
    std::optional<std::string> found;
    if (step(find)) {
        const auto* value = static_cast<const char*>(sqlite3_column_blob(find, 0));
        found.emplace(value == nullptr ? "" : value,
                      static_cast<std::size_t>(sqlite3_column_bytes(find, 0)));
    }
    sqlite3_reset(find);
    return found;
}

bool Index::ready() {
    if (!damage_.empty()) {
        drop_file();
    }
    if (state_ == State::closed && !open_file() && state_ == State::closed) {
        open_file();  // the damaged one has gone
    }
    return state_ == State::open;
}

/// Leaves the state `closed` if a second try may help.
bool Index::open_file() {
    // Our mutex serialises all use, so SQLite needs none of its own.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path_.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
        util::log::debug("index {}: {}", path_, sqlite3_errmsg(database_));
        close_file();
        state_ = State::unusable;
        return false;
    }
    state_ = State::open;
    configure();
    const Schema found = schema_of(database_);
    if (found.version == schema_version && execute(for_each_connection)) {
        return true;
    }
    if (std::string damage = damage_of(found, database_); !damage.empty()) {
        damage_ = std::move(damage);
    }
    if (!damage_.empty()) {
        drop_file();
        return false;
    }
    if (found.version == 0 && create_tables() && execute(for_each_connection)) {
        return true;
    }
    close_file();
    state_ = State::unusable;
    return false;
}

void Index::configure() {
    sqlite3_busy_timeout(database_, busy_timeout_ms);
    // Otherwise the last process to close would fold and remove the log, and the next would pay.
    sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // Takes the place of SQLite's own way, which leaves the log as long as it is.
    sqlite3_wal_hook(
        database_,
        [](void* index, sqlite3*, const char*, int pages) {
            static_cast<Index*>(index)->log_pages_ = pages;
            return SQLITE_OK;
        },
        this);
}

/// Another process may be at it: SQLite does not wait for who changes the kind of journal.
bool Index::create_tables() {
    constexpr int interval_ms = 10;
    for (int waited = 0; waited < busy_timeout_ms; waited += interval_ms) {
        if (execute("pragma journal_mode = wal") && execute(schema)) {
            return true;
        }
        if ((sqlite3_errcode(database_) & 0xff) != SQLITE_BUSY) {
            return false;
        }
        sqlite3_sleep(interval_ms);
    }
    return false;
}

void Index::close_file() {
    for (sqlite3_stmt*& made : statements_) {
        sqlite3_finalize(made);
        made = nullptr;
    }
    sqlite3_close(database_);
    database_ = nullptr;
    state_ = State::closed;
}

void Index::drop_file() {
    util::log::warning("the index of the store, {}, is damaged ({}): dropped it; what it knew will "
                       "be found out again",
                       path_, damage_);
    damage_.clear();
    close_file();
    if (dropped_once_) {
        state_ = State::unusable;
        return;
    }
    dropped_once_ = true;
    for (const char* suffix : {"", "-wal", "-shm"}) {
        ::unlink((path_ + suffix).c_str());
    }
}

sqlite3_stmt* Index::statement(Statement which) {
    static constexpr const char* texts[statement_count] = {
        ("select sha256 from file where device = ? and inode = ? and size = ? and mtime = ? and "
         "mtime_ns = ? and ctime = ? and ctime_ns = ?"),
        "insert or replace into file values (?, ?, ?, ?, ?, ?, ?, ?)",
        "select value from memo where key = ?",
        "insert or replace into memo values (?, ?)",
        // Only once a look has counted what was there before.
        "update total set bytes = bytes + ? where id = 1",
        "insert or replace into total values (1, ?)",
        "select bytes from total where id = 1",
    };
    if (statements_[which] == nullptr &&
        sqlite3_prepare_v3(database_, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &statements_[which], nullptr) != SQLITE_OK) {
        note_failure(sqlite3_errcode(database_));
        return nullptr;
    }
    return statements_[which];
}

bool Index::write_all() {
    failed_ = false;
    if (!execute("begin immediate")) {
        return false;
    }
    write_files();
    write_memos();
    sqlite3_stmt* add = statement(add_size);
    sqlite3_bind_int64(add, 1, new_bytes_);
    step(add);
    sqlite3_reset(add);
    if (failed_ || !execute("commit")) {
        sqlite3_exec(database_, "rollback", nullptr, nullptr, nullptr);
        return false;
    }
    return true;
}

void Index::write_files() {
    sqlite3_stmt* put = statement(put_file);
    for (const auto& [inode, entry] : new_files_) {
        const auto& [identity, digest] = entry;
        bind_identity(put, identity);
        sqlite3_bind_blob(put, 8, digest.sha256.data(), static_cast<int>(digest.sha256.size()),
                          SQLITE_STATIC);
        step(put);
        sqlite3_reset(put);
    }
}

void Index::write_memos() {
    sqlite3_stmt* put = statement(put_memo);
    for (const auto& [key, value] : new_memos_) {
        sqlite3_bind_blob(put, 1, key.sha256.data(), static_cast<int>(key.sha256.size()),
                          SQLITE_STATIC);
        sqlite3_bind_blob(put, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
        step(put);
        sqlite3_reset(put);
    }
}

/// Best effort: whoever reads or writes at this moment keeps it as it is, until the next time.
void Index::shorten_log() {
    if (log_pages_ <= most_log_pages) {
        return;
    }
    sqlite3_busy_timeout(database_, 0);
    if (sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                  nullptr) == SQLITE_OK) {
        log_pages_ = 0;
    }
    sqlite3_busy_timeout(database_, busy_timeout_ms);
}

bool Index::step(sqlite3_stmt* made) {
    if (made == nullptr) {
        return false;
    }
    const int code = sqlite3_step(made);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        note_failure(code);
    }
    return code == SQLITE_ROW;
}

bool Index::execute(const char* sql) {
    const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        note_failure(code);
    }
    return code == SQLITE_OK;
}

void Index::note_failure(int code) {
    failed_ = true;
    const int kind = code & 0xff;
    // A missing table or column is SQLITE_ERROR: our statements are right, so the file is not ours.
    if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_ERROR) {
        damage_ = sqlite3_errmsg(database_);
    }
}

}  // namespace maelstrom::store

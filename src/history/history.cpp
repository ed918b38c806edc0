#include "history/history.hpp"

#include "history/database.hpp"
#include "history/listing.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace maelstrom::history {

namespace {

using util::ErrorKind;
using util::Result;

constexpr util::Bytes largest_listing{500'000'000};

/// What cannot be read is kept for whoever wants to look at it, out of the way.
void put_aside(const std::string& path) {
    [[maybe_unused]] const auto moved = sys::renameat(AT_FDCWD, path, AT_FDCWD, path + ".damaged");
    for (const char* suffix : {"-wal", "-shm"}) {
        ::unlink((path + suffix).c_str());
    }
}

}  // namespace

std::optional<std::chrono::nanoseconds> Record::estimate() const {
    if (durations.empty()) {
        return std::nullopt;
    }
    const auto sum =
        std::accumulate(durations.begin(), durations.end(), std::chrono::nanoseconds{});
    return sum / static_cast<std::int64_t>(durations.size());
}

History::History(Place place, Keeping keeping) : place_(std::move(place)), keeping_(keeping) {
    read();
}

History::~History() {
    save();
}

const Record* History::find(const TestKey& key) const {
    const auto found = before_.find(key);
    return found == before_.end() ? nullptr : &found->second;
}

bool History::knows_a_failure() const {
    return std::ranges::any_of(
        before_, [](const auto& entry) { return entry.second.outcome == Outcome::failed; });
}

std::size_t History::count(const std::function<bool(const TestKey&, const Record&)>& holds) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        before_, [&](const auto& entry) { return holds(entry.first, entry.second); }));
}

void History::add(const TestKey& key, const Execution& execution) {
    const auto [entry, first] = now_.try_emplace(key);
    Record& record = entry->second;
    if (first) {
        if (const Record* known = find(key)) {
            record = *known;
        }
        record.outcome = execution.outcome;
    } else if (execution.outcome == Outcome::failed) {
        record.outcome = Outcome::failed;
    }
    if (execution.duration) {
        record.durations.push_back(*execution.duration);
        if (record.durations.size() > kept_durations) {
            record.durations.erase(record.durations.begin());
        }
    }
    ++record.runs;
    record.failures += execution.outcome == Outcome::failed ? 1 : 0;
    record.flaky += execution.flaky ? 1 : 0;
    changed_.insert(key);
}

void History::forget_unseen() {
    for (const auto& [key, record] : before_) {
        if (!seen_.contains(key)) {
            gone_.insert(key);
        }
    }
}

std::optional<std::uint64_t> History::said(const std::string& what) const {
    const auto entry = said_before_.find(what);
    return entry == said_before_.end() ? std::nullopt : std::optional(entry->second);
}

void History::say(const std::string& what, std::uint64_t tests) {
    said_now_.insert_or_assign(what, tests);
}

void History::save() {
    const bool nothing = changed_.empty() && gone_.empty() && said_now_.empty();
    if (keeping_ == Keeping::read || nothing) {
        return;
    }
    if (database_ == nullptr) {
        database_ = open_to_write();
    }
    if (database_ == nullptr) {
        return;
    }
    if (const Result<void> written = write(); !written) {
        give_up(written.error());
        return;
    }
    imported_ = false;
    changed_.clear();
    gone_.clear();
    said_now_.clear();
}

Result<void> History::write() {
    std::vector<Database::Row> rows;
    if (imported_) {
        for (const auto& [key, record] : before_) {
            rows.push_back({.key = key, .record = record});
        }
    }
    for (const TestKey& key : changed_) {
        rows.push_back({.key = key, .record = now_.at(key)});
    }
    TRY(database_->write(rows, {gone_.begin(), gone_.end()}));
    return said_now_.empty() ? Result<void>() : database_->write_said(said_now_);
}

void History::read() {
    // Never made here: a directory without tests stays as it is.
    auto opened = Database::open(place_.history_file(), Database::Access::read_only);
    if (!opened && opened.error().kind() == ErrorKind::not_found) {
        import_listing();
        return;
    }
    Result<std::vector<Database::Row>> rows =
        opened ? (*opened)->read() : std::unexpected(opened.error());
    if (rows) {
        for (Database::Row& row : *rows) {
            before_.insert_or_assign(std::move(row.key), std::move(row.record));
        }
        said_before_ = (*opened)->read_said().value_or(Said{});
        return;
    }
    if (rows.error().kind() == ErrorKind::invalid && keeping_ == Keeping::write) {
        util::log::warning("the history of earlier runs cannot be read and starts anew; the old "
                           "file gets the suffix .damaged: {}",
                           rows.error().message());
        put_aside(place_.history_file());
        return;
    }
    give_up(rows.error());
}

void History::import_listing() {
    if (::access(place_.listing_file().c_str(), F_OK) != 0) {
        return;
    }
    const auto read_listing = [&]() -> Result<std::vector<std::pair<TestKey, Record>>> {
        const std::string text = TRY(sys::read_file(place_.listing_file(), largest_listing));
        return parse_listing(text);
    };
    Result<std::vector<std::pair<TestKey, Record>>> tests = read_listing();
    if (!tests) {
        util::log::warning("{} is left aside, and no test is known from earlier runs: {}",
                           place_.listing_file(), tests.error().message());
        return;
    }
    for (auto& [key, record] : *tests) {
        before_.insert_or_assign(std::move(key), std::move(record));
    }
    imported_ = !before_.empty();
}

std::unique_ptr<Database> History::open_to_write() {
    if (const Result<void> made = place_.make(); !made) {
        give_up(made.error());
        return nullptr;
    }
    auto opened = Database::open(place_.history_file(), Database::Access::read_write);
    if (!opened) {
        give_up(opened.error());
        return nullptr;
    }
    return std::move(*opened);
}

void History::give_up(const util::Error& error) {
    util::log::warning("this run's results are not remembered: {}", error.message());
    keeping_ = Keeping::read;
    database_.reset();
}

}  // namespace maelstrom::history

#pragma once

#include "history/place.hpp"
#include "history/record.hpp"
#include "util/error.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace maelstrom::history {

class Database;

enum class Keeping {
    read,   ///< what is learnt is forgotten
    write,  ///< and written down as it is learnt
};

/// What is known of the tests of a project from earlier runs: how they ended, how long they took,
/// how reliable they are. Never in a run's way: a file that cannot be used is a warning, and the
/// run starts with nothing known. One thread.
///
/// Questions are answered as things were when it was opened, whatever is added meanwhile.
class History {
public:
    History(Place place, Keeping keeping);
    ~History();  // writes what is not written yet
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    /// Null for a test that nobody has heard of.
    const Record* find(const TestKey& key) const;
    std::size_t size() const { return before_.size(); }
    bool knows_a_failure() const;
    /// Of how many tests that is true.
    std::size_t count(const std::function<bool(const TestKey&, const Record&)>& holds) const;

    /// The test is still there.
    void saw(const TestKey& key) { seen_.insert(key); }
    /// A test that runs several times failed if one of them did.
    void add(const TestKey& key, const Execution& execution);
    /// Everything that exists was seen: the rest has gone.
    void forget_unseen();

    /// For how many tests the user was told that in an earlier run.
    std::optional<std::uint64_t> said(const std::string& what) const;
    void say(const std::string& what, std::uint64_t tests);

    /// Writes down what was added since. Cheap when there is nothing.
    void save();

private:
    void read();
    void import_listing();
    std::unique_ptr<Database> open_to_write();
    util::Result<void> write();
    void give_up(const util::Error& error);

    const Place place_;
    Keeping keeping_;
    std::unique_ptr<Database> database_;
    bool imported_ = false;
    std::map<TestKey, Record> before_;
    std::map<TestKey, Record> now_;
    Said said_before_;
    Said said_now_;
    std::set<TestKey> seen_;
    std::set<TestKey> changed_;
    std::set<TestKey> gone_;
};

}  // namespace maelstrom::history

#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace maelstrom::history {

/// The state directory of one runner in one project, such as `<project>/.maelstrom-pytest/state`.
/// It may be deleted whenever no runner uses it.
class Place {
public:
    /// `runner_directory`: the directory of the runner in the project, without `/state`.
    explicit Place(std::string runner_directory) : runner_directory_(std::move(runner_directory)) {}

    std::string state() const { return runner_directory_ + "/state"; }
    std::string history_file() const { return state() + "/history.sqlite"; }
    std::string listing_file() const { return state() + "/test-listing.toml"; }
    std::string lock_file() const { return state() + "/lock"; }

    bool exists() const;
    /// The project has nothing of the runner yet.
    bool is_new() const;
    /// Makes the directories, with a `.gitignore` that hides them.
    util::Result<void> make() const;
    /// Adds that file where it is missing.
    util::Result<void> keep_out_of_version_control() const;
    /// Takes away again what that made, unless there is a history now.
    void remove_unused() const;

private:
    std::string ignore_file() const { return runner_directory_ + "/.gitignore"; }

    std::string runner_directory_;
};

/// Makes runs in the same project take turns: two that write down what they learnt would mix it up.
/// Held until it is destroyed, or the process dies.
///
/// The first one makes the state directory for its lock, and takes it away again where it has
/// written nothing: a directory without tests stays as it is.
class Turn {
public:
    /// Waits until nobody else has it; calls `waits` first if that takes a while, with the process
    /// that has it where that is known. None if `stop` was requested meanwhile.
    static util::Result<std::optional<Turn>>
    take(const Place& place,
         const std::function<void(const std::string& holder)>& waits,
         const std::function<bool()>& stop);
    Turn(Turn&&) = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

private:
    enum class Made { before, for_it };

    Turn(sys::Fd file, Place place, Made made)
        : file_(std::move(file)), place_(std::move(place)), made_(made) {}

    sys::Fd file_;
    Place place_;
    Made made_;
};

}  // namespace maelstrom::history

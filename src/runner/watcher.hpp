#pragma once

#include "runner/watch_rules.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace maelstrom::runner {

struct WatchSettings {
    WatchRules rules;
    /// Nothing may have changed for so long before a change is told, since editors and version
    /// control change many files in a row.
    std::chrono::milliseconds quiet_time{100};
    std::chrono::milliseconds poll_interval{1000};  ///< where the kernel does not tell
    bool poll = false;                              ///< do so in any case
};

/// Notices changes below a directory from its start on, whether somebody waits or not. Uses
/// inotify(7), or looks at all files again and again where that does not work: network and Windows
/// file systems, too few watches.
class Watcher {
public:
    static util::Result<std::unique_ptr<Watcher>> start(WatchSettings settings);
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    /// Waits for a change that nobody has been told of, and returns its path from the root; it may
    /// be empty where only the fact is known. None after `interrupt`.
    /// Where `asked` is given, it is asked now and then; true ends the wait with an empty path.
    std::optional<std::string> wait(const std::function<bool()>& asked = {});
    /// Changes of these files, also earlier ones, do not matter.
    void exclude(const std::vector<std::string>& paths);
    /// Any thread.
    void interrupt();

    bool polls() const { return poll_; }

private:
    explicit Watcher(WatchSettings settings) : settings_(std::move(settings)) {}

    util::Result<void> begin();
    void watch_below(const std::string& directory);
    void poll_from_now_on(std::string_view reason);
    std::uint64_t fingerprint(const std::string& directory);
    void read_ignore_file(const std::string& directory);
    /// Whether something came before the time was over.
    bool sleep(std::chrono::milliseconds time);
    void read_events();
    void take_event(int watch, std::uint32_t mask, const std::string& name);
    void look_for_changes();

    WatchSettings settings_;
    bool poll_ = false;
    sys::Fd notify_;
    sys::Fd wake_;
    bool interrupted_ = false;
    std::unordered_map<int, std::string> directories_;  ///< by watch
    std::uint64_t fingerprint_ = 0;
    std::optional<std::string> change_;
};

}  // namespace maelstrom::runner

#pragma once

#include "sys/fd.hpp"

#include <optional>
#include <string>

namespace maelstrom::container {

/// The part of the cgroup v2 hierarchy that this process sits in and may arrange, while it makes
/// groups there.
///
///     group of the caller          controllers handed on to groups below
///       ├─ maelstrom-main          everybody who was in it: Linux wants processes in leaves only
///       └─ slot-PID-N …            container::Cgroup
///
/// All programs of a user that share such a group hold a lock on it. The last one to go puts
/// everything back as it was; what one that was killed has left goes with the next.
class Delegation {
public:
    /// None if nothing is delegated to us, with the memory, pids and cpu controllers.
    static std::optional<Delegation> find();

    Delegation(Delegation&&) noexcept = default;
    Delegation& operator=(Delegation&&) noexcept = delete;
    Delegation(const Delegation&) = delete;
    Delegation& operator=(const Delegation&) = delete;
    ~Delegation();

    const std::string& path() const { return path_; }

private:
    Delegation(std::string path, sys::Fd group)
        : path_(std::move(path)), group_(std::move(group)) {}

    bool hand_on_controllers();
    void put_back();

    std::string path_;
    sys::Fd group_;  ///< locked
};

}  // namespace maelstrom::container

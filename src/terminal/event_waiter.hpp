#pragma once

#include "client/client.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"
#include "util/guarded.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

namespace maelstrom::terminal {

/// Makes a client's events visible to poll(2): a thread waits for them and says so through a
/// descriptor. Nobody else may ask the client for events meanwhile.
class EventWaiter {
public:
    static util::Result<std::unique_ptr<EventWaiter>> start(client::Client& client);
    ~EventWaiter();

    /// Readable while there are events.
    int fd() const { return ready_.get(); }
    std::optional<client::Event> take();

private:
    EventWaiter(client::Client& client, sys::Fd ready);
    void wait_for_events();

    client::Client& client_;
    sys::Fd ready_;  ///< counts the events
    util::Guarded<std::deque<client::Event>> events_;
    std::atomic<bool> stopped_{false};
    std::jthread thread_;  ///< last: uses all of the above
};

}  // namespace maelstrom::terminal

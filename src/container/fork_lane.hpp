#pragma once

#include "container/slot.hpp"
#include "fork_point/wire.hpp"

#include <chrono>

namespace maelstrom::container {

/// A slot whose jobs a fork point makes: one at a time, each in a fresh cell. Lives no longer than
/// the point, and says so when that is gone.
class ForkLane final : public Slot {
public:
    /// `group`: holds the limits of its jobs, if resource limits do not.
    ForkLane(sys::Fd socket, const job::Limits& limits, std::optional<Cgroup> group)
        : group_(std::move(group)), limits_(limits), socket_(std::move(socket)) {}
    /// Kills what runs; the point cleans up. A group is empty afterwards.
    ~ForkLane() override;

    /// Takes the launch's task and the streams.
    util::Result<void> run(const Launch& launch, Streams streams) override;
    void kill(Kill how) override;
    void give_up() override;
    std::optional<Event> receive() override;
    int descriptor() const override { return socket_.get(); }

private:
    struct Order {
        std::string task;
        Streams streams;
    };

    /// A cell whose keeper waits for an order, or carries it out.
    struct Cell {
        std::uint32_t number = 0;
        sys::Fd keeper;  ///< pidfd of its process 1
    };

    std::optional<Event> on_reply(const fork_point::Reply& reply, sys::Fd pidfd);
    std::optional<Event> on_prepared();
    std::optional<Event> on_withdrawn(std::uint32_t cell);
    Ended killed() const;
    Event ended(const slot::JobEnd& end);
    Event lost(std::string reason);
    util::Result<void> send_order();

    std::optional<Cgroup> group_;
    const job::Limits limits_;
    sys::Fd socket_;
    std::optional<Cell> ready_;    ///< for the next order
    std::optional<Cell> current_;  ///< that the running job is in
    std::optional<Order> waiting_;
    std::chrono::steady_clock::time_point started_;
    bool running_ = false;
    bool killed_ = false;  ///< by us
    bool lost_ = false;
};

}  // namespace maelstrom::container

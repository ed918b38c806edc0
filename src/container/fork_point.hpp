#pragma once

#include "container/fork_lane.hpp"

namespace maelstrom::container {

/// What the owner of a job that is a fork point holds: the control socket. Closing it ends the
/// point.
class ForkPoint {
public:
    struct Ends;
    static util::Result<Ends> open();

    /// It has come to its fork point, or has nothing more to say because it is gone.
    struct Reached {
        std::optional<std::string> refusal;  ///< why it cannot fork
    };
    struct Gone {};
    using Event = std::variant<Reached, Gone>;

    /// Readable when `receive` has something to say.
    int descriptor() const { return control_.get(); }
    std::optional<Event> receive();

    /// A further slot, for a container like that of the plan. `group`: `SlotMaker::lane_group`.
    util::Result<std::unique_ptr<Slot>> open_lane(const Plan& plan, std::optional<Cgroup> group);

private:
    explicit ForkPoint(sys::Fd control) : control_(std::move(control)) {}

    sys::Fd control_;
};

struct ForkPoint::Ends {
    std::unique_ptr<ForkPoint> owner;
    sys::Fd program;
};

}  // namespace maelstrom::container

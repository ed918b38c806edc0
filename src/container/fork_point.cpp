#include "container/fork_point.hpp"

#include "container/fork_failure.hpp"
#include "container/limits.hpp"
#include "container/packet.hpp"

namespace maelstrom::container {

using util::Result;

namespace {

template <class Record>
std::string_view bytes_of(const Record& record) {
    return {reinterpret_cast<const char*>(&record), sizeof record};
}

}  // namespace

Result<ForkPoint::Ends> ForkPoint::open() {
    auto [owner, program] = TRY(packet_sockets());
    return Ends{std::unique_ptr<ForkPoint>(new ForkPoint(std::move(owner))), std::move(program)};
}

std::optional<ForkPoint::Event> ForkPoint::receive() {
    fork_point::Reached reached;
    const auto received = receive_record(control_, &reached, sizeof reached);
    if (!received) {
        return Gone{};
    }
    if (!*received) {
        return std::nullopt;
    }
    Reached event;
    if (reached.error != 0) {
        event.refusal =
            explain_fork_failure(static_cast<fork_point::Step>(reached.step), reached.error);
    }
    return event;
}

Result<std::unique_ptr<Slot>> ForkPoint::open_lane(const Plan& plan, std::optional<Cgroup> group) {
    auto [owner, point] = TRY(packet_sockets());
    fork_point::OpenLane request{
        .own_network = plan.network != job::Network::local,
        .loopback = plan.network == job::Network::loopback,
        .group = group.has_value(),
        .group_of_memory = group && plan.limits.memory,
        .scratch_bytes = plan.limits.tmp.value_or(util::Bytes{}).count,
    };
    if (plan.limits.processes && !group) {
        request.processes = *plan.limits.processes + own_processes_of_lane;
    }
    const int descriptors[] = {point.get()};
    TRY(send_packet(control_, bytes_of(request), descriptors));
    return std::make_unique<ForkLane>(std::move(owner), plan.limits, std::move(group));
}

}  // namespace maelstrom::container

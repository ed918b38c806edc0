#pragma once

#include "container/cgroup.hpp"
#include "container/scratch_directory.hpp"
#include "container/slot.hpp"
#include "container/slot_program.hpp"
#include "slot/wire.hpp"

namespace maelstrom::container {

/// A slot that is a process of this machine.
class SlotProcess final : public Slot {
public:
    /// `outside_user`: who the slot is on the host, if that is not us.
    SlotProcess(Plan plan,
                SlotHandles handles,
                std::optional<Cgroup> cgroup,
                ScratchDirectory scratch,
                std::optional<std::uint32_t> outside_user)
        : plan_(std::move(plan)), scratch_(std::move(scratch)), handles_(std::move(handles)),
          cgroup_(std::move(cgroup)), outside_user_(outside_user) {}
    /// Kills the slot and waits until everything in it is gone.
    ~SlotProcess() override;

    /// Sends a message with up to three descriptors; large ones as a memory file.
    util::Result<void> send(const std::string& message, std::vector<int> descriptors);

    util::Result<void> run(const Launch& launch, Streams streams) override;
    void kill(Kill how) override;
    std::optional<Event> receive() override;
    int descriptor() const override { return handles_.control.get(); }

private:
    util::Result<Streams> with_terminal(const Launch& launch, Streams streams);
    Event lost();
    Event ended(const slot::Reply& reply);

    Plan plan_;
    ScratchDirectory scratch_;
    SlotHandles handles_;
    std::optional<Cgroup> cgroup_;
    std::optional<std::uint32_t> outside_user_;
    std::uint64_t number_ = 0;  ///< of the latest job
    std::optional<Launch> running_;
    sys::Fd waiting_master_;  ///< of a terminal that the container has no devpts for
    bool lost_ = false;
};

}  // namespace maelstrom::container

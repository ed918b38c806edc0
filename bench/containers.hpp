#pragma once

#include "container/linux_slot_maker.hpp"

#include <functional>
#include <memory>
#include <string>

// What measures containers and no more: slots driven by hand, without client, worker or store.

namespace maelstrom::bench {

/// A layer with the tiny program in it and all that mounts need.
class TinyLayer {
public:
    TinyLayer();
    ~TinyLayer();
    TinyLayer(const TinyLayer&) = delete;
    TinyLayer& operator=(const TinyLayer&) = delete;

    const std::string& path() const { return path_; }
    std::string program() const { return path_ + "/bin/tiny"; }

    container::Plan standard() const;
    container::Plan with_devices() const;
    container::Plan writable() const;
    /// Own user namespace, overlay, every mount.
    container::Plan everything() const;

private:
    std::string path_;
};

std::unique_ptr<container::LinuxSlotMaker> slot_maker();

/// One job from asking the slot to its result; the slot may have prepared itself meanwhile or not.
void run_job(container::Slot& slot);

/// Jobs per second with two of them at once, each thread with a worker of its own.
double sustained(const std::function<std::function<void()>()>& make_worker, int jobs);
/// The same, of slots with that plan.
double
sustained_slots(container::LinuxSlotMaker& slot_maker, const container::Plan& plan, int jobs);

/// Ends the program: a step of the measurement itself fails.
[[noreturn]] void give_up(const std::string& why);

template <class T>
T need(util::Result<T> result) {
    if (!result) {
        give_up(result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

}  // namespace maelstrom::bench

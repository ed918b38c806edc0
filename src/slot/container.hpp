#pragma once

#include "slot/message.hpp"

// The container that a slot prepares once. Its mount namespace, as the slot sees it:
//
//     /            ground: a small read-only tmpfs; the slot's root directory
//     /proc        of the slot's own process-id namespace; Linux lets nobody mount a fresh /proc
//                  who cannot see a whole one
//     /l /0 /1 …   the layers' common directory and links to each (neutral names: jobs can read
//                  them in their mount table)
//     /c /u        the caller's upper and work directories, or /c/0 /c/1 … for what jobs write, one
//                  for each cell; where each job puts its scratch tmpfs otherwise
//     /m0 /m1 …    mounts that jobs move into their root
//     on top of /  the jobs' root, when it is the same for all; the slot's working directory
//
// A job gets a copy of all that with CLONE_NEWNS and enters the root with chroot("."). Since the
// root lies on top of "/", jobs do not count as chrooted and may create user namespaces.

namespace maelstrom::slot {

struct Container {
    Message message;  ///< the request it was built from; lives as long as the slot
    const SetUp* plan = nullptr;
    const Mount* mounts = nullptr;
    const ResourceLimit* limits = nullptr;

    int ground = -1;   ///< descriptor of the ground's root
    int sockets = -1;  ///< /proc/net/sockstat of the jobs' network, -1 for the host's
    int sockets_before = 0;

    char overlay_options[1024] = {};  ///< for scratch and captured roots
    std::uint32_t root_mode = 0755;

    std::uint32_t failing_index = 0;
    std::uint32_t failing_length = 0;  ///< of the part of a mount point that is a file
    bool covering = false;             ///< what failed while a mount was attached

    std::uint64_t killed = 0;  ///< number of the last job that the owner wants dead; atomic

    bool keeps_changes_on_disk() const {
        return plan->root_mode == RootMode::scratch && plan->changes != 0;
    }
    bool shares_root() const {
        return plan->root_mode == RootMode::bind || plan->root_mode == RootMode::stacked;
    }
};

/// Builds it. The reply says at which step it failed; Step::none on success.
Reply set_up(Container& container);

/// Hides what of a host tree must not be followed; `tree` is where it is attached.
long cover_sub_mounts(Container& container, const Mount& mount, long tree);

/// Notes what sockets there are before the first job.
void watch_sockets(Container& container);
/// Sockets of the jobs' network that have not closed yet: nothing but a new network gets rid of
/// them.
bool has_sockets(const Container& container);

/// What root may write below /proc, ended by null.
extern const char* const guarded_proc_entries[];

}  // namespace maelstrom::slot

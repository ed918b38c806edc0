#pragma once

#include "util/error.hpp"

#include <string>
#include <vector>

namespace maelstrom::container {

/// What this machine offers to slots beyond the bare minimum.
struct Machine {
    bool overlay_in_user_namespace = false;  ///< several layers, writable roots
    /// Whether a directory of the layers can be removed and made again in a writable root (tmpfs
    /// keeps user attributes since Linux 6.6).
    bool tmpfs_user_attributes = false;
    /// Otherwise: whether the disk that was asked about keeps them, so that changes can go there.
    bool scratch_on_disk = false;
    /// Whether root's jobs can be somebody of the host who owns nothing (id-mapped mounts, with
    /// overlays since Linux 5.19). False for ordinary users, whose jobs are nobody but them.
    bool unprivileged_root = false;
    /// One sentence each: what is missing, what it means, how to get it. For `doctor` and the log.
    std::vector<std::string> remarks;
};

/// Whether an error says nothing of what the machine offers, only of this moment: descriptors,
/// memory, namespaces or room were short, or nobody answered in time.
bool is_passing(int error);

/// Builds a small container and tears it down. An error is one sentence with the cure: this machine
/// runs no containers as it is, or cannot be asked right now. A refusal takes milliseconds. What
/// depends on the file system is asked of the one that `directory` is on: give the layers' own.
util::Result<Machine> probe(const std::string& directory = {});

}  // namespace maelstrom::container

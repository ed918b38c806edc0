#pragma once

#include "job/outcome.hpp"
#include "slot/wire.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>

namespace maelstrom::container {

/// What a machine says about itself that may explain why it refuses containers.
struct MachineFacts {
    std::optional<long> max_user_namespaces;        ///< user.max_user_namespaces
    std::optional<long> unprivileged_userns_clone;  ///< Debian's own switch
    std::optional<long> apparmor_restriction;       ///< Ubuntu's, 23.10 and newer
    bool has_proc = true;
    bool filtered = false;  ///< this process is under a seccomp filter
    bool is_root = false;
    bool may_map_root = true;  ///< has CAP_SETFCAP

    static MachineFacts gather();
};

/// One sentence: why user namespaces could not be made (`error`: of clone3), and the cure.
util::Error refusal_of_namespaces(int error, const MachineFacts& facts);
/// One sentence: why a container could not be built in them, and the cure.
util::Error refusal_of_container(slot::Step step, int error, const MachineFacts& facts);

}  // namespace maelstrom::container

#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace maelstrom::testing {

/// fork(2) past the C library, for children that change their user namespace: under the thread
/// sanitizer fork(3) starts a thread in the child, and who has threads may not do that (unshare(2),
/// EINVAL).
inline pid_t bare_fork() {
    return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

}  // namespace maelstrom::testing

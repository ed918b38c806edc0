// The network that the jobs of a slot share: loopback, switches, and what jobs leave in it.

#include "slot/network.hpp"

#include "slot/container.hpp"
#include "slot/kernel.hpp"
#include "slot/mounting.hpp"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <initializer_list>

namespace maelstrom::slot {

void set_network_switches(int root) {
    // Closed connections would otherwise keep their ports for a minute, into the next jobs.
    write_file(root, "proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
    write_file(root, "proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    // What test suites expect of a normal machine: ping without privileges. Linux takes groups that
    // the user namespace has: all of them, or only our own.
    constexpr const char* groups = "proc/sys/net/ipv4/ping_group_range";
    if (write_file(root, groups, "0 2147483646") < 0) {
        const auto own = static_cast<std::uint64_t>(call(SYS_getegid));
        char range[48];
        append(append(append(range, own), " "), own);
        write_file(root, groups, range);
    }
}

long open_socket_counts(int root) {
    return call(SYS_openat, root, "proc/self/net/sockstat", O_RDONLY | O_CLOEXEC);
}

int count_sockets(int file) {
    char text[512];
    const long length = call(SYS_pread64, file, text, sizeof text - 1, 0);
    if (length <= 0) {
        return 0;
    }
    text[length] = '\0';
    // "sockets: used 3\nTCP: inuse 0 orphan 0 tw 0 …"
    int total = 0;
    for (const char* key : {"used ", " tw "}) {
        const char* at = strstr(text, key);
        int number = 0;
        for (at = at == nullptr ? "" : at + strlen(key); *at >= '0' && *at <= '9'; ++at) {
            number = number * 10 + (*at - '0');
        }
        total += number;
    }
    return total;
}

void watch_sockets(Container& container) {
    if (container.plan->net == Net::local) {
        return;
    }
    container.sockets = static_cast<int>(open_socket_counts(container.ground));
    container.sockets_before = count_sockets(container.sockets);
}

bool has_sockets(const Container& container) {
    // Linux closes some sockets a moment after their last owner, and has no event for it. A few
    // milliseconds in the rare case are cheaper than a new slot.
    constexpr int patience = 5;
    for (int look = 0; container.sockets >= 0; ++look) {
        if (count_sockets(container.sockets) <= container.sockets_before) {
            return false;
        }
        if (look == patience) {
            return true;
        }
        const timespec a_moment{0, 1'000'000};
        call(SYS_nanosleep, &a_moment, nullptr);
    }
    return false;
}

long bring_loopback_up() {
    // Not by netlink: Linux counts such a socket for a while after it was closed, and that one too
    // many would hide one that a job leaves.
    const long socket = call(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return socket;
    }
    ifreq request{};
    append(request.ifr_name, "lo");
    long result = call(SYS_ioctl, socket, SIOCGIFFLAGS, &request);
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    result = result < 0 ? result : call(SYS_ioctl, socket, SIOCSIFFLAGS, &request);
    call(SYS_close, socket);
    return result;
}

}  // namespace maelstrom::slot

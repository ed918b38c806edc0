// What one job may leave in the network of the next.

#include "container/testing/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static constexpr socklen_t abstract_size = offsetof(sockaddr_un, sun_path) + 6;

static sockaddr_un abstract_address() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, "\0probe", 6);
    return address;
}

/// Binds the abstract address of "stream" or "datagram"; EADDRINUSE if another job's is still
/// there.
int abstract_socket(Arguments arguments) {
    const bool is_stream = strcmp(arguments[0], "stream") == 0;
    const int socket_fd = socket(AF_UNIX, is_stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    const sockaddr_un address = abstract_address();
    return report("bind",
                  bind(socket_fd, reinterpret_cast<const sockaddr*>(&address), abstract_size));
}

static sockaddr_in loopback_address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// A connection to ourselves, closed by the server first, so that TIME_WAIT would be at the port.
int tcp_cycle(Arguments arguments) {
    sockaddr_in address = loopback_address(atoi(arguments[0]));
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        return report("bind", -1);
    }
    if (listen(server, 4) != 0) {
        return report("listen", -1);
    }
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        return report("connect", -1);
    }
    const int peer = accept(server, nullptr, nullptr);
    close(peer);
    char byte = 0;
    const long end = read(client, &byte, 1);
    close(client);
    close(server);
    return report("tcp", end);
}

/// Sends up to three sockets through one that is connected, and says what that means for them.
static int send_away(int through, const int* sockets, size_t count) {
    alignas(cmsghdr) char space[CMSG_SPACE(3 * sizeof(int))] = {};
    char byte = 0;
    iovec body{&byte, 1};
    msghdr message{};
    message.msg_iov = &body;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(part), sockets, count * sizeof(int));
    printf("%s\n", sendmsg(through, &message, 0) == 1 ? "lost" : "kept");
    return 0;
}

/// A bound socket that only travels through a pair of sockets, which travel through themselves.
int lose_socket(Arguments) {
    const int bound = socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = abstract_address();
    bind(bound, reinterpret_cast<const sockaddr*>(&address), abstract_size);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) {
        return 1;
    }
    const int travelling[] = {bound, pair[0], pair[1]};
    return send_away(pair[0], travelling, 3);
}

/// A bound socket that travels through itself: nothing but it is left.
int lose_one_socket(Arguments) {
    const int bound = socket(AF_UNIX, SOCK_DGRAM, 0);
    const sockaddr_un address = abstract_address();
    bind(bound, reinterpret_cast<const sockaddr*>(&address), abstract_size);
    connect(bound, reinterpret_cast<const sockaddr*>(&address), abstract_size);
    return send_away(bound, &bound, 1);
}

/// Which network this is, and whether it lets us ping.
int network(Arguments) {
    char name[64] = {};
    if (readlink("/proc/self/ns/net", name, sizeof name - 1) < 0) {
        return report("readlink", -1);
    }
    printf("%s\n", name);
    return report("ping", socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
}

// A type that no socket has: Linux looks at it before the family, and says EINVAL whether or not it
// knows the family.
static constexpr long no_type = SOCK_STREAM | 0x10000;

/// Sockets between a virtual machine and its host, which lie in no network.
int machine_sockets(Arguments) {
    constexpr long x32_bit = 0x40000000;
    int pair[2];
    report("stream", socket(AF_VSOCK, SOCK_STREAM, 0));
    report("socket", syscall(SYS_socket, AF_VSOCK, no_type, 0));
    report("upper half", syscall(SYS_socket, AF_VSOCK | 1L << 32, no_type, 0));
    report("socketpair", syscall(SYS_socketpair, AF_VSOCK, no_type, 0, pair));
    report("x32 socket", syscall(SYS_socket | x32_bit, AF_VSOCK, no_type, 0));
    report("x32 socketpair", syscall(SYS_socketpair | x32_bit, AF_VSOCK, no_type, 0, pair));
    report("other family", syscall(SYS_socket, AF_UNIX, no_type, 0));
    return report("unix", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static long call_of_32_bits(long number, long family, long type) {
    long result = number;
    __asm__ volatile("int $0x80"
                     : "+a"(result)
                     : "b"(family), "c"(type), "d"(0), "S"(0)
                     : "r8", "r9", "r10", "r11", "memory");
    errno = static_cast<int>(-result);
    return result;
}

/// The same by i386's numbers. SIGSEGV ends it on a kernel without them.
int machine_sockets_of_32_bits(Arguments) {
    report("socket", call_of_32_bits(359, AF_VSOCK, no_type));
    report("socketpair", call_of_32_bits(360, AF_VSOCK, no_type));
    return report("unix", call_of_32_bits(359, AF_UNIX, SOCK_STREAM));
}

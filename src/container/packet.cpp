#include "container/packet.hpp"

#include "slot/wire.hpp"
#include "util/check.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace maelstrom::container {

using util::Result;

namespace {

/// The first descriptor that came with a packet. Others are closed: nobody sends them in good
/// faith.
sys::Fd take_descriptor(msghdr& header) {
    sys::Fd first;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t end = part->cmsg_len - CMSG_LEN(0);
        for (std::size_t at = 0; at + sizeof(int) <= end; at += sizeof(int)) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + at, sizeof number);
            sys::Fd descriptor(number);
            if (!first) {
                first = std::move(descriptor);
            }
        }
    }
    return first;
}

}  // namespace

Result<std::pair<sys::Fd, sys::Fd>> packet_sockets() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return util::fail_errno("making a pair of sockets");
    }
    return std::pair{sys::Fd(ends[0]), sys::Fd(ends[1])};
}

Result<void>
send_packet(const sys::Fd& socket, std::string_view packet, std::span<const int> descriptors) {
    CHECK(descriptors.size() <= slot::most_descriptors);
    alignas(cmsghdr) char space[CMSG_SPACE(slot::most_descriptors * sizeof(int))] = {};
    iovec body{const_cast<char*>(packet.data()), packet.size()};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    if (!descriptors.empty()) {
        header.msg_control = space;
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
    }
    if (::sendmsg(socket.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        return util::fail_errno("asking a slot");
    }
    return {};
}

Result<std::optional<Received>>
receive_record(const sys::Fd& socket, void* record, std::size_t size) {
    // Room for one takes two, since it is a multiple of eight bytes.
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))];
    Received received;
    iovec body{record, size};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = space;
    header.msg_controllen = sizeof space;
    ssize_t length = ::recvmsg(socket.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0 && errno == ECONNRESET) {
        // The other side ended without reading all; its last words are behind this.
        length = ::recvmsg(socket.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    }
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return std::optional<Received>{};
    }
    if (length > 0) {
        received.descriptor = take_descriptor(header);
    }
    if (length != static_cast<ssize_t>(size)) {
        return util::fail(util::ErrorKind::system, "a slot ended");
    }
    return std::optional<Received>{std::move(received)};
}

Result<std::optional<Packet>> receive_packet(const sys::Fd& socket) {
    slot::Reply reply;
    std::optional<Received> received = TRY(receive_record(socket, &reply, sizeof reply));
    if (!received) {
        return std::optional<Packet>{};
    }
    return std::optional<Packet>{Packet{reply, std::move(received->descriptor)}};
}

}  // namespace maelstrom::container

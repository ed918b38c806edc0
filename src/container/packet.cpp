#include "container/packet.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace maelstrom::container {

using util::Result;

namespace {

constexpr std::size_t most_descriptors = 3;

}  // namespace

Result<void>
send_packet(const sys::Fd& socket, std::string_view packet, std::span<const int> descriptors) {
    alignas(cmsghdr) char space[CMSG_SPACE(most_descriptors * sizeof(int))] = {};
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

Result<std::optional<Packet>> receive_packet(const sys::Fd& socket) {
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))];
    Packet packet;
    iovec body{&packet.reply, sizeof packet.reply};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = space;
    header.msg_controllen = sizeof space;
    ssize_t length = ::recvmsg(socket.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0 && errno == ECONNRESET) {
        // The slot ended without reading all; its last words are behind this.
        length = ::recvmsg(socket.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    }
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
        return std::optional<Packet>{};
    }
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); length > 0 && part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(part), sizeof descriptor);
            packet.descriptor = sys::Fd(descriptor);
        }
    }
    if (length != static_cast<ssize_t>(sizeof packet.reply)) {
        return util::fail(util::ErrorKind::system, "a slot ended");
    }
    return std::optional<Packet>{std::move(packet)};
}

}  // namespace maelstrom::container

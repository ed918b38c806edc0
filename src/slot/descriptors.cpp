#include "slot/descriptors.hpp"

#include "slot/kernel.hpp"

#include <string.h>

namespace maelstrom::slot {

int take_descriptors(msghdr& header, int* into, int room) {
    int count = 0;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const auto given = static_cast<int>((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < given; ++i) {
            int descriptor = -1;
            memcpy(&descriptor, CMSG_DATA(part) + static_cast<std::size_t>(i) * sizeof(int),
                   sizeof descriptor);
            if (count < room) {
                into[count++] = descriptor;
            } else {
                call(SYS_close, descriptor);
            }
        }
    }
    return count;
}

long send_packet(int socket, const void* packet, std::size_t size, int descriptor) {
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec body{const_cast<void*>(packet), size};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    if (descriptor >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        cmsghdr* part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof descriptor);
        memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    return call(SYS_sendmsg, socket, &header, MSG_NOSIGNAL);
}

long receive_packet(int socket, void* packet, std::size_t size, int* into, int room, int flags) {
    constexpr int most = 4;
    alignas(cmsghdr) char control[CMSG_SPACE(most * sizeof(int))];
    iovec body{packet, size};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const long length = call(SYS_recvmsg, socket, &header, MSG_CMSG_CLOEXEC | flags);
    if (length > 0) {
        take_descriptors(header, into, room);
    }
    return length;
}

}  // namespace maelstrom::slot

#include "slot/message.hpp"

#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

/// Maps a body that came as a file; the first descriptor is its.
long map_body(Message& message, int* descriptors, int count) {
    if (count == 0) {
        return -EBADMSG;
    }
    const int file = descriptors[0];
    for (int i = 1; i < most_descriptors; ++i) {
        descriptors[i - 1] = descriptors[i];
    }
    descriptors[most_descriptors - 1] = -1;
    struct stat status{};
    const std::uint32_t size = message.header().size;
    long where = -EBADMSG;
    if (size <= message_limit && call(SYS_fstat, file, &status) == 0 &&
        static_cast<std::uint64_t>(status.st_size) == size) {
        // Private: the slot turns offsets into pointers in place.
        register long sixth __asm__("r9") = 0;
        register long fourth __asm__("r10") = MAP_PRIVATE;
        register long fifth __asm__("r8") = file;
        __asm__ volatile("syscall"
                         : "=a"(where)
                         : "a"(SYS_mmap), "D"(0), "S"(static_cast<long>(size)),
                           "d"(PROT_READ | PROT_WRITE), "r"(fourth), "r"(fifth), "r"(sixth)
                         : "rcx", "r11", "memory");
    }
    call(SYS_close, file);
    if (where < 0) {
        return where;
    }
    message.bytes = reinterpret_cast<char*>(where);
    message.size = size;
    message.mapped = true;
    return 0;
}

/// Whether the header is there, and all the rest if the message has no error.
bool makes_sense(const Message& message) {
    if (message.size < sizeof(Header)) {
        return false;
    }
    return message.error != 0 ||
           (message.header().size == message.size && message.bytes[message.size - 1] == 0);
}

}  // namespace

Received receive(int socket, char* buffer, Message& message) {
    alignas(cmsghdr) char control[CMSG_SPACE(most_descriptors * sizeof(int))];
    iovec body{buffer, packet_limit};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const long length = call(SYS_recvmsg, socket, &header, MSG_CMSG_CLOEXEC);
    if (length <= 0) {
        return Received::end;
    }
    int descriptors[most_descriptors];
    memset(descriptors, 0xff, sizeof descriptors);  // -1 in each
    const int count = take_descriptors(header, descriptors, most_descriptors);
    message = Message{buffer, static_cast<std::uint32_t>(length)};
    if ((header.msg_flags & MSG_CTRUNC) != 0) {
        message.error = -EMFILE;  // the limit left no room for all descriptors
    } else if (message.size >= sizeof(Header) && message.header().size > message.size) {
        message.error = map_body(message, descriptors, count);
    }
    memcpy(message.descriptors, descriptors, sizeof message.descriptors);
    if ((header.msg_flags & MSG_TRUNC) != 0 || !makes_sense(message)) {
        release(message);
        return Received::nonsense;
    }
    return Received::message;
}

void release(Message& message) {
    for (int& descriptor : message.descriptors) {
        if (descriptor >= 0) {
            call(SYS_close, descriptor);
            descriptor = -1;
        }
    }
    if (message.mapped) {
        call(SYS_munmap, message.bytes, message.size);
    }
    message.bytes = nullptr;
    message.size = 0;
    message.mapped = false;
    message.error = 0;
}

bool send(const Reply& reply, int descriptor) {
    return send_packet(control_descriptor, &reply, sizeof reply, descriptor) ==
           static_cast<long>(sizeof reply);
}

}  // namespace maelstrom::slot

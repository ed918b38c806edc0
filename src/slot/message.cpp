#include "slot/message.hpp"

#include "slot/descriptors.hpp"
#include "slot/kernel.hpp"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace maelstrom::slot {

namespace {

constexpr std::size_t descriptors_size = CMSG_SPACE(4 * sizeof(int));

/// Maps a body that came as a file; the first descriptor is its.
bool map_body(Message& message, int* descriptors, int& count) {
    if (count == 0) {
        return false;
    }
    const int file = descriptors[0];
    descriptors[0] = descriptors[1];
    descriptors[1] = descriptors[2];
    descriptors[2] = descriptors[3];
    --count;
    struct stat status{};
    const std::uint32_t size = message.header().size;
    bool good = size <= message_limit && call(SYS_fstat, file, &status) == 0 &&
                static_cast<std::uint64_t>(status.st_size) == size;
    if (good) {
        // Private: the slot turns offsets into pointers in place.
        long where = 0;
        register long sixth __asm__("r9") = 0;
        register long fourth __asm__("r10") = MAP_PRIVATE;
        register long fifth __asm__("r8") = file;
        __asm__ volatile("syscall"
                         : "=a"(where)
                         : "a"(SYS_mmap), "D"(0), "S"(static_cast<long>(size)),
                           "d"(PROT_READ | PROT_WRITE), "r"(fourth), "r"(fifth), "r"(sixth)
                         : "rcx", "r11", "memory");
        good = where > 0;
        if (good) {
            message.bytes = reinterpret_cast<char*>(where);
            message.size = size;
            message.mapped = true;
        }
    }
    call(SYS_close, file);
    return good;
}

}  // namespace

Received receive(int socket, char* buffer, Message& message) {
    alignas(cmsghdr) char control[descriptors_size];
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
    int descriptors[4] = {-1, -1, -1, -1};
    int count = take_descriptors(header, descriptors, 4);
    message = Message{buffer, static_cast<std::uint32_t>(length), false, {-1, -1, -1}};
    bool good = message.size >= sizeof(Header) && (header.msg_flags & MSG_TRUNC) == 0;
    if (good && message.header().size > message.size) {
        good = map_body(message, descriptors, count);
    }
    memcpy(message.descriptors, descriptors, sizeof message.descriptors);
    good = good && message.header().size == message.size && message.bytes[message.size - 1] == 0;
    if (!good) {
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
}

bool send(const Reply& reply, int descriptor) {
    return send_packet(control_descriptor, &reply, sizeof reply, descriptor) ==
           static_cast<long>(sizeof reply);
}

}  // namespace maelstrom::slot

#pragma once

#include <sys/socket.h>

#include <cstddef>

// Descriptors that travel with packets of UNIX sockets (SCM_RIGHTS, unix(7)).

namespace maelstrom::slot {

/// Takes up to `room` descriptors out of a received message and closes the others; returns how
/// many.
int take_descriptors(msghdr& header, int* into, int room);

/// Sends one packet with a descriptor, or none (-1); the result is that of sendmsg(2).
long send_packet(int socket, const void* packet, std::size_t size, int descriptor = -1);

/// Receives one packet with up to `room` descriptors, which are closed on exec; the others are
/// closed. The result is that of recvmsg(2), with these `flags`.
long receive_packet(int socket, void* packet, std::size_t size, int* into, int room, int flags = 0);

}  // namespace maelstrom::slot

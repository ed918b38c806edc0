#pragma once

#include "slot/wire.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

// Packets to and from slots, with descriptors.

namespace maelstrom::container {

/// Two connected ends that packets go between (SOCK_SEQPACKET, unix(7)), closed on exec.
util::Result<std::pair<sys::Fd, sys::Fd>> packet_sockets();

/// Sends one packet with up to four descriptors; never blocks.
util::Result<void>
send_packet(const sys::Fd& socket, std::string_view packet, std::span<const int> descriptors);

struct Received {
    sys::Fd descriptor;
};

/// Reads a packet of exactly that size. Nothing: none there. An error: the other side is gone.
util::Result<std::optional<Received>>
receive_record(const sys::Fd& socket, void* record, std::size_t size);

struct Packet {
    slot::Reply reply;
    sys::Fd descriptor;
};

/// A slot's answer, likewise.
util::Result<std::optional<Packet>> receive_packet(const sys::Fd& socket);

}  // namespace maelstrom::container

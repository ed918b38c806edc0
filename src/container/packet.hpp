#pragma once

#include "slot/wire.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <optional>
#include <span>
#include <string_view>

// Packets to and from slots, with descriptors.

namespace maelstrom::container {

/// Sends one packet with up to three descriptors; never blocks.
util::Result<void>
send_packet(const sys::Fd& socket, std::string_view packet, std::span<const int> descriptors);

struct Packet {
    slot::Reply reply;
    sys::Fd descriptor;
};

/// Nothing: none there. An error: the other side is gone.
util::Result<std::optional<Packet>> receive_packet(const sys::Fd& socket);

}  // namespace maelstrom::container

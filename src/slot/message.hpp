#pragma once

#include "slot/wire.hpp"

// Requests come in, checked before anybody looks into them; answers go out.

namespace maelstrom::slot {

/// A request whose header and end are sound. Its arrays and texts are checked by the accessors.
/// Of one that has an error nothing but what is in its first `size` bytes may be used.
struct Message {
    char* bytes = nullptr;
    std::uint32_t size = 0;
    bool mapped = false;  ///< a memory file, to be unmapped after use
    long error = 0;       ///< why it is but the beginning of the request, as -errno
    int descriptors[2 + most_extra_descriptors] = {-1, -1, -1, -1};

    const Header& header() const { return *reinterpret_cast<const Header*>(bytes); }
    /// The string at an offset; null for 0 and for what is out of bounds.
    const char* text(Text offset) const {
        return offset != 0 && offset < size ? bytes + offset : nullptr;
    }
    /// The array's first element; null if it does not fit.
    template <class Element>
    Element* elements(Array array) const {
        const auto bytes_needed = std::uint64_t{array.count} * sizeof(Element);
        return array.offset % 8 == 0 && array.offset + bytes_needed <= size
                   ? reinterpret_cast<Element*>(bytes + array.offset)
                   : nullptr;
    }
};

enum class Received { message, nonsense, end };

/// Waits for the next request of a socket and reads it into `buffer` (of `packet_limit` bytes,
/// aligned to 8). A message whose body or descriptors found no room here has an error: whoever sent
/// it waits for an answer.
Received receive(int socket, char* buffer, Message& message);
/// Frees what the message holds.
void release(Message& message);
/// Sends an answer with a descriptor, or none (-1). False: the owner is gone.
bool send(const Reply& reply, int descriptor = -1);

}  // namespace maelstrom::slot

#pragma once

#include <cstddef>
#include <cstdint>

// The memory mappings of a process, and how to undo what has been made of them.

namespace maelstrom::fork_point {

struct Mapping {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    int protection = 0;  ///< of mmap(2)
    bool is_private = false;
    bool is_anonymous = false;
    bool is_of_the_kernel = false;

    // What an image notes of it.
    bool is_kept = false;             ///< leave it
    bool is_watched = false;          ///< its pages are restored …
    std::uintptr_t watched_from = 0;  ///< … from here on
    std::size_t first_page = 0;

    bool is_reserved() const;  ///< nobody may touch it
    bool is_writable() const;
};

/// Reads /proc/PID/maps, see proc_pid_maps(5). Returns the number, at most `room`.
std::size_t parse_mappings(const char* text, Mapping* mappings, std::size_t room);

/// Called for a part of a mapping that is new. Negative errno on failure.
using Watch = long (*)(std::uintptr_t start, std::uintptr_t end);

/// Of this process: unmaps what is there now and was not before, and maps again, without content,
/// what is private, anonymous, and not there any more; protects it as it was. Both are sorted.
/// False: that cannot be. Whether all is as it was is another question: two mappings can differ in
/// more than is known of them, and then stay apart.
bool put_back(const Mapping* before,
              std::size_t before_count,
              const Mapping* now,
              std::size_t now_count,
              Watch watch);

}  // namespace maelstrom::fork_point

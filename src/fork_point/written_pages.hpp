#pragma once

#include <cstddef>
#include <cstdint>

// Which pages have been written: what Linux notes of this process's memory where it is asked to,
// see userfaultfd(2) for UFFD_FEATURE_WP_ASYNC and PAGEMAP_SCAN in the kernel's documentation
// (admin-guide/mm/pagemap), Linux 6.7. All addresses are multiples of a page's size.

namespace maelstrom::fork_point {

inline constexpr std::uintptr_t page_size = 4096;

/// Pages that are alike, from `start` to `end`.
struct PageRegion {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t categories = 0;

    bool is_written() const;
    bool is_in_memory() const;
    bool is_swapped() const;
    bool is_of_a_file() const;  ///< and has not been copied
};

/// Of one page, without being asked before.
struct PageState {
    bool is_copied = false;  ///< is this process's own, and no file's
    bool is_alone = false;   ///< in memory, and no other process has it
};

/// Opens what the others need. Negative errno where Linux cannot, or may not, tell.
long open_written_pages();
void close_written_pages();

/// From now on Linux notes for this memory, which must be mapped.
long watch_pages(std::uintptr_t start, std::uintptr_t end);
/// Of watched memory: takes these for not written.
long forget_writes(std::uintptr_t start, std::uintptr_t end);
/// Finds pages that were written or are not in memory, and in a mapping of a file those that are
/// still the file's: at most `room` regions, and `walked` is where the next call should start.
long find_written(std::uintptr_t start,
                  std::uintptr_t end,
                  bool is_of_a_file,
                  PageRegion* regions,
                  std::size_t room,
                  std::uintptr_t& walked);

/// Of as many pages as there is room for.
long read_pages(std::uintptr_t start, PageState* states, std::size_t count);

}  // namespace maelstrom::fork_point

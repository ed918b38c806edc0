// How a Python program's memory is laid out: see memory.hpp for why.

#include "fork_point/layout.hpp"

#include "slot/kernel.hpp"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#pragma weak mallinfo2  // null in another C library than glibc, and before 2.33

namespace maelstrom::fork_point {

using slot::call;

namespace {

constexpr std::uintptr_t large_page = 2U << 20U;

bool is_between(std::uintptr_t start, const void* place, std::uintptr_t end) {
    const auto address = reinterpret_cast<std::uintptr_t>(place);
    return start <= address && address < end;
}

/// Address space for arenas, aligned for large pages. Others are kept out, and what is given back
/// stays mapped, without memory: half a large page and half a gap would be small pages for ever.
struct Reservation {
    std::uintptr_t start = 0;
    std::uintptr_t next = 0;  ///< where nothing has been yet
    std::uintptr_t end = 0;
    bool tried = false;
    std::size_t size = 0;  ///< of an arena, as Python asks for them

    void* unused[1024];  ///< given back, of one size
    std::size_t unused_count = 0;
    std::size_t unused_size = 0;
    bool reuses = true;  ///< them, where one is asked for

    bool holds(const void* place) const { return is_between(start, place, end); }
};

Reservation reservation;
Reservation kept_reservation;

void reserve() {
    reservation.tried = true;
    constexpr std::size_t size = std::size_t{1} << 30U;
    rlimit limit{};
    call(SYS_prlimit64, 0, RLIMIT_AS, nullptr, &limit);
    if (limit.rlim_cur != RLIM_INFINITY) {
        return;  // it is for what the project uses
    }
    void* const place =
        ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place != MAP_FAILED) {
        const auto start = reinterpret_cast<std::uintptr_t>(place);
        reservation.start = start;
        reservation.next = (start + large_page - 1) / large_page * large_page;
        reservation.end = start + size;
    }
}

void* map(std::uintptr_t place, std::size_t size, int flags) {
    void* const mapped =
        ::mmap(reinterpret_cast<void*>(place),  // NOLINT(performance-no-int-to-ptr)
               size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    return mapped == MAP_FAILED ? nullptr : mapped;
}

using Allocate = void* (*)(std::size_t);

/// Blocks of a size, until one lies in an arena that is new. They all stay: an arena without any
/// would go back.
void fill_pools(std::uintptr_t old_end, std::size_t size, Allocate allocate) {
    constexpr std::size_t most = std::size_t{4} << 20U;  // else it is another allocator
    for (std::size_t filled = 0; filled < most; filled += size) {
        if (is_between(old_end, allocate(size), reservation.end)) {
            return;
        }
    }
}

/// Python's allocator cuts arenas into pools of blocks of one size, up to 512 bytes, see
/// Objects/obmalloc.c. An arena is not asked for while another has a free pool.
void fill_arenas(Allocate allocate) {
    constexpr std::size_t step = 16;
    constexpr std::size_t largest = 512;
    const std::uintptr_t old_end = reservation.next;
    reservation.reuses = false;
    fill_pools(old_end, largest, allocate);
    if (reservation.next != old_end) {
        for (std::size_t size = step; size <= largest; size += step) {
            fill_pools(old_end, size, allocate);
        }
    }
    reservation.reuses = true;
}

/// Pieces of a size, until one lies beyond all gaps, or they would take more than `free_bytes`.
void fill_heap_with(std::size_t size, const char* unused, std::size_t& free_bytes) {
    while (size <= free_bytes) {
        void* const piece = ::malloc(size);
        if (piece == nullptr || piece >= unused) {
            ::free(piece);
            return;
        }
        free_bytes -= size;
    }
}

/// What is too large for the pools comes from the C library.
void fill_heap() {
    if (mallinfo2 == nullptr) {
        return;
    }
    const struct mallinfo2 state = ::mallinfo2();
    const char* const unused = static_cast<char*>(::sbrk(0)) - state.keepcost;
    // Nothing of it where another allocator has taken glibc's place.
    std::size_t free_bytes = state.fordblks - state.keepcost;
    constexpr std::size_t smallest = 512;
    for (std::size_t size = std::size_t{64} * 1024; size > smallest; size /= 2) {
        fill_heap_with(size, unused, free_bytes);
    }
    // glibc keeps some pieces of each size up to this apart, for requests of just that size.
    constexpr std::size_t largest_kept = 1040;
    for (std::size_t size = largest_kept; size >= smallest; size -= 16) {
        fill_heap_with(size, unused, free_bytes);
    }
}

}  // namespace

void spare_arenas() {
    constexpr std::size_t spare = 4;
    constexpr std::size_t room = sizeof reservation.unused / sizeof reservation.unused[0];
    const std::size_t size = reservation.size;
    const bool is_of_one_size = reservation.unused_count == 0 || reservation.unused_size == size;
    if (size == 0 || !is_of_one_size || reservation.unused_count + spare > room ||
        spare * size > reservation.end - reservation.next) {
        return;
    }
    char* const place = static_cast<char*>(map(reservation.next, spare * size, MAP_FIXED));
    if (place == nullptr) {
        return;
    }
    reservation.next += spare * size;
    reservation.unused_size = size;
    for (std::size_t i = spare; i-- > 0;) {  // the last one here is the first one used
        reservation.unused[reservation.unused_count++] = place + i * size;
    }
}

void keep_arenas() {
    kept_reservation = reservation;
}

void restore_arenas() {
    reservation = kept_reservation;
}

}  // namespace maelstrom::fork_point

/// Fills, for good, what is free between the program's objects. What comes after it lies together,
/// in memory that is new: objects that are moved there, and those that jobs make.
extern "C" __attribute__((visibility("default"))) void
maelstrom_fork_point_fill_gaps(void* (*allocate)(std::size_t)) {
    using namespace maelstrom::fork_point;
    if (reservation.next != 0) {
        fill_arenas(allocate);
    }
    fill_heap();
}

/// Arenas for an allocator of Python's (PyObjectArenaAllocator), one beside the other, so that
/// large pages fit: elsewhere they lie in the gaps between libraries.
extern "C" __attribute__((visibility("default"))) void*
maelstrom_fork_point_new_arena(void*, std::size_t size) {
    using namespace maelstrom::fork_point;
    if (!reservation.tried) {
        reserve();
    }
    if (reservation.reuses && size == reservation.unused_size && reservation.unused_count != 0) {
        return reservation.unused[--reservation.unused_count];
    }
    // Python asks here for pieces of its stack, too, which come and go.
    constexpr std::size_t least = 256 * 1024;
    if (size < least || size > reservation.end - reservation.next) {
        return map(0, size, 0);
    }
    reservation.size = size;
    void* const place = map(reservation.next, size, MAP_FIXED);
    if (place != nullptr) {
        reservation.next += size;
    }
    return place;
}

extern "C" __attribute__((visibility("default"))) void
maelstrom_fork_point_free_arena(void*, void* place, std::size_t size) {
    using namespace maelstrom::fork_point;
    constexpr std::size_t room = sizeof reservation.unused / sizeof reservation.unused[0];
    const bool is_ours = reservation.holds(place);
    if (is_ours && reservation.unused_count == 0) {
        reservation.unused_size = size;
    }
    if (is_ours && size == reservation.unused_size && reservation.unused_count < room &&
        ::madvise(place, size, MADV_DONTNEED) == 0) {
        reservation.unused[reservation.unused_count++] = place;
    } else {
        ::munmap(place, size);
    }
}

#include "fork_point/memory.hpp"

#include "fork_point/mappings.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

// Null in another C library than glibc.
extern "C" __attribute__((weak)) int malloc_trim(std::size_t pad);

namespace maelstrom::fork_point {

using slot::call;

namespace {

constexpr std::uintptr_t small_page = 4096;
constexpr std::uintptr_t large_page = 2U << 20U;
constexpr std::size_t small_in_large = large_page / small_page;

/// A place that is worth a large page: at least half of it is in use. What a library has reserved
/// and not touched (OpenBLAS: 32 MiB a thread) stays as it is.
bool is_worth_it(long pagemap, std::uintptr_t address) {
    std::uint64_t entries[small_in_large];
    const long got = call(SYS_pread64, pagemap, entries, sizeof entries,
                          address / small_page * sizeof entries[0]);
    if (got != static_cast<long>(sizeof entries)) {
        return false;
    }
    std::size_t present = 0;
    for (const std::uint64_t entry : entries) {
        present += entry >> 63U;
    }
    return present >= small_in_large / 2;
}

/// Where a job that runs just then copies one of the small pages, Linux leaves the place out and
/// says EAGAIN, see madvise(2). What is large already is passed over quickly. False if it may be
/// different another time.
bool collapse(std::uintptr_t start, std::uintptr_t end) {
    constexpr int collapse_advice = 25;  // MADV_COLLAPSE, since Linux 6.1
    constexpr int attempts = 8;
    long result = start < end ? -EAGAIN : 0;
    for (int attempt = 0; attempt < attempts && result == -EAGAIN; ++attempt) {
        result = call(SYS_madvise, start, end - start, collapse_advice);
    }
    return result != -EAGAIN && result != -ENOMEM;
}

/// In as few calls as can be: each begins by waiting for all processors.
bool use_large_pages_in(std::uintptr_t start, std::uintptr_t end, long pagemap) {
    bool is_done = true;
    std::uintptr_t place = (start + large_page - 1) / large_page * large_page;
    std::uintptr_t chosen = place;  // from here on all are worth it
    for (; place + large_page <= end; place += large_page) {
        if (!is_worth_it(pagemap, place)) {
            is_done = collapse(chosen, place) && is_done;
            chosen = place + large_page;
        }
    }
    return collapse(chosen, place) && is_done;
}

/// One line of maps.
bool treat(const char* line, long pagemap) {
    Mapping mapping;
    parse_mappings(line, &mapping, 1);
    const bool is_own = mapping.is_private && mapping.is_anonymous &&
                        mapping.protection == (PROT_READ | PROT_WRITE);
    const bool is_large =
        mapping.end - mapping.start >= large_page && strstr(line, "[stack") == nullptr;
    return !is_own || !is_large || use_large_pages_in(mapping.start, mapping.end, pagemap);
}

}  // namespace

bool use_large_pages() {
    if (::sysconf(_SC_PAGESIZE) != small_page) {
        return true;
    }
    bool is_done = true;
    const long pagemap = call(SYS_open, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    const long maps = call(SYS_open, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    char text[8192];
    std::size_t used = 0;
    for (long got = 1; pagemap >= 0 && maps >= 0 && got > 0;) {
        got = call(SYS_read, maps, text + used, sizeof text - 1 - used);
        used += got > 0 ? static_cast<std::size_t>(got) : 0;
        text[used] = '\0';
        char* line = text;
        for (char* stop = strchr(line, '\n'); stop != nullptr; stop = strchr(line, '\n')) {
            *stop = '\0';
            is_done = treat(line, pagemap) && is_done;
            line = stop + 1;
        }
        used = strlen(line);
        memmove(text, line, used + 1);
    }
    call(SYS_close, maps);
    call(SYS_close, pagemap);
    return is_done;
}

void tidy_free_memory() {
    if (malloc_trim == nullptr) {
        return;
    }
    // Joins neighbours among the small pieces, see malloc/malloc.c of glibc (malloc_consolidate) …
    malloc_trim(0);
    // … and a request that none of them can serve sorts them by size.
    constexpr std::size_t large = 100'000;     // and still not a mapping of its own
    void* volatile request = ::malloc(large);  // the compiler would leave both out
    ::free(request);
    // Less than what glibc leaves at the heap's end when a job frees something large there
    // (M_TOP_PAD of mallopt(3), 128 KiB): so no job's heap ends before the point's.
    constexpr std::size_t left = std::size_t{64} * 1024;
    malloc_trim(left);
}

}  // namespace maelstrom::fork_point

#include "fork_point/image.hpp"

#include "fork_point/layout.hpp"
#include "fork_point/mappings.hpp"
#include "fork_point/process.hpp"
#include "fork_point/program.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <asm/prctl.h>
#include <initializer_list>

extern "C" __attribute__((weak)) const std::ptrdiff_t __rseq_offset;  // glibc 2.35
extern "C" __attribute__((weak)) const unsigned __rseq_size;
extern "C" __attribute__((weak)) const char* gnu_get_libc_version();
extern "C" __attribute__((visibility("hidden"))) char _end[];

namespace maelstrom::fork_point {

using slot::call;

namespace {

// From linux/fs.h and linux/userfaultfd.h of Linux 6.7; Debian 12 has older headers.
struct PageRegion {
    std::uint64_t start, end, categories;
};
struct ScanRequest {
    std::uint64_t size, flags, start, end, walk_end, regions, region_count, max_pages;
    std::uint64_t category_inverted, category_mask, category_any, return_mask;
};
constexpr unsigned long pagemap_scan = _IOWR('f', 16, ScanRequest);
constexpr std::uint64_t page_is_written = 1U << 1U;
constexpr std::uint64_t page_is_of_a_file = 1U << 2U;
constexpr std::uint64_t page_is_present = 1U << 3U;
constexpr std::uint64_t page_is_swapped = 1U << 4U;
constexpr std::uint64_t scan_protects = 1U << 0U;
constexpr std::uint64_t feature_wp_unpopulated = 1U << 13U;
constexpr std::uint64_t feature_wp_async = 1U << 15U;

constexpr std::uintptr_t page = 4096;
constexpr std::size_t ranges_limit = 8192;
constexpr std::size_t text_limit = std::size_t{1} << 20U;
constexpr std::size_t pages_limit = std::size_t{1} << 20U;     // 4 GiB
constexpr std::size_t contents_limit = std::size_t{1} << 15U;  // 128 MiB
constexpr std::size_t regions_limit = std::size_t{1} << 14U;
constexpr std::size_t stacks_limit = 8;

/// What is known of a page.
enum class Heat : std::uint8_t {
    empty,  ///< there was nothing but zeros, or what the mapped file has
    cold,   ///< the content is the point's
    warm,   ///< the content is kept; Linux tells when it is written
    hot,    ///< the same, but it is put back without asking
};

struct Page {
    std::uint32_t content = 0;  ///< where it is kept
    std::uint16_t writers = 0;  ///< jobs that have written it
    Heat heat{};
};

/// Outside what is restored.
struct Kept {
    char stacks[stacks_limit][page + stack_size];
    Mapping before[ranges_limit];
    Mapping now[ranges_limit];
    char text_before[text_limit];
    char text_now[text_limit];
    std::uint64_t entries[512];  ///< of the pagemap
    PageRegion regions[regions_limit];
    Page pages[pages_limit];
    struct {
        std::uintptr_t address;
        std::uint32_t content;
    } hot[contents_limit];
    alignas(page) char contents[contents_limit][page];
};

Kept* kept = nullptr;
std::size_t stacks_given = 0;

int memory_of_point = -1;

struct {
    bool taken = false;
    int faults = -1;
    int pagemap = -1;
    int maps = -1;
    int references = -1;
    std::size_t count = 0;        ///< of mappings
    std::size_t text_length = 0;  ///< of `text_before`
    std::uint32_t content_count = 0;
    std::size_t hot_count = 0;
    std::uint32_t jobs = 0;
    std::uintptr_t program_break = 0;
} image;

struct {
    char* control_block = nullptr;
    void* robust_list = nullptr;
    std::size_t robust_list_size = 0;
    bool restartable = false;  ///< rseq(2)
} thread;

constexpr std::size_t offset_of_thread_id = 720;  // struct pthread of glibc on x86-64, since 2.3.4
constexpr std::uint32_t restartable_size = 32;
constexpr std::uint32_t restartable_signature = 0x53053053;

char* restartable_area() {
    return thread.control_block + __rseq_offset;
}

/// What the C library keeps of this thread, and Linux writes to. False: it is another C library.
bool leave_thread() {
    call(SYS_arch_prctl, ARCH_GET_FS, &thread.control_block);
    std::int32_t id = 0;
    memcpy(&id, thread.control_block + offset_of_thread_id, sizeof id);
    if (id != call(SYS_gettid)) {
        return false;
    }
    call(SYS_get_robust_list, 0, &thread.robust_list, &thread.robust_list_size);
    call(SYS_set_robust_list, nullptr, sizeof(void*) * 3);
    call(SYS_set_tid_address, nullptr);
    thread.restartable = &__rseq_size != nullptr && __rseq_size != 0;
    return !thread.restartable ||
           call(SYS_rseq, restartable_area(), restartable_size, 1, restartable_signature) == 0;
}

bool is_kept(std::uintptr_t address) {
    const auto start = reinterpret_cast<std::uintptr_t>(kept);
    return address >= start && address < start + sizeof *kept;
}

/// The library's own variables: what of them is a job's business is restored by name.
bool is_ours(const Mapping& mapping) {
    const auto first = reinterpret_cast<std::uintptr_t>(&program);
    const auto last = reinterpret_cast<std::uintptr_t>(&_end[-1]);
    return mapping.is_writable() && mapping.end > first && mapping.start <= last;
}

long read_mappings(char* text, Mapping* mappings, std::size_t& count) {
    std::size_t length = 0;
    for (;;) {
        const long got =
            call(SYS_pread64, image.maps, text + length, text_limit - 1 - length, length);
        if (got < 0) {
            return got;
        }
        if (got == 0) {
            break;
        }
        length += static_cast<std::size_t>(got);
    }
    text[length] = '\0';
    count = mappings == nullptr ? 0 : parse_mappings(text, mappings, ranges_limit);
    return count == ranges_limit || length == text_limit - 1 ? -E2BIG : static_cast<long>(length);
}

long watch(std::uintptr_t start, std::uintptr_t end) {
    uffdio_register request{};
    request.range = {start, end - start};
    request.mode = UFFDIO_REGISTER_MODE_WP;
    return call(SYS_ioctl, image.faults, UFFDIO_REGISTER, &request);
}

long scan(std::uintptr_t start, std::uintptr_t end, std::uint64_t flags, std::uintptr_t* walked) {
    ScanRequest request{};
    request.size = sizeof request;
    request.flags = flags;
    request.start = start;
    request.end = end;
    request.regions = reinterpret_cast<std::uint64_t>(kept->regions);
    request.region_count = regions_limit;
    request.category_inverted = page_is_present;
    request.category_any = page_is_written | page_is_of_a_file | page_is_present;
    request.return_mask = page_is_written | page_is_of_a_file | page_is_present | page_is_swapped;
    const long found = call(SYS_ioctl, image.pagemap, pagemap_scan, &request);
    if (walked != nullptr) {
        *walked = request.walk_end;
    }
    return found;
}

/// Pages that are to trap the next write to them.
long protect(std::uintptr_t start, std::uintptr_t end) {
    uffdio_writeprotect request{};
    request.range = {start, end - start};
    request.mode = UFFDIO_WRITEPROTECT_MODE_WP;
    return call(SYS_ioctl, image.faults, UFFDIO_WRITEPROTECT, &request);
}

char* at(std::uintptr_t address) {
    return reinterpret_cast<char*>(address);  // NOLINT(performance-no-int-to-ptr)
}

Page& page_of(const Mapping& mapping, std::uintptr_t address) {
    return kept->pages[mapping.first_page + (address - mapping.start) / page];
}

/// From now on its content, which is the right one, is here. False: there is no room.
bool keep_content(Page& known, std::uintptr_t address) {
    if (image.content_count == contents_limit) {
        return false;
    }
    known.content = image.content_count++;
    known.heat = Heat::warm;
    memcpy(kept->contents[known.content], at(address), page);
    return true;
}

/// Being told of a write costs as much as putting four pages back.
bool is_worth_no_question(const Page& known) {
    constexpr std::uint32_t least = 4;
    return known.writers >= least && known.writers * std::uint32_t{2} >= image.jobs;
}

/// Pages that this process has copied since it was forked: theirs is the right content.
long note_pages(const Mapping& mapping) {
    constexpr std::size_t at_once = sizeof kept->entries / sizeof kept->entries[0];
    constexpr std::uint64_t is_present = std::uint64_t{1} << 63U;
    constexpr std::uint64_t is_swapped = std::uint64_t{1} << 62U;
    constexpr std::uint64_t is_exclusive = std::uint64_t{1} << 56U;
    constexpr std::uint64_t is_of_a_file = std::uint64_t{1} << 61U;
    for (std::uintptr_t start = mapping.start; start < mapping.end; start += at_once * page) {
        const std::size_t left = (mapping.end - start) / page;
        const std::size_t count = left < at_once ? left : at_once;
        const long got =
            call(SYS_pread64, image.pagemap, kept->entries, count * 8, start / page * 8);
        if (got != static_cast<long>(count * 8)) {
            return got < 0 ? got : -EIO;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t entry = kept->entries[i];
            const std::uintptr_t address = start + i * page;
            Page& known = page_of(mapping, address);
            const bool is_there = (entry & (is_present | is_swapped)) != 0;
            const bool is_copied = is_there && (entry & is_of_a_file) == 0;
            known.heat = is_copied ? Heat::cold : Heat::empty;
            if ((entry & is_present) != 0 && (entry & is_exclusive) != 0 && is_copied &&
                !keep_content(known, address)) {
                return -E2BIG;
            }
        }
    }
    return 0;
}

long open_own(const char* path, int flags) {
    return call(SYS_open, path, flags | O_CLOEXEC);
}

long open_faults() {
    const long faults = call(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
    if (faults < 0) {
        return faults;
    }
    uffdio_api api{};
    api.api = UFFD_API;
    api.features = feature_wp_async | feature_wp_unpopulated | UFFD_FEATURE_PAGEFAULT_FLAG_WP;
    const long agreed = call(SYS_ioctl, faults, UFFDIO_API, &api);
    return agreed < 0 ? agreed : faults;
}

/// Most pages differ in one or two lines of the cache, and what is only read costs less.
void copy_differences(char* page_there, const char* content) {
    using Word = long long __attribute__((vector_size(16), may_alias));
    constexpr std::size_t words = page / sizeof(Word);
    constexpr std::size_t words_of_line = 4;
    auto* const to = reinterpret_cast<Word*>(page_there);
    const auto* const from = reinterpret_cast<const Word*>(content);
    for (std::size_t i = 0; i < words; i += words_of_line) {
        const Word difference = (to[i] ^ from[i]) | (to[i + 1] ^ from[i + 1]) |
                                (to[i + 2] ^ from[i + 2]) | (to[i + 3] ^ from[i + 3]);
        if ((difference[0] | difference[1]) != 0) {
            to[i] = from[i];
            to[i + 1] = from[i + 1];
            to[i + 2] = from[i + 2];
            to[i + 3] = from[i + 3];
        }
    }
}

/// Whether the page is one of this process's own, somewhere.
bool is_there(const Mapping& mapping, std::uint64_t categories) {
    // A page of a file that was put out of sight looks as if it were swapped out.
    return mapping.is_anonymous
               ? (categories & (page_is_present | page_is_swapped)) != 0
               : (categories & page_is_present) != 0 && (categories & page_is_of_a_file) == 0;
}

/// Puts a page back if a job has written it, or given it back. False: that cannot be.
bool restore_page(const Mapping& mapping, std::uintptr_t address, std::uint64_t categories) {
    Page& known = page_of(mapping, address);
    const bool is_lost = known.heat != Heat::empty && !is_there(mapping, categories);
    if (known.heat == Heat::hot || ((categories & page_is_written) == 0 && !is_lost)) {
        return true;
    }
    if (known.heat == Heat::warm) {
        memcpy(at(address), kept->contents[known.content], page);
    } else if (known.heat == Heat::empty && mapping.is_anonymous) {
        memset(at(address), 0, page);
    } else if (call(SYS_pread64, memory_of_point, address, page, address) !=
               static_cast<long>(page)) {
        return false;
    }
    if (known.writers != UINT16_MAX) {
        ++known.writers;
    }
    if (known.heat != Heat::warm && known.writers > 1) {
        keep_content(known, address);
    }
    if (known.heat == Heat::warm && is_worth_no_question(known)) {
        known.heat = Heat::hot;
        kept->hot[image.hot_count++] = {address, known.content};
        return true;
    }
    return protect(address, address + page) >= 0;
}

bool restore_pages_of(const Mapping& mapping) {
    std::uintptr_t from = mapping.start;
    while (from < mapping.end) {
        std::uintptr_t walked = mapping.end;
        const long found = scan(from, mapping.end, 0, &walked);
        if (found < 0) {
            return false;
        }
        for (long i = 0; i < found; ++i) {
            const PageRegion& region = kept->regions[i];
            for (std::uintptr_t address = region.start; address < region.end; address += page) {
                if (!restore_page(mapping, address, region.categories)) {
                    return false;
                }
            }
        }
        from = walked;
    }
    return true;
}

/// Whether they are exactly as they were.
bool compare_mappings() {
    std::size_t count = 0;
    const long length = read_mappings(kept->text_now, nullptr, count);
    return length >= 0 && static_cast<std::size_t>(length) == image.text_length &&
           memcmp(kept->text_now, kept->text_before, image.text_length) == 0;
}

bool put_mappings_back() {
    if (static_cast<std::uintptr_t>(call(SYS_brk, 0)) > image.program_break) {
        call(SYS_brk, image.program_break);
    }
    std::size_t count = 0;
    if (read_mappings(kept->text_now, kept->now, count) < 0) {
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        kept->now[i].is_kept = is_kept(kept->now[i].start);
    }
    return put_back(kept->before, image.count, kept->now, count, watch);
}

}  // namespace

bool prepare_images() {
    if (gnu_get_libc_version == nullptr) {
        return false;  // where another C library keeps a thread's id is not known
    }
    spare_arenas();
    memory_of_point = static_cast<int>(open_own("/proc/self/mem", O_RDONLY));
    return memory_of_point >= 0;
}

bool provide_kept_memory() {
    void* const area = ::mmap(nullptr, sizeof(Kept), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) {
        return false;
    }
    kept = static_cast<Kept*>(area);
    call(SYS_madvise, area, sizeof(Kept), MADV_DONTFORK);
    call(SYS_madvise, kept->contents, sizeof kept->contents, MADV_HUGEPAGE);
    for (auto& stack : kept->stacks) {
        call(SYS_mprotect, stack, page, PROT_NONE);
    }
    stacks_given = 0;
    return true;
}

void* kept_stack() {
    return kept == nullptr || stacks_given == stacks_limit ? nullptr
                                                           : kept->stacks[stacks_given++] + page;
}

long take_image() {
    if (!leave_thread()) {
        return -ENOSYS;
    }
    image.faults = static_cast<int>(open_faults());
    image.pagemap = static_cast<int>(open_own("/proc/self/pagemap", O_RDONLY));
    image.maps = static_cast<int>(open_own("/proc/self/maps", O_RDONLY));
    image.references = static_cast<int>(open_own("/proc/self/clear_refs", O_WRONLY));
    for (const int descriptor : {image.faults, image.pagemap, image.maps, image.references}) {
        if (descriptor < 0) {
            return descriptor;
        }
    }
    image.program_break = static_cast<std::uintptr_t>(call(SYS_brk, 0));
    const long length = read_mappings(kept->text_before, kept->before, image.count);
    if (length < 0) {
        return length;
    }
    image.text_length = static_cast<std::size_t>(length);
    std::size_t pages = 0;
    for (std::size_t i = 0; i < image.count; ++i) {
        Mapping& mapping = kept->before[i];
        mapping.is_watched = mapping.is_writable() && mapping.is_private &&
                             !mapping.is_of_the_kernel && !is_kept(mapping.start) &&
                             !is_ours(mapping);
        if (!mapping.is_watched) {
            continue;
        }
        mapping.first_page = pages;
        pages += (mapping.end - mapping.start) / page;
        if (pages > pages_limit) {
            return -E2BIG;
        }
        long result = note_pages(mapping);
        result = result < 0 ? result : watch(mapping.start, mapping.end);
        result = result < 0 ? result : protect(mapping.start, mapping.end);
        if (result < 0) {
            return result;
        }
    }
    keep_arenas();
    image.taken = true;
    return 0;
}

bool restore_mappings() {
    ++image.jobs;
    restore_arenas();
    return compare_mappings() || (put_mappings_back() && compare_mappings());
}

bool restore_pages() {
    for (std::size_t i = 0; i < image.count; ++i) {
        if (kept->before[i].is_watched && !restore_pages_of(kept->before[i])) {
            return false;
        }
    }
    for (std::size_t i = 0; i < image.hot_count; ++i) {
        copy_differences(at(kept->hot[i].address), kept->contents[kept->hot[i].content]);
    }
    call(SYS_write, image.references, "5", 1);  // the most memory that was used begins anew
    return true;
}

void take_thread() {
    call(SYS_set_robust_list, thread.robust_list, thread.robust_list_size);
    if (thread.restartable) {
        call(SYS_rseq, restartable_area(), restartable_size, 0, restartable_signature);
    }
}

void* thread_id_place() {
    return thread.control_block + offset_of_thread_id;
}

void close_image() {
    for (const int descriptor :
         {memory_of_point, image.faults, image.pagemap, image.maps, image.references}) {
        call(SYS_close, descriptor);
    }
}

void take_off_what_is_kept(slot::JobEnd& end) {
    rusage usage{};
    call(SYS_getrusage, RUSAGE_SELF, &usage);
    const bool is_of_this_memory = end.peak_kibibytes <= usage.ru_maxrss;
    if (is_of_this_memory) {
        end.peak_kibibytes -= image.content_count * static_cast<std::int64_t>(page / 1024);
    }
}

bool is_image() {
    return image.taken;
}

}  // namespace maelstrom::fork_point

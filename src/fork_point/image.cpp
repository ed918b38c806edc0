#include "fork_point/image.hpp"

#include "fork_point/layout.hpp"
#include "fork_point/mappings.hpp"
#include "fork_point/own_thread.hpp"
#include "fork_point/process.hpp"
#include "fork_point/program.hpp"
#include "fork_point/written_pages.hpp"
#include "slot/kernel.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <initializer_list>

extern "C" __attribute__((visibility("hidden"))) char _end[];

namespace maelstrom::fork_point {

using slot::call;

namespace {

constexpr std::uintptr_t page = page_size;
constexpr std::size_t ranges_limit = 8192;
constexpr std::size_t text_limit = std::size_t{1} << 20U;
constexpr std::size_t pages_limit = std::size_t{1} << 20U;     // 4 GiB
constexpr std::size_t contents_limit = std::size_t{1} << 14U;  // 64 MiB
/// That jobs have written, and so are this process's own from then on: 256 MiB.
constexpr std::size_t copies_limit = std::size_t{1} << 16U;
constexpr std::size_t regions_limit = std::size_t{1} << 14U;
constexpr std::size_t states_limit = 4096;
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
    PageState states[states_limit];
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
    bool is_taken = false;
    int maps = -1;
    int references = -1;
    std::size_t count = 0;        ///< of mappings
    std::size_t text_length = 0;  ///< of `text_before`
    std::uint32_t content_count = 0;
    std::size_t hot_count = 0;
    std::size_t copies = 0;
    std::uint32_t jobs = 0;
    std::uintptr_t program_break = 0;
} image;

bool is_kept(std::uintptr_t address) {
    const auto start = reinterpret_cast<std::uintptr_t>(kept);
    return address >= start && address < start + sizeof *kept;
}

/// Where those pages begin that are not the library's own variables; what of these is a job's
/// business is restored by name. Behind them, in what looks like one mapping, there may be memory
/// of others: Linux joins mappings that are alike and touch each other.
std::uintptr_t end_of_ours(const Mapping& mapping) {
    const auto first = reinterpret_cast<std::uintptr_t>(&program);
    const auto last = reinterpret_cast<std::uintptr_t>(&_end[-1]);
    const bool is_ours = mapping.is_writable() && mapping.end > first && mapping.start <= last;
    return is_ours ? last / page * page + page : mapping.start;
}

/// Its length, or negative errno.
long read_maps(char* text) {
    std::size_t length = 0;
    long got = 1;
    while (got > 0) {
        got = call(SYS_pread64, image.maps, text + length, text_limit - 1 - length, length);
        length += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    text[length] = '\0';
    const bool is_all = length < text_limit - 1;
    return got < 0 ? got : is_all ? static_cast<long>(length) : -E2BIG;
}

char* at(std::uintptr_t address) {
    return reinterpret_cast<char*>(address);  // NOLINT(performance-no-int-to-ptr)
}

Page& page_of(const Mapping& mapping, std::uintptr_t address) {
    return kept->pages[mapping.first_page + (address - mapping.watched_from) / page];
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

/// Being told of a write costs as much as putting two pages back.
bool is_worth_no_question(const Page& known) {
    constexpr std::uint32_t least = 4;
    return known.writers >= least && known.writers * std::uint32_t{2} >= image.jobs;
}

/// Pages that this process has copied since it was forked: theirs is the right content.
long note_pages(const Mapping& mapping) {
    for (std::uintptr_t start = mapping.watched_from; start < mapping.end;
         start += states_limit * page) {
        const std::size_t left = (mapping.end - start) / page;
        const std::size_t count = left < states_limit ? left : states_limit;
        if (const long result = read_pages(start, kept->states, count); result < 0) {
            return result;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const PageState& state = kept->states[i];
            Page& known = page_of(mapping, start + i * page);
            known.heat = state.is_copied ? Heat::cold : Heat::empty;
            if (state.is_copied && state.is_alone && !keep_content(known, start + i * page)) {
                return -E2BIG;
            }
        }
    }
    return 0;
}

long note_mappings() {
    std::size_t pages = 0;
    for (std::size_t i = 0; i < image.count; ++i) {
        Mapping& mapping = kept->before[i];
        mapping.watched_from = end_of_ours(mapping);
        mapping.is_watched = mapping.is_writable() && mapping.is_private &&
                             !mapping.is_of_the_kernel && !is_kept(mapping.start) &&
                             mapping.watched_from < mapping.end;
        if (!mapping.is_watched) {
            continue;
        }
        mapping.first_page = pages;
        pages += (mapping.end - mapping.watched_from) / page;
        if (pages > pages_limit) {
            return -E2BIG;
        }
        long result = note_pages(mapping);
        result = result < 0 ? result : watch_pages(mapping.watched_from, mapping.end);
        result = result < 0 ? result : forget_writes(mapping.watched_from, mapping.end);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

long open_own(const char* path, int flags) {
    return call(SYS_open, path, flags | O_CLOEXEC);
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

/// Whether the pages are this process's own, somewhere.
bool are_there(const Mapping& mapping, const PageRegion& region) {
    // A page of a file that was put out of sight looks as if it were swapped out.
    return mapping.is_anonymous ? region.is_in_memory() || region.is_swapped()
                                : region.is_in_memory() && !region.is_of_a_file();
}

/// Puts a page back if a job has written it, or given it back. False: that cannot be.
bool restore_page(const Mapping& mapping, std::uintptr_t address, const PageRegion& region) {
    Page& known = page_of(mapping, address);
    const bool is_lost = known.heat != Heat::empty && !are_there(mapping, region);
    if (known.heat == Heat::hot || (!region.is_written() && !is_lost)) {
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
    image.copies += known.writers == 0 ? 1 : 0;
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
    return forget_writes(address, address + page) >= 0;
}

bool restore_pages_of(const Mapping& mapping) {
    std::uintptr_t from = mapping.watched_from;
    while (from < mapping.end) {
        std::uintptr_t walked = mapping.end;
        const long found = find_written(from, mapping.end, !mapping.is_anonymous, kept->regions,
                                        regions_limit, walked);
        if (found < 0) {
            return false;
        }
        for (long i = 0; i < found; ++i) {
            const PageRegion& region = kept->regions[i];
            for (std::uintptr_t address = region.start; address < region.end; address += page) {
                if (!restore_page(mapping, address, region)) {
                    return false;
                }
            }
        }
        from = walked;
    }
    return true;
}

/// Whether they are exactly as they were.
bool are_mappings_as_before() {
    const long length = read_maps(kept->text_now);
    return length >= 0 && static_cast<std::size_t>(length) == image.text_length &&
           memcmp(kept->text_now, kept->text_before, image.text_length) == 0;
}

bool put_mappings_back() {
    if (static_cast<std::uintptr_t>(call(SYS_brk, 0)) > image.program_break) {
        call(SYS_brk, image.program_break);
    }
    if (read_maps(kept->text_now) < 0) {
        return false;
    }
    const std::size_t count = parse_mappings(kept->text_now, kept->now, ranges_limit);
    for (std::size_t i = 0; i < count; ++i) {
        kept->now[i].is_kept = is_kept(kept->now[i].start);
    }
    return count < ranges_limit &&
           put_back(kept->before, image.count, kept->now, count, watch_pages);
}

}  // namespace

bool prepare_images() {
    if (!is_own_thread_known()) {
        return false;
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
    if (!leave_own_thread()) {
        return -ENOSYS;
    }
    const long opened = open_written_pages();
    image.maps = static_cast<int>(open_own("/proc/self/maps", O_RDONLY));
    image.references = static_cast<int>(open_own("/proc/self/clear_refs", O_WRONLY));
    if (opened < 0 || image.maps < 0 || image.references < 0) {
        return -EPERM;
    }
    image.program_break = static_cast<std::uintptr_t>(call(SYS_brk, 0));
    if (const long length = read_maps(kept->text_before); length < 0) {
        return length;
    }
    image.count = parse_mappings(kept->text_before, kept->before, ranges_limit);
    if (image.count == ranges_limit) {
        return -E2BIG;
    }
    if (const long result = note_mappings(); result < 0) {
        return result;
    }
    // Anew: what is watched no longer looks like one with what is not.
    const long length = read_maps(kept->text_before);
    if (length < 0) {
        return length;
    }
    image.text_length = static_cast<std::size_t>(length);
    keep_arenas();
    image.is_taken = true;
    return 0;
}

bool restore_mappings() {
    ++image.jobs;
    restore_arenas();
    if (image.copies > copies_limit) {
        return false;  // memory that no job may need again
    }
    return are_mappings_as_before() || (put_mappings_back() && are_mappings_as_before());
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

void close_image() {
    for (const int descriptor : {memory_of_point, image.maps, image.references}) {
        call(SYS_close, descriptor);
    }
    close_written_pages();
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
    return image.is_taken;
}

}  // namespace maelstrom::fork_point

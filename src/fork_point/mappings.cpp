#include "fork_point/mappings.hpp"

#include "slot/kernel.hpp"

#include <string.h>
#include <sys/mman.h>

namespace maelstrom::fork_point {

using slot::call;

namespace {

std::uintptr_t read_hexadecimal(const char*& at) {
    std::uintptr_t value = 0;
    for (;; ++at) {
        if (*at >= '0' && *at <= '9') {
            value = value * 16 + static_cast<std::uintptr_t>(*at - '0');
        } else if (*at >= 'a' && *at <= 'f') {
            value = value * 16 + static_cast<std::uintptr_t>(*at - 'a' + 10);
        } else {
            return value;
        }
    }
}

const char* skip_field(const char* at) {
    while (*at != ' ' && *at != '\n' && *at != '\0') {
        ++at;
    }
    while (*at == ' ') {
        ++at;
    }
    return at;
}

bool begins(const char* text, const char* with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/// "7f0000000000-7f0000001000 rw-p 00000000 08:01 1234   /lib/x.so"
Mapping parse_line(const char* at) {
    Mapping mapping;
    mapping.start = read_hexadecimal(at);
    ++at;
    mapping.end = read_hexadecimal(at);
    ++at;
    mapping.protection = (at[0] == 'r' ? PROT_READ : 0) | (at[1] == 'w' ? PROT_WRITE : 0) |
                         (at[2] == 'x' ? PROT_EXEC : 0);
    mapping.is_private = at[3] == 'p';
    const char* const inode = skip_field(skip_field(skip_field(at)));
    const char* const name = skip_field(inode);
    mapping.is_anonymous = begins(inode, "0 ") || begins(inode, "0\n");
    mapping.is_of_the_kernel = begins(name, "[v");  // [vdso], [vvar], [vsyscall]
    return mapping;
}

bool unmap(std::uintptr_t start, std::uintptr_t end) {
    return start >= end || call(SYS_munmap, start, end - start) == 0;
}

bool can_be_made(const Mapping& mapping) {
    return mapping.is_private && mapping.is_anonymous && !mapping.is_of_the_kernel;
}

/// A part of a mapping that is not there any more.
bool make(const Mapping& mapping, std::uintptr_t start, std::uintptr_t end, Watch watch) {
    if (start >= end) {
        return true;
    }
    const int reserve = mapping.is_reserved() ? MAP_NORESERVE : 0;
    void* const place = reinterpret_cast<void*>(start);  // NOLINT(performance-no-int-to-ptr)
    return can_be_made(mapping) &&
           ::mmap(place, end - start, mapping.protection,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | reserve, -1, 0) == place &&
           (!mapping.is_watched || watch(start, end) >= 0);
}

/// A part of a mapping that is another now.
bool change(const Mapping& mapping,
            const Mapping& now,
            std::uintptr_t start,
            std::uintptr_t end,
            Watch watch) {
    const bool is_made_anew = mapping.is_reserved() && can_be_made(now);
    if (!is_made_anew && can_be_made(mapping) && can_be_made(now)) {
        return call(SYS_mprotect, start, end - start, mapping.protection) == 0;
    }
    return make(mapping, start, end, watch);
}

bool are_alike(const Mapping& a, const Mapping& b) {
    return a.protection == b.protection && a.is_private == b.is_private &&
           a.is_anonymous == b.is_anonymous;
}

std::uintptr_t later(std::uintptr_t a, std::uintptr_t b) {
    return a > b ? a : b;
}

std::uintptr_t earlier(std::uintptr_t a, std::uintptr_t b) {
    return a < b ? a : b;
}

bool unmap_what_has_come(const Mapping* before,
                         std::size_t before_count,
                         const Mapping* now,
                         std::size_t now_count) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < now_count; ++i) {
        while (first < before_count && before[first].end <= now[i].start) {
            ++first;
        }
        if (now[i].is_kept) {
            continue;
        }
        std::uintptr_t from = now[i].start;
        for (std::size_t j = first; j < before_count && before[j].start < now[i].end; ++j) {
            if (!unmap(from, before[j].start)) {
                return false;
            }
            from = later(from, before[j].end);
        }
        if (!unmap(from, now[i].end)) {
            return false;
        }
    }
    return true;
}

bool make_what_has_gone(const Mapping* before,
                        std::size_t before_count,
                        const Mapping* now,
                        std::size_t now_count,
                        Watch watch) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < before_count; ++i) {
        const Mapping& mapping = before[i];
        while (first < now_count && now[first].end <= mapping.start) {
            ++first;
        }
        std::uintptr_t from = mapping.start;
        for (std::size_t j = first; j < now_count && now[j].start < mapping.end; ++j) {
            const std::uintptr_t start = later(from, now[j].start);
            const std::uintptr_t end = earlier(now[j].end, mapping.end);
            const bool is_good = now[j].is_kept || are_alike(now[j], mapping);
            if (!make(mapping, from, start, watch) ||
                (!is_good && !change(mapping, now[j], start, end, watch))) {
                return false;
            }
            from = end;
        }
        if (!make(mapping, from, mapping.end, watch)) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool Mapping::is_reserved() const {
    return protection == PROT_NONE && is_private && is_anonymous;
}

bool Mapping::is_writable() const {
    return (protection & PROT_WRITE) != 0;
}

std::size_t parse_mappings(const char* text, Mapping* mappings, std::size_t room) {
    std::size_t count = 0;
    while (*text != '\0' && count < room) {
        mappings[count++] = parse_line(text);
        const char* const stop = strchr(text, '\n');
        text = stop == nullptr ? text + strlen(text) : stop + 1;
    }
    return count;
}

bool put_back(const Mapping* before,
              std::size_t before_count,
              const Mapping* now,
              std::size_t now_count,
              Watch watch) {
    return unmap_what_has_come(before, before_count, now, now_count) &&
           make_what_has_gone(before, before_count, now, now_count, watch);
}

}  // namespace maelstrom::fork_point

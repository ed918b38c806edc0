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

/// Goes through all of a list: in the parts that are in no mapping of the other one calls
/// `on_gap(mapping, start, end)`, in the others `on_both(mapping, other, start, end)`, until one
/// of them says false.
template <class OnGap, class OnBoth>
bool compare(const Mapping* list,
             std::size_t count,
             const Mapping* others,
             std::size_t other_count,
             OnGap on_gap,
             OnBoth on_both) {
    std::size_t first = 0;
    for (const Mapping* mapping = list; mapping != list + count; ++mapping) {
        while (first < other_count && others[first].end <= mapping->start) {
            ++first;
        }
        std::uintptr_t from = mapping->start;
        for (std::size_t i = first; i < other_count && others[i].start < mapping->end; ++i) {
            const std::uintptr_t start = later(from, others[i].start);
            const std::uintptr_t end = earlier(others[i].end, mapping->end);
            if (!on_gap(*mapping, from, start) || !on_both(*mapping, others[i], start, end)) {
                return false;
            }
            from = end;
        }
        if (!on_gap(*mapping, from, mapping->end)) {
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
    const auto has_come = [](const Mapping& mapping, std::uintptr_t start, std::uintptr_t end) {
        return mapping.is_kept || unmap(start, end);
    };
    const auto is_no_gap = [](const Mapping&, const Mapping&, std::uintptr_t, std::uintptr_t) {
        return true;
    };
    const auto has_gone = [=](const Mapping& mapping, std::uintptr_t start, std::uintptr_t end) {
        return make(mapping, start, end, watch);
    };
    const auto is_another = [=](const Mapping& mapping, const Mapping& other, std::uintptr_t start,
                                std::uintptr_t end) {
        return other.is_kept || are_alike(mapping, other) ||
               change(mapping, other, start, end, watch);
    };
    return compare(now, now_count, before, before_count, has_come, is_no_gap) &&
           compare(before, before_count, now, now_count, has_gone, is_another);
}

}  // namespace maelstrom::fork_point

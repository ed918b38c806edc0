// What a C library would bring. The beginning of one takes longer than all that this program does
// before it builds its container: it asks the processor what it can do, and where that is a virtual
// one each question costs as much as twenty system calls. And a program that starts slots copies no
// C library into memory first.

#include <stddef.h>

namespace maelstrom::slot {

namespace {

/// In a loop: the compiler might see what the function does, and replace it by a call of itself.
inline void not_a_library_function() {
    __asm__ volatile("" : : : "memory");
}

}  // namespace

[[noreturn]] void run();

}  // namespace maelstrom::slot

using maelstrom::slot::not_a_library_function;

extern "C" {

/// Where Linux begins, with an aligned stack. The arguments on it are of no use here.
[[noreturn]] void _start();
__asm__(".text\n\t"
        ".global _start\n"
        "_start:\n\t"
        "xor %ebp, %ebp\n\t"  // ends back traces here
        "call enter_slot\n\t"
        "ud2");

/// Objects that are not made when the program is linked (defined by the linker).
extern void (*const __init_array_start[])();
extern void (*const __init_array_end[])();

[[noreturn]] void enter_slot() {
    for (void (*const* make)() = __init_array_start; make != __init_array_end; ++make) {
        (*make)();
    }
    maelstrom::slot::run();
}

// Compilers call these four as they please.

void* memcpy(void* to, const void* from, size_t size) {
    void* const result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return result;
}

void* memmove(void* to, const void* from, size_t size) {
    auto* target = static_cast<char*>(to);
    const auto* source = static_cast<const char*>(from);
    if (target <= source || target >= source + size) {
        return memcpy(to, from, size);
    }
    while (size-- > 0) {
        target[size] = source[size];
        not_a_library_function();
    }
    return to;
}

void* memset(void* to, int value, size_t size) {
    void* const result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
    return result;
}

int memcmp(const void* left, const void* right, size_t size) {
    const auto* a = static_cast<const unsigned char*>(left);
    const auto* b = static_cast<const unsigned char*>(right);
    for (size_t i = 0; i < size; ++i) {
        if (a[i] != b[i]) {
            return a[i] - b[i];
        }
    }
    return 0;
}

// The program's own sources call these.

size_t strlen(const char* text) {
    size_t length = 0;
    while (text[length] != '\0') {
        ++length;
        not_a_library_function();
    }
    return length;
}

int strcmp(const char* left, const char* right) {
    while (*left != '\0' && *left == *right) {
        ++left;
        ++right;
    }
    return static_cast<unsigned char>(*left) - static_cast<unsigned char>(*right);
}

char* strstr(const char* text, const char* part) {
    for (;; ++text) {
        size_t same = 0;
        while (part[same] != '\0' && text[same] == part[same]) {
            ++same;
        }
        if (part[same] == '\0') {
            return const_cast<char*>(text);
        }
        if (*text == '\0') {
            return nullptr;
        }
    }
}

}  // extern "C"

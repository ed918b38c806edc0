#include "fork_point/mount_line.hpp"

#include <string.h>

namespace maelstrom::fork_point {

namespace {

char* next_field(char*& rest) {
    char* field = rest;
    while (*rest != ' ' && *rest != '\0') {
        ++rest;
    }
    if (*rest == ' ') {
        *rest++ = '\0';
    }
    return field;
}

/// "\040" and its like become the byte they stand for.
void unescape(char* field) {
    char* to = field;
    for (const char* from = field; *from != '\0'; ++from) {
        if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3') {
            *to++ = static_cast<char>((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
            from += 3;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

}  // namespace

MountLine parse_mount_line(char* rest) {
    MountLine line;
    line.id = next_field(rest);
    next_field(rest);
    line.device = next_field(rest);
    line.root = next_field(rest);
    line.path = next_field(rest);
    line.attributes = next_field(rest);
    while (*rest != '\0' && strcmp(next_field(rest), "-") != 0) {
    }
    line.type = next_field(rest);
    next_field(rest);
    line.super_options = next_field(rest);
    unescape(line.path);
    return line;
}

}  // namespace maelstrom::fork_point

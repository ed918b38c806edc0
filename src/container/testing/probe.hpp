#pragma once

#include <stdio.h>
#include <string.h>

#include <cerrno>

// What the parts of the program that tests run inside containers share.

using Arguments = char**;

/// Of a fork point that holds its cells: where to let them go on, see seccomp_unotify(2).
constexpr int held_descriptor = 100;

inline int report(const char* what, long result) {
    printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
    return result < 0 ? 1 : 0;
}

// Of probe_fork_point.cpp.
int fork_point(Arguments arguments);

/// The sub-command that the first word names, with the others as its arguments; null ends them.
int run_command(char** words);

// Of probe_network.cpp.
int abstract_socket(Arguments arguments);
int tcp_cycle(Arguments arguments);
int lose_socket(Arguments arguments);
int lose_one_socket(Arguments arguments);
int network(Arguments arguments);
int machine_sockets(Arguments arguments);
int machine_sockets_of_32_bits(Arguments arguments);

#pragma once

#include <string_view>

namespace maelstrom::fork_point {

/// The shared library that turns a program into a fork point (point.cpp), as bytes of an ELF file
/// for this machine. It goes into the container of the program that loads it.
std::string_view library();

}  // namespace maelstrom::fork_point

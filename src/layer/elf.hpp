#pragma once

#include "sys/fd.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::layer {

/// What the dynamic loader reads of a program or library.
struct Elf {
    unsigned char file_class = 0;  ///< ELFCLASS32, ELFCLASS64
    std::uint16_t machine = 0;     ///< EM_X86_64, …
    std::optional<std::string> interpreter;
    std::vector<std::string> needed;
    std::string
        rpath;  ///< colon-separated, unexpanded; empty if there is a RUNPATH, which replaces it
    std::string runpath;
};

/// Errors say what is wrong with the file; the caller knows its name.
util::Result<Elf> read_elf(const sys::Fd& file);

}  // namespace maelstrom::layer

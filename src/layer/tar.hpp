#pragma once

#include "layer/tree.hpp"
#include "sys/fd.hpp"

#include <string>

namespace maelstrom::layer {

/// How much a tar file may unfold to.
struct TarLimits {
    std::uint64_t members = 10'000'000;
    util::Bytes data{1'000'000'000'000};
};

/// Reads a tar file, plain or compressed by gzip, zstd, xz or bzip2, into a tree; the content of
/// its files goes into the store. A later member of the same name wins; names ending up outside are
/// errors; devices and pipes are skipped with one warning.
Result<Directory> read_tar(store::Store& store, const sys::Fd& file, const TarLimits& limits = {});

}  // namespace maelstrom::layer

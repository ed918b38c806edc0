#pragma once

#include "util/error.hpp"

#include <string>

namespace maelstrom::container {

/// A slot's directory on disk for what its jobs write to a writable root; goes with the slot. An
/// empty one is none.
class ScratchDirectory {
public:
    static util::Result<ScratchDirectory> create(std::string path);

    ScratchDirectory() = default;
    ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchDirectory& operator=(ScratchDirectory&& other) noexcept;
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory();

    /// Empty: there is none.
    const std::string& path() const { return path_; }

private:
    explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}

    std::string path_;
};

}  // namespace maelstrom::container

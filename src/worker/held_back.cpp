#include "worker/held_back.hpp"

#include "sys/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace maelstrom::worker {

namespace {

/// As much of that as is there.
std::string read_at(const sys::Fd& file, std::uint64_t offset, std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t count = ::pread(file.get(), bytes.data() + filled, bytes.size() - filled,
                                      static_cast<off_t>(offset + filled));
        if (count <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    bytes.resize(filled);
    return bytes;
}

job::Output read_ends(const sys::Fd& file, util::Bytes limit) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0 || status.st_size <= 0) {
        return {};
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const std::uint64_t tail = size > limit.count ? limit.count / 2 : 0;
    const std::uint64_t head = std::min<std::uint64_t>(size, limit.count - tail);
    return {.head = read_at(file, 0, head),
            .tail = read_at(file, size - tail, tail),
            .dropped = size - head - tail};
}

}  // namespace

util::Result<HeldBack> HeldBack::open() {
    HeldBack held;
    for (sys::Fd& file : held.files_) {
        file = TRY(sys::memfd_create("held-back", 0));
    }
    return held;
}

util::Result<std::array<sys::Fd, 2>> HeldBack::share() const {
    std::array<sys::Fd, 2> same;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        same[i] = TRY(sys::duplicate(files_[i].get()));
    }
    return same;
}

job::Output HeldBack::output(util::Bytes limit) const {
    return read_ends(files_[0], limit);
}

job::Output HeldBack::errors(util::Bytes limit) const {
    return read_ends(files_[1], limit);
}

}  // namespace maelstrom::worker

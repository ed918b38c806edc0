#include "history/place.hpp"

#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace maelstrom::history {

namespace {

using util::Result;

constexpr util::Bytes longest_holder{100};
/// flock(2) cannot be waited for together with an interruption.
constexpr int poll_interval_ms = 100;

std::string holder_of(const sys::Fd& file) {
    if (::lseek(file.get(), 0, SEEK_SET) != 0) {
        return {};
    }
    const Result<std::string> text = sys::read_all(file, longest_holder);
    return text ? std::string(util::trim(*text)) : std::string();
}

/// For people who wonder whom the others wait for.
void sign(const sys::Fd& file) {
    const std::string text = std::to_string(::getpid()) + "\n";
    if (sys::ftruncate(file, 0)) {
        [[maybe_unused]] const auto written = ::pwrite(file.get(), text.data(), text.size(), 0);
    }
}

}  // namespace

bool Place::exists() const {
    return ::access(state().c_str(), F_OK) == 0;
}

Result<void> Place::make() const {
    if (exists()) {
        return {};
    }
    const bool is_new = ::access(runner_directory_.c_str(), F_OK) != 0;
    TRY(sys::make_directories(state()));
    if (is_new) {
        constexpr std::string_view ignore_all = "# Made by Maelstrom.\n*\n";
        TRY(sys::replace_file(runner_directory_ + "/.gitignore", ignore_all, 0644,
                              sys::Durability::cached));
    }
    return {};
}

Result<std::optional<Turn>> Turn::take(const Place& place,
                                       const std::function<void(const std::string& holder)>& waits,
                                       const std::function<bool()>& stop) {
    if (!place.exists()) {
        return Turn(sys::Fd());
    }
    sys::Fd file = TRY(sys::open(place.lock_file(), O_RDWR | O_CREAT, 0644));
    bool told = false;
    while (!TRY(sys::flock(file, LOCK_EX | LOCK_NB))) {
        if (stop()) {
            return std::nullopt;
        }
        if (!told) {
            told = true;
            waits(holder_of(file));
        }
        ::poll(nullptr, 0, poll_interval_ms);
    }
    sign(file);
    return Turn(std::move(file));
}

}  // namespace maelstrom::history

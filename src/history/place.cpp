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
/// A link that leads nowhere stays missing.
constexpr int attempts = 1000;

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

/// Whether it is the lock still: whoever had it may have removed it.
bool is_in_place(const sys::Fd& file, const std::string& path) {
    const auto ours = sys::fstat(file);
    const auto there = sys::fstatat(AT_FDCWD, path);
    return ours && there && ours->st_dev == there->st_dev && ours->st_ino == there->st_ino;
}

/// Others may make and remove the same meanwhile.
Result<sys::Fd> open_lock(const Place& place) {
    TRY(place.make());
    if (auto made = sys::open(place.lock_file(), O_RDWR | O_CREAT | O_EXCL, 0644)) {
        TRY(place.keep_out_of_version_control());
        return made;
    }
    return sys::open(place.lock_file(), O_RDWR | O_CREAT, 0644);
}

/// False if `stop` was requested.
Result<bool> wait_for(const sys::Fd& file,
                      const std::function<void(const std::string& holder)>& waits,
                      const std::function<bool()>& stop) {
    bool told = false;
    while (!TRY(sys::flock(file, LOCK_EX | LOCK_NB))) {
        if (stop()) {
            return false;
        }
        if (!told) {
            told = true;
            waits(holder_of(file));
        }
        ::poll(nullptr, 0, poll_interval_ms);
    }
    return true;
}

}  // namespace

bool Place::exists() const {
    return ::access(state().c_str(), F_OK) == 0;
}

bool Place::is_new() const {
    return ::access(runner_directory_.c_str(), F_OK) != 0;
}

Result<void> Place::make() const {
    if (exists()) {
        return {};
    }
    const bool was_new = is_new();
    TRY(sys::make_directories(state()));
    return was_new ? keep_out_of_version_control() : Result<void>();
}

Result<void> Place::keep_out_of_version_control() const {
    if (::access(ignore_file().c_str(), F_OK) == 0) {
        return {};
    }
    constexpr std::string_view ignore_all = "# Made by Maelstrom.\n*\n";
    return sys::replace_file(ignore_file(), ignore_all, 0644, sys::Durability::cached);
}

void Place::remove_unused() const {
    if (::access(history_file().c_str(), F_OK) == 0) {
        return;
    }
    // The lock last of the files: whoever begins a new one finds the others gone, or makes them.
    ::unlink(ignore_file().c_str());
    ::unlink(lock_file().c_str());
    if (::rmdir(state().c_str()) == 0) {
        ::rmdir(runner_directory_.c_str());
    } else {
        (void)keep_out_of_version_control();
    }
}

Result<std::optional<Turn>> Turn::take(const Place& place,
                                       const std::function<void(const std::string& holder)>& waits,
                                       const std::function<bool()>& stop) {
    for (int attempt = 1;; ++attempt) {
        const Made made = place.is_new() ? Made::for_it : Made::before;
        Result<sys::Fd> opened = open_lock(place);
        if (!opened && opened.error().kind() == util::ErrorKind::not_found && attempt < attempts) {
            continue;  // removed meanwhile
        }
        sys::Fd file = TRY(std::move(opened));
        if (!TRY(wait_for(file, waits, stop))) {
            return std::nullopt;
        }
        if (is_in_place(file, place.lock_file())) {
            sign(file);
            return Turn(std::move(file), place, made);
        }
    }
}

Turn::~Turn() {
    if (file_ && made_ == Made::for_it) {
        place_.remove_unused();
    }
}

}  // namespace maelstrom::history

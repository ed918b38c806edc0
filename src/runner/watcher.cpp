#include "runner/watcher.hpp"

#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/path.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace maelstrom::runner {

namespace {

using util::Result;

constexpr util::Bytes largest_ignore_file{1'000'000};
/// Whoever writes without a pause is not waited for for ever.
constexpr auto longest_settling = std::chrono::seconds(2);

constexpr std::uint32_t watched_events = IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM |
                                         IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW |
                                         IN_EXCL_UNLINK;

/// File systems whose changes the kernel does not see when others make them.
std::optional<std::string_view> silent_file_system(const std::string& path) {
    struct statfs status{};
    if (::statfs(path.c_str(), &status) != 0) {
        return std::nullopt;
    }
    switch (static_cast<std::uint32_t>(status.f_type)) {
    case 0x01021997:
        return "9p";
    case 0x6969:
        return "NFS";
    case 0xff534d42:
    case 0xfe534d42:
    case 0x517b:
        return "SMB";
    case 0x65735546:
        return "FUSE";
    default:
        return std::nullopt;
    }
}

/// The usual way to make many numbers one (FNV-1a).
class Mixer {
public:
    void add(std::string_view bytes) {
        for (const char c : bytes) {
            value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        }
    }
    template <class Number>
    void add_number(Number number) {
        add({reinterpret_cast<const char*>(&number), sizeof number});
    }
    std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::vector<sys::DirectoryEntry> entries_of(const std::string& path) {
    const Result<sys::Fd> directory = sys::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) {
        return {};  // gone, or not for us
    }
    return sys::list_directory(*directory).value_or(std::vector<sys::DirectoryEntry>{});
}

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::start(WatchSettings settings) {
    std::unique_ptr<Watcher> watcher(new Watcher(std::move(settings)));
    TRY(watcher->begin());
    return watcher;
}

Result<void> Watcher::begin() {
    wake_ = sys::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) {
        return util::fail_errno("eventfd");
    }
    if (settings_.poll) {
        poll_from_now_on("");
        return {};
    }
    if (const auto kind = silent_file_system(settings_.rules.root())) {
        poll_from_now_on(fmt::format("a {} file system does not tell of changes", *kind));
        return {};
    }
    notify_ = sys::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!notify_) {
        poll_from_now_on(fmt::format("inotify: {}", std::strerror(errno)));
        return {};
    }
    watch_below("");
    return {};
}

std::optional<std::string> Watcher::wait(const std::function<bool()>& asked) {
    // As soon as people notice.
    const std::chrono::milliseconds patience(asked ? 100 : -1);
    while (!interrupted_ && !change_) {
        sleep(poll_ ? settings_.poll_interval : patience);
        if (asked && !interrupted_ && asked()) {
            change_.reset();  // what is asked for sees it
            return "";
        }
    }
    const auto deadline = std::chrono::steady_clock::now() + longest_settling;
    while (!interrupted_ && std::chrono::steady_clock::now() < deadline &&
           sleep(settings_.quiet_time)) {
    }
    if (interrupted_) {
        return std::nullopt;
    }
    return std::exchange(change_, std::nullopt);
}

void Watcher::exclude(const std::vector<std::string>& paths) {
    // Events wait in the kernel until somebody does.
    std::ranges::for_each(paths, [&](const std::string& path) { settings_.rules.exclude(path); });
}

void Watcher::interrupt() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void Watcher::watch_below(const std::string& directory) {
    if (poll_) {
        return;
    }
    const std::string path = settings_.rules.absolute(directory);
    const int watch = ::inotify_add_watch(notify_.get(), path.c_str(), watched_events);
    if (watch < 0) {
        if (errno == ENOSPC || errno == ENOMEM) {
            poll_from_now_on("there are more directories than this user may watch "
                             "(fs.inotify.max_user_watches)");
        }
        return;  // gone, or not for us
    }
    directories_.insert_or_assign(watch, directory);
    read_ignore_file(directory);
    for (const sys::DirectoryEntry& entry : entries_of(path)) {
        const std::string below = util::join_paths(directory, entry.name);
        if (entry.type == DT_DIR && settings_.rules.matters(below, true)) {
            watch_below(below);
        }
    }
}

void Watcher::poll_from_now_on(std::string_view reason) {
    if (!reason.empty()) {
        util::log::info("looking for changes once in {} ms: {}", settings_.poll_interval.count(),
                        reason);
    }
    poll_ = true;
    notify_.close();
    directories_.clear();
    fingerprint_ = fingerprint("");
}

std::uint64_t Watcher::fingerprint(const std::string& directory) {
    Mixer mixer;
    read_ignore_file(directory);
    const std::string path = settings_.rules.absolute(directory);
    for (const sys::DirectoryEntry& entry : entries_of(path)) {
        const std::string below = util::join_paths(directory, entry.name);
        const bool is_directory = entry.type == DT_DIR;
        if (!settings_.rules.matters(below, is_directory)) {
            continue;
        }
        mixer.add(entry.name);
        if (is_directory) {
            mixer.add_number(fingerprint(below));
            continue;
        }
        struct stat status{};
        if (::lstat(settings_.rules.absolute(below).c_str(), &status) == 0) {
            mixer.add_number(status.st_ino);
            mixer.add_number(status.st_mode);
            mixer.add_number(status.st_size);
            mixer.add_number(status.st_mtim.tv_sec);
            mixer.add_number(status.st_mtim.tv_nsec);
        }
    }
    return mixer.value();
}

void Watcher::read_ignore_file(const std::string& directory) {
    const Result<std::string> text = sys::read_file(
        settings_.rules.absolute(util::join_paths(directory, ".gitignore")), largest_ignore_file);
    settings_.rules.read_ignore_file(directory, text ? *text : "");
}

bool Watcher::sleep(std::chrono::milliseconds time) {
    std::array waiting{pollfd{.fd = wake_.get(), .events = POLLIN, .revents = 0},
                       pollfd{.fd = poll_ ? -1 : notify_.get(), .events = POLLIN, .revents = 0}};
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(time.count()));
    if ((waiting[0].revents & POLLIN) != 0) {
        interrupted_ = true;
        return true;
    }
    const std::optional<std::string> before = change_;
    change_.reset();
    if (poll_) {
        look_for_changes();
    } else if (ready > 0) {
        read_events();
    }
    const bool came = change_.has_value();
    if (before) {
        change_ = before;  // the first one is told
    }
    return came;
}

void Watcher::read_events() {
    alignas(inotify_event) std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t size = ::read(notify_.get(), buffer.data(), buffer.size());
        if (size <= 0) {
            return;
        }
        for (ssize_t at = 0; at < size;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char* name = buffer.data() + at + sizeof event;
            take_event(event.wd, event.mask, event.len == 0 ? "" : name);
            at += static_cast<ssize_t>(sizeof event + event.len);
            if (poll_) {
                return;  // the watches were not enough
            }
        }
    }
}

void Watcher::take_event(int watch, std::uint32_t mask, const std::string& name) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
        change_ = change_.value_or("");
        watch_below("");
        return;
    }
    const auto found = directories_.find(watch);
    if (found == directories_.end()) {
        return;
    }
    const std::string directory = found->second;
    if ((mask & IN_IGNORED) != 0) {
        directories_.erase(found);
        return;
    }
    const std::string path = util::join_paths(directory, name);
    const bool is_directory = (mask & IN_ISDIR) != 0;
    if (name.empty() || !settings_.rules.matters(path, is_directory)) {
        return;
    }
    if (!change_) {
        change_ = path;
    }
    if (name == ".gitignore") {
        watch_below(directory);
    } else if (is_directory && (mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        watch_below(path);
    }
}

void Watcher::look_for_changes() {
    const std::uint64_t now = fingerprint("");
    if (now != fingerprint_) {
        fingerprint_ = now;
        change_ = "";
    }
}

}  // namespace maelstrom::runner

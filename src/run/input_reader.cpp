#include "run/input_reader.hpp"

#include "sys/terminal.hpp"
#include "sys/thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace maelstrom::run {

using util::ErrorKind;
using util::fail;
using util::fail_errno;
using util::Result;

namespace {

constexpr std::size_t most_items = 64;
constexpr std::size_t chunk = 1U << 16U;

/// Bytes read; 0 at the end.
Result<std::size_t> read_chunk(int fd, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t count = read(fd, buffer.data(), buffer.size());
        if (count >= 0) {
            return static_cast<std::size_t>(count);
        }
        if (errno == EAGAIN) {
            pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return fail_errno("reading job specifications");
        }
    }
}

/// A terminal hands out whole lines: what else was typed on the job's line is not for the job.
Result<void> skip_line(int fd, std::vector<char>& buffer, std::size_t count) {
    while (count > 0 && buffer[count - 1] != '\n') {
        count = TRY(read_chunk(fd, buffer));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<InputReader>> InputReader::start(int fd, std::function<void()> wake) {
    sys::Fd stop(eventfd(0, EFD_CLOEXEC));
    if (!stop) {
        return fail_errno("eventfd");
    }
    std::unique_ptr<InputReader> reader(new InputReader(fd, std::move(stop), std::move(wake)));
    reader->thread_ = TRY(sys::start_thread([reader = reader.get()] { reader->read_all(); }));
    return reader;
}

InputReader::InputReader(int fd, sys::Fd stop, std::function<void()> wake)
    : fd_(fd), stop_(std::move(stop)), wake_(std::move(wake)) {
}

InputReader::~InputReader() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        room_.notify_all();
    }
    eventfd_write(stop_.get(), 1);
}

std::optional<InputReader::Item> InputReader::take() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) {
        return std::nullopt;
    }
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    if (items_.size() <= most_items / 2) {
        room_.notify_one();  // once it pays to go on
    }
    return item;
}

void InputReader::read_all() {
    std::vector<char> buffer(chunk);
    while (const std::optional<std::size_t> count = read_some(buffer)) {
        if (*count == 0) {
            const Result<void> whole = specs_.finish();
            put(whole ? Item(End{}) : Item(whole.error()));
            return;
        }
        specs_.feed({buffer.data(), *count});
        if (!pass_on()) {
            return;
        }
    }
}

/// None if the thread should end.
std::optional<std::size_t> InputReader::read_some(std::vector<char>& buffer) {
    std::array<pollfd, 2> wait{{{.fd = fd_, .events = POLLIN, .revents = 0},
                                {.fd = stop_.get(), .events = POLLIN, .revents = 0}}};
    while (poll(wait.data(), wait.size(), -1) < 0 && errno == EINTR) {
    }
    if (wait[1].revents != 0) {
        return std::nullopt;
    }
    Result<std::size_t> count = read_chunk(fd_, buffer);
    arrived_ = std::chrono::steady_clock::now();
    if (!count) {
        put(std::move(count).error());
        return std::nullopt;
    }
    return *count;
}

/// All objects that are complete; false if nothing more is wanted.
bool InputReader::pass_on() {
    for (;;) {
        Result<std::optional<Input>> input = specs_.next();
        if (!input) {
            put(std::move(input).error());
            return false;
        }
        if (!*input) {
            return true;
        }
        if (!put(Object{**std::move(input), arrived_})) {
            return false;
        }
    }
}

bool InputReader::put(Item item) {
    bool was_empty = false;
    {
        std::unique_lock lock(mutex_);
        if (items_.size() >= most_items) {
            room_.wait(lock, [&] { return stopped_ || items_.size() <= most_items / 2; });
        }
        if (stopped_) {
            return false;
        }
        was_empty = items_.empty();
        items_.push_back(std::move(item));
    }
    if (was_empty) {
        wake_();
    }
    return true;
}

Result<FirstJob> read_first_job(int fd, job::Program program) {
    SpecStream specs(program);
    FirstJob first;
    std::vector<char> buffer(chunk);
    for (;;) {
        const std::size_t count = TRY(read_chunk(fd, buffer));
        if (count == 0) {
            TRY(specs.finish());
            return fail(ErrorKind::not_found, "no job given: the input ended without one");
        }
        specs.feed({buffer.data(), count});
        while (std::optional<Input> input = TRY(specs.next())) {
            if (auto* job = std::get_if<job::Job>(&*input)) {
                first.job = std::move(*job);
                if (sys::is_terminal(fd)) {
                    TRY(skip_line(fd, buffer, count));
                }
                return first;
            }
            first.containers.push_back(std::get<job::NamedContainers>(*std::move(input)));
        }
    }
}

}  // namespace maelstrom::run

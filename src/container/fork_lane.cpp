#include "container/fork_lane.hpp"

#include "container/finish.hpp"
#include "container/fork_failure.hpp"
#include "container/packet.hpp"
#include "sys/file.hpp"
#include "util/check.hpp"
#include "util/text.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace maelstrom::container {

using util::Result;

namespace {

constexpr util::Bytes proc_limit{64 * 1024};
constexpr const char* nonsense =
    "the process that the job was to be forked from gave an answer that makes no sense";
constexpr int patience_milliseconds = 2000;  // for the end of what was killed

/// Not a positive number: it is gone.
long pid_of(const sys::Fd& keeper) {
    const auto info = sys::read_file(fmt::format("/proc/self/fdinfo/{}", keeper.get()), proc_limit);
    const std::size_t at = info ? info->find("\nPid:") : std::string::npos;
    return at == std::string::npos ? 0 : std::strtol(info->c_str() + at + 5, nullptr, 10);
}

bool is_below_us(long pid) {
    constexpr int most_generations = 64;
    for (int i = 0; pid > 1 && i < most_generations; ++i) {
        const auto status = sys::read_file(fmt::format("/proc/{}/status", pid), proc_limit);
        const std::size_t at = status ? status->find("\nPPid:") : std::string::npos;
        pid = at == std::string::npos ? 0 : std::strtol(status->c_str() + at + 6, nullptr, 10);
        if (pid == ::getpid()) {
            return true;
        }
    }
    return false;
}

/// Whether it is a process that no slot of ours has started. Who is behind a lane may hand over a
/// pidfd of whatever it can get hold of, also of who is outside at the other end of a socket
/// (SO_PEERPIDFD, Linux 6.5).
bool is_foreign(const sys::Fd& keeper) {
    const long pid = pid_of(keeper);
    return pid > 0 && !is_below_us(pid) && pid_of(keeper) > 0;
}

/// The job's program, which only /proc knows: the keeper's first child.
long program_of(const sys::Fd& keeper) {
    const long pid = pid_of(keeper);
    const auto children =
        sys::read_file(fmt::format("/proc/{0}/task/{0}/children", pid), proc_limit);
    return pid > 0 && children ? std::strtol(children->c_str(), nullptr, 10) : 0;
}

/// False: there is none.
bool signal_program(const sys::Fd& keeper, int signal) {
    const long program = program_of(keeper);
    const sys::Fd process(program > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, program, 0))
                                      : -1);
    // Its number may have become somebody else's in between.
    return process && program_of(keeper) == program &&
           ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

}  // namespace

ForkLane::~ForkLane() {
    kill(Kill::at_once);
    if (group_ && current_) {
        pollfd end{current_->keeper.get(), POLLIN, 0};
        ::poll(&end, 1, patience_milliseconds);
    }
}

Result<void> ForkLane::run(const Launch& launch, Streams streams) {
    CHECK(!running_ && !waiting_);
    CHECK(bool(streams.held_back[0]) == bool(streams.held_back[1]));
    if (launch.task.size() > fork_point::order_limit) {
        return util::fail(util::ErrorKind::invalid,
                          "the task of a forked job takes {} bytes, more than {}",
                          launch.task.size(), fork_point::order_limit);
    }
    running_ = true;
    started_ = std::chrono::steady_clock::now();
    killed_ = false;
    waiting_ = Order{launch.task, std::move(streams)};
    return ready_ ? send_order() : Result<void>();
}

/// A point that has just died says so when it is asked for events.
Result<void> ForkLane::send_order() {
    const Order order = *std::exchange(waiting_, std::nullopt);
    current_ = std::exchange(ready_, std::nullopt);
    const fork_point::Order head{.cell = current_->number,
                                 .size = static_cast<std::uint32_t>(order.task.size())};
    std::string packet(sizeof head, '\0');
    std::memcpy(packet.data(), &head, sizeof head);
    packet += order.task;
    std::vector<int> descriptors{order.streams.out.get(), order.streams.err.get()};
    for (const sys::Fd& file : order.streams.held_back) {
        if (file) {
            descriptors.push_back(file.get());
        }
    }
    if (group_) {
        group_->begin_job();
        // The job will be born where its keeper sits. One that has just died says so itself.
        if (const long pid = pid_of(current_->keeper); pid > 0) {
            if (is_foreign(current_->keeper)) {
                return util::fail(util::ErrorKind::invalid, "{}", nonsense);
            }
            TRY(group_->adopt(pid), "moving a cell into its cgroup");
        }
    }
    const auto sent = send_packet(socket_, packet, descriptors);
    const bool gone =
        !sent && (sent.error().os_error() == EPIPE || sent.error().os_error() == ECONNRESET);
    return gone ? Result<void>() : sent;
}

void ForkLane::kill(Kill how) {
    if (!running_) {
        return;
    }
    if (current_ && is_foreign(current_->keeper)) {
        killed_ = true;
        give_up();
        return;
    }
    const bool gently = how == Kill::terminate;
    if (current_ && how != Kill::at_once &&
        signal_program(current_->keeper, gently ? SIGTERM : SIGKILL)) {
        killed_ = killed_ || !gently;
        return;
    }
    killed_ = true;
    if (current_) {  // else as soon as its cell is there
        ::syscall(SYS_pidfd_send_signal, current_->keeper.get(), SIGKILL, nullptr, 0);
    }
}

/// Nobody is asked any more: the next `receive` finds that nobody answers.
void ForkLane::give_up() {
    ::shutdown(socket_.get(), SHUT_RDWR);
}

// Behind a lane is a program of the job's author: it may say anything, in any order, without end.
// What makes no sense ends the lane; of the rest so much is taken at a time that others are served.
std::optional<Event> ForkLane::receive() {
    constexpr int most_at_once = 16;
    for (int taken = 0; !lost_ && taken < most_at_once; ++taken) {
        fork_point::Reply reply;
        auto received = receive_record(socket_, &reply, sizeof reply);
        if (!received) {
            if (running_ && killed_) {
                lost_ = true;
                Ended end = killed();
                end.reusable = false;
                return end;
            }
            return lost("the process that the job was to be forked from has ended");
        }
        if (!*received) {
            return std::nullopt;
        }
        if (auto event = on_reply(reply, std::move((*received)->descriptor))) {
            return event;
        }
    }
    return std::nullopt;
}

std::optional<Event> ForkLane::on_reply(const fork_point::Reply& reply, sys::Fd pidfd) {
    switch (reply.answer) {
    case fork_point::Answer::prepared:
        if (!pidfd || ready_) {
            break;
        }
        ready_ = Cell{reply.cell, std::move(pidfd)};
        return on_prepared();
    case fork_point::Answer::withdrawn:
        return on_withdrawn(reply.cell);
    case fork_point::Answer::ended:
        if (!current_ || reply.cell != current_->number) {
            break;
        }
        current_.reset();
        return ended(reply.end);
    case fork_point::Answer::not_started:
        return lost(explain_fork_failure(reply.step, reply.error));
    }
    return lost(nonsense);
}

std::optional<Event> ForkLane::on_prepared() {
    if (!waiting_) {
        return std::nullopt;
    }
    if (killed_) {
        waiting_.reset();
        running_ = false;
        return killed();
    }
    if (const auto sent = send_order(); !sent) {
        return lost(sent.error().message());
    }
    return std::nullopt;
}

/// A cell is not to be used any more: its keeper was killed, or its network is not fresh.
std::optional<Event> ForkLane::on_withdrawn(std::uint32_t cell) {
    if (ready_ && ready_->number == cell) {
        ready_.reset();
        return std::nullopt;
    }
    if (!current_ || current_->number != cell) {
        return lost(nonsense);
    }
    current_.reset();
    if (!killed_) {
        return lost("the cell that the job was to be forked into has died");
    }
    running_ = false;
    return killed();
}

/// By us, and nobody has counted what it had used.
Ended ForkLane::killed() const {
    return {.status = job::Signaled{SIGKILL},
            .usage = {.duration = std::chrono::steady_clock::now() - started_}};
}

Event ForkLane::ended(const slot::JobEnd& end) {
    running_ = false;
    return finish(end, limits_, group_);
}

Event ForkLane::lost(std::string reason) {
    lost_ = true;
    running_ = false;
    waiting_.reset();
    return NotStarted{{job::NotRun::Kind::system, std::move(reason)}, false};
}

}  // namespace maelstrom::container

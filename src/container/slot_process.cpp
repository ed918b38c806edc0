#include "container/slot_process.hpp"

#include "container/encode.hpp"
#include "container/failure.hpp"
#include "container/finish.hpp"
#include "container/packet.hpp"
#include "sys/file.hpp"
#include "sys/thread.hpp"
#include "util/check.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace maelstrom::container {

using util::Result;

namespace {

/// What there is of a slot besides its jobs; its processes go first.
struct Remains {
    ScratchDirectory scratch;
    std::optional<Cgroup> cgroup;
    SlotHandles handles;
};

/// A process that is stuck in the kernel holds up the end of its slot, for ever if it must be. No
/// other job may wait for that.
constexpr std::chrono::milliseconds patience{2000};

std::string way_it_ended(const SlotHandles& slot) {
    siginfo_t state{};
    // Its sockets close a little before its end can be waited for.
    if (!has_ended(slot, patience) || ::waitid(P_PIDFD, static_cast<id_t>(slot.pidfd.get()), &state,
                                               WEXITED | __WALL | WNOWAIT | WNOHANG) != 0) {
        return "not all of it yet";
    }
    const bool killed = state.si_code == CLD_KILLED || state.si_code == CLD_DUMPED;
    return fmt::format("{} {}", killed ? "signal" : "exit status", state.si_status);
}

struct PseudoTerminal {
    sys::Fd master;
    sys::Fd slave;
};

Result<PseudoTerminal> open_pseudo_terminal(const job::WindowSize& size) {
    PseudoTerminal terminal{TRY(sys::open("/dev/ptmx", O_RDWR | O_NOCTTY)), sys::Fd()};
    int unlocked = 0;
    winsize window{};
    window.ws_row = size.rows;
    window.ws_col = size.columns;
    if (::ioctl(terminal.master.get(), TIOCSPTLCK, &unlocked) != 0 ||
        ::ioctl(terminal.master.get(), TIOCSWINSZ, &window) != 0) {
        return util::fail_errno("setting up a pseudo-terminal");
    }
    terminal.slave =
        sys::Fd(::ioctl(terminal.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal.slave) {
        return util::fail_errno("opening a pseudo-terminal");
    }
    return terminal;
}

}  // namespace

SlotProcess::~SlotProcess() {
    kill_slot(handles_);
    if (has_ended(handles_, patience)) {
        reap_slot(handles_);
        return;
    }
    // What it uses goes after it. Nobody waits for the thread: should the program end first, or
    // have no thread left, the next program clears up.
    Remains remains{std::move(scratch_), std::exchange(cgroup_, {}), std::move(handles_)};
    auto waiting = sys::start_thread([it = std::move(remains)] { reap_slot(it.handles); });
    if (waiting) {
        waiting->detach();
    }
}

Result<void> SlotProcess::send(const std::string& message, std::vector<int> descriptors) {
    if (message.size() > slot::message_limit) {
        return util::fail(util::ErrorKind::invalid,
                          "arguments and environment take {} bytes, more than Linux lets a program "
                          "have",
                          message.size());
    }
    if (message.size() <= slot::packet_limit) {
        return send_packet(handles_.control, message, descriptors);
    }
    const sys::Fd body = TRY(sys::memfd_create("maelstrom-message", 0));
    TRY(sys::write_all(body, message));
    descriptors.insert(descriptors.begin(), body.get());
    return send_packet(handles_.control, std::string_view(message).substr(0, sizeof(slot::Run)),
                       descriptors);
}

/// A container without devpts gets a terminal of the host's.
Result<Streams> SlotProcess::with_terminal(const Launch& launch, Streams streams) {
    waiting_master_ = sys::Fd();
    if (launch.terminal && pseudo_terminals_of(plan_).empty()) {
        PseudoTerminal terminal = TRY(open_pseudo_terminal(*launch.terminal));
        waiting_master_ = std::move(terminal.master);
        streams.out = std::move(terminal.slave);
        if (outside_user_) {
            // Best effort: the job can use it, but not open it again by name.
            (void)!::fchown(streams.out.get(), *outside_user_, *outside_user_);
        }
    }
    return streams;
}

Result<void> SlotProcess::run(const Launch& launch, Streams streams) {
    CHECK(!running_);
    CHECK(launch.terminal || (streams.out && streams.err));
    CHECK(!launch.terminal || !streams.control);
    CHECK(bool(streams.held_back[0]) == bool(streams.held_back[1]));
    CHECK(!streams.held_back[0] || (streams.out && !streams.control));
    const Streams connected = TRY(with_terminal(launch, std::move(streams)));
    std::vector<int> descriptors;
    for (const sys::Fd* stream : {&connected.out, &connected.err, &connected.control,
                                  &connected.held_back[0], &connected.held_back[1]}) {
        if (*stream) {
            descriptors.push_back(stream->get());
        }
    }
    if (cgroup_) {
        cgroup_->begin_job();
    }
    const auto sent = send(encode_run(launch, plan_, ++number_), std::move(descriptors));
    // A slot that has just died says so, with its reason, when it is asked for events.
    if (!sent && sent.error().os_error() != EPIPE && sent.error().os_error() != ECONNRESET) {
        return sent;
    }
    running_ = launch;
    return {};
}

void SlotProcess::kill(Kill how) {
    if (running_) {
        // If it cannot be delivered the slot is dead, which `receive` reports.
        (void)send_packet(handles_.kill, encode_kill(number_, how), {});
    }
}

Event SlotProcess::lost() {
    lost_ = true;
    running_.reset();
    return NotStarted{
        {job::NotRun::Kind::system,
         fmt::format("the process that runs the job's container ended ({}); was it killed?",
                     way_it_ended(handles_))},
        false};
}

Event SlotProcess::ended(const slot::Reply& reply) {
    running_.reset();
    Ended event = finish(reply.end, plan_.limits, cgroup_);
    event.reusable = reply.remains == 0;
    return event;
}

std::optional<Event> SlotProcess::receive() {
    if (lost_) {
        return std::nullopt;
    }
    auto received = receive_packet(handles_.control);
    if (!received) {
        return lost();
    }
    if (!*received) {
        return std::nullopt;
    }
    const slot::Reply& reply = (*received)->reply;
    if (reply.answer != slot::Answer::set_up_failed && reply.answer != slot::Answer::terminal &&
        (!running_ || reply.number != number_)) {
        return receive();  // the second answer of a job that was killed while giving its first
    }
    switch (reply.answer) {
    case slot::Answer::terminal:
        return TerminalOpened{
            std::move((*received)->descriptor ? (*received)->descriptor : waiting_master_)};
    case slot::Answer::ended:
        return ended(reply);
    case slot::Answer::set_up_failed:
        lost_ = true;
        break;
    case slot::Answer::not_started:
        break;
    }
    const auto launch = std::exchange(running_, std::nullopt);
    return NotStarted{explain(reply, plan_, launch ? &*launch : nullptr),
                      !lost_ && reply.remains == 0};
}

}  // namespace maelstrom::container

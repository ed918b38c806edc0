#include "terminal/run_on_terminal.hpp"

#include "config/character.hpp"
#include "sys/standard_streams.hpp"
#include "sys/terminal.hpp"
#include "terminal/escape.hpp"
#include "terminal/event_waiter.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

// A job on our terminal. Its own pseudo-terminal's master side is ours; bytes are copied both ways
// by one poll loop, which also hears signals and the client's events:
//
//     keyboard ── EscapeFilter ──▶ to_job_ ──▶ master ══ job
//     screen   ◀──────────────────────────────  master ══ job
//
// Our terminal is raw only between the start of the job and its end, and never while we are
// stopped.

namespace maelstrom::terminal {

using util::Result;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto escape_pause = std::chrono::milliseconds(1500);
constexpr auto drain_limit = std::chrono::seconds(1);
/// How long to leave a master alone whose other side nobody has open at the moment.
constexpr auto closed_pause = std::chrono::milliseconds(50);
constexpr std::size_t most_ahead = 1U << 16U;

/// Those that end a process by default and can be caught, and those of job control.
constexpr std::array ending_signals{SIGHUP,  SIGINT,  SIGQUIT,   SIGTERM, SIGUSR1,
                                    SIGUSR2, SIGALRM, SIGPIPE,   SIGPROF, SIGXCPU,
                                    SIGXFSZ, SIGIO,   SIGVTALRM, SIGPWR,  SIGSTKFLT};
constexpr std::array other_signals{SIGTSTP, SIGCONT, SIGWINCH};

Result<void> show(std::string_view text) {
    return sys::write_whole(STDOUT_FILENO, text, "standard output");
}

class TerminalLoop {
public:
    TerminalLoop(EventWaiter& events, sys::SignalQueue& signals, const Settings& settings)
        : events_(events), signals_(signals), settings_(settings), filter_(settings.escape) {}

    Result<job::Result> run();

private:
    Result<void> wait();
    Result<void> take_events();
    Result<void> open(sys::Fd master);
    Result<void> take_signals();
    Result<void> read_keyboard();
    Result<void> filter_keys();
    void write_to_job();
    Result<bool> copy_to_screen();
    Result<void> drain();
    Result<void> suspend();
    void resize() const;
    [[noreturn]] void die(int signal);
    int wait_milliseconds() const;
    bool wants_keys() const { return raw_ && input_open_ && to_job_.size() < most_ahead; }

    EventWaiter& events_;
    sys::SignalQueue& signals_;
    const Settings& settings_;
    EscapeFilter filter_;
    std::optional<sys::RawTerminal> raw_;
    sys::Fd master_;
    std::string to_job_;  ///< filtered, not yet taken by the job
    std::string keys_;    ///< typed, not yet filtered
    std::optional<Clock::time_point> escape_ends_;
    Clock::time_point master_closed_until_{};
    bool input_open_ = true;
    std::optional<job::Result> result_;
};

Result<job::Result> TerminalLoop::run() {
    TRY(show("waiting for the job to start…"));
    while (!result_) {
        TRY(wait());
    }
    TRY(drain());
    if (!raw_) {
        TRY(show("\x1b[2K\r"));
    }
    raw_.reset();
    return *std::move(result_);
}

Result<void> TerminalLoop::wait() {
    const bool quiet = Clock::now() < master_closed_until_;
    const short master_events =
        static_cast<short>((quiet ? 0 : POLLIN) | (to_job_.empty() ? 0 : POLLOUT));
    std::array<pollfd, 4> fds{
        {{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
         {.fd = events_.fd(), .events = POLLIN, .revents = 0},
         {.fd = wants_keys() ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
         {.fd = quiet ? -1 : master_.get(), .events = master_events, .revents = 0}}};
    poll(fds.data(), fds.size(), wait_milliseconds());
    // Asked anew: what the user did to the terminal before he typed comes before his keys.
    TRY(take_signals());
    if (fds[3].revents != 0) {
        static_cast<void>(TRY(copy_to_screen()));
    }
    if (fds[2].revents != 0) {
        TRY(read_keyboard());
    }
    if (escape_ends_ && Clock::now() >= *escape_ends_) {
        escape_ends_.reset();
        filter_.give_up(to_job_);
    }
    write_to_job();
    return fds[1].revents != 0 ? take_events() : Result<void>();
}

Result<void> TerminalLoop::take_events() {
    while (std::optional<client::Event> event = events_.take()) {
        if (auto* opened = std::get_if<client::TerminalOpened>(&*event)) {
            TRY(open(std::move(opened->master)));
        } else if (auto* finished = std::get_if<client::Finished>(&*event)) {
            result_ = std::move(finished->result);
        }
    }
    return {};
}

Result<void> TerminalLoop::open(sys::Fd master) {
    master_ = std::move(master);
    fcntl(master_.get(), F_SETFL, fcntl(master_.get(), F_GETFL) | O_NONBLOCK);
    const std::string escape = config::show_character(settings_.escape);
    // Before it says that keys go to the job.
    raw_.emplace(TRY(sys::RawTerminal::enter(STDIN_FILENO)));
    TRY(show(fmt::format("\x1b[2K\rthe job runs; {0} ^C ends it, {0} ^Z suspends {1}, "
                         "{0} {0} types {0}\r\n",
                         escape, settings_.program)));
    resize();
    return {};
}

Result<void> TerminalLoop::take_signals() {
    while (const std::optional<int> signal = signals_.take()) {
        switch (*signal) {
        case SIGWINCH:
            resize();
            break;
        case SIGTSTP:
            TRY(suspend());
            break;
        case SIGCONT:
            // After a SIGSTOP, which nobody hears, the shell has changed the mode.
            if (raw_) {
                TRY(raw_->reenter());
                resize();
            }
            break;
        default:
            die(*signal);
        }
    }
    return {};
}

Result<void> TerminalLoop::read_keyboard() {
    std::array<char, 4096> buffer;
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
        return {};
    }
    if (count > 0) {
        keys_.append(buffer.data(), static_cast<std::size_t>(count));
        return filter_keys();
    }
    // At its end, or hung up: what waits is passed on, then the job's terminal is hung up, too.
    input_open_ = false;
    filter_.give_up(to_job_);
    return {};
}

Result<void> TerminalLoop::filter_keys() {
    std::string_view rest = keys_;
    while (!rest.empty()) {
        switch (filter_.feed(rest, to_job_)) {
        case EscapeFilter::Command::none:
            break;
        case EscapeFilter::Command::kill:
            die(SIGINT);
        case EscapeFilter::Command::suspend:
            TRY(suspend());
            break;
        }
    }
    keys_.clear();
    escape_ends_ = filter_.pending() ? std::optional(Clock::now() + escape_pause) : std::nullopt;
    return {};
}

void TerminalLoop::write_to_job() {
    if (!master_) {
        return;
    }
    if (!to_job_.empty()) {
        const ssize_t count = write(master_.get(), to_job_.data(), to_job_.size());
        if (count > 0) {
            to_job_.erase(0, static_cast<std::size_t>(count));
        } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
            to_job_.clear();  // nobody reads it any more
        }
    }
    if (!input_open_ && to_job_.empty()) {
        master_ = {};
    }
}

/// False when nothing is there to copy.
Result<bool> TerminalLoop::copy_to_screen() {
    std::array<char, 1U << 14U> buffer;
    const ssize_t count = read(master_.get(), buffer.data(), buffer.size());
    if (count > 0) {
        TRY(show({buffer.data(), static_cast<std::size_t>(count)}));
        return true;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        // Nobody has the other side open: the job is ending, or may open it again by /dev/tty.
        master_closed_until_ = Clock::now() + closed_pause;
    }
    return false;
}

/// What the job wrote last may still be on its way. Whoever wrote has ended: there is an end to it,
/// however slow the screen is.
Result<void> TerminalLoop::drain() {
    Clock::time_point deadline = Clock::now() + drain_limit;
    master_closed_until_ = {};
    while (master_ && master_closed_until_ == Clock::time_point{}) {
        if (TRY(copy_to_screen())) {
            deadline = Clock::now() + drain_limit;
        } else if (Clock::now() >= deadline) {
            break;
        } else {
            pollfd wait{.fd = master_.get(), .events = POLLIN, .revents = 0};
            poll(&wait, 1, 20);
        }
    }
    return {};
}

Result<void> TerminalLoop::suspend() {
    if (raw_) {
        raw_->leave();
    }
    sys::suspend();
    if (raw_) {
        TRY(raw_->reenter());
        resize();
    }
    return {};
}

void TerminalLoop::resize() const {
    if (const auto size = sys::terminal_size(STDIN_FILENO); size && master_) {
        // The job may have ended just now.
        static_cast<void>(sys::set_terminal_size(master_.get(), *size));
    }
}

void TerminalLoop::die(int signal) {
    raw_.reset();
    sys::die_of(signal);
}

int TerminalLoop::wait_milliseconds() const {
    std::optional<Clock::time_point> until = escape_ends_;
    if (master_ && Clock::now() < master_closed_until_) {
        until = until ? std::min(*until, master_closed_until_) : master_closed_until_;
    }
    if (!until) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace

Result<sys::SignalQueue> block_terminal_signals() {
    std::vector<int> signals(ending_signals.begin(), ending_signals.end());
    signals.insert(signals.end(), other_signals.begin(), other_signals.end());
    return sys::SignalQueue::block(signals);
}

std::optional<std::string> missing_terminal(std::string_view option) {
    constexpr std::array streams{std::pair{STDIN_FILENO, "standard input"},
                                 std::pair{STDOUT_FILENO, "standard output"}};
    for (const auto& [fd, name] : streams) {
        if (!sys::is_terminal(fd)) {
            return fmt::format("{} is not a terminal, which {} needs", name, option);
        }
    }
    return std::nullopt;
}

Result<job::Result> run_on_terminal(client::Client& client,
                                    job::Job job,
                                    client::Extras extras,
                                    sys::SignalQueue signals,
                                    const Settings& settings) {
    const sys::TerminalSize size = TRY(sys::terminal_size(STDIN_FILENO));
    extras.terminal = job::WindowSize{size.rows, size.columns};
    client.submit(std::move(job), std::move(extras));
    const std::unique_ptr<EventWaiter> events = TRY(EventWaiter::start(client));
    return TerminalLoop(*events, signals, settings).run();
}

}  // namespace maelstrom::terminal

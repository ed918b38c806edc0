#include "client/testing/scripted_client.hpp"
#include "terminal/run_on_terminal.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <csignal>
#include <functional>
#include <thread>

// The session runs in a child process on a pseudo-terminal, whose other side is the test: it types
// and looks at the screen. The job is a function on a thread, on the inner pseudo-terminal.

namespace maelstrom::terminal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// The job's side of its terminal.
class JobTerminal {
public:
    explicit JobTerminal(int fd) : fd_(fd) {}

    void write(std::string_view text) const {
        ASSERT_EQ(::write(fd_, text.data(), text.size()), ssize_t(text.size()));
    }
    /// One line, without its newline.
    std::string read_line() const {
        std::string line;
        char c = 0;
        while (read(fd_, &c, 1) == 1 && c != '\n') {
            line += c;
        }
        return line;
    }
    winsize size() const {
        winsize size{};
        ioctl(fd_, TIOCGWINSZ, &size);
        return size;
    }
    int fd() const { return fd_; }

private:
    int fd_;
};

using Script = std::function<job::Result(JobTerminal)>;

/// The job follows the script on a pseudo-terminal of its own.
client::ScriptedClient::Script on_terminal(const Script& script) {
    return [script](const client::Extras& extras, auto& events) {
        const winsize size{.ws_row = extras.terminal->rows, .ws_col = extras.terminal->columns};
        int master = -1;
        int slave = -1;
        openpty(&master, &slave, nullptr, nullptr, &size);
        events.send(client::TerminalOpened{{}, sys::Fd(master)});
        job::Result result = script(JobTerminal(slave));
        close(slave);
        events.send(client::Finished{{}, std::move(result)});
    };
}

/// What the child process does; its exit code is the job's.
[[noreturn]] void run_session(const Script& script) {
    auto signals = block_terminal_signals();
    client::ScriptedClient client(on_terminal(script));
    const auto result =
        run_on_terminal(client, {}, {}, *std::move(signals), {.program = "maelstrom-run"});
    const auto& completed = std::get<job::Completed>(*result);
    std::_Exit(std::get<job::Exited>(completed.status).code);
}

/// A session in a child process and the user in front of it.
/// As a program that a person starts: who runs the tests may ignore some (nohup).
void heed_signals() {
    for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGABRT}) {
        std::signal(number, SIG_DFL);
    }
}

class User {
public:
    explicit User(const Script& script) {
        const winsize size{.ws_row = 30, .ws_col = 90};
        int slave = -1;
        openpty(&master_, &slave, nullptr, nullptr, &size);
        tcgetattr(master_, &before_);
        pid_ = fork();
        if (pid_ == 0) {
            close(master_);
            login_tty(slave);
            heed_signals();
            run_session(script);
        }
        close(slave);
    }
    User(const User&) = delete;
    User& operator=(const User&) = delete;
    ~User() { close(master_); }

    void type(std::string_view keys) const {
        ASSERT_EQ(write(master_, keys.data(), keys.size()), ssize_t(keys.size()));
    }
    /// Waits until the screen has shown this.
    void sees(std::string_view text) {
        while (!screen_.contains(text)) {
            ASSERT_TRUE(read_screen()) << "the session ended; seen: " << screen_;
        }
    }
    void resize(std::uint16_t rows, std::uint16_t columns) const {
        const winsize size{.ws_row = rows, .ws_col = columns};
        ioctl(master_, TIOCSWINSZ, &size);
    }
    void signal(int number) const { kill(pid_, number); }
    /// The status of waitpid(2), once everything that was shown has been read.
    int end() {
        while (read_screen()) {
        }
        int status = 0;
        waitpid(pid_, &status, 0);
        return status;
    }
    const std::string& screen() const { return screen_; }
    bool terminal_is_as_before() const {
        termios now{};
        tcgetattr(master_, &now);
        return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag &&
               now.c_oflag == before_.c_oflag;
    }
    bool terminal_is_raw() const {
        termios now{};
        tcgetattr(master_, &now);
        return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0;
    }

private:
    bool read_screen() {
        std::array<char, 4096> buffer;
        const ssize_t count = read(master_, buffer.data(), buffer.size());
        if (count <= 0) {
            return false;
        }
        screen_.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }

    pid_t pid_ = -1;
    int master_ = -1;
    termios before_{};
    std::string screen_;
};

job::Result exited(int code) {
    return job::Completed{.status = job::Exited{code}};
}

/// Tells when it is ready and then what it is told, until "quit".
job::Result echo(JobTerminal terminal) {
    terminal.write("READY\n");
    for (;;) {
        const std::string line = terminal.read_line();
        if (line == "quit" || line.empty()) {
            return exited(line == "quit" ? 5 : 6);
        }
        terminal.write("<" + line + ">\n");
    }
}

TEST(TerminalSession, CopiesBothWaysAndEndsWithTheJob) {
    User user(echo);
    user.sees("READY");
    user.type("hello\n");
    user.sees("<hello>");
    user.type("quit\n");
    EXPECT_EQ(WEXITSTATUS(user.end()), 5);
    EXPECT_TRUE(user.terminal_is_as_before());
}

TEST(TerminalSession, AnnouncesTheStartAndTheEscapes) {
    User user(echo);
    user.sees("READY");
    user.type("quit\n");
    user.end();
    EXPECT_THAT(user.screen(), AllOf(HasSubstr("waiting"), HasSubstr("\x1b[2K\r"),
                                     HasSubstr("^] ^C"), HasSubstr("^] ^Z"), HasSubstr("^] ^]")));
}

TEST(TerminalSession, IsRawWhileTheJobRuns) {
    User user(echo);
    user.sees("READY");
    EXPECT_TRUE(user.terminal_is_raw());
    user.type("quit\n");
    user.end();
}

TEST(TerminalSession, ShowsWhatTheJobWroteLast) {
    User user([](JobTerminal terminal) {
        terminal.write(std::string(3000, 'x') + "LAST");
        return exited(0);
    });
    user.end();
    EXPECT_THAT(user.screen(), HasSubstr("xLAST"));
}

TEST(TerminalSession, DiesOfSigintAtItsEscape) {
    User user(echo);
    user.sees("READY");
    user.type("\x1d\x03");
    const int status = user.end();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    EXPECT_TRUE(user.terminal_is_as_before());
}

TEST(TerminalSession, SendsALoneEscapeAfterAWhile) {
    User user([](JobTerminal terminal) {
        terminal.write("READY\n");
        char key = 0;
        termios mode{};
        tcgetattr(terminal.fd(), &mode);
        cfmakeraw(&mode);
        tcsetattr(terminal.fd(), TCSANOW, &mode);
        return exited(read(terminal.fd(), &key, 1) == 1 ? key : 100);
    });
    user.sees("READY");
    user.type("\x1d");
    EXPECT_EQ(WEXITSTATUS(user.end()), 0x1d);
}

class TerminalSessionSignal : public ::testing::TestWithParam<int> {};

TEST_P(TerminalSessionSignal, RestoresTheTerminalBeforeItEnds) {
    User user(echo);
    user.sees("READY");
    user.signal(GetParam());
    const int status = user.end();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == GetParam());
    EXPECT_TRUE(user.terminal_is_as_before());
}

INSTANTIATE_TEST_SUITE_P(All,
                         TerminalSessionSignal,
                         ::testing::Values(SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGABRT));

TEST(TerminalSession, TellsTheJobItsSizeAndWhenThatChanges) {
    User user([](JobTerminal terminal) {
        terminal.write(fmt::format("{}x{}\n", terminal.size().ws_row, terminal.size().ws_col));
        terminal.read_line();
        terminal.write(fmt::format("{}x{}\n", terminal.size().ws_row, terminal.size().ws_col));
        terminal.read_line();
        return exited(0);
    });
    user.sees("30x90");
    user.resize(20, 70);
    user.type("go\n");
    user.sees("20x70");
    user.type("go\n");
    EXPECT_EQ(WEXITSTATUS(user.end()), 0);
}

}  // namespace
}  // namespace maelstrom::terminal

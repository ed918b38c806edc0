#include "container/testing/fixture.hpp"

#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace maelstrom::container::testing {

namespace {

/// Reads what is there; false once the other side is closed.
bool drain(const sys::Fd& from, std::string& into) {
    std::array<char, 64 * 1024> bytes;
    for (;;) {
        const ssize_t count = ::read(from.get(), bytes.data(), bytes.size());
        if (count > 0) {
            into.append(bytes.data(), static_cast<std::size_t>(count));
            continue;
        }
        return count < 0 && errno == EAGAIN;
    }
}

void copy_program(const std::string& from, const std::string& to) {
    const auto content = sys::read_file(from, util::Bytes{64 << 20});
    ASSERT_TRUE(content) << content.error().message();
    ASSERT_TRUE(sys::replace_file(to, *content, 0755, sys::Durability::cached));
}

}  // namespace

int Outcome::exit_code() const {
    const auto* exited = ended() == nullptr ? nullptr : std::get_if<job::Exited>(&ended()->status);
    return exited == nullptr ? -1 : exited->code;
}

int Outcome::signal() const {
    const auto* signaled =
        ended() == nullptr ? nullptr : std::get_if<job::Signaled>(&ended()->status);
    return signaled == nullptr ? -1 : signaled->signal;
}

std::string Outcome::text() const {
    if (const Ended* end = ended()) {
        return fmt::format("exit code {}, signal {}, reusable {}", exit_code(), signal(),
                           end->reusable);
    }
    return "not started: " + failure();
}

std::string Outcome::failure() const {
    const auto* not_started = std::get_if<NotStarted>(&event);
    return not_started == nullptr ? "" : not_started->reason.message;
}

job::NotRun::Kind Outcome::failure_kind() const {
    const auto* not_started = std::get_if<NotStarted>(&event);
    return not_started == nullptr ? job::NotRun::Kind::preparation : not_started->reason.kind;
}

void ContainerTest::SetUp() {
    auto machine = probe(directory_.path());
    if (!machine) {
        GTEST_SKIP() << machine.error().message();
    }
    machine_ = *machine;
    ASSERT_TRUE(sys::make_directories(directory_ / "scratch"));
    auto slot_maker = LinuxSlotMaker::create(machine_, directory_ / "scratch");
    ASSERT_TRUE(slot_maker) << slot_maker.error().message();
    slot_maker_ = std::move(*slot_maker);
    base_ = directory_ / "base";
    for (const char* name : {"bin", "dev/pts", "dev/shm", "dev/mqueue", "proc", "sys", "tmp", "etc",
                             "mnt/one", "mnt/two"}) {
        ASSERT_TRUE(sys::make_directories(base_ + "/" + name));
    }
    for (const char* name : {"null", "zero", "full", "random", "urandom", "tty", "fuse"}) {
        directory_.write(std::string("base/dev/") + name, "", 0644);
    }
    directory_.write("base/mnt/file", "");
    directory_.write("base/etc/motd", "from the layer\n");
    copy_program("/bin/busybox", base_ + "/bin/busybox");
    copy_program(MAELSTROM_PROBE_PROGRAM, base_ + "/bin/probe");
    for (const char* name :
         {"sh",   "true",     "cat",   "ls",     "echo",  "id",     "sleep",    "kill",
          "pwd",  "env",      "touch", "rm",     "mkdir", "chmod",  "stat",     "tty",
          "stty", "hostname", "mount", "umount", "ps",    "ulimit", "printenv", "rmdir",
          "mv",   "head",     "wc",    "dd",     "grep",  "test"}) {
        ASSERT_TRUE(sys::symlinkat("busybox", AT_FDCWD, base_ + "/bin/" + name));
    }
}

Plan ContainerTest::plan() const {
    return Plan{
        .lowers = {base_},
        .root = job::ReadOnlyRoot{},
        .mounts = {file_system(job::FileSystemMount::Kind::proc, "/proc"),
                   file_system(job::FileSystemMount::Kind::tmp, "/tmp")},
        .network = job::Network::disabled,
        .user = 0,
        .group = 0,
        .host_name = fixed_host_name,
    };
}

std::string ContainerTest::layer(const std::string& name,
                                 std::initializer_list<std::string> paths) const {
    const std::string root = directory_ / name;
    EXPECT_TRUE(sys::make_directories(root));
    for (const std::string& path : paths) {
        if (path.ends_with('/')) {
            EXPECT_TRUE(sys::make_directories(root + "/" + path.substr(0, path.size() - 1)));
        } else {
            directory_.write(name + "/" + path, "from " + name + "\n");
        }
    }
    return root;
}

bool ContainerTest::is_root_of_host() const {
    return ::geteuid() == 0 && !machine_.unprivileged_root;
}

std::unique_ptr<Slot> ContainerTest::start(const Plan& plan) {
    auto slot = slot_maker_->start(plan);
    EXPECT_TRUE(slot) << slot.error().message();
    return slot ? std::move(*slot) : nullptr;
}

Outcome ContainerTest::finish(Slot& slot, OutputPipes pipes) {
    Outcome outcome{NotStarted{{job::NotRun::Kind::system, "no event"}}, {}, {}, {}};
    sys::Fd master;
    bool done = false;
    bool out_open = true;
    bool err_open = true;
    bool terminal_open = false;
    while (!done || out_open || err_open || terminal_open) {
        while (auto event = done ? std::nullopt : slot.receive()) {
            if (auto* terminal = std::get_if<TerminalOpened>(&*event)) {
                master = std::move(terminal->master);
                ::fcntl(master.get(), F_SETFL, O_NONBLOCK);
                terminal_open = true;
            } else {
                outcome.event = std::move(*event);
                done = true;
            }
        }
        if (done && !out_open && !err_open && !terminal_open) {
            break;
        }
        std::array<pollfd, 4> watched = {{{done ? -1 : slot.descriptor(), POLLIN, 0},
                                          {out_open ? pipes.out.get() : -1, POLLIN, 0},
                                          {err_open ? pipes.err.get() : -1, POLLIN, 0},
                                          {terminal_open ? master.get() : -1, POLLIN, 0}}};
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            continue;  // a signal
        }
        out_open = out_open && (watched[1].revents == 0 || drain(pipes.out, outcome.out));
        err_open = err_open && (watched[2].revents == 0 || drain(pipes.err, outcome.err));
        if (terminal_open && watched[3].revents != 0) {
            terminal_open = drain(master, outcome.terminal);
        }
    }
    return outcome;
}

Outcome ContainerTest::run(Slot& slot, const Launch& launch) {
    auto pipes = OutputPipes::open();
    EXPECT_TRUE(pipes);
    Streams streams = std::move(pipes->streams);
    if (launch.terminal) {
        streams = Streams{};
    }
    const auto started = slot.run(launch, std::move(streams));
    EXPECT_TRUE(started) << started.error().message();
    return finish(slot, std::move(*pipes));
}

Outcome ContainerTest::run(const Plan& plan, const Launch& launch) {
    const auto slot = start(plan);
    return slot ? run(*slot, launch) : Outcome{NotStarted{{}}, {}, {}, {}};
}

Outcome ContainerTest::run(const Plan& plan, const std::string& shell_script) {
    return run(plan, shell(shell_script));
}

Outcome ContainerTest::run(Slot& slot, const std::string& shell_script) {
    return run(slot, shell(shell_script));
}

void await_readable(int descriptor) {
    pollfd watched{descriptor, POLLIN, 0};
    while (::poll(&watched, 1, -1) < 0 && errno == EINTR) {
    }
}

sys::Fd end_of(pid_t process) {
    return sys::Fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

std::vector<pid_t> children_of(pid_t process) {
    std::vector<pid_t> children;
    const auto tasks = sys::open(fmt::format("/proc/{}/task", process), O_RDONLY | O_DIRECTORY);
    if (!tasks) {
        return children;
    }
    for (const auto& task :
         sys::list_directory(*tasks).value_or(std::vector<sys::DirectoryEntry>{})) {
        const std::string list =
            sys::read_file(fmt::format("/proc/{}/task/{}/children", process, task.name),
                           util::Bytes{65536})
                .value_or("");
        for (const std::string_view word : util::split_words(list)) {
            children.push_back(std::stoi(std::string(word)));
        }
    }
    return children;
}

pid_t only_slot() {
    return children_of(::getpid()).at(0);
}

pid_t descendant_of(pid_t process, const std::string& name) {
    for (const pid_t child : children_of(process)) {
        const auto own = sys::read_file(fmt::format("/proc/{}/comm", child), util::Bytes{100});
        if (own && *own == name + "\n") {
            return child;
        }
        if (const pid_t found = descendant_of(child, name); found > 0) {
            return found;
        }
    }
    return 0;
}

std::size_t open_descriptors(pid_t process) {
    const auto directory = sys::open(fmt::format("/proc/{}/fd", process), O_RDONLY | O_DIRECTORY);
    return directory ? sys::list_directory(*directory)->size() : 0;
}

namespace {

bool write_to(const char* path, const std::string& text) {
    const auto file = sys::open(path, O_WRONLY);
    return file && sys::write_all(*file, text);
}

}  // namespace

bool enter_mount_namespace() {
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (::unshare(CLONE_NEWNS | (user == 0 ? 0 : CLONE_NEWUSER)) != 0) {
        return false;
    }
    const bool is_mapped =
        user == 0 || (write_to("/proc/self/setgroups", "deny") &&
                      write_to("/proc/self/uid_map", fmt::format("{0} {0} 1", user)) &&
                      write_to("/proc/self/gid_map", fmt::format("{0} {0} 1", group)));
    return is_mapped && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

Launch shell(const std::string& script) {
    return Launch{.program = "/bin/sh",
                  .arguments = {"-c", script},
                  .environment = {"PATH=/bin"},
                  .candidates = {"/bin/sh"}};
}

Launch probe_job(std::vector<std::string> arguments) {
    return Launch{.program = "/bin/probe",
                  .arguments = std::move(arguments),
                  .environment = {"PATH=/bin"},
                  .candidates = {"/bin/probe"}};
}

job::Mount file_system(job::FileSystemMount::Kind kind, const std::string& mount_point) {
    return job::FileSystemMount{kind, mount_point};
}

}  // namespace maelstrom::container::testing

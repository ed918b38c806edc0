#pragma once

#include "container/linux_slot_maker.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

#include <sys/types.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace maelstrom::container::testing {

/// What one job did, all of it collected.
struct Outcome {
    Event event;
    std::string out;
    std::string err;
    std::string terminal;  ///< what the master side read

    const Ended* ended() const { return std::get_if<Ended>(&event); }
    /// Exit code; -1 if it did not exit.
    int exit_code() const;
    /// Signal number; -1 if no signal ended it.
    int signal() const;
    /// The sentence; empty if the program was started.
    std::string failure() const;
    job::NotRun::Kind failure_kind() const;
    /// How it ended, for the message of a failing test.
    std::string text() const;
};

/// Real containers over a layer with busybox, its usual commands, and the probe program. Skips
/// where the machine runs no containers.
class ContainerTest : public ::testing::Test {
protected:
    void SetUp() override;

    /// A plan over the base layer: read-only root, /proc, /tmp, no network.
    Plan plan() const;
    /// A further layer directory on top, with these files ("path/" is a directory).
    std::string layer(const std::string& name, std::initializer_list<std::string> paths) const;

    /// Whether jobs are user 0 of the host: run by root where owners cannot be mapped.
    bool is_root_of_host() const;

    std::unique_ptr<Slot> start(const Plan& plan);
    /// Waits for the end of a job and collects its output.
    static Outcome finish(Slot& slot, OutputPipes pipes);
    static Outcome run(Slot& slot, const Launch& launch);
    /// One job in a slot of its own.
    Outcome run(const Plan& plan, const Launch& launch);
    Outcome run(const Plan& plan, const std::string& shell_script);
    static Outcome run(Slot& slot, const std::string& shell_script);

    maelstrom::testing::TempDir directory_;
    std::string base_;
    Machine machine_;
    std::unique_ptr<LinuxSlotMaker> slot_maker_;
};

/// Waits until there is something to read, or until the other side is closed. However long: who
/// runs the test limits it, and a machine may stand still for longer than any number here.
void await_readable(int descriptor);
/// A descriptor that is readable when the process has ended; none if it has gone already.
sys::Fd end_of(pid_t process);

/// The processes that a process has started.
std::vector<pid_t> children_of(pid_t process);
/// Ours, if it is the only one.
pid_t only_slot();
/// The first of those, theirs and so on, whose program has that name; 0 if none has.
pid_t descendant_of(pid_t process, const std::string& name);
/// How many descriptors it has open.
std::size_t open_descriptors(pid_t process);

/// For a child process, whose mounts nobody else is to see: an ordinary user needs a user namespace
/// for that, and keeps his number in it.
bool enter_mount_namespace();

/// `/bin/sh -c script` with a PATH.
Launch shell(const std::string& script);
/// `/bin/probe arguments…`
Launch probe_job(std::vector<std::string> arguments);
job::Mount file_system(job::FileSystemMount::Kind kind, const std::string& mount_point);

}  // namespace maelstrom::container::testing

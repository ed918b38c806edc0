#include "container/machine.hpp"

#include "container/encode.hpp"
#include "container/host_trees.hpp"
#include "container/packet.hpp"
#include "container/refusal.hpp"
#include "container/slot.hpp"
#include "container/slot_program.hpp"
#include "sys/file.hpp"
#include "sys/remove_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace maelstrom::container {

using util::Result;

namespace {

constexpr int answer_milliseconds = 10'000;  // for a machine that has much else to do

/// A directory that can be a layer: one mount point and no programs; and room beside it.
class SmallLayer {
public:
    /// In that directory; without one, wherever there is room.
    static Result<SmallLayer> create(const std::string& directory) {
        if (!directory.empty()) {
            return make_in(directory);
        }
        for (const char* parent : {"/tmp", "/var/tmp", "/dev/shm"}) {
            if (auto layer = make_in(parent)) {
                return layer;
            }
        }
        return make_in(".");
    }
    SmallLayer(SmallLayer&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    SmallLayer& operator=(SmallLayer&&) = delete;
    SmallLayer(const SmallLayer&) = delete;
    SmallLayer& operator=(const SmallLayer&) = delete;
    ~SmallLayer() {
        if (!path_.empty()) {
            (void)sys::remove_tree(AT_FDCWD, path_);
        }
    }
    std::string path() const { return path_ + "/layer"; }
    /// For what jobs write.
    std::string scratch() const { return path_ + "/scratch"; }

private:
    static Result<SmallLayer> make_in(const std::string& parent) {
        std::string path = parent + "/maelstrom-probe-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) {
            return util::fail_errno("making a temporary directory in {}", parent);
        }
        SmallLayer layer(std::move(path));
        TRY(sys::make_directories(layer.path() + "/proc"));
        TRY(sys::make_directories(layer.scratch()));
        return layer;
    }
    explicit SmallLayer(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

Plan small_plan(const std::string& layer, job::Root root) {
    using Kind = job::FileSystemMount::Kind;
    return {
        .lowers = {layer},
        .root = std::move(root),
        .mounts = {job::FileSystemMount{Kind::proc, "/proc"}},
        .network = job::Network::loopback,
        .user = ::geteuid(),
        .group = ::getegid(),
        .host_name = fixed_host_name,
    };
}

/// What is found out is remembered, so it must not depend on the moment.
Result<void> check_definite(const slot::Reply& reply) {
    if (reply.step != slot::Step::execute && is_passing(reply.error)) {
        errno = reply.error;
        return util::fail_errno("building a first container");
    }
    return {};
}

/// Asks a slot for a program that does not exist, which it can only say at the very end.
Result<slot::Reply>
last_words(const SlotHandles& handles, const Plan& plan, const SlotEnvironment& environment) {
    const Launch nothing{.program = "/nothing", .candidates = {"/nothing"}};
    auto pipes = TRY(OutputPipes::open());
    TRY(send_packet(handles.control, encode_set_up(plan, environment), {}));
    const int streams[] = {pipes.streams.out.get(), pipes.streams.err.get()};
    (void)send_packet(handles.control, encode_run(nothing, plan, 1), streams);
    pollfd ready{handles.control.get(), POLLIN, 0};
    if (::poll(&ready, 1, answer_milliseconds) != 1) {
        errno = ETIMEDOUT;
        return util::fail_errno("building a first container (no answer in {} ms; is this machine "
                                "overloaded?)",
                                answer_milliseconds);
    }
    auto packet = TRY(receive_packet(handles.control), "building a first container");
    return packet ? packet->reply : slot::Reply{};
}

/// The step at which a container with this root stops; `execute` if all is well.
Result<slot::Reply>
attempt(const sys::Fd& program, const Plan& plan, const std::string& scratch = {}) {
    auto started = start_slot_program({.program = program.get()});
    if (!started) {
        return std::unexpected(
            refusal_of_namespaces(started.error().os_error(), MachineFacts::gather()));
    }
    auto reply = last_words(*started, plan, {.scratch = scratch});
    end_slot(*started);
    return reply;
}

/// Whether a container runs as somebody else of the host, a writable root included.
Result<void> attempt_unprivileged(const sys::Fd& program, const Plan& plan) {
    const IdMap map = TRY(IdMap::create());
    const HostTrees trees = TRY(HostTrees::open(map, plan));
    const std::vector<int> descriptors = trees.descriptors();
    const SlotHandles started =
        TRY(start_slot_program({.program = program.get(),
                                .trees = descriptors,
                                .mapped = MappedUser{plan.user, plan.group, unprivileged_id}}));
    auto last = last_words(started, plan, {.trees = &trees});
    end_slot(started);
    const slot::Reply reply = TRY(std::move(last));
    if (reply.step != slot::Step::execute) {
        errno = reply.error;
        return util::fail_errno("step {} of building a container",
                                static_cast<unsigned>(reply.step));
    }
    return {};
}

bool tmpfs_keeps_user_attributes() {
    const auto file = sys::memfd_create("maelstrom-probe", 0);  // lives on an inner tmpfs
    return file && ::fsetxattr(file->get(), "user.maelstrom", "y", 1, 0) == 0;
}

/// Some file systems keep attributes and still are no upper directory: another overlay.
Result<bool> keeps_changes(const sys::Fd& program, const SmallLayer& layer) {
    const std::string scratch = layer.scratch();
    if (::setxattr(scratch.c_str(), "user.maelstrom", "y", 1, 0) != 0) {
        if (is_passing(errno)) {
            return util::fail_errno("keeping an attribute of {}", scratch);
        }
        return false;
    }
    const slot::Reply reply =
        TRY(attempt(program, small_plan(layer.path(), job::WritableRoot{}), scratch));
    TRY(check_definite(reply));
    return reply.step == slot::Step::execute;
}

bool is_overlay_step(slot::Step step) {
    return step == slot::Step::overlay || step == slot::Step::scratch || step == slot::Step::root;
}

std::string remark_on_root(const util::Error& reason) {
    return fmt::format("root's jobs are root of the host, too, though without capabilities and "
                       "behind a guarded /proc, because the owners of files cannot be mapped here "
                       "({}); Linux 5.19 or newer can, where the cache lies on ext4, xfs or btrfs "
                       "and this is no container",
                       reason.message());
}

/// Whether root's jobs can be somebody else of the host; if not, a remark says why. An error where
/// that cannot be told right now: never root of the host in doubt.
Result<bool>
can_be_unprivileged(const sys::Fd& program, const Plan& plan, std::vector<std::string>& remarks) {
    const auto attempted = attempt_unprivileged(program, plan);
    if (attempted) {
        return true;
    }
    if (attempted.error().os_error() == ENOSPC) {
        TRY(attempt(program, plan));  // which has a cure where namespaces are switched off for good
    }
    if (is_passing(attempted.error().os_error())) {
        return std::unexpected(attempted.error());
    }
    remarks.push_back(remark_on_root(attempted.error()));
    return false;
}

void add_remarks(Machine& machine) {
    if (!machine.overlay_in_user_namespace) {
        machine.remarks.emplace_back(
            "overlay file systems are refused in user namespaces, so containers have one layer and "
            "a read-only root; Linux 5.11 or newer allows them (and the overlay module must be "
            "loaded: modprobe overlay)");
    } else if (machine.scratch_on_disk) {
        machine.remarks.emplace_back(
            "tmpfs keeps no user attributes here, so what jobs write to a writable root is kept in "
            "the cache until they end, which is slower; Linux 6.6 or newer keeps it in memory");
    } else if (!machine.tmpfs_user_attributes) {
        machine.remarks.emplace_back(
            "tmpfs keeps no user attributes here, so a directory of the layers that is removed in "
            "a writable root cannot be made again by the same job (EIO); Linux 6.6 or newer can");
    }
}

}  // namespace

bool is_passing(int error) {
    // EBADF: a number beyond the limit of descriptors (dup2(2)). ENOSPC: of namespaces (clone(2)),
    // too; those of others go a while after their processes.
    constexpr std::array passing = {EMFILE, ENFILE, EBADF,     ENOMEM, EAGAIN,
                                    EINTR,  ENOSPC, ETIMEDOUT, EDQUOT};
    return std::ranges::find(passing, error) != passing.end();
}

Result<Machine> probe(const std::string& directory) {
    const sys::Fd program = TRY(make_slot_program());
    const SmallLayer layer = TRY(SmallLayer::create(directory));
    Machine machine{.overlay_in_user_namespace = true,
                    .tmpfs_user_attributes = tmpfs_keeps_user_attributes()};
    machine.scratch_on_disk = !machine.tmpfs_user_attributes && TRY(keeps_changes(program, layer));
    if (::geteuid() == 0) {
        machine.unprivileged_root = TRY(can_be_unprivileged(
            program, small_plan(layer.path(), job::WritableRoot{}), machine.remarks));
        if (machine.unprivileged_root) {
            add_remarks(machine);
            return machine;
        }
    }
    slot::Reply reply = TRY(attempt(program, small_plan(layer.path(), job::WritableRoot{})));
    TRY(check_definite(reply));
    if (is_overlay_step(reply.step)) {
        machine.overlay_in_user_namespace = false;
        reply = TRY(attempt(program, small_plan(layer.path(), job::ReadOnlyRoot{})));
    }
    if (reply.step != slot::Step::execute) {
        return std::unexpected(
            refusal_of_container(reply.step, reply.error, MachineFacts::gather()));
    }
    add_remarks(machine);
    return machine;
}

}  // namespace maelstrom::container

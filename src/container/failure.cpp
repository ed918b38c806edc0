#include "container/failure.hpp"

#include "container/planned_mounts.hpp"
#include "util/text.hpp"

#include <cerrno>
#include <system_error>

namespace maelstrom::container {

using Kind = job::NotRun::Kind;
using slot::Step;

namespace {

std::string reason(const slot::Reply& reply) {
    return std::generic_category().message(reply.error);
}

job::NotRun system_failure(std::string_view doing, const slot::Reply& reply) {
    return {Kind::system, fmt::format("{}: {}", doing, reason(reply))};
}

std::string_view kind_name(slot::MountKind kind) {
    switch (kind) {
    case slot::MountKind::bind:
    case slot::MountKind::bind_read_only:
        return "bind";
    case slot::MountKind::host_tree:
        return "host directory";
    case slot::MountKind::kept:
        return "what the layers show";
    case slot::MountKind::made:
        return "directory or link";
    case slot::MountKind::device:
        return "device";
    case slot::MountKind::devpts:
        return "devpts";
    case slot::MountKind::mqueue:
        return "mqueue";
    case slot::MountKind::proc:
        return "proc";
    case slot::MountKind::sysfs:
        return "sys";
    case slot::MountKind::tmpfs:
        break;
    }
    return "tmp";
}

PlannedMount mount_at(const Plan& plan, std::uint32_t index) {
    const auto mounts = planned_mounts(plan);
    return index < mounts.size() ? mounts[index] : PlannedMount{};
}

bool is_bind(const PlannedMount& mount) {
    return mount.kind == slot::MountKind::bind || mount.kind == slot::MountKind::bind_read_only;
}

/// For a directory where a file has to be, or the other way round.
std::string wrong_kind_hint(const PlannedMount& mount, bool is_directory) {
    const std::string bound =
        is_bind(mount) ? fmt::format(", and the local path {} is a {}", util::quoted(mount.source),
                                     is_directory ? "file" : "directory")
                       : "";
    return fmt::format("; it is a {}{}; write the stub as \"{}{}\"",
                       is_directory ? "directory" : "file", bound, mount.target,
                       is_directory ? "" : "/");
}

/// What an author can do about a mount point that Linux did not like.
std::string mount_point_hint(const PlannedMount& mount, const slot::Reply& reply) {
    if (reply.error == ENOENT) {
        return mount.kind == slot::MountKind::device || is_bind(mount)
                   ? fmt::format("; a mount point must exist in the layers: add the stub \"{}\" "
                                 "for a file or \"{}/\" for a directory",
                                 mount.target, mount.target)
                   : fmt::format("; a mount point must exist in the layers: add the stub \"{}/\"",
                                 mount.target);
    }
    if (reply.error == ENOTDIR && reply.length > 0 && reply.length < mount.target.size()) {
        return fmt::format("; {} is a file, and nothing can lie below it; write its stub as "
                           "\"{}/\", or mount elsewhere",
                           util::quoted(mount.target.substr(0, reply.length)),
                           mount.target.substr(0, reply.length));
    }
    if (reply.error == ENOTDIR || reply.error == EISDIR) {
        return wrong_kind_hint(mount, reply.error == EISDIR);
    }
    return {};
}

bool means_missing_mount_point(int error) {
    return error == ENOENT || error == ENOTDIR || error == EISDIR || error == ELOOP ||
           error == EACCES || error == ENAMETOOLONG;
}

job::NotRun mount_failure(const slot::Reply& reply, const Plan& plan) {
    const PlannedMount mount = mount_at(plan, reply.index);
    if (means_missing_mount_point(reply.error)) {
        return {Kind::execution, fmt::format("mounting {} at {}: {}{}", kind_name(mount.kind),
                                             util::quoted(mount.target), reason(reply),
                                             mount_point_hint(mount, reply))};
    }
    std::string text = fmt::format("mounting {} at {}: {}", kind_name(mount.kind),
                                   util::quoted(mount.target), reason(reply));
    if (mount.kind == slot::MountKind::proc && reply.error == EPERM) {
        text += "; Linux refuses a fresh /proc where parts of the outer one are hidden: run "
                "outside of a container, or in one that shows all of /proc";
    }
    return {Kind::system, std::move(text)};
}

job::NotRun sysfs_failure(const slot::Reply& reply, const Plan& plan) {
    const PlannedMount mount = mount_at(plan, reply.index);
    return {Kind::system,
            fmt::format("mounting sys at {}: {}; Linux refuses a fresh /sys where the outer one is "
                        "hidden or missing, and to a job in the host's network",
                        util::quoted(mount.target), reason(reply))};
}

job::NotRun source_failure(const slot::Reply& reply, const Plan& plan) {
    const PlannedMount mount = mount_at(plan, reply.index);
    if (mount.kind == slot::MountKind::device) {
        return {Kind::system, fmt::format("device {}: this machine's {}: {}",
                                          mount.source.substr(mount.source.rfind('/') + 1),
                                          mount.source, reason(reply))};
    }
    return {Kind::execution,
            fmt::format("mounting {} at {}: local path {}: {}", kind_name(mount.kind),
                        util::quoted(mount.target), util::quoted(mount.source), reason(reply))};
}

std::string_view path_of(const Launch& launch) {
    for (const std::string_view variable : launch.environment) {
        if (variable.starts_with("PATH=")) {
            return variable.substr(5);
        }
    }
    return {};
}

/// For a file that is there, but not in a format that Linux can execute.
std::string format_hint(slot::Found found, const std::string& file) {
    switch (found) {
    case slot::Found::empty:
        return fmt::format(
            "; {} is empty; a linker that was killed or a full disk leaves such files",
            util::quoted(file));
    case slot::Found::binary:
        return "; it is no script, and no program that this machine can run: built for another "
               "one, or cut short";
    case slot::Found::script:
        return "; it is a script without \"#!\", and there is no /bin/sh to run it";
    default:
        return "; it is no program that this machine can run, and a script only if it may be read: "
               "check that it has a read permission";
    }
}

std::string execute_hint(const slot::Reply& reply, const std::string& file) {
    if (reply.found == slot::Found::directory) {
        return "; it is a directory";
    }
    if (reply.error == ENOENT && reply.found == slot::Found::present) {
        return fmt::format("; {} exists, so its interpreter or loader is missing from the layers; "
                           "\"shared_library_dependencies\" adds the loader and libraries",
                           util::quoted(file));
    }
    if (reply.error == ENOEXEC) {
        return format_hint(reply.found, file);
    }
    if (reply.error == EACCES && reply.found == slot::Found::present) {
        return "; check that it has an execute permission";
    }
    return {};
}

job::NotRun execute_failure(const slot::Reply& reply, const Launch& launch) {
    const bool looked_up = launch.program.find('/') == std::string::npos;
    const std::string file =
        reply.index < launch.candidates.size() ? launch.candidates[reply.index] : launch.program;
    std::string text = fmt::format("starting {} in {}: {}", util::quoted(launch.program),
                                   util::quoted(launch.working_directory), reason(reply));
    text += execute_hint(reply, file);
    if (looked_up) {
        const std::string_view path = path_of(launch);
        text += path.empty() ? "; the job has no PATH, so only the working directory was searched"
                             : fmt::format("; PATH is {}", util::quoted(path));
    }
    return {Kind::execution, std::move(text)};
}

job::NotRun no_room(const slot::Reply& reply) {
    return {Kind::system,
            fmt::format("starting a job's processes: {}{}", reason(reply),
                        reply.error == EAGAIN || reply.error == ENOSPC
                            ? "; too many processes or namespaces of this user: see ulimit -u and "
                              "the sysctls below user."
                            : "")};
}

}  // namespace

job::NotRun explain(const slot::Reply& reply, const Plan& plan, const Launch* launch) {
    switch (reply.step) {
    case Step::none:
        return {Kind::system, "the slot did not understand its request"};
    case Step::message:
        return system_failure("handing a request to the slot", reply);
    case Step::id_maps:
    case Step::job_id_maps:
        return system_failure("mapping the container's user and group", reply);
    case Step::private_mounts:
        return system_failure("separating mounts from the host's", reply);
    case Step::loopback:
    case Step::job_loopback:
        return system_failure("bringing up the loopback interface", reply);
    case Step::host_name:
        return system_failure("setting the host name", reply);
    case Step::ground:
        return system_failure("mounting the slot's tmpfs", reply);
    case Step::proc:
        return system_failure("mounting a fresh /proc (hidden by an outer container?)", reply);
    case Step::groups:
        return system_failure("keeping jobs from control groups", reply);
    case Step::bind_source:
    case Step::device_source:
        return source_failure(reply, plan);
    case Step::cover:
        return system_failure(fmt::format("hiding a foreign file system below {}",
                                          util::quoted(mount_at(plan, reply.index).target)),
                              reply);
    case Step::sysfs:
        return sysfs_failure(reply, plan);
    case Step::layers:
        return system_failure("opening the layers", reply);
    case Step::changes:
        return {Kind::execution,
                fmt::format("opening the directories for captured changes: {}", reason(reply))};
    case Step::root:
        return system_failure("mounting the root directory", reply);
    case Step::root_view:
        return system_failure("mounting the job's root a second time", reply);
    case Step::overlay:
        return system_failure("mounting the overlay of the root directory", reply);
    case Step::scratch:
        return system_failure("making room for what the job writes", reply);
    case Step::pivot:
        return system_failure("leaving the host's mounts", reply);
    case Step::attach:
    case Step::mount:
        return mount_failure(reply, plan);
    case Step::guard:
    case Step::guard_job:
        return system_failure("protecting the host's /proc", reply);
    case Step::privileges:
    case Step::drop_privileges:
        return system_failure("dropping privileges", reply);
    case Step::filter:
        return system_failure("installing the system call filter", reply);
    case Step::clone_reaper:
    case Step::clone_program:
        return no_room(reply);
    case Step::enter_root:
        return system_failure("entering the root directory", reply);
    case Step::input:
        return system_failure("making the standard input", reply);
    case Step::terminal:
        return system_failure("opening a pseudo-terminal", reply);
    case Step::session:
        return system_failure("beginning a session", reply);
    case Step::streams:
        return system_failure("connecting the standard streams", reply);
    case Step::limits:
        return system_failure(fmt::format("setting resource limit {}", reply.index), reply);
    case Step::working_directory:
        return {Kind::execution,
                fmt::format("changing to the working directory {}: {}",
                            util::quoted(launch == nullptr ? "" : launch->working_directory),
                            reason(reply))};
    case Step::execute:
        return launch == nullptr ? system_failure("starting a program", reply)
                                 : execute_failure(reply, *launch);
    }
    return {Kind::system, "the slot gave an answer that makes no sense"};
}

}  // namespace maelstrom::container

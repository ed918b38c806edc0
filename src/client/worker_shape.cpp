#include "client/worker_shape.hpp"

#include "util/text.hpp"

#include <algorithm>

namespace maelstrom::client {

namespace {

using job::FileSystemMount;
using util::ErrorKind;
using util::fail;
using util::Result;

bool has_sys_mount(const std::vector<job::Mount>& mounts) {
    return std::ranges::any_of(mounts, [](const job::Mount& mount) {
        const auto* file_system = std::get_if<FileSystemMount>(&mount);
        return file_system != nullptr && file_system->kind == FileSystemMount::Kind::sys;
    });
}

job::Root root_of(const job::Container& container, const RootWishes& wishes) {
    if (wishes.capture) {
        return *wishes.capture;
    }
    if (container.enable_writable_file_system.value_or(false)) {
        return job::WritableRoot();
    }
    return job::ReadOnlyRoot();
}

std::vector<job::Mount> with_absolute_sources(std::vector<job::Mount> mounts,
                                              const std::string& project_directory) {
    for (job::Mount& mount : mounts) {
        auto* bind = std::get_if<job::BindMount>(&mount);
        if (bind != nullptr && !bind->local_path.starts_with('/')) {
            bind->local_path = project_directory + "/" + bind->local_path;
        }
    }
    return mounts;
}

}  // namespace

Result<void> check_image(const job::Container& container) {
    if (const auto* image = std::get_if<job::ImageParent>(&container.parent)) {
        return fail(ErrorKind::invalid,
                    "image {}: this version cannot use container images yet; describe the "
                    "container by layers, or build on the host with \"parent\": \"host\"",
                    util::quoted(image->name));
    }
    return {};
}

Result<void> check_container(const job::Container& container) {
    if (container.network == job::Network::local && has_sys_mount(container.mounts)) {
        return fail(ErrorKind::invalid,
                    "network \"local\" and a mount of type \"sys\" cannot be combined: the kernel "
                    "shows /sys only to the owner of the network; use \"loopback\", or leave the "
                    "mount out");
    }
    if (container.layers.empty()) {
        return fail(ErrorKind::invalid,
                    "no layer: a job needs at least one, of its own, from a parent or from an "
                    "image; add \"layers\"");
    }
    return {};
}

job::Environment make_environment(const job::Container& container,
                                  const RootWishes& wishes,
                                  std::vector<util::Digest> layers,
                                  const job::Variables& variables,
                                  const std::string& project_directory) {
    job::Environment environment;
    environment.layers = std::move(layers);
    environment.root = root_of(container, wishes);
    environment.mounts = with_absolute_sources(container.mounts, project_directory);
    environment.network = container.network.value_or(job::Network::disabled);
    environment.user = container.user.value_or(0);
    environment.group = container.group.value_or(0);
    environment.capabilities = container.capabilities.value_or(job::Capabilities::none);
    environment.working_directory = container.working_directory.value_or("/");
    environment.variables = job::to_list(variables);
    environment.limits = container.limits;
    environment.host_name = wishes.host_name;
    environment.fork_point = wishes.fork_point;
    return environment;
}

std::string_view local_only_reason(const job::Environment& environment) {
    if (environment.network == job::Network::local) {
        return "it uses the local network";
    }
    if (std::ranges::any_of(environment.mounts, [](const job::Mount& mount) {
            return std::holds_alternative<job::BindMount>(mount);
        })) {
        return "it has a bind mount";
    }
    if (std::holds_alternative<job::CapturedRoot>(environment.root)) {
        return "its changes to files are captured";
    }
    return {};
}

bool never_changes(const job::Layer& layer) {
    return std::holds_alternative<job::StubsLayer>(layer) ||
           std::holds_alternative<job::SymlinksLayer>(layer) ||
           std::holds_alternative<job::ProjectLayer>(layer) ||
           std::holds_alternative<job::MadeFilesLayer>(layer);
}

}  // namespace maelstrom::client

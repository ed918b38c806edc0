#include "host/host.hpp"

#include "host/environment_trees.hpp"
#include "host/places.hpp"
#include "host/skeleton.hpp"
#include "util/log.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace maelstrom::host {

using job::FileSystemMount;
using job::FreshPlaceMount;
using Entry = job::FreshPlaceMount::Entry;
using util::is_at_or_below;
using util::is_below;
using util::normal_path;

namespace {

/// With a writable root the others are plain directories of it: as private, and no mount to pay
/// for.
constexpr std::array always_mounted = {"/tmp", "/dev/shm"};

/// Variables that name the environment which its user has activated.
constexpr std::array<const char*, 2> active_environments{"VIRTUAL_ENV", "CONDA_PREFIX"};

std::vector<FurtherTree> all_further_trees(const Files& files, const HostRequest& request) {
    std::vector<FurtherTree> trees = request.further_trees;
    for (const char* variable : active_environments) {
        const auto active = request.variables.find(variable);
        if (active != request.variables.end() && active->second.starts_with('/')) {
            std::ranges::move(environment_trees(files, active->second), std::back_inserter(trees));
        }
    }
    return trees;
}

/// Values are expanded when the container is used (specification: jobs 7); these are final.
std::string unexpanded(const std::string& value) {
    std::string result;
    for (const char character : value) {
        result.append(character == '$' ? 2 : 1, character);
    }
    return result;
}

/// A glob (specification: jobs 8.5) that matches this path alone.
std::string literal_glob(const std::string& path) {
    std::string result;
    for (const char character : path) {
        if (std::string_view("*?[]{},!\\").find(character) != std::string_view::npos) {
            result += '\\';
        }
        result += character;
    }
    return result;
}

/// Ordered: directories before what lies in them.
std::vector<Entry> without_what_others_show(std::vector<Entry> entries) {
    std::ranges::sort(entries);
    std::vector<Entry> result;
    for (Entry& entry : entries) {
        const bool is_shown = std::ranges::any_of(result, [&](const Entry& other) {
            return entry.path == other.path ||
                   (other.kind == Entry::Kind::kept && is_below(entry.path, other.path));
        });
        if (!is_shown) {
            result.push_back(std::move(entry));
        }
    }
    return result;
}

/// One host container in the making.
class Composer {
public:
    Composer(const Files& files, const HostRequest& request);

    HostContainer compose();

private:
    void refuse_places_of_the_kernel();
    void add_layers(job::MadeFilesLayer skeleton);
    void add_mounts();
    void set_variables();
    void tell_about_project();

    job::Mount fresh_place(const std::string& place, bool always) const;
    std::vector<Entry> entries_below(const std::string& place) const;

    const Files& files_;
    const HostRequest& request_;
    Whereabouts whereabouts_;
    Layout layout_;
    HostContainer result_;
};

Composer::Composer(const Files& files, const HostRequest& request)
    : files_(files), request_(request),
      whereabouts_{.home = files.resolve(home_directory(request.variables, request.caller)).path,
                   .working_directory = files.resolve(request.working_directory).path},
      layout_(plan_layout(files,
                          {.with_base = request.base == Base::host,
                           .project = request.project.root,
                           .home = whereabouts_.home,
                           .further = all_further_trees(files, request)})) {
}

HostContainer Composer::compose() {
    refuse_places_of_the_kernel();
    add_layers({make_skeleton(files_, request_, whereabouts_, layout_)});
    add_mounts();
    set_variables();
    tell_about_project();

    job::Container& container = result_.container;
    container.network = job::Network::loopback;
    container.enable_writable_file_system = !request_.read_only;
    container.working_directory = whereabouts_.working_directory;
    container.user = request_.caller.user;
    container.group = request_.caller.group;
    container.capabilities = job::Capabilities::none;
    return std::move(result_);
}

void Composer::refuse_places_of_the_kernel() {
    std::string& directory = whereabouts_.working_directory;
    if (std::ranges::any_of(kernel_places,
                            [&](const char* place) { return is_at_or_below(directory, place); })) {
        result_.notes.push_back(
            fmt::format("the program starts in /: {} is the container's own", directory));
        directory = "/";
    }
}

void Composer::add_layers(job::MadeFilesLayer skeleton) {
    result_.container.layers.emplace_back(std::move(skeleton));
    if (!layout_.files.empty()) {
        result_.container.layers.emplace_back(
            job::PathsLayer{.paths = layout_.files, .options = {}});
    }
    if (layout_.project) {
        job::ProjectLayer project{.root = *layout_.project,
                                  .exclude = request_.project_exclude,
                                  .include = request_.project_include};
        for (const std::string& mounted : layout_.exclude) {
            project.exclude.push_back(literal_glob(mounted));
            project.exclude.push_back(literal_glob(mounted) + "/**");
        }
        result_.container.layers.emplace_back(std::move(project));
    }
}

void Composer::add_mounts() {
    std::vector<job::Mount>& mounts = result_.container.mounts;
    for (const std::string& tree : layout_.trees) {
        mounts.emplace_back(job::HostTreeMount{tree});
    }
    using enum FileSystemMount::Kind;
    using enum job::Device;
    mounts.emplace_back(FileSystemMount{.kind = proc, .mount_point = "/proc"});
    mounts.emplace_back(job::DevicesMount{{full, null, random, tty, urandom, zero}});
    mounts.emplace_back(FileSystemMount{.kind = devpts, .mount_point = "/dev/pts"});
    for (const std::string place : temporary_places) {
        const bool always = std::ranges::find(always_mounted, place) != always_mounted.end();
        mounts.push_back(fresh_place(place, always));
    }
    if (whereabouts_.home != "/") {
        const bool is_covered = layout_.tree_of(whereabouts_.home) != nullptr;
        mounts.push_back(fresh_place(whereabouts_.home, is_covered));
    }
}

/// With a writable root too if it is `always` to be mounted, unless it is to show something.
job::Mount Composer::fresh_place(const std::string& place, bool always) const {
    std::vector<Entry> entries = entries_below(place);
    if (always && entries.empty()) {
        return FileSystemMount{.kind = FileSystemMount::Kind::tmp, .mount_point = place};
    }
    return FreshPlaceMount{.path = place, .entries = std::move(entries)};
}

/// What the container shows below a place, without what lies in something else that it shows.
std::vector<Entry> Composer::entries_below(const std::string& place) const {
    std::vector<Entry> entries;
    const auto add = [&](const std::string& path, Entry::Kind kind, std::string target = {}) {
        if (is_below(path, place)) {
            entries.push_back({.path = path, .kind = kind, .target = std::move(target)});
        }
    };
    const auto add_kept = [&](const std::string& path) { add(path, Entry::Kind::kept); };
    std::ranges::for_each(layout_.trees, add_kept);
    std::ranges::for_each(layout_.files, add_kept);
    if (layout_.project) {
        add_kept(*layout_.project);
    }
    for (const Link& link : layout_.links) {
        add(link.path, Entry::Kind::link, link.target);
    }
    add(whereabouts_.home, Entry::Kind::directory);
    add(whereabouts_.working_directory, Entry::Kind::directory);
    return without_what_others_show(std::move(entries));
}

void Composer::set_variables() {
    EnvironmentRequest request = request_.environment;
    for (const char* variable : active_environments) {
        const auto active = request_.variables.find(variable);
        if (active != request_.variables.end() &&
            layout_.shows(files_.resolve(normal_path(active->second)).path)) {
            request.pass.emplace_back(variable);
        }
    }
    result_.variables =
        container_variables(request_.variables, request, [&](const std::string& path) {
            const Resolution resolution = files_.resolve(path);
            return resolution.exists && layout_.shows(resolution.path);
        });
    job::EnvironmentElement element{.vars = {}, .extend = false};
    for (const auto& [name, value] : result_.variables) {
        element.vars.emplace(name, unexpanded(value));
    }
    result_.container.environment.push_back(std::move(element));
}

void Composer::tell_about_project() {
    result_.project = layout_.project;
    if (layout_.project) {
        util::log::debug("project: {} ({})", *layout_.project, request_.project.reason);
    } else if (!request_.project.root) {
        result_.notes.push_back(
            fmt::format("no project is taken along: {}", request_.project.reason));
    }
    std::ranges::move(layout_.notes, std::back_inserter(result_.notes));
}

}  // namespace

HostContainer host_container(const Files& files, const HostRequest& request) {
    return Composer(files, request).compose();
}

}  // namespace maelstrom::host

#include "host/host.hpp"

#include "host/etc.hpp"
#include "host/paths.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

namespace maelstrom::host {

using job::FileSystemMount;
using job::MadeFile;

namespace {

constexpr std::array temporary_places = {"/tmp", "/dev/shm", "/var/tmp", "/run"};
/// With a writable root the others are plain directories of it: as private, and no mount to pay
/// for.
constexpr std::array always_mounted = {"/tmp", "/dev/shm"};

MadeFile directory(std::string path, std::uint32_t mode = 0755) {
    return {
        .path = std::move(path), .kind = MadeFile::Kind::directory, .content = {}, .mode = mode};
}
MadeFile link(std::string path, std::string target) {
    return {.path = std::move(path),
            .kind = MadeFile::Kind::symlink,
            .content = std::move(target),
            .mode = 0777};
}
MadeFile empty_file(std::string path) {
    return {.path = std::move(path), .kind = MadeFile::Kind::file, .content = {}, .mode = 0644};
}

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

/// Of `home = /usr/bin` in a pyvenv.cfg: the directory with the interpreter that made it.
std::optional<std::string> interpreter_directory(std::string_view config) {
    for (const std::string_view line : util::split_lines(config)) {
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos && util::trim(line.substr(0, equals)) == "home") {
            const std::string_view value = util::trim(line.substr(equals + 1));
            return value.starts_with('/') ? std::optional(normal_path(value)) : std::nullopt;
        }
    }
    return std::nullopt;
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

/// One host container in the making.
class Composer {
public:
    Composer(const Files& files, const HostRequest& request);

    HostContainer compose();

private:
    void make_devices();
    void make_temporary_places();
    void make_home();
    void make_etc();
    void link_path_elements();
    void make_trees();
    void make_working_directory();
    void make_parents();
    void add_layers();
    void add_mounts();
    void set_variables();
    void tell_about_project();

    void make(MadeFile file);
    bool may_write(const std::string& path) const;
    bool is_shown(const std::string& path) const;
    bool something_lies_below(const std::string& place) const;
    bool is_mounted(const std::string& place) const;

    const Files& files_;
    const HostRequest& request_;
    std::string home_;  ///< this and the next free of links
    std::string working_directory_;
    Layout layout_;
    std::map<std::string, MadeFile> made_;  ///< by path; what comes first stays
    HostContainer result_;
};

Composer::Composer(const Files& files, const HostRequest& request)
    : files_(files), request_(request),
      home_(files.resolve(home_directory(request.variables, request.caller)).path),
      working_directory_(files.resolve(request.working_directory).path),
      layout_(plan_layout(files,
                          {.with_base = request.base == Base::host,
                           .project = request.project.root,
                           .home = home_,
                           .further = all_further_trees(files, request)})) {
}

HostContainer Composer::compose() {
    make_devices();
    make_temporary_places();
    make_home();
    make_etc();
    link_path_elements();
    make_trees();
    make_working_directory();
    make_parents();
    add_layers();
    add_mounts();
    set_variables();
    tell_about_project();

    job::Container& container = result_.container;
    container.network = job::Network::loopback;
    container.enable_writable_file_system = !request_.read_only;
    container.working_directory = working_directory_;
    container.user = request_.caller.user;
    container.group = request_.caller.group;
    container.capabilities = job::Capabilities::none;
    return std::move(result_);
}

/// Everything made belongs to the caller, who has no power over the host's own directories: an
/// ordinary user may not write in /etc here either.
void Composer::make(MadeFile file) {
    if (file.kind != MadeFile::Kind::symlink && !may_write(file.path)) {
        file.mode &= ~0222U;
    }
    made_.try_emplace(file.path, std::move(file));
}

bool Composer::may_write(const std::string& path) const {
    if (request_.caller.user == 0 || path == home_) {
        return true;
    }
    if (is_at_or_below(path, "/etc") || is_below(path, "/dev")) {
        return path == "/dev/shm";
    }
    const auto status = files_.look(path);
    return !status || (status->st_mode & S_IWOTH) != 0 ||
           (status->st_uid == request_.caller.user && (status->st_mode & S_IWUSR) != 0) ||
           std::ranges::find(temporary_places, path) != temporary_places.end();
}

void Composer::make_devices() {
    make(directory("/"));
    for (const char* name : {"full", "null", "random", "tty", "urandom", "zero"}) {
        make(empty_file("/dev/" + std::string(name)));
    }
    make(directory("/dev/pts"));
    make(link("/dev/ptmx", "pts/ptmx"));
    make(link("/dev/fd", "/proc/self/fd"));
    make(link("/dev/stdin", "/proc/self/fd/0"));
    make(link("/dev/stdout", "/proc/self/fd/1"));
    make(link("/dev/stderr", "/proc/self/fd/2"));
    make(directory("/proc", 0555));
}

void Composer::make_temporary_places() {
    for (const std::string place : temporary_places) {
        make(directory(place, place == "/run" ? 0755 : 01777));
    }
}

/// $HOME and what passwd(5) says are mostly the same. Empty, with the modes of the caller's own.
void Composer::make_home() {
    for (const std::string& path :
         {home_directory(request_.variables, request_.caller), normal_path(request_.caller.home)}) {
        const Resolution resolution = files_.resolve(path);
        const auto status = files_.look(resolution.path);
        if (resolution.path == "/" || is_shown(resolution.path) ||
            (!status && resolution.path != home_)) {
            continue;
        }
        std::ranges::copy(resolution.links, std::back_inserter(layout_.links));
        make(directory(resolution.path, status ? (status->st_mode & 0777) | 0700 : 0755));
    }
}

void Composer::make_etc() {
    if (request_.base == Base::none) {
        return;
    }
    std::vector<MadeFile> written = written_etc(files_, request_.caller);
    std::ranges::for_each(written, [&](MadeFile& file) { make(std::move(file)); });
    std::vector<MadeFile> copied = copied_etc(files_, layout_);
    std::ranges::for_each(copied, [&](MadeFile& file) { make(std::move(file)); });
}

/// Elements of PATH may lead into the container over links that stand outside all of it, such as
/// NixOS's /run/current-system: those are made.
void Composer::link_path_elements() {
    const auto path = request_.variables.find("PATH");
    if (path == request_.variables.end()) {
        return;
    }
    for (const std::string_view element : util::split(path->second, ':')) {
        if (!element.starts_with('/')) {
            continue;
        }
        const Resolution resolution = files_.resolve(std::string(element));
        if (resolution.exists && is_shown(resolution.path)) {
            std::ranges::copy(resolution.links, std::back_inserter(layout_.links));
        }
    }
}

void Composer::make_trees() {
    for (const Link& found : layout_.links) {
        if (layout_.tree_of(found.path) == nullptr) {
            make(link(found.path, found.target));
        }
    }
    for (const std::string& tree : layout_.trees) {
        make(directory(tree));
    }
}

void Composer::make_working_directory() {
    constexpr std::array kernels = {"/proc", "/sys", "/dev"};
    if (std::ranges::any_of(kernels, [&](const char* place) {
            return is_at_or_below(working_directory_, place);
        })) {
        result_.notes.push_back(
            fmt::format("the program starts in /: {} is the container's own", working_directory_));
        working_directory_ = "/";
    }
    if (working_directory_ != "/" && layout_.tree_of(working_directory_) == nullptr &&
        working_directory_ != layout_.project) {
        make(directory(
            working_directory_));  // below the project: in case the snapshot leaves it out
    }
}

/// Parents that nobody names would get modes of no meaning: they are made like the host's.
void Composer::make_parents() {
    std::vector<std::string> paths = layout_.files;
    std::ranges::transform(made_, std::back_inserter(paths),
                           [](const auto& entry) { return entry.first; });
    if (layout_.project) {
        paths.push_back(*layout_.project);
    }
    for (const std::string& path : paths) {
        for (std::string parent = parent_path(path); parent != "/" && !made_.contains(parent);
             parent = parent_path(parent)) {
            make(directory(parent));
        }
    }
}

void Composer::add_layers() {
    job::MadeFilesLayer skeleton;
    skeleton.files.reserve(made_.size());
    for (auto& [path, file] : made_) {
        skeleton.files.push_back(std::move(file));
    }
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
        if (is_mounted(place)) {
            mounts.emplace_back(FileSystemMount{.kind = tmp, .mount_point = place});
        } else if (request_.read_only) {
            result_.notes.push_back(
                fmt::format("{} is read-only too: what the container shows lies below it", place));
        }
    }
    const bool home_is_covered = layout_.tree_of(home_) != nullptr;
    if ((request_.read_only || home_is_covered) && home_ != "/" && !something_lies_below(home_)) {
        mounts.emplace_back(FileSystemMount{.kind = tmp, .mount_point = home_});
    }
}

bool Composer::is_mounted(const std::string& place) const {
    const bool wanted =
        request_.read_only || std::ranges::find(always_mounted, place) != always_mounted.end();
    return wanted && !something_lies_below(place);
}

bool Composer::something_lies_below(const std::string& place) const {
    const auto below = [&](const std::string& path) { return is_below(path, place); };
    return std::ranges::any_of(layout_.trees, below) || std::ranges::any_of(layout_.files, below) ||
           std::ranges::any_of(layout_.links, below, &Link::path) ||
           (layout_.project && below(*layout_.project)) || below(home_) ||
           below(working_directory_);
}

bool Composer::is_shown(const std::string& path) const {
    return layout_.tree_of(path) != nullptr ||
           (layout_.project && is_at_or_below(path, *layout_.project));
}

void Composer::set_variables() {
    EnvironmentRequest request = request_.environment;
    for (const char* variable : active_environments) {
        const auto active = request_.variables.find(variable);
        if (active != request_.variables.end() &&
            is_shown(files_.resolve(normal_path(active->second)).path)) {
            request.pass.emplace_back(variable);
        }
    }
    result_.variables =
        container_variables(request_.variables, request, [&](const std::string& path) {
            const Resolution resolution = files_.resolve(path);
            return resolution.exists && is_shown(resolution.path);
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

std::vector<FurtherTree> environment_trees(const Files& files, const std::string& directory) {
    const std::string path = normal_path(directory);
    if (files.is_directory(join_paths(path, "conda-meta"))) {
        return {{.path = path, .kind = FurtherTree::Kind::environment}};
    }
    return virtual_environment_trees(files, path);
}

std::vector<FurtherTree> virtual_environment_trees(const Files& files,
                                                   const std::string& directory) {
    const std::string config_file = join_paths(normal_path(directory), "pyvenv.cfg");
    const auto config = files.content(files.resolve(config_file).path, util::Bytes{65536});
    if (!config) {
        return {};
    }
    using enum FurtherTree::Kind;
    std::vector<FurtherTree> trees = {{.path = normal_path(directory), .kind = environment}};
    if (const auto interpreter = interpreter_directory(*config)) {
        trees.push_back({.path = parent_path(*interpreter), .kind = environment});
    }
    return trees;
}

}  // namespace maelstrom::host

#include "host/skeleton.hpp"

#include "host/etc.hpp"
#include "host/places.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace maelstrom::host {

using job::MadeFile;
using util::is_at_or_below;
using util::is_below;
using util::normal_path;
using util::parent_path;

namespace {

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

class Skeleton {
public:
    Skeleton(const Files& files,
             const HostRequest& request,
             const Whereabouts& whereabouts,
             Layout& layout)
        : files_(files), request_(request), whereabouts_(whereabouts), layout_(layout) {}

    std::vector<MadeFile> make_all();

private:
    void make_devices();
    void make_temporary_places();
    void make_home();
    void make_etc();
    void link_path_elements();
    void make_trees();
    void make_end_of(const Link& found);
    void make_working_directory();
    void make_parents();

    void make(MadeFile file);
    bool may_write(const std::string& path) const;

    const Files& files_;
    const HostRequest& request_;
    const Whereabouts& whereabouts_;
    Layout& layout_;
    std::map<std::string, MadeFile> made_;  ///< by path; what comes first stays
};

std::vector<MadeFile> Skeleton::make_all() {
    make_devices();
    make_temporary_places();
    make_home();
    make_etc();
    link_path_elements();
    make_trees();
    make_working_directory();
    make_parents();

    std::vector<MadeFile> all;
    all.reserve(made_.size());
    for (auto& [path, file] : made_) {
        all.push_back(std::move(file));
    }
    return all;
}

/// Everything made belongs to the caller, who has no power over the host's own directories: an
/// ordinary user may not write in /etc here either.
void Skeleton::make(MadeFile file) {
    if (file.kind != MadeFile::Kind::symlink && !may_write(file.path)) {
        file.mode &= ~0222U;
    }
    made_.try_emplace(file.path, std::move(file));
}

bool Skeleton::may_write(const std::string& path) const {
    if (request_.caller.user == 0 || path == whereabouts_.home) {
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

void Skeleton::make_devices() {
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

void Skeleton::make_temporary_places() {
    for (const std::string place : temporary_places) {
        make(directory(place, place == "/run" ? 0755 : 01777));
    }
}

/// $HOME and what passwd(5) says are mostly the same. Empty, with the modes of the caller's own.
void Skeleton::make_home() {
    for (const std::string& path :
         {home_directory(request_.variables, request_.caller), normal_path(request_.caller.home)}) {
        const Resolution resolution = files_.resolve(path);
        const auto status = files_.look(resolution.path);
        if (resolution.path == "/" || layout_.shows(resolution.path) ||
            (!status && resolution.path != whereabouts_.home)) {
            continue;
        }
        std::ranges::copy(resolution.links, std::back_inserter(layout_.links));
        make(directory(resolution.path, status ? (status->st_mode & 0777) | 0700 : 0755));
    }
}

void Skeleton::make_etc() {
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
void Skeleton::link_path_elements() {
    const auto path = request_.variables.find("PATH");
    if (path == request_.variables.end()) {
        return;
    }
    for (const std::string_view element : util::split(path->second, ':')) {
        if (!element.starts_with('/')) {
            continue;
        }
        const Resolution resolution = files_.resolve(std::string(element));
        if (resolution.exists && layout_.shows(resolution.path)) {
            std::ranges::copy(resolution.links, std::back_inserter(layout_.links));
        }
    }
}

void Skeleton::make_trees() {
    for (const Link& found : layout_.links) {
        if (layout_.tree_of(found.path) == nullptr) {
            make(link(found.path, found.target));
        }
        make_end_of(found);
    }
    for (const std::string& tree : layout_.trees) {
        make(directory(tree));
    }
}

/// What a layer puts below a link into a tree goes where the link leads, if that is a directory of
/// the layers'.
void Skeleton::make_end_of(const Link& found) {
    const Resolution end = files_.resolve(found.path);
    if (end.exists && layout_.tree_of(end.path) != nullptr && files_.is_directory(end.path)) {
        make(directory(end.path));
    }
}

void Skeleton::make_working_directory() {
    const std::string& path = whereabouts_.working_directory;
    if (path != "/" && layout_.tree_of(path) == nullptr && path != layout_.project) {
        make(directory(path));  // below the project: in case the snapshot leaves it out
    }
}

/// Parents that nobody names would get modes of no meaning: they are made like the host's.
void Skeleton::make_parents() {
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

}  // namespace

std::vector<MadeFile> make_skeleton(const Files& files,
                                    const HostRequest& request,
                                    const Whereabouts& whereabouts,
                                    Layout& layout) {
    return Skeleton(files, request, whereabouts, layout).make_all();
}

}  // namespace maelstrom::host

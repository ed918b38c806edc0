#pragma once

#include "util/bytes.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

// What users write: jobs and containers, before anything is looked up, expanded or built. Plain
// values; `job/parse.hpp` reads them, `job/inherit.hpp` merges parents into them.

namespace maelstrom::job {

enum class Network { disabled, loopback, local };
enum class Capabilities { none, all };
/// In the order of the specification's table; the spelling is the name of the node below /dev.
enum class Device { full, fuse, null, random, shm, tty, urandom, zero };

// ----------------------------------------------------------------------------------------------------
// layers

/// How a source path becomes a path in the container; applied in this order.
struct PrefixOptions {
    bool follow_symlinks = false;
    bool canonicalize = false;
    std::optional<std::string> strip_prefix;
    std::optional<std::string> prepend_prefix;
    auto operator<=>(const PrefixOptions&) const = default;
};

struct TarLayer {
    std::string path;
    auto operator<=>(const TarLayer&) const = default;
};
struct GlobLayer {
    std::string pattern;
    PrefixOptions options;
    auto operator<=>(const GlobLayer&) const = default;
};
struct PathsLayer {
    std::vector<std::string> paths;
    PrefixOptions options;
    auto operator<=>(const PathsLayer&) const = default;
};
/// Empty files and (with a final slash) directories; braces not expanded yet.
struct StubsLayer {
    std::vector<std::string> stubs;
    auto operator<=>(const StubsLayer&) const = default;
};
struct Symlink {
    std::string link;
    std::string target;
    auto operator<=>(const Symlink&) const = default;
};
struct SymlinksLayer {
    std::vector<Symlink> symlinks;
    auto operator<=>(const SymlinksLayer&) const = default;
};
struct SharedLibrariesLayer {
    std::vector<std::string> binaries;
    PrefixOptions options;
    auto operator<=>(const SharedLibrariesLayer&) const = default;
};
struct CommandLayer {
    std::vector<std::string> command;  ///< program and arguments; never empty
    auto operator<=>(const CommandLayer&) const = default;
};

/// Everything below a directory of the host, at its own absolute path; only programs make it, no
/// spec can say it.
struct ProjectLayer {
    std::string root;                  ///< absolute
    std::vector<std::string> exclude;  ///< globs relative to `root`, besides the built-in list
    std::vector<std::string> include;  ///< globs that beat both
    auto operator<=>(const ProjectLayer&) const = default;
};
/// Files given by content; only programs make it.
struct MadeFile {
    enum class Kind { file, directory, symlink };
    std::string path;  ///< absolute in the container
    Kind kind = Kind::file;
    std::string content;  ///< of a file; the target of a symlink
    std::uint32_t mode = 0644;
    auto operator<=>(const MadeFile&) const = default;
};
struct MadeFilesLayer {
    std::vector<MadeFile> files;
    auto operator<=>(const MadeFilesLayer&) const = default;
};

using Layer = std::variant<TarLayer,
                           GlobLayer,
                           PathsLayer,
                           StubsLayer,
                           SymlinksLayer,
                           SharedLibrariesLayer,
                           CommandLayer,
                           ProjectLayer,
                           MadeFilesLayer>;

// ----------------------------------------------------------------------------------------------------
// mounts

struct BindMount {
    std::string mount_point;
    std::string local_path;  ///< relative ones start at the project directory
    bool read_only = false;
    auto operator<=>(const BindMount&) const = default;
};
struct DevicesMount {
    std::set<Device> devices;
    auto operator<=>(const DevicesMount&) const = default;
};
struct FileSystemMount {
    enum class Kind { devpts, mqueue, proc, sys, tmp };
    Kind kind = Kind::tmp;
    std::string mount_point;
    auto operator<=>(const FileSystemMount&) const = default;
};
/// A directory of the host base, read-only and nosuid at its own path, not followed into network or
/// FUSE file systems; only programs make it. Unlike a bind it keeps no job local: a remote executor
/// gets it as a layer.
struct HostTreeMount {
    std::string path;
    auto operator<=>(const HostTreeMount&) const = default;
};

/// A directory that is writable and fresh for each job, also where the root refuses writes: then it
/// is a file system of its own. With a writable root it is so anyway, and nothing is mounted. Only
/// programs make it.
struct FreshPlaceMount {
    struct Entry {
        enum class Kind {
            kept,       ///< what layers and earlier mounts show there
            directory,  ///< an empty one
            link,
        };
        std::string path;  ///< absolute, below the place
        Kind kind = Kind::kept;
        std::string target;  ///< of a link
        auto operator<=>(const Entry&) const = default;
    };
    std::string path;
    std::vector<Entry> entries;
    auto operator<=>(const FreshPlaceMount&) const = default;
};

using Mount =
    std::variant<BindMount, DevicesMount, FileSystemMount, HostTreeMount, FreshPlaceMount>;

// ----------------------------------------------------------------------------------------------------
// the rest

struct EnvironmentElement {
    std::map<std::string, std::string> vars;  ///< values not expanded yet
    bool extend = true;
    auto operator<=>(const EnvironmentElement&) const = default;
};

/// Resource limits; absent is unlimited (design: jobs 16.6).
struct Limits {
    std::optional<util::Bytes> memory;
    std::optional<std::uint64_t> processes;
    std::optional<double> cpu;
    std::optional<std::chrono::seconds> cpu_time;
    std::optional<std::uint64_t> files;
    std::optional<util::Bytes> file_size;
    std::optional<util::Bytes> core;
    std::optional<util::Bytes> tmp;
    std::optional<bool> best_effort;
    auto operator<=>(const Limits&) const = default;
};

/// What a `use` list can name.
enum class Field : std::uint8_t {
    layers,
    environment,
    working_directory,
    enable_writable_file_system,
    mounts,
    network,
    user,
    group,
    capabilities,
    limits,
};
using Fields = std::set<Field>;

struct ImageParent {
    std::string name;
    Fields use;
    auto operator<=>(const ImageParent&) const = default;
};
struct ContainerParent {
    std::string name;
    Fields use;
    auto operator<=>(const ContainerParent&) const = default;
};

/// A container as parsed: the exclusion rules hold, `use` is the effective set, `added_…` keys are
/// gone.
struct Container {
    std::variant<std::monostate, ImageParent, ContainerParent> parent;
    std::vector<Layer> layers;
    std::vector<EnvironmentElement> environment;
    std::vector<Mount> mounts;
    std::optional<Network> network;
    std::optional<bool> enable_writable_file_system;
    std::optional<std::string> working_directory;
    std::optional<std::uint32_t> user;
    std::optional<std::uint32_t> group;
    std::optional<Capabilities> capabilities;
    Limits limits;
    auto operator<=>(const Container&) const = default;
};

/// One program to run once.
struct Job {
    Container container;
    std::string program;
    std::vector<std::string> arguments;
    std::optional<std::chrono::seconds> timeout;  ///< none: no limit (0 was given or nothing)
    std::int8_t priority = 0;
    std::optional<std::chrono::nanoseconds> estimated_duration;  ///< by test runners, from history
};

}  // namespace maelstrom::job

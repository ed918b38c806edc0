#pragma once

#include "slot/job_end.hpp"

#include <cstddef>
#include <cstdint>

// What a slot and its owner say to each other over two SOCK_SEQPACKET pairs: fixed-layout records
// in host byte order, since both sides come from one build. A message is one packet; one that
// would not fit is sent as a memory file and the packet holds its first bytes, as many as a Run
// has. Texts are offsets from the start of the message to a NUL-terminated string; 0 is "none". The
// last byte of every message is NUL, so a valid offset is a valid string. The slot checks every
// offset and count before use.
//
// Kills have a socket of their own because whoever runs the next job reads the first one, while the
// slot itself watches for kills and for the end of its owner. Jobs are numbered from 1, so that a
// kill which comes too late, or is read before its job, hits the right one or none.

namespace maelstrom::slot {

inline constexpr std::uint32_t packet_limit = 64 * 1024;         // larger bodies go as a file
inline constexpr std::uint32_t message_limit = 8 * 1024 * 1024;  // above Linux' limit for exec
inline constexpr std::uint32_t mounts_limit = 512;
inline constexpr std::uint32_t lowers_limit = 64;
inline constexpr int control_descriptor = 3;     // set_up and run come in, answers go out
inline constexpr int kill_descriptor = 4;        // kill comes in
inline constexpr int first_tree_descriptor = 5;  // mounts that the owner has made; closed by set_up
inline constexpr int most_extra_descriptors = 2;
/// A packet brings at most these: a body that is too long for it, two streams, and extra ones.
inline constexpr int most_descriptors = 3 + most_extra_descriptors;
inline constexpr int extra_descriptor = 3;  // and 4, in a program that is given any

using Text = std::uint32_t;

/// `count` elements at `offset` (a multiple of 8).
struct Array {
    std::uint32_t offset = 0;
    std::uint32_t count = 0;
};

enum class Request : std::uint32_t { set_up = 1, run = 2, kill = 3 };

struct Header {
    Request request{};
    std::uint32_t size = 0;  ///< of the whole message
};

// ----------------------------------------------------------------------------------------------------
// set_up: once, first

enum class RootMode : std::uint32_t {
    bind,      ///< one directory, read-only
    stacked,   ///< several, read-only: one overlay for all jobs
    scratch,   ///< an overlay for each job whose upper directory is new and goes with it
    captured,  ///< an overlay for each job whose upper directory is the caller's
};

enum class Net : std::uint32_t { disabled, loopback, local };

enum class MountKind : std::uint32_t {
    bind,
    bind_read_only,
    host_tree,
    device,
    devpts,
    mqueue,
    proc,
    sysfs,
    tmpfs,
    kept,  ///< what the root shows there, above an earlier mount that would hide it
    made,  ///< no mount: a directory, or a link to the source, in an earlier one
};

enum class Placement : std::uint32_t {
    inherited,  ///< attached to the root once, copied into each job with it
    moved,      ///< made once, beside the root; each job moves its own copy into place
    fresh,      ///< made for each job
};

/// A descriptor of a detached mount that the owner has made of a source, or this: the slot opens
/// it.
inline constexpr std::int32_t no_tree = -1;

struct Mount {
    MountKind kind{};
    Placement placement{};
    Text target = 0;  ///< absolute in the container
    Text source = 0;  ///< absolute on the host
    Text view = 0;    ///< of tmpfs: where it is mounted once more, before anything is below it
    Array covers;     ///< of CoverPath: sub-mounts to hide, relative to the source
    std::int32_t tree = no_tree;
};
struct CoverPath {
    Text path = 0;
};

/// A resource limit, as for prlimit(2).
struct ResourceLimit {
    std::uint64_t resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

struct LowerPath {
    Text path = 0;
};

struct SetUp {
    Header header;
    std::uint32_t inside_user = 0;
    std::uint32_t inside_group = 0;
    std::uint32_t outside_user = 0;
    std::uint32_t outside_group = 0;
    std::uint32_t owner_maps =
        0;  ///< the owner has written the id maps; we have to become the user
    Net net{};
    RootMode root_mode{};
    std::uint32_t all_capabilities = 0;
    std::uint32_t may_map_root = 0;  ///< user 0 may be user 0 in a user namespace of its own, too
    std::uint32_t guard_host = 0;    ///< the outside user owns the host: protect what it may write
    std::uint32_t own_cgroup = 0;  ///< the slot was born into a cgroup: make that the visible root
    std::uint32_t one_cell = 0;    ///< processes are counted: have no more of our own than needed
    Text host_name = 0;
    Text layers = 0;   ///< bind, stacked, …: the host directory that all lowers lie in
    Array lowers;      ///< of LowerPath, relative to `layers`, top-most first
    Text changes = 0;  ///< captured: the host directory that upper and work lie in; scratch: one
                       ///< for upper directories, or none: each on a tmpfs
    std::int32_t layers_tree = no_tree;
    std::int32_t changes_tree = no_tree;
    Text upper = 0;  ///< relative to `changes`
    Text work = 0;
    Text root_view = 0;  ///< scratch, captured: where in it the root is mounted once more, alone
    Text tmpfs_options = 0;  ///< for every tmpfs of the jobs
    Array mounts;            ///< of Mount, in order
    Array limits;            ///< of ResourceLimit
    Array obstructions;      ///< of CoverPath: directories in each of the host's /proc and /sys
};

// ----------------------------------------------------------------------------------------------------
// run

/// Comes with two descriptors, standard output and error, and maybe one or two more, for the
/// program to find from `extra_descriptor` on; with one, the slave side of a pseudo-terminal, if
/// `terminal` is `given`.
enum class Terminal : std::uint32_t {
    none,
    given,
    own,  ///< from the job's own devpts; the master is sent back when the program has started
};

struct Run {
    Header header;
    std::uint64_t number = 0;
    Terminal terminal{};
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
    Text pseudo_terminals = 0;   ///< mount point of devpts, for Terminal::own
    Text working_directory = 0;  ///< none: the root
    // Of std::uint64_t: offsets, which the slot turns into pointers in place; each list but the
    // last is followed by one 0 that the count does not include.
    Array arguments;
    Array environment;
    Array candidates;
};

enum class Target : std::uint32_t {
    program,  ///< its reaper kills the others, and counts what all have used
    cell,     ///< the reaper, and with it all others: nobody counts
};

struct KillJob {
    Header header;
    std::uint64_t number = 0;
    Target target{};
    std::uint32_t gently = 0;  ///< SIGTERM
};

// ----------------------------------------------------------------------------------------------------
// answers

enum class Answer : std::uint32_t {
    set_up_failed,  ///< the slot ends after it
    terminal,       ///< the program has started; with the master descriptor if it was not `given`
    not_started,
    ended,
};

/// Where it stopped. The sentences are in container/failure.cpp.
enum class Step : std::uint32_t {
    none,
    message,  ///< a request made no sense
    // once per slot
    id_maps,
    private_mounts,
    loopback,
    host_name,
    ground,       ///< the tmpfs that everything hangs on
    proc,         ///< the slot's own
    groups,       ///< control groups
    bind_source,  ///< index: mount
    device_source,
    cover,
    sysfs,
    layers,
    changes,
    root,
    pivot,
    attach,  ///< index: mount
    guard,
    privileges,
    filter,
    // once per job
    clone_reaper,
    job_id_maps,
    job_loopback,
    scratch,
    overlay,
    root_view,
    enter_root,
    mount,  ///< index: mount
    guard_job,
    input,
    terminal,
    clone_program,
    session,
    streams,
    limits,  ///< index: resource
    drop_privileges,
    working_directory,
    execute,  ///< index: candidate
};

/// What a failed exec was asked to execute. The last three are files that are neither programs
/// for Linux nor begin with "#!"; `present` is all that is known of one that may not be read.
enum class Found : std::uint32_t { missing, present, directory, empty, binary, script };

struct Reply {
    Answer answer{};
    Step step{};
    std::int32_t error = 0;
    std::uint32_t index = 0;
    Found found{};              ///< execute
    std::uint32_t length = 0;   ///< attach, mount: of the part of the mount point that is a file
    std::uint32_t remains = 0;  ///< something of the job is left: replace the slot
    std::uint64_t number = 0;   ///< of the job; an answer may come twice
    JobEnd end;
};

}  // namespace maelstrom::slot

#pragma once

#include "slot/job_end.hpp"

#include <cstdint>

// What the owner of a job says to the job's fork point, and what it hears: fixed-layout records in
// host byte order over SOCK_SEQPACKET sockets, one record a packet.
//
// A fork point is a program that has finished what many jobs have in common (imports, collection)
// and then makes each of them by forking itself into a fresh cell: its own user, mount, process-id,
// ipc, network and host-name namespaces. One socket, the control, comes with the program. Through
// it the owner opens lanes; each lane is a socket of its own and runs one job at a time:
//
//     control:  point ── Reached ──▶ owner ── OpenLane + socket ──▶ point …
//     lane:     point ── prepared + pidfd ──▶ owner ── Order + streams ──▶ point ── ended ──▶ owner
//     …
//
// While a job runs the next cell of its lane is made, its process forked, and the cell announced:
// `prepared` may come before `ended`. Cells of a lane have numbers, so that an order for one that
// has just died is not taken for one for the next: it is dropped, and the owner has heard already
// that the cell ended.
//
// The point ends when its control socket closes. Whoever kills a cell by its pidfd gets `withdrawn`
// or `ended` with that signal.

namespace maelstrom::fork_point {

/// Where a program finds its control socket, and the variable that says so.
inline constexpr int control_descriptor = 3;
inline constexpr const char* control_variable = "MAELSTROM_FORK_POINT";

/// A private root is mounted here once more, alone: what is mounted below a root keeps Linux from
/// stacking another overlay on it.
inline constexpr const char* root_view = "/.maelstrom/root";

/// So are the file systems of places that are fresh for each job and have mounts below them, in
/// directories 0, 1, … of this one.
inline constexpr const char* place_views = "/.maelstrom/places";
inline constexpr std::uint32_t most_place_views = 8;

inline constexpr std::uint32_t order_limit = 96 * 1024;  ///< of a task, in bytes
inline constexpr std::uint32_t lanes_limit = 64;
/// Of each lane: one runs, one is prepared, the others come to their end.
inline constexpr std::uint32_t cells_limit = 4;

/// The program has come to its fork point. Then lanes may be opened.
struct Reached {
    std::int32_t error = 0;  ///< errno if it cannot fork cells, at `step`
    std::uint32_t step = 0;
};

/// Comes with the lane's socket.
struct OpenLane {
    std::uint32_t own_network = 0;  ///< else the point's
    std::uint32_t loopback = 0;
    /// Its jobs are counted in a control group: the next may begin when the keeper has gone, too.
    std::uint32_t group = 0;
    std::uint32_t group_of_memory = 0;  ///< and are to die there before their keepers
    std::uint64_t processes = 0;      ///< RLIMIT_NPROC of its jobs; 0: as the program has found it
    std::uint64_t scratch_bytes = 0;  ///< most that a job may write to its root; 0: as much as fits
};

/// Comes with two descriptors, standard output and error, or with four: two more to take the place
/// of the program's first two private files. The task's bytes follow.
struct Order {
    std::uint32_t cell = 0;
    std::uint32_t size = 0;  ///< of the task
};

enum class Answer : std::uint32_t {
    prepared,     ///< a cell waits for an order; with its pidfd
    not_started,  ///< no cell could be made; the lane stays of no use
    withdrawn,    ///< a prepared cell; an order for it is not carried out
    ended,
};

/// Where the making of a cell stopped. The sentences are in container/fork_failure.cpp.
enum class Step : std::uint32_t {
    none,
    mount_table,
    guarded_proc,  ///< somebody has covered a part of /proc: Linux allows no fresh one then
    holder,        ///< of the lane's network; what it does has steps of its own
    clone_cell,
    id_maps,
    scratch,
    overlay,
    enter_root,
    mount,
    loopback,
    privileges,
    fork,
    keeper,  ///< somebody has killed it; without errno
};

struct Reply {
    Answer answer{};
    Step step{};
    std::int32_t error = 0;
    std::uint32_t cell = 0;
    slot::JobEnd end;
};

}  // namespace maelstrom::fork_point

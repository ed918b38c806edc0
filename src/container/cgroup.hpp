#pragma once

#include "job/outcome.hpp"
#include "job/spec.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::container {

/// A cgroup v2 group for one slot or lane, with limits; removed when this object goes away, which
/// must be after the slot's processes are gone. Never killed through `cgroup.kill`: Linux then
/// kills every later child of the group at birth as well (measured on 6.18).
class Cgroup {
public:
    static constexpr std::string_view name_prefix = "slot-";

    /// A group below `parent`. `own_processes` of ours will be in it and count besides the job's.
    static util::Result<Cgroup>
    create(const std::string& parent, const job::Limits& limits, std::uint64_t own_processes);

    /// Moves a process of ours into it. What it starts then is born there.
    util::Result<void> adopt(long process);

    Cgroup(Cgroup&& other) noexcept;
    Cgroup& operator=(Cgroup&& other) noexcept;
    Cgroup(const Cgroup&) = delete;
    Cgroup& operator=(const Cgroup&) = delete;
    ~Cgroup();

    /// Notes the counters, so that `finish_job` tells what one job did.
    void begin_job();
    /// Adds peak memory, throttled time and the limits reached.
    void finish_job(job::Usage& usage);
    /// Whether Linux killed a process for memory since `begin_job`.
    bool ran_out_of_memory() const;

    int descriptor() const { return directory_.get(); }

private:
    struct Counters {
        std::uint64_t out_of_memory_kills = 0;
        std::uint64_t refused_processes = 0;
        std::uint64_t throttled_microseconds = 0;
    };

    Cgroup(std::string path, sys::Fd directory, sys::Fd peak)
        : path_(std::move(path)), directory_(std::move(directory)), peak_(std::move(peak)) {}
    Counters counters() const;
    void remove();

    std::string path_;
    sys::Fd directory_;
    sys::Fd peak_;  ///< memory.peak; writing to it starts anew (Linux 6.12)
    bool peak_restarts_ = false;
    Counters before_;
};

}  // namespace maelstrom::container

#pragma once

#include "container/slot.hpp"
#include "job/outcome.hpp"
#include "sys/fd.hpp"
#include "util/bytes.hpp"
#include "util/error.hpp"

#include <array>

namespace maelstrom::worker {

/// The files in memory in which a program holds output back, such as what pytest captures while a
/// test runs: what is in them when it has been killed would be lost otherwise.
class HeldBack {
public:
    /// The variable that tells a program, unless it is a fork point's job, which descriptor is the
    /// file for its output. The next one is for its errors.
    static constexpr const char* variable = "MAELSTROM_HELD_BACK";

    /// Two empty files.
    static util::Result<HeldBack> open();

    /// The same files, for the job.
    util::Result<std::array<sys::Fd, 2>> share() const;

    /// What is there now, of each no more than `limit`: of a large file its two ends. The job may
    /// have done anything with them.
    job::Output output(util::Bytes limit) const;
    job::Output errors(util::Bytes limit) const;

private:
    std::array<sys::Fd, 2> files_;
};

}  // namespace maelstrom::worker

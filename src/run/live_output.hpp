#pragma once

#include "client/client.hpp"
#include "sys/fd.hpp"

namespace maelstrom::run {

/// Passes on what a job writes while it runs: through pipes, so that the job gets hold of no file
/// or terminal of ours. Nothing is kept, a slow reader slows the job down, and who hangs up ends it
/// as it would end the program itself.
class LiveOutput {
public:
    /// `output` and `errors` are the descriptors to write to. If both are one file they share a
    /// pipe, which keeps the order in which the job wrote.
    static util::Result<LiveOutput> open(int output, int errors);

    /// For the job; valid as long as this object.
    job::OutputDescriptors descriptors() const;

    /// Follows the client's only job to its end, passing on all that it wrote.
    util::Result<job::Result> follow(client::Client& client);

private:
    struct Stream {
        const char* name = "";
        int target = -1;
        sys::Fd reader;
        sys::Fd writer;
    };

    LiveOutput() = default;
    static util::Result<Stream> stream(const char* name, int target);
    /// What there is, at most one buffer of it. The bytes that were passed on.
    util::Result<std::size_t> pass_some(Stream& stream);
    util::Result<void> pass_rest(Stream& stream);

    Stream output_;
    Stream errors_;  ///< without descriptors if both are one
};

}  // namespace maelstrom::run

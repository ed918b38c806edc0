#pragma once

#include "client/client.hpp"
#include "job/parse.hpp"
#include "run/report.hpp"
#include "run/spec_stream.hpp"
#include "util/error.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace maelstrom::run {

enum class Format { text, json };

struct JobStreamSettings {
    std::size_t most_in_flight = 256;  ///< jobs submitted and not finished
    Format format = Format::text;
};

/// The default mode without its input and output: any number of jobs, reported as they end. Told
/// what arrived, it submits to the client and answers what to print.
class JobStream {
public:
    JobStream(client::Client& client, JobStreamSettings settings)
        : client_(client), settings_(settings) {}

    void on_input(Input input, std::chrono::steady_clock::time_point arrived);
    /// No input follows this.
    Report on_input_error(const util::Error& error);
    void on_input_end() { input_open_ = false; }
    Report on_finished(job::JobId id, job::Result result);
    /// Takes back all jobs that have not ended.
    void cancel();

    bool wants_input() const { return input_open_ && in_flight_.size() < settings_.most_in_flight; }
    std::size_t in_flight() const { return in_flight_.size(); }
    bool done() const { return !input_open_ && in_flight_.empty(); }
    /// 0, or what the first failing job to end, or the input, says.
    int exit_code() const;

private:
    client::Client& client_;
    JobStreamSettings settings_;
    std::map<job::JobId, std::uint32_t> in_flight_;  ///< with their numbers
    std::uint32_t next_number_ = 0;
    bool input_open_ = true;
    bool input_failed_ = false;
    std::optional<int> first_failure_;
};

}  // namespace maelstrom::run

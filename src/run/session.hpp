#pragma once

#include "client/client.hpp"
#include "job/parse.hpp"
#include "run/ancestry.hpp"
#include "run/report.hpp"
#include "run/spec_stream.hpp"
#include "util/error.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>

namespace maelstrom::run {

enum class Format { text, json };

struct SessionSettings {
    std::size_t most_in_flight = 256;  ///< jobs submitted and not finished
    Format format = Format::text;
};

/// The default mode without its input and output: any number of jobs, reported as they end. Told
/// what arrived, it submits to the client and answers what to print.
class Session {
public:
    /// Makes the built-in container `host`; asked when a job needs it, until it succeeds.
    using MakeHost = std::function<util::Result<job::Container>()>;

    Session(client::Client& client, MakeHost make_host, SessionSettings settings);

    /// Nothing to print unless the job cannot even be submitted.
    Report on_input(Input input);
    /// No input follows this.
    Report on_input_error(const util::Error& error);
    void on_input_end() { input_open_ = false; }
    Report on_finished(job::JobId id, job::Result result);
    /// Takes back all jobs that have not ended.
    void cancel();

    bool wants_input() const { return input_open_ && in_flight_.size() < settings_.most_in_flight; }
    bool done() const { return !input_open_ && in_flight_.empty(); }
    /// 0, or what the first failing job to end, or the input, says.
    int exit_code() const;

private:
    void define(job::NamedContainers containers);
    Report submit(job::Job job);
    util::Result<void> ensure_host();
    Report report(std::uint32_t number, job::Result result);

    client::Client& client_;
    MakeHost make_host_;
    SessionSettings settings_;
    Ancestry ancestry_;
    bool has_host_ = false;
    std::map<job::JobId, std::uint32_t> in_flight_;  ///< with their numbers
    std::uint32_t next_number_ = 0;
    bool input_open_ = true;
    bool input_failed_ = false;
    std::optional<int> first_failure_;
};

}  // namespace maelstrom::run

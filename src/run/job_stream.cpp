#include "run/job_stream.hpp"

#include "util/check.hpp"

#include <utility>

namespace maelstrom::run {

void JobStream::on_input(Input input, std::chrono::steady_clock::time_point arrived) {
    if (auto* job = std::get_if<job::Job>(&input)) {
        const job::JobId id = client_.submit(std::move(*job), {.arrived = arrived});
        in_flight_.emplace(id, next_number_++);
        return;
    }
    for (job::NamedContainer& named : std::get<job::NamedContainers>(input)) {
        client_.define(named.name, std::move(named.container));
    }
}

Report JobStream::on_input_error(const util::Error& error) {
    input_open_ = false;
    input_failed_ = true;
    return {.output = "", .errors = fmt::format("Error: {}\n", error.message())};
}

Report JobStream::on_finished(job::JobId id, job::Result result) {
    const auto found = in_flight_.find(id);
    CHECK(found != in_flight_.end());
    const std::uint32_t number = found->second;
    in_flight_.erase(found);
    if (const sys::ProgramEnd end = plain_end(result); end.code != 0 && !first_failure_) {
        first_failure_ = end.code;
    }
    return settings_.format == Format::json ? json_report(number, result)
                                            : text_report(number, std::move(result));
}

void JobStream::cancel() {
    for (const auto& [id, number] : std::exchange(in_flight_, {})) {
        client_.cancel(id);
    }
    input_open_ = false;
}

int JobStream::exit_code() const {
    return input_failed_ ? 1 : first_failure_.value_or(0);
}

}  // namespace maelstrom::run

#include "run/session.hpp"

#include "util/check.hpp"

#include <utility>

namespace maelstrom::run {

Session::Session(client::Client& client, MakeHost make_host, SessionSettings settings)
    : client_(client), make_host_(std::move(make_host)), settings_(settings) {
}

Report Session::on_input(Input input) {
    if (auto* containers = std::get_if<job::NamedContainers>(&input)) {
        define(std::move(*containers));
        return {};
    }
    return submit(std::get<job::Job>(std::move(input)));
}

Report Session::on_input_error(const util::Error& error) {
    input_open_ = false;
    input_failed_ = true;
    return {"", fmt::format("Error: {}\n", error.message())};
}

Report Session::on_finished(job::JobId id, job::Result result) {
    const auto found = in_flight_.find(id);
    CHECK(found != in_flight_.end());
    const std::uint32_t number = found->second;
    in_flight_.erase(found);
    return report(number, std::move(result));
}

void Session::cancel() {
    for (const auto& [id, number] : std::exchange(in_flight_, {})) {
        client_.cancel(id);
    }
    input_open_ = false;
}

int Session::exit_code() const {
    return input_failed_ ? 1 : first_failure_.value_or(0);
}

void Session::define(job::NamedContainers containers) {
    for (job::NamedContainer& named : containers) {
        ancestry_.define(named.name, named.container);
        client_.define(named.name, std::move(named.container));
    }
}

Report Session::submit(job::Job job) {
    const std::uint32_t number = next_number_++;
    client::Extras extras;
    extras.host_name = ancestry_.leads_to_host(job.container);
    if (extras.host_name) {
        if (const util::Result<void> made = ensure_host(); !made) {
            return report(number,
                          job::NotRun{job::NotRun::Kind::preparation, made.error().message()});
        }
    }
    in_flight_.emplace(client_.submit(std::move(job), std::move(extras)), number);
    return {};
}

util::Result<void> Session::ensure_host() {
    if (!has_host_) {
        client_.define(std::string(job::host_name), TRY(make_host_(), "making container host"));
        has_host_ = true;
    }
    return {};
}

Report Session::report(std::uint32_t number, job::Result result) {
    const End end = plain_end(result);
    if (end.code != 0 && !first_failure_) {
        first_failure_ = end.code;
    }
    return settings_.format == Format::json ? json_report(number, result)
                                            : text_report(number, std::move(result));
}

}  // namespace maelstrom::run

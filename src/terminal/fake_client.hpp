#pragma once

#include "client/client.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace maelstrom::terminal {

/// Records what it is asked for; tests say what happens.
class FakeClient final : public client::Client {
public:
    void look_again() override {}
    void define(const std::string& name, job::Container) override {
        asked.push_back("define " + name);
    }
    job::JobId submit(job::Job job, client::Extras) override {
        asked.push_back("submit " + job.program);
        return job::JobId{next_id++};
    }
    void cancel(job::JobId id) override {
        asked.push_back("cancel " + std::to_string(static_cast<std::uint32_t>(id)));
    }
    std::optional<client::Event> next(std::chrono::steady_clock::time_point) override {
        return std::nullopt;
    }
    void interrupt() override {}

    std::vector<std::string> asked;
    std::uint32_t next_id = 100;  ///< so that ids and numbers cannot be confused
};

}  // namespace maelstrom::terminal

#pragma once

#include "client/executor.hpp"
#include "util/guarded.hpp"

#include <string>
#include <vector>

namespace maelstrom::client {

/// Records what it is given; the test says what becomes of it.
class FakeExecutor final : public Executor {
public:
    struct Submission {
        job::JobId id;
        job::Execution execution;
    };

    explicit FakeExecutor(ExecutorListener& told) : listener(told) {}

    void submit(job::JobId id, job::Execution execution) override {
        submitted.with([&](auto& all) { all.push_back({id, std::move(execution)}); });
        if (finish_at_once) {
            listener.on_finished(id, job::Completed{job::Exited{0}, {}, {}, {}});
        }
    }
    void cancel(job::JobId id) override {
        cancelled.with([&](auto& all) { all.push_back(id); });
    }

    ExecutorListener& listener;
    bool finish_at_once = false;
    util::Guarded<std::vector<Submission>> submitted;
    util::Guarded<std::vector<job::JobId>> cancelled;
};

}  // namespace maelstrom::client

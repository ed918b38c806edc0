#pragma once

#include "client/executor.hpp"
#include "util/guarded.hpp"

#include <semaphore>
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
        arrived.release();
        if (finish_at_once) {
            listener.on_finished(id, job::Completed{job::Exited{0}, {}, {}, {}});
        }
    }
    void cancel(job::JobId id) override {
        cancelled.with([&](auto& all) { all.push_back(id); });
    }
    void close() override {}

    /// Says of the submission that its layers are gone.
    void give_back(std::size_t index) {
        Submission submission = submitted.with([&](auto& all) { return all.at(index); });
        listener.on_layers_missing(submission.id, std::move(submission.execution), "blob is gone");
    }

    ExecutorListener& listener;
    bool finish_at_once = false;
    std::counting_semaphore<> arrived{0};  ///< one for each submission
    util::Guarded<std::vector<Submission>> submitted;
    util::Guarded<std::vector<job::JobId>> cancelled;
};

}  // namespace maelstrom::client

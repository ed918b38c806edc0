#pragma once

#include "job/spec.hpp"
#include "layer/builder.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace maelstrom::client {

/// A build that has ended.
struct Built {
    util::Result<util::Digest> digest;
    std::chrono::steady_clock::time_point since;  ///< when it was asked for: nothing older is in it
    std::chrono::steady_clock::duration cost;
};

/// Builds layers on a few threads, first come first served. The others start when there is work for
/// them, as many as there may be; the destructor drops what waits and lets what runs end.
class BuildPool {
public:
    using Done = std::function<void(Built)>;

    /// Starts the first thread.
    static util::Result<std::unique_ptr<BuildPool>> start(layer::Builder& builder,
                                                          unsigned most_threads);
    BuildPool(const BuildPool&) = delete;
    BuildPool& operator=(const BuildPool&) = delete;
    ~BuildPool();

    /// `layer` stays valid until `done` has been called, on a thread of the pool.
    void build(const job::Layer& layer, Done done);

private:
    struct Task {
        const job::Layer* layer;
        std::chrono::steady_clock::time_point since;
        Done done;
    };
    BuildPool(layer::Builder& builder, unsigned most_threads)
        : builder_(builder), most_threads_(most_threads) {}

    util::Result<void> add_thread();
    void work();

    layer::Builder& builder_;
    const unsigned most_threads_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Task> tasks_;
    unsigned idle_ = 0;  ///< threads that take the next task as soon as it is there
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace maelstrom::client

#pragma once

#include "job/spec.hpp"
#include "layer/builder.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
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

/// Builds layers on a few threads, first come first served. Threads start when there is work for
/// them; the destructor drops what waits and lets what runs end.
class BuildPool {
public:
    using Done = std::function<void(Built)>;

    BuildPool(layer::Builder& builder, unsigned most_threads)
        : builder_(builder), most_threads_(most_threads) {}
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
    void work();

    layer::Builder& builder_;
    const unsigned most_threads_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Task> tasks_;
    unsigned idle_ = 0;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace maelstrom::client

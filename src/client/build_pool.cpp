#include "client/build_pool.hpp"

#include <pthread.h>

namespace maelstrom::client {

BuildPool::~BuildPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    threads_.clear();  // joins
}

void BuildPool::build(const job::Layer& layer, Done done) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({&layer, std::chrono::steady_clock::now(), std::move(done)});
    if (tasks_.size() > idle_ && threads_.size() < most_threads_) {
        threads_.emplace_back([this] { work(); });
    } else {
        wake_.notify_one();
    }
}

void BuildPool::work() {
    ::pthread_setname_np(::pthread_self(), "layers");
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        wake_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
        --idle_;
        if (stopping_) {
            return;
        }
        const Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        const auto started = std::chrono::steady_clock::now();
        auto digest = builder_.build(*task.layer, task.since);
        task.done({std::move(digest), task.since, std::chrono::steady_clock::now() - started});
        lock.lock();
    }
}

}  // namespace maelstrom::client

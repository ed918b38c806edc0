#include "client/build_pool.hpp"

#include "sys/thread.hpp"

#include <pthread.h>

namespace maelstrom::client {

util::Result<std::unique_ptr<BuildPool>> BuildPool::start(layer::Builder& builder,
                                                          unsigned most_threads) {
    std::unique_ptr<BuildPool> pool(new BuildPool(builder, most_threads));
    TRY(pool->add_thread());
    return pool;
}

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
        (void)add_thread();  // those that are there do it all, a little later
    }
    wake_.notify_one();
}

util::Result<void> BuildPool::add_thread() {
    threads_.push_back(TRY(sys::start_thread([this] { work(); })));
    ++idle_;
    return {};
}

void BuildPool::work() {
    ::pthread_setname_np(::pthread_self(), "layers");
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
        if (stopping_) {
            return;
        }
        --idle_;
        const Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        const auto started = std::chrono::steady_clock::now();
        auto digest = builder_.build(*task.layer, task.since);
        task.done({std::move(digest), task.since, std::chrono::steady_clock::now() - started});
        lock.lock();
        ++idle_;
    }
}

}  // namespace maelstrom::client

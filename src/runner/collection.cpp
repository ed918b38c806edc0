#include "runner/collection.hpp"

#include "sys/thread.hpp"

#include <chrono>
#include <future>

namespace maelstrom::runner {

util::Result<void> Collection::start() {
    collecting_ = TRY(sys::start_thread([this](const std::stop_token& stop) {
        post(CollectionFinished{collector_.collect(*this, *this, stop)});
    }));
    return {};
}

util::Result<void> Collection::conclude(std::size_t failures) {
    concluding_ = TRY(sys::start_thread(
        [this, failures] { post(Concluded{collector_.conclude(*this, failures)}); }));
    return {};
}

std::optional<Message> Collection::take() {
    return mailbox_.receive_until(std::chrono::steady_clock::time_point{});
}

void Collection::close() {
    collecting_.request_stop();
    mailbox_.close();
    while (std::optional<Message> message = mailbox_.receive()) {
        if (auto* wanted = std::get_if<JobWanted>(&*message)) {
            wanted->result.set_value(run_has_ended());
        }
    }
}

void Collection::join() {
    collecting_.join();
    if (concluding_.joinable()) {
        concluding_.join();
    }
}

job::Result Collection::run(JobRequest request) {
    return std::get<job::Result>(run_to_fork_point(std::move(request)));
}

ForkPointOrResult Collection::run_to_fork_point(JobRequest request) {
    std::promise<ForkPointOrResult> promise;
    std::future<ForkPointOrResult> result = promise.get_future();
    if (!post(JobWanted{.request = std::move(request), .result = std::move(promise)})) {
        return run_has_ended();
    }
    return result.get();
}

bool Collection::post(Message message) {
    const bool sent = mailbox_.send(std::move(message));
    client_.interrupt();
    return sent;
}

}  // namespace maelstrom::runner

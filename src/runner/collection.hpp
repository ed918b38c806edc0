#pragma once

#include "client/client.hpp"
#include "runner/collector.hpp"
#include "runner/messages.hpp"
#include "util/error.hpp"
#include "util/mailbox.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace maelstrom::runner {

/// A collector at work, in threads of its own: what it finds and wants becomes messages to the
/// run's thread, which the client's `next` is interrupted for.
class Collection final : private Findings, private JobRunner {
public:
    Collection(Collector& collector, client::Client& client)
        : collector_(collector), client_(client) {}
    Collection(const Collection&) = delete;
    Collection& operator=(const Collection&) = delete;

    util::Result<void> start();
    void stop() { collecting_.request_stop(); }
    /// Its last part: with so many failed tests.
    util::Result<void> conclude(std::size_t failures);
    /// The next message; none yet if nothing has happened.
    std::optional<Message> take();
    /// Stops it for good: no message is taken any more, and jobs that it waits for get a result.
    void close();
    /// After `close`, and when nobody else lets it wait.
    void join();

private:
    // Called by the collector, in its threads.
    void found(std::vector<Case> cases) override { post(CasesFound{std::move(cases)}); }
    void phase(std::string text) override { post(PhaseFound{std::move(text)}); }
    job::Result run(JobRequest request) override;
    ForkPointOrResult run_to_fork_point(JobRequest request) override;
    void end(job::JobId fork_point) override { client_.cancel(fork_point); }
    void define(std::string name, job::Container container) override {
        post(ContainerDefined{.name = std::move(name), .container = std::move(container)});
    }
    bool post(Message message);

    Collector& collector_;
    client::Client& client_;
    util::Mailbox<Message> mailbox_;
    std::jthread collecting_;  ///< these last: they use all of the above
    std::jthread concluding_;
};

}  // namespace maelstrom::runner

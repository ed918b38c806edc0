#pragma once

#include "client/client.hpp"
#include "util/mailbox.hpp"

#include <functional>
#include <thread>
#include <utility>

namespace maelstrom::client {

/// A client whose one job is a function on a thread, which says what happens.
class ScriptedClient final : public Client {
public:
    using Events = util::Mailbox<Event>;
    using Script = std::function<void(const Extras& extras, Events& events)>;

    explicit ScriptedClient(Script script) : script_(std::move(script)) {}
    ~ScriptedClient() override { thread_.join(); }

    void define(const std::string&, job::Container) override {}
    void look_again() override {}
    job::JobId submit(job::Job, Extras extras) override {
        thread_ = std::thread([this, extras = std::move(extras)] { script_(extras, events_); });
        return {};
    }
    void cancel(job::JobId) override {}
    std::optional<Event> next(std::chrono::steady_clock::time_point deadline) override {
        return events_.receive_until(deadline);
    }
    void interrupt() override { events_.close(); }

private:
    Script script_;
    Events events_;
    std::thread thread_;
};

}  // namespace maelstrom::client

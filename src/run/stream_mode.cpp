#include "run/stream_mode.hpp"

#include "run/input_file.hpp"
#include "run/input_reader.hpp"
#include "run/interrupts.hpp"
#include "run/job_stream.hpp"
#include "run/printer.hpp"
#include "run/start_client.hpp"
#include "sys/signals.hpp"
#include "sys/terminal.hpp"
#include "util/guarded.hpp"
#include "util/log.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>
#include <utility>

namespace maelstrom::run {

using util::Result;

namespace {

class StreamMode {
public:
    StreamMode(const Options& options, client::Client& client)
        : client_(client), slots_(options.slots),
          stream_(client, {.most_in_flight = options.jobs_in_flight, .format = options.format}) {}

    Result<sys::ProgramEnd> run(int input, const Interrupts& interrupts) {
        const auto reader = TRY(InputReader::start(input, [this] { client_.interrupt(); }));
        for (;;) {
            TRY(take_input(*reader));
            if (interrupts.signal() != 0) {
                TRY(print_what_has_finished());
                stream_.cancel();
                return sys::ProgramEnd{.code = 1, .signal = interrupts.signal()};
            }
            if (stream_.done()) {
                return sys::ProgramEnd{.code = stream_.exit_code()};
            }
            if (auto event = next_event()) {
                TRY(take_event(*std::move(event)));
            }
        }
    }

private:
    /// While many more jobs wait than can run, results are collected a millisecond's worth at a
    /// time: to wake up for each would cost the jobs a fifth of the processors.
    std::optional<client::Event> next_event() {
        constexpr std::size_t many = 16;
        if (stream_.in_flight() < many * slots_) {
            return client_.next(std::chrono::steady_clock::now() + std::chrono::hours(1));
        }
        auto event = client_.next(std::chrono::steady_clock::now());
        if (!event) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return event;
    }

    Result<void> take_input(InputReader& reader) {
        while (stream_.wants_input()) {
            std::optional<InputReader::Item> item = reader.take();
            if (!item) {
                break;
            }
            if (auto* object = std::get_if<InputReader::Object>(&*item)) {
                stream_.on_input(std::move(object->input), object->arrived);
            } else if (const auto* error = std::get_if<util::Error>(&*item)) {
                TRY(printer_.print(stream_.on_input_error(*error)));
            } else {
                stream_.on_input_end();
            }
        }
        return {};
    }

    Result<void> take_event(client::Event event) {
        if (auto* finished = std::get_if<client::Finished>(&event)) {
            TRY(printer_.print(stream_.on_finished(finished->id, std::move(finished->result))));
        }
        return {};
    }

    Result<void> print_what_has_finished() {
        while (auto event = client_.next(std::chrono::steady_clock::now())) {
            TRY(take_event(*std::move(event)));
        }
        return {};
    }

    client::Client& client_;
    const unsigned slots_;
    JobStream stream_;
    Printer printer_{STDOUT_FILENO, STDERR_FILENO};
};

}  // namespace

Result<sys::ProgramEnd> run_stream(const Options& options,
                                   const config::Surroundings& surroundings) {
    const InputFile input = TRY(InputFile::open(options));
    if (sys::is_terminal(input.fd())) {
        util::log::info("reading job specifications (JSON) from the terminal up to ^D; see "
                        "maelstrom-run --help for other ways");
    }
    // Before any thread is started, so that none of them takes a signal.
    constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sys::SignalQueue signals = TRY(sys::SignalQueue::block(ending));
    // Outlives the client, whose end may take a while: a second signal must end that, too.
    util::Guarded<client::Client*> running(nullptr);
    const auto interrupts = TRY(Interrupts::watch(std::move(signals), [&running] {
        running.with([](client::Client* client) {
            if (client != nullptr) {
                client->interrupt();
            }
        });
    }));
    const std::unique_ptr<client::Client> client = TRY(start_client(options, surroundings));
    running.with([&](client::Client*& it) { it = client.get(); });
    auto end = StreamMode(options, *client).run(input.fd(), *interrupts);
    running.with([](client::Client*& it) { it = nullptr; });
    return end;
}

}  // namespace maelstrom::run

#pragma once

#include "run/spec_stream.hpp"
#include "sys/fd.hpp"
#include "util/error.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

namespace maelstrom::run {

/// What a thread of its own reads from the input, so that jobs run and are reported while the next
/// specification is still being typed. Few objects are read ahead.
class InputReader {
public:
    struct Object {
        Input input;
        std::chrono::steady_clock::time_point arrived;  ///< when its last part was read
    };
    struct End {};
    using Item = std::variant<Object, util::Error, End>;

    /// Reads from `fd`, which it does not own. `wake` is called from the thread whenever there is
    /// something to take after there was nothing.
    static util::Result<std::unique_ptr<InputReader>> start(int fd, std::function<void()> wake);
    ~InputReader();  ///< does not wait for input

    /// The next item if there is one now. Nothing follows an error or the end.
    std::optional<Item> take();

private:
    InputReader(int fd, sys::Fd stop, std::function<void()> wake);
    void read_all();
    std::optional<std::size_t> read_some(std::vector<char>& buffer);
    bool pass_on();
    bool put(Item item);

    int fd_;
    sys::Fd stop_;  ///< readable when the thread should end
    std::function<void()> wake_;
    SpecStream specs_{job::Program::required};       ///< the thread's
    std::chrono::steady_clock::time_point arrived_;  ///< the thread's

    std::mutex mutex_;  ///< guards the next three
    std::condition_variable room_;
    std::deque<Item> items_;
    bool stopped_ = false;

    std::jthread thread_;  ///< last: uses all of the above
};

/// What one job needs: the container sets before it, in order, and the job.
struct FirstJob {
    std::vector<job::NamedContainers> containers;
    job::Job job;
};
/// Reads up to the closing brace of the first job; from a terminal also the rest of its line. An
/// error if there is none.
util::Result<FirstJob> read_first_job(int fd, job::Program program);

}  // namespace maelstrom::run

#pragma once

#include "util/error.hpp"

#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace maelstrom::sys {

/// Of a thread that could not be started; says what limits them.
std::unexpected<util::Error> no_thread(int number);

/// A std::jthread, whose constructor throws where there may be no more threads.
template <class Work>
util::Result<std::jthread> start_thread(Work work) {
    try {
        return std::jthread(std::move(work));
    } catch (const std::system_error& error) {
        return no_thread(error.code().value());
    }
}

/// Runs the same work on this thread and on others beside it, `threads` in all or as many as there
/// may be; returns when it has ended on all of them.
template <class Work>
void run_side_by_side(std::size_t threads, const Work& work) {
    std::vector<std::jthread> others;
    while (others.size() + 1 < threads) {
        auto started = start_thread([&work] { work(); });
        if (!started) {
            break;
        }
        others.push_back(*std::move(started));
    }
    work();
}

}  // namespace maelstrom::sys

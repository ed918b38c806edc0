#include "run/interrupts.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <semaphore>

namespace maelstrom::run {
namespace {

/// The wait status of a child process that does this.
int status_of(const std::function<void()>& action) {
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);  // who runs tests in the background ignores it
        action();
        std::_Exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

std::unique_ptr<Interrupts> watch(std::function<void()> wake) {
    constexpr std::array signals{SIGINT, SIGTERM};
    return *Interrupts::watch(*sys::SignalQueue::block(signals), std::move(wake));
}

TEST(Interrupts, TheFirstOnlyAsks) {
    const int status = status_of([] {
        std::binary_semaphore woken(0);
        const auto interrupts = watch([&] { woken.release(); });
        kill(getpid(), SIGTERM);
        woken.acquire();
        std::_Exit(interrupts->signal() == SIGTERM ? 7 : 8);
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Interrupts, TheSecondEndsTheProgramAtOnce) {
    const int status = status_of([] {
        const auto interrupts = watch([] { kill(getpid(), SIGINT); });
        kill(getpid(), SIGTERM);
        for (;;) {
            pause();
        }
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGINT);
}

TEST(Interrupts, WhatWasIgnoredStaysIgnored) {
    const int status = status_of([] {
        signal(SIGINT, SIG_IGN);
        std::binary_semaphore woken(0);
        const auto interrupts = watch([&] { woken.release(); });
        kill(getpid(), SIGINT);
        kill(getpid(), SIGTERM);
        woken.acquire();
        std::_Exit(interrupts->signal() == SIGTERM ? 7 : 8);
    });
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Interrupts, AreNotWaitedForAtTheEnd) {
    EXPECT_EQ(status_of([] { watch([] {}); }), 0);
}

}  // namespace
}  // namespace maelstrom::run

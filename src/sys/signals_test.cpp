#include "sys/signals.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace maelstrom::sys {
namespace {

class DieOf : public ::testing::TestWithParam<int> {};

TEST_P(DieOf, EndsByThatSignalWhateverWasArranged) {
    const int number = GetParam();
    const pid_t child = fork();
    if (child == 0) {
        signal(number, SIG_IGN);
        sigset_t set;
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        die_of(number);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_FALSE(WCOREDUMP(status));
}

INSTANTIATE_TEST_SUITE_P(All,
                         DieOf,
                         ::testing::Values(SIGHUP,
                                           SIGINT,
                                           SIGQUIT,
                                           SIGILL,
                                           SIGABRT,
                                           SIGKILL,
                                           SIGSEGV,
                                           SIGPIPE,
                                           SIGTERM));

TEST(DieOf, IsSigkillWhenTheSignalEndsNothing) {
    const pid_t child = fork();
    if (child == 0) {
        die_of(SIGWINCH);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace maelstrom::sys

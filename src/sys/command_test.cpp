#include "sys/command.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>

namespace maelstrom::sys {
namespace {

using ::testing::HasSubstr;

Command shell(const std::string& script) {
    return {.program = "/bin/sh",
            .arguments = {"-c", script},
            .environment = {"GREETING=hello"},
            .directory = "/usr"};
}

TEST(Command, GivesOutputErrorsAndStatus) {
    const auto result = run_command(shell("echo $GREETING; echo no >&2; exit 3"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->output, "hello\n");
    EXPECT_EQ(result->errors, "no\n");
    EXPECT_EQ(WEXITSTATUS(result->status), 3);
}

TEST(Command, RunsInItsDirectoryWithoutInput) {
    const auto result = run_command(shell("pwd; cat"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->output, "/usr\n");
}

TEST(Command, TakesMoreThanAPipeHolds) {
    const auto result =
        run_command(shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->output.size(), 1'000'000U);
    EXPECT_EQ(result->errors.size(), 1'000'000U);
}

TEST(Command, DropsWhatIsBeyondTheLimit) {
    Command command = shell("printf abcdef");
    command.output_limit = util::Bytes{4};
    EXPECT_EQ(run_command(command)->output, "abcd");
}

TEST(Command, DoesNotWaitForWhatStaysInTheBackground) {
    // What stays in the background ends with this test program.
    const auto result = run_command(shell("(exec tail -f /dev/null --pid=$PPID) & echo done"));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->output, "done\n");
}

TEST(Command, KillsWhatIsTooSlow) {
    Command command = shell("exec tail -f /dev/null");
    command.time_limit = std::chrono::milliseconds(50);
    const auto result = run_command(command);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(), HasSubstr("did not end within 0.05 s"));
}

TEST(Command, AMissingProgramIsAnErrorThatNamesIt) {
    Command command = shell("");
    command.program = "/none/such";
    const auto result = run_command(command);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), util::ErrorKind::not_found);
    EXPECT_THAT(result.error().message(), HasSubstr("/none/such"));
}

TEST(Command, KillsWhatWritesWithoutEnd) {
    Command command = shell("exec cat /dev/zero");
    command.time_limit = std::chrono::milliseconds(300);
    const auto result = run_command(command);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(), HasSubstr("did not end within 0.3 s"));
}

TEST(Command, DoesNotReadOnWhatTheBackgroundWrites) {
    // What stays in the background ends when nobody reads any more.
    const auto result = run_command(shell("cat /dev/zero & echo done"));
    ASSERT_TRUE(result) << result.error().message();
}

}  // namespace
}  // namespace maelstrom::sys

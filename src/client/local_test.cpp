#include "client/client.hpp"
#include "job/parse.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The whole client with its store, layers and worker: real jobs in real containers.

namespace maelstrom::client {
namespace {

using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;

class LocalClient : public ::testing::Test {
protected:
    void SetUp() override {
        Settings settings;
        settings.project_directory = directory / "project";
        settings.store_directory = directory / "store";
        settings.slots = 2;
        settings.environment = std::map<std::string, std::string>{{"GREETING", "hello"}};
        settings.host_container = [this]() -> util::Result<job::Container> {
            ++hosts_made;
            return *job::parse_container(*util::parse_json(shell_container));
        };
        directory.write("project/data.txt", "first\n");
        auto started = Client::start(settings);
        if (!started && started.error().kind() == util::ErrorKind::denied) {
            GTEST_SKIP() << started.error().message();
        }
        ASSERT_TRUE(started) << started.error().message();
        client = *std::move(started);
        client->define("shell", *job::parse_container(*util::parse_json(shell_container)));
    }

    job::JobId submit(std::string_view text) {
        const auto value = util::parse_json(text);
        EXPECT_TRUE(value) << value.error().message();
        const auto job = job::parse_job(*value);
        EXPECT_TRUE(job) << job.error().message();
        return client->submit(*job);
    }

    /// Waits for the end of one job; the ends of others are lost.
    job::Result result_of(job::JobId id) {
        const auto deadline = steady_clock::now() + std::chrono::minutes(1);
        while (auto event = client->next(deadline)) {
            auto* finished = std::get_if<Finished>(&*event);
            if (finished != nullptr && finished->id == id) {
                return std::move(finished->result);
            }
        }
        return job::NotRun{job::NotRun::Kind::system, "nothing came"};
    }

    /// Standard output if the job exited with 0, else why it did not.
    std::string output_of(job::JobId id) {
        const job::Result result = result_of(id);
        if (const auto* not_run = std::get_if<job::NotRun>(&result)) {
            return "not run: " + not_run->message;
        }
        const auto& completed = std::get<job::Completed>(result);
        if (completed.status != job::Status(job::Exited{0})) {
            return "failed: " + completed.standard_error.head;
        }
        return completed.standard_output.head;
    }

    static constexpr std::string_view shell_container = R"({
        "layers": [ {"paths": ["/bin/sh", "/bin/cat"], "follow_symlinks": true},
                    {"shared_library_dependencies": ["/bin/sh", "/bin/cat"], "follow_symlinks": true} ],
        "environment": {"PATH": "/bin"} })";

    maelstrom::testing::TempDir directory;
    int hosts_made = 0;
    std::unique_ptr<Client> client;
};

TEST_F(LocalClient, RunsAProgramOfTheHostInAContainer) {
    EXPECT_EQ(output_of(submit(R"({"parent":"shell","program":"sh","arguments":["-c","echo $0 $A"],
        "added_environment":{"A":"$env{GREETING}"}})")),
              "sh hello\n");
}

TEST_F(LocalClient, ReportsHowAJobEnded) {
    const job::Result result =
        result_of(submit(R"({"parent":"shell","program":"sh","arguments":["-c","exit 7"]})"));
    ASSERT_TRUE(std::holds_alternative<job::Completed>(result))
        << std::get<job::NotRun>(result).message;
    EXPECT_EQ(std::get<job::Completed>(result).status, job::Status(job::Exited{7}));
}

TEST_F(LocalClient, ShowsAFileAsItWasWhenTheJobWasSubmitted) {
    constexpr std::string_view job = R"({"parent":"shell","program":"cat","arguments":["/data.txt"],
        "added_layers":[{"glob":"*.txt"}]})";
    EXPECT_EQ(output_of(submit(job)), "first\n");
    directory.write("project/data.txt", "the second\n");
    EXPECT_EQ(output_of(submit(job)), "the second\n");
}

TEST_F(LocalClient, TellsWhatPreventedAJob) {
    EXPECT_THAT(
        output_of(
            submit(R"({"parent":"shell","program":"sh","added_layers":[{"paths":["missing"]}]})")),
        AllOf(HasSubstr("not run: layer paths"), HasSubstr("missing"), HasSubstr("No such file")));
    EXPECT_THAT(output_of(submit(R"({"parent":"shell","program":"nothing"})")),
                HasSubstr("nothing"));
    EXPECT_THAT(output_of(submit(R"({"image":"docker://x","program":"sh"})")),
                HasSubstr("images yet"));
}

TEST_F(LocalClient, MakesTheHostContainerWhenAJobNamesIt) {
    EXPECT_EQ(output_of(submit(R"({"parent":"host","program":"sh","arguments":["-c","echo in"]})")),
              "in\n");
    EXPECT_EQ(output_of(submit(R"({"parent":"host","program":"sh","arguments":["-c","echo in"]})")),
              "in\n");
    EXPECT_EQ(hosts_made, 1);
}

TEST_F(LocalClient, SaysNothingMoreOfACancelledJob) {
    const job::JobId endless =
        submit(R"({"parent":"shell","program":"sh","arguments":["-c","while :; do :; done"]})");
    const auto deadline = steady_clock::now() + std::chrono::minutes(1);
    while (auto event = client->next(deadline)) {
        const auto* state = std::get_if<StateChanged>(&*event);
        if (state != nullptr && state->state == JobState::running) {
            break;
        }
    }
    client->cancel(endless);
    EXPECT_EQ(
        output_of(submit(R"({"parent":"shell","program":"sh","arguments":["-c","echo next"]})")),
        "next\n");
    EXPECT_FALSE(client->next(steady_clock::now()).has_value());
}

TEST_F(LocalClient, EndsWithJobsStillRunning) {
    for (int i = 0; i < 10; ++i) {
        submit(R"({"parent":"shell","program":"sh","arguments":["-c","while :; do :; done"]})");
    }
    client.reset();
}

}  // namespace
}  // namespace maelstrom::client

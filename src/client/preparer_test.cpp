#include "client/preparer.hpp"
#include "job/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr steady_clock::time_point start_time{std::chrono::hours(1)};

/// Records what comes out.
class Recorder final : public PreparerOutput {
public:
    void build(const job::Layer& layer) override { builds.push_back(&layer); }
    void on_waiting(job::JobId id) override { said.push_back(fmt::format("{} waits", number(id))); }
    void on_ready(job::JobId id, job::Execution execution) override {
        said.push_back(fmt::format("{} ready", number(id)));
        ready.push_back(std::move(execution));
    }
    void on_failed(job::JobId id, std::string message) override {
        said.push_back(fmt::format("{} failed: {}", number(id), message));
    }
    static unsigned number(job::JobId id) { return static_cast<unsigned>(id); }

    std::vector<const job::Layer*> builds;  ///< asked for and not answered yet
    std::vector<std::string> said;
    std::vector<job::Execution> ready;
};

class PreparerTest : public ::testing::Test {
protected:
    /// Submits a job written in JSON.
    void submit(std::string_view text, Extras extras = {}) {
        job::Job job = *job::parse_job(*util::parse_json(text), job::Program::optional);
        preparer.submit(job::JobId{next_id++}, std::move(job), std::move(extras), {now, alone});
    }
    void define(const std::string& name, std::string_view text) {
        preparer.define(name, *job::parse_container(*util::parse_json(text)));
    }
    /// Answers the oldest build; its digest has the given size.
    void build(std::uint64_t size, milliseconds cost = milliseconds(1)) {
        const job::Layer* layer = output.builds.front();
        output.builds.erase(output.builds.begin());
        preparer.on_built(*layer, {util::Digest{{}, size}, now, cost});
        now += cost;
    }
    void fail_build(const char* message) {
        const job::Layer* layer = output.builds.front();
        output.builds.erase(output.builds.begin());
        preparer.on_built(*layer, {util::fail(util::ErrorKind::not_found, "{}", message), now, {}});
    }
    const job::Environment& environment(std::size_t index) {
        return *output.ready.at(index).environment;
    }

    Recorder output;
    job::Variables variables{{"HOME", "/home/u"}};
    std::function<util::Result<job::Container>()> host = [this]() -> util::Result<job::Container> {
        ++hosts_made;
        return *job::parse_container(
            *util::parse_json(R"({"layers":[{"stubs":["/host"]}],"user":9})"));
    };
    static constexpr int remembered = 20;
    Preparer preparer{{"/project", variables, host, remembered}, output};
    steady_clock::time_point now = start_time;
    bool alone = true;
    std::uint32_t next_id = 0;
    int hosts_made = 0;
};

TEST_F(PreparerTest, BuildsTheLayersOfAJobAndPassesItOn) {
    submit(R"({"program":"p","arguments":["a"],"timeout":5,"priority":3,
               "layers":[{"paths":["x"]},{"paths":["y"]}],"environment":{"H":"$env{HOME}"}})");
    EXPECT_THAT(output.said, ElementsAre("0 waits"));
    build(11);
    build(12);

    EXPECT_THAT(output.said, ElementsAre("0 waits", "0 ready"));
    const job::Execution& execution = output.ready[0];
    EXPECT_EQ(execution.program, "p");
    EXPECT_THAT(execution.arguments, ElementsAre("a"));
    EXPECT_EQ(execution.timeout, std::chrono::seconds(5));
    EXPECT_EQ(execution.priority, 3);
    EXPECT_THAT(environment(0).layers, ElementsAre(util::Digest{{}, 11}, util::Digest{{}, 12}));
    EXPECT_THAT(environment(0).variables, ElementsAre("H=/home/u"));
}

TEST_F(PreparerTest, PassesExtrasOn) {
    Extras extras;
    extras.terminal = job::WindowSize{10, 20};
    extras.output_limit = util::Bytes{3};
    extras.variables = {"A=1"};
    extras.host_name = true;
    extras.capture = job::CapturedRoot{"/u", "/w"};
    submit(R"({"layers":[{"stubs":["/x"]}]})", extras);
    build(1);

    EXPECT_EQ(output.ready[0].terminal->columns, 20);
    EXPECT_EQ(output.ready[0].output_limit->count, 3U);
    EXPECT_THAT(output.ready[0].extra_variables, ElementsAre("A=1"));
    EXPECT_TRUE(environment(0).host_name);
    EXPECT_EQ(environment(0).root, job::Root(job::CapturedRoot{"/u", "/w"}));
}

TEST_F(PreparerTest, SharesOneEnvironmentAmongTheJobsOfAContainer) {
    alone = false;
    for (int i = 0; i < 3; ++i) {
        submit(R"({"layers":[{"stubs":["/x"]}]})");
    }
    ASSERT_EQ(output.builds.size(), 1U);
    build(1);
    submit(R"({"layers":[{"stubs":["/x"]}]})");

    ASSERT_EQ(output.ready.size(), 4U);
    for (const job::Execution& execution : output.ready) {
        EXPECT_EQ(execution.environment, output.ready[0].environment);
    }
    EXPECT_THAT(output.builds, ElementsAre());
}

TEST_F(PreparerTest, SharesOneEnvironmentAmongContainersThatComeToTheSame) {
    define("base", R"({"layers":[{"stubs":["/x"]}]})");
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    submit(R"({"parent":"base"})");
    build(1);
    ASSERT_EQ(output.ready.size(), 2U);
    EXPECT_EQ(output.ready[0].environment, output.ready[1].environment);
}

TEST_F(PreparerTest, BuildsALayerOfTwoContainersOnce) {
    submit(R"({"layers":[{"paths":["x"]}],"user":1})");
    submit(R"({"layers":[{"paths":["x"]},{"paths":["y"]}]})");
    ASSERT_EQ(output.builds.size(), 2U);
    build(1);
    EXPECT_THAT(output.said, ElementsAre("0 waits", "1 waits", "0 ready"));
    build(2);
    EXPECT_EQ(output.said.back(), "1 ready");
}

TEST_F(PreparerTest, LetsAJobSeeExactlyTheDefinitionsBeforeIt) {
    define("base", R"({"layers":[{"stubs":["/x"]}],"user":1})");
    submit(R"({"parent":"base"})");
    define("base", R"({"layers":[{"stubs":["/x"]}],"user":2})");
    submit(R"({"parent":"base"})");
    build(1);
    ASSERT_EQ(output.ready.size(), 2U);
    EXPECT_EQ(environment(0).user, 1U);
    EXPECT_EQ(environment(1).user, 2U);
}

TEST_F(PreparerTest, LooksAgainForAJobThatComesAlone) {
    submit(R"({"layers":[{"paths":["x"]}]})");
    build(1);
    submit(R"({"layers":[{"paths":["x"]}]})");
    ASSERT_EQ(output.builds.size(), 1U);
    build(2);
    EXPECT_THAT(environment(1).layers, ElementsAre(util::Digest{{}, 2}));
}

TEST_F(PreparerTest, LooksAtMostATenthOfTheTimeWhileJobsRun) {
    submit(R"({"layers":[{"paths":["x"]}]})");
    build(1, milliseconds(10));
    alone = false;
    now = start_time + milliseconds(99);
    submit(R"({"layers":[{"paths":["x"]}]})");
    EXPECT_EQ(output.said.back(), "1 ready");
    now = start_time + milliseconds(100);
    submit(R"({"layers":[{"paths":["x"]}]})");
    EXPECT_EQ(output.said.back(), "2 waits");
}

TEST_F(PreparerTest, TakesOneSnapshotOfWhatCannotChange) {
    submit(R"({"layers":[{"stubs":["/x"]},{"symlinks":[{"link":"/a","target":"b"}]}]})");
    build(1);
    build(2);
    now += std::chrono::hours(1);
    submit(R"({"layers":[{"stubs":["/x"]},{"symlinks":[{"link":"/a","target":"b"}]}]})");
    EXPECT_EQ(output.said.back(), "1 ready");
}

TEST_F(PreparerTest, LooksAtEverythingAgainWhenAsked) {
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    build(1);
    preparer.look_again();
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    build(2);
    EXPECT_THAT(environment(1).layers, ElementsAre(util::Digest{{}, 2}));
}

TEST_F(PreparerTest, DoesNotRememberWhatWasLookedAtBefore) {
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    preparer.look_again();
    build(1);
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    EXPECT_EQ(output.said.back(), "1 waits");
    build(2);
    EXPECT_THAT(environment(1).layers, ElementsAre(util::Digest{{}, 2}));
}

TEST_F(PreparerTest, FailsOnlyTheJobsThatNeedAFailedLayerAndForgetsTheFailure) {
    submit(R"({"layers":[{"glob":"x*"}]})");
    submit(R"({"layers":[{"paths":["y"]}]})");
    fail_build("no such file");
    build(1);
    EXPECT_THAT(output.said,
                ElementsAre("0 waits", "1 waits", "0 failed: no such file", "1 ready"));
    submit(R"({"layers":[{"glob":"x*"}]})");
    build(2);
    EXPECT_EQ(output.said.back(), "2 ready");
}

TEST_F(PreparerTest, ReportsParentsThenImagesThenLayersInListOrderThenEnvironmentThenChecks) {
    submit(R"({"parent":"none","environment":{"A":"$"}})");
    EXPECT_THAT(output.said.back(), HasSubstr("\"none\""));
    submit(R"({"image":"i","environment":{"A":"$"}})");
    EXPECT_THAT(output.said.back(), HasSubstr("image \"i\""));
    submit(R"({"layers":[{"paths":["x"]},{"paths":["y"]}],"environment":{"A":"$"}})");
    const job::Layer* second = output.builds[1];
    preparer.on_built(*second, {util::fail(util::ErrorKind::system, "second"), now, {}});
    output.builds.pop_back();
    fail_build("first");
    EXPECT_THAT(output.said.back(), AllOf(HasSubstr("first"), ::testing::Not(HasSubstr("second"))));
    submit(R"({"environment":{"A":"$"}})");
    EXPECT_THAT(output.said.back(), HasSubstr("environment variable A"));
    submit(R"({"network":"local","mounts":[{"type":"sys","mount_point":"/s"}]})");
    EXPECT_THAT(output.said.back(), HasSubstr("\"sys\""));
    submit("{}");
    EXPECT_THAT(output.said.back(), HasSubstr("no layer"));
}

TEST_F(PreparerTest, DropsACancelledJobAndKeepsTheOthers) {
    submit(R"({"layers":[{"paths":["x"]}]})");
    submit(R"({"layers":[{"paths":["x"]}]})");
    EXPECT_TRUE(preparer.cancel(job::JobId{0}));
    EXPECT_FALSE(preparer.cancel(job::JobId{0}));
    build(1);
    EXPECT_EQ(output.said.back(), "1 ready");
    EXPECT_EQ(output.ready.size(), 1U);
    EXPECT_FALSE(preparer.cancel(job::JobId{1}));
}

TEST_F(PreparerTest, MakesTheHostContainerOnlyWhenAJobLeadsToIt) {
    submit(R"({"layers":[{"stubs":["/x"]}]})");
    EXPECT_EQ(hosts_made, 0);
    define("mine", R"({"parent":"host","group":3})");
    submit(R"({"parent":"mine"})");
    submit(R"({"parent":"host"})");
    EXPECT_EQ(hosts_made, 1);
    build(1);
    build(2);
    EXPECT_EQ(environment(1).user, 9U);
    EXPECT_EQ(environment(1).group, 3U);
    EXPECT_TRUE(environment(1).host_name);
    EXPECT_FALSE(environment(0).host_name);
}

TEST_F(PreparerTest, PrefersADefinedHostContainer) {
    define("host", R"({"layers":[{"stubs":["/x"]}],"user":4})");
    submit(R"({"parent":"host"})");
    build(1);
    EXPECT_EQ(hosts_made, 0);
    EXPECT_EQ(environment(0).user, 4U);
    EXPECT_TRUE(environment(0).host_name);
}

TEST_F(PreparerTest, DropsWhatNobodyUsesAnyMore) {
    submit(R"({"layers":[{"stubs":["/first"]}]})");
    build(1);
    const std::weak_ptr<const job::Environment> first = output.ready[0].environment;
    for (int i = 0; i < 2 * remembered; ++i) {
        output.ready.clear();
        submit(fmt::format(R"({{"layers":[{{"stubs":["/{}"]}}]}})", i));
        build(2);
    }
    EXPECT_TRUE(first.expired());
    submit(R"({"layers":[{"stubs":["/first"]}]})");
    EXPECT_EQ(output.said.back(), fmt::format("{} waits", 2 * remembered + 1));
}

TEST_F(PreparerTest, KeepsWhatIsWaitedForHoweverMuchItIs) {
    for (int i = 0; i < 3 * remembered; ++i) {
        submit(fmt::format(R"({{"layers":[{{"stubs":["/{}"]}}]}})", i));
    }
    while (!output.builds.empty()) {
        build(1);
    }
    EXPECT_EQ(output.ready.size(), static_cast<std::size_t>(3 * remembered));
}

}  // namespace
}  // namespace maelstrom::client

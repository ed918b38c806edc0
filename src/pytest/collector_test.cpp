#include "pytest/collector.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <time.h>

#include <algorithm>
#include <map>

namespace maelstrom::pytest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* two_files = R"({"rootdir": "/p", "inifile": "/p/tox.ini"}
{"id": "a.py::T::t", "name": "T.t", "file": "/p/a.py", "index": 0, "count": 1, "markers": ["m"], "skip": null}
{"id": "b.py::t", "file": "/p/b.py", "index": 0, "count": 1, "markers": [], "skip": "no"}
)";
constexpr const char* one_file = R"({"rootdir": "/p", "inifile": ""}
{"id": "a.py::t", "file": "/p/a.py", "index": 0, "count": 1, "markers": [], "skip": null}
)";

class Recording final : public runner::Findings, public runner::JobRunner {
public:
    explicit Recording(job::Result answer) : answer_(std::move(answer)) {}
    void found(std::vector<runner::Case> found) override { cases = std::move(found); }
    void phase(std::string) override {}
    job::Result run(runner::JobRequest) override { return answer_; }
    runner::ForkPointOrResult run_to_fork_point(runner::JobRequest wanted) override {
        request = std::move(wanted);
        if (forks) {
            return reached(1, std::get<job::Completed>(answer_).standard_output.head);
        }
        return answer_;
    }
    void end(job::JobId) override {}

    void define(std::string name, job::Container container) override {
        defined.emplace(std::move(name), std::move(container));
    }

    static client::ForkPoint reached(std::uint32_t id, const std::string& channel) {
        return {job::JobId{id}, {.standard_output = {.head = channel}}};
    }

    bool forks = false;
    runner::JobRequest request;
    std::vector<runner::Case> cases;
    std::map<std::string, job::Container> defined;

private:
    job::Result answer_;
};

job::Result exited(int code, const std::string& channel, const std::string& printed = "") {
    return job::Completed{.status = job::Exited{code},
                          .standard_output = {.head = channel},
                          .standard_error = {.head = printed}};
}

TEST(PytestCollector, CollectsInsideTheContainer) {
    PytestCollector collector({.container = "pytest",
                               .python = "/venv/bin/python",
                               .arguments = {.everywhere = {"-p", "x"},
                                             .collection_only = {"-k", "a"},
                                             .tests_only = {"-s"},
                                             .selection = {"tests"}}});
    Recording recording(exited(0, two_files));
    const runner::CollectionEnd end = collector.collect(recording, recording, {});

    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(recording.request.job.program, "/venv/bin/python");
    EXPECT_THAT(recording.request.job.arguments,
                ElementsAre("/.maelstrom/pytest_plugin.py", "-p", "x", "-k", "a", "tests"));
    EXPECT_THAT(recording.request.extras.variables,
                ElementsAre(R"(MAELSTROM_PYTEST_TASK={"do":"collect","compile":true})"));
    ASSERT_THAT(recording.cases, SizeIs(2));
    EXPECT_EQ(recording.cases[0].name->display, "a.py::T::t");
    EXPECT_EQ(recording.cases[0].address.name, "T.t");
    EXPECT_THAT(recording.cases[0].markers, ElementsAre("m"));
    EXPECT_THAT(recording.cases[1].ignored, ::testing::Optional(std::string("no")));
}

TEST(PytestCollector, NamesFilesFromTheProjectOrAsPytestDoes) {
    PytestCollector collector({.container = "pytest", .directory = "/p", .python = "/python"});
    Recording recording(exited(0, R"({"rootdir": "/", "inifile": ""}
{"id": "p/sub/a.py::t", "file": "/p/sub/a.py"}
{"id": "q/b.py::t", "file": "/project/q/b.py"}
)"));
    collector.collect(recording, recording, {});
    EXPECT_EQ(recording.cases.at(0).address.artifact, "sub/a.py");
    EXPECT_EQ(recording.cases.at(1).address.artifact, "q/b.py");
}

TEST(PytestCollector, SaysHowToBuildOnTheHostWhereABareContainerHasNoPython) {
    PytestCollector collector(
        {.container = "bare", .container_python = "/python", .on_host = false});
    Recording recording(
        job::NotRun{.kind = job::NotRun::Kind::execution, .message = "no such file"});
    const runner::CollectionEnd end = collector.collect(recording, recording, {});
    EXPECT_EQ(recording.request.job.program, "/python");
    EXPECT_THAT(end.output, HasSubstr("parent = \"host\""));
}

TEST(PytestCollector, IsWholeOnlyWhereNothingWasLeftOut) {
    const auto is_whole = [](const Arguments& arguments, const std::string& collection) {
        PytestCollector collector({.container = "pytest", .arguments = arguments});
        Recording recording(exited(0, collection));
        return collector.collect(recording, recording, {}).whole;
    };
    const std::string all = R"({"rootdir": "/p", "inifile": "", "whole": true})";
    EXPECT_TRUE(is_whole({}, all));
    EXPECT_FALSE(is_whole({}, R"({"rootdir": "/p", "inifile": "", "whole": false})"));
    EXPECT_FALSE(is_whole({.tests_only = {"-k", "x"}}, all));
    EXPECT_FALSE(is_whole({.selection = {"tests"}}, all));
}

TEST(PytestCollector, CollectsNothingButTheTestWhereThereIsMore) {
    const auto task_of = [](const std::string& collection) {
        PytestCollector collector({.container = "pytest", .python = "/python"});
        Recording recording(exited(0, collection));
        collector.collect(recording, recording, {});
        return collector.request(recording.cases[0], {}).extras.variables.at(0);
    };
    EXPECT_THAT(task_of(two_files), HasSubstr("\"alone\":true"));
    EXPECT_THAT(task_of(one_file), HasSubstr("\"alone\":false"));
    std::string large = one_file;
    for (int i = 1; i < 1000; ++i) {
        large +=
            fmt::format(R"({{"id": "a.py::t[{0}]", "file": "/p/a.py", "index": {0}}})", i) + "\n";
    }
    EXPECT_THAT(task_of(large), HasSubstr("\"alone\":true"));
}

TEST(PytestCollector, RunsATestByItsPlaceInItsFileWithTheArgumentsOfTheCollection) {
    PytestCollector collector({.container = "pytest",
                               .python = "/python",
                               .arguments = {.tests_only = {"-s"}, .selection = {"tests"}}});
    Recording recording(exited(0, two_files));
    collector.collect(recording, recording, {});
    const runner::JobRequest request = collector.request(recording.cases[0], {});

    EXPECT_THAT(request.job.arguments, ElementsAre("/.maelstrom/pytest_plugin.py", "-s", "tests"));
    EXPECT_THAT(request.extras.variables,
                ElementsAre(R"(MAELSTROM_PYTEST_TASK={"do":"run","file":"/p/a.py","count":1,)"
                            R"("items":[{"index":0,"id":"a.py::T::t"}],"alone":true})",
                            "MAELSTROM_TEST=a.py::T::t", "MAELSTROM_ATTEMPT=1"));
}

TEST(PytestCollector, WritesIntoAFileWhatNoVariableCanHold) {
    const std::string id = "a.py::t[" + std::string(140'000, 'x') + "]";
    PytestCollector collector({.container = "pytest", .python = "/python"});
    Recording recording(exited(0, R"({"rootdir": "/p", "inifile": ""}
{"id": ")" + id + R"(", "file": "/p/a.py", "index": 0, "count": 1, "markers": [], "skip": null}
)"));
    collector.collect(recording, recording, {});
    ASSERT_THAT(recording.cases, SizeIs(1));
    const runner::JobRequest request = collector.request(recording.cases[0], {});

    EXPECT_THAT(request.extras.variables,
                ElementsAre("MAELSTROM_PYTEST_TASK=/.maelstrom/task", "MAELSTROM_ATTEMPT=1"));
    ASSERT_THAT(request.job.container.layers, SizeIs(1));
    const auto& file = std::get<job::MadeFilesLayer>(request.job.container.layers[0]).files.at(0);
    EXPECT_EQ(file.path, "/.maelstrom/task");
    EXPECT_THAT(file.content, HasSubstr(R"("env":{"MAELSTROM_TEST":")" + id));
}

TEST(PytestCollector, KeepsOptionsWhereATestIsRunByHand) {
    PytestCollector collector(
        {.container = "pytest",
         .python = "/python",
         .arguments = {.everywhere = {"-v"},
                       .tests_only = {"-s"},
                       .selection = {"-W", "error", "--rootdir", ".", "tests", "--ds=x", "."}}});
    Recording recording(exited(0, R"({"rootdir": "/p", "inifile": "", "paths": ["tests", "."]}
{"id": "tests/a.py::t", "file": "/p/tests/a.py", "index": 0, "count": 1}
)"));
    collector.collect(recording, recording, {});
    EXPECT_THAT(collector.request_by_hand(recording.cases[0]).job.arguments,
                ElementsAre("-m", "pytest", "-v", "-s", "-W", "error", "--rootdir", ".", "--ds=x",
                            recording.cases[0].address.artifact + "::t"));
}

TEST(PytestCollector, CollectsInTheProjectWhateverTheWorkingDirectoryOfTestsIs) {
    PytestCollector collector({.container = "pytest",
                               .directory = "/p",
                               .host_directory = "/p",
                               .working_directory = "/tmp",
                               .python = "/python"});
    Recording recording(exited(0, one_file));
    collector.collect(recording, recording, {});
    EXPECT_THAT(recording.request.extras.variables, ElementsAre(HasSubstr(R"("directory":"/p"})")));
    runner::Case test = recording.cases[0];
    EXPECT_THAT(collector.request(test, {}).extras.variables[0], HasSubstr(R"("directory":"/p"})"));
    EXPECT_EQ(collector.request_by_hand(test).job.arguments.back(), "/p/a.py::t");

    const auto in = [&](bool on_host, const std::string& directory) {
        test.orders.container =
            std::make_shared<const runner::ChosenContainer>(runner::ChosenContainer{
                .name = "other", .on_host = on_host, .working_directory = directory});
        return collector.request(test, {}).extras.variables[0];
    };
    EXPECT_THAT(in(true, ""), Not(HasSubstr("directory")));
    EXPECT_THAT(in(true, "/p"), Not(HasSubstr("directory")));
    EXPECT_THAT(in(true, "/"), HasSubstr(R"("directory":"/p")"));
    EXPECT_THAT(in(false, "/"), Not(HasSubstr("directory")));  // its files are where it says
}

/// Until a later change is sure to show.
void wait_until_settled(const std::string& file) {
    const auto identity = store::identity_of(sys::fstatat(AT_FDCWD, file).value());
    timespec now{};
    do {
        ::clock_gettime(CLOCK_REALTIME, &now);
    } while (!store::is_settled(identity, now));
}

TEST(PytestCollector, GivesTestsTheByteCodeThatCollectingMade) {
    PytestCollector collector({.container = "pytest", .python = "/python"});
    Recording recording(
        exited(0, std::string(one_file) +
                      "{\"compiled\": \"/p/__pycache__/a.pyc\", \"source\": \"/p/a.py\", "
                      "\"content\": \"ff\"}\n"));
    collector.collect(recording, recording, {});
    const runner::JobRequest request = collector.request(recording.cases[0], {});

    const std::string name = std::get<job::ContainerParent>(request.job.container.parent).name;
    ASSERT_THAT(recording.defined, Contains(::testing::Key(name)));
    const job::Container& container = recording.defined.at(name);
    EXPECT_EQ(std::get<job::ContainerParent>(container.parent).name, "pytest");
    const auto& layer = std::get<job::MadeFilesLayer>(container.layers.at(0));
    EXPECT_EQ(layer.files.at(0).path, "/p/__pycache__/a.pyc");
    EXPECT_EQ(layer.files.at(0).content, "\xff");
}

TEST(PytestCollector, CollectsWithTheByteCodeOfTheRunBefore) {
    const testing::TempDir directory;
    const std::string source = directory / "a.py";
    ASSERT_TRUE(sys::write_all(sys::open(source, O_WRONLY | O_CREAT, 0644).value(), "x = 1\n"));
    const auto collector = [&] {
        auto store = store::Store::open({.directory = directory / "store"});
        return PytestCollector(
            {.container = "pytest",
             .python = "/python",
             .byte_code = std::make_shared<ByteCode>(std::move(*store), "/p", "/python")});
    };
    {
        Recording first(exited(
            0, fmt::format(
                   "{}{{\"compiled\": \"/p/a.pyc\", \"source\": \"{}\", \"content\": \"ff\"}}\n",
                   one_file, source)));
        wait_until_settled(source);
        collector().collect(first, first, {});
        EXPECT_THAT(first.request.extras.variables.front(), HasSubstr("\"compile\":true"));
    }
    Recording second(exited(0, one_file));
    collector().collect(second, second, {});
    const std::string name =
        std::get<job::ContainerParent>(second.request.job.container.parent).name;
    const job::Container& container = second.defined.at(name);
    EXPECT_EQ(std::get<job::MadeFilesLayer>(container.layers.at(0)).files.at(0).path, "/p/a.pyc");
}

TEST(PytestCollector, CollectsEverythingInTheSecondAttempt) {
    PytestCollector collector({.container = "pytest", .python = "/python"});
    Recording recording(exited(0, two_files));
    collector.collect(recording, recording, {});
    EXPECT_TRUE(collector.judge(recording.cases[0], {}, exited(1, "")).again);
    EXPECT_THAT(collector.request(recording.cases[0], {.step = 1}).extras.variables.front(),
                HasSubstr("\"alone\":false"));
    EXPECT_FALSE(collector.judge(recording.cases[0], {.step = 1}, exited(1, "")).again);
}

TEST(PytestCollector, HasOneAttemptWhereThereIsOneFile) {
    PytestCollector collector({.container = "pytest", .python = "/python"});
    Recording recording(exited(0, one_file));
    collector.collect(recording, recording, {});
    EXPECT_FALSE(collector.judge(recording.cases[0], {}, exited(1, "")).again);
}

TEST(PytestCollector, PinsRootAndConfigurationWhenTheCollectionHadArgumentsOfItsOwn) {
    PytestCollector collector(
        {.container = "pytest", .python = "/python", .arguments = {.collection_only = {"sub"}}});
    Recording recording(exited(0, two_files));
    collector.collect(recording, recording, {});
    EXPECT_THAT(
        collector.request(recording.cases[0], {}).job.arguments,
        ElementsAre("/.maelstrom/pytest_plugin.py", "--rootdir=/p", "-c", "/p/tox.ini", "/p/a.py"));
}

/// A run that forks, and a container that directives have chosen.
class FurtherForkPoint : public ::testing::Test {
protected:
    explicit FurtherForkPoint(Isolation isolation = Isolation::fork)
        : collector_({.container = "pytest",
                      .python = "/python",
                      .arguments = {.tests_only = {"-s"}, .selection = {"tests"}},
                      .isolation = isolation}) {
        recording_.forks = isolation == Isolation::fork;
        collector_.collect(recording_, recording_, {});
        for (runner::Case& test : recording_.cases) {
            test.orders.container = other_;
        }
    }
    const runner::Case& test() const { return recording_.cases[0]; }
    static std::optional<job::Fork> fork_of(const runner::JobRequest& request) {
        return request.extras.fork;
    }

    std::optional<runner::JobRequest> fork_point() {
        runner::ForkPointAnswer answer = collector_.fork_point(*other_);
        auto* request = std::get_if<runner::JobRequest>(&answer);
        return request == nullptr ? std::nullopt : std::optional(std::move(*request));
    }

    const std::shared_ptr<const runner::ChosenContainer> other_ =
        std::make_shared<const runner::ChosenContainer>(
            runner::ChosenContainer{.name = "other", .container = {}, .on_host = true});
    PytestCollector collector_;
    Recording recording_{exited(0, two_files)};
};

TEST_F(FurtherForkPoint, CollectsTheSameInItsContainer) {
    const auto request = fork_point();
    ASSERT_TRUE(request);
    EXPECT_EQ(std::get<job::ContainerParent>(request->job.container.parent).name, "other");
    EXPECT_EQ(request->job.program, "/python");
    EXPECT_EQ(request->job.arguments, recording_.request.job.arguments);
    EXPECT_THAT(request->extras.variables,
                ElementsAre(R"(MAELSTROM_PYTEST_TASK={"do":"collect","compile":false})"));
    EXPECT_TRUE(request->extras.fork_point);
    EXPECT_FALSE(fork_point());
}

TEST_F(FurtherForkPoint, WaitsForRoomAndCollectsAnewWhenItWasGivenUp) {
    const auto in = [](const std::string& name) { return runner::ChosenContainer{.name = name}; };
    ASSERT_TRUE(fork_point());
    ASSERT_TRUE(collector_.take_fork_point(*other_, Recording::reached(7, two_files)));
    for (const char* name : {"b", "c"}) {
        ASSERT_TRUE(std::holds_alternative<runner::JobRequest>(collector_.fork_point(in(name))));
    }
    EXPECT_TRUE(std::holds_alternative<runner::NoRoomYet>(collector_.fork_point(in("d"))));
    collector_.give_up_fork_point(*other_);
    EXPECT_FALSE(fork_of(collector_.request(test(), {})));
    EXPECT_TRUE(fork_point());
    collector_.forgo_fork_point(in("d"));
    EXPECT_TRUE(std::holds_alternative<runner::NoForkPoint>(collector_.fork_point(in("d"))));
}

TEST_F(FurtherForkPoint, ForksTheItemThatItHasItself) {
    ASSERT_TRUE(fork_point());
    const std::string one_more = R"({"id": "a.py::new", "file": "/p/a.py", "index": 0, "count": 2}
{"id": "a.py::T::t", "file": "/p/a.py", "index": 1, "count": 2}
)";
    EXPECT_TRUE(collector_.take_fork_point(
        *other_, Recording::reached(7, "{\"rootdir\": \"/p\"}\n" + one_more)));
    const runner::JobRequest request = collector_.request(test(), {});
    ASSERT_TRUE(fork_of(request));
    EXPECT_EQ(fork_of(request)->point, job::JobId{7});
    EXPECT_THAT(fork_of(request)->task, HasSubstr(R"("items":[[1,1]])"));
    EXPECT_FALSE(fork_of(collector_.request(recording_.cases[1], {})));
}

TEST_F(FurtherForkPoint, IsNotTheOneOfOtherContainers) {
    ASSERT_TRUE(fork_point());
    ASSERT_TRUE(collector_.take_fork_point(*other_, Recording::reached(7, two_files)));
    recording_.cases[0].orders.container.reset();
    EXPECT_EQ(fork_of(collector_.request(test(), {}))->point, job::JobId{1});
    recording_.cases[0].orders.container = std::make_shared<const runner::ChosenContainer>(
        runner::ChosenContainer{.name = "third", .container = {}});
    EXPECT_FALSE(fork_of(collector_.request(test(), {})));
}

TEST_F(FurtherForkPoint, TakesNoResultWithItWhenItDies) {
    ASSERT_TRUE(fork_point());
    ASSERT_TRUE(collector_.take_fork_point(*other_, Recording::reached(7, two_files)));
    const job::NotRun dead{.kind = job::NotRun::Kind::system, .message = "it has ended"};
    EXPECT_TRUE(collector_.judge(test(), {}, dead).again);
    const runner::JobRequest request = collector_.request(test(), {.step = 1});
    EXPECT_FALSE(fork_of(request));
    EXPECT_THAT(request.extras.variables.front(), HasSubstr("\"alone\":true"));
    EXPECT_EQ(std::get<job::ContainerParent>(request.job.container.parent).name, "other");
}

TEST_F(FurtherForkPoint, LeavesItsTestsToProcessesWhereCollectingFails) {
    ASSERT_TRUE(fork_point());
    EXPECT_FALSE(collector_.take_fork_point(*other_, exited(2, "")));
    EXPECT_FALSE(fork_of(collector_.request(test(), {})));
    EXPECT_TRUE(collector_.judge(test(), {}, exited(1, "")).again);
}

TEST_F(FurtherForkPoint, LeavesItsTestsToProcessesWhereNothingCanBeForked) {
    ASSERT_TRUE(fork_point());
    client::ForkPoint refusing = Recording::reached(7, two_files);
    refusing.reached.refusal = "no namespaces";
    EXPECT_FALSE(collector_.take_fork_point(*other_, std::move(refusing)));
    EXPECT_FALSE(fork_of(collector_.request(test(), {})));
}

class NoFurtherForkPoint : public FurtherForkPoint {
protected:
    NoFurtherForkPoint() : FurtherForkPoint(Isolation::process) {}
};

TEST_F(NoFurtherForkPoint, IsMadeForProcesses) {
    EXPECT_FALSE(fork_point());
}

TEST(ReadCollection, TakesNothingCollectedForSuccessWithANote) {
    const auto result =
        read_collection(exited(5, "{\"rootdir\": \"/p\", \"inifile\": \"\"}\n"), "");
    EXPECT_EQ(result.end.exit_code, 0);
    EXPECT_EQ(result.end.note, "no tests were collected");
    EXPECT_EQ(result.end.output, "");
}

TEST(ReadCollection, EndsAsPytestDidAndShowsItsReport) {
    const auto result = read_collection(exited(2, "", "E  ImportError\n"), "");
    EXPECT_EQ(result.end.exit_code, 2);
    EXPECT_EQ(result.end.output, "E  ImportError\n");
    const auto killed = read_collection(job::Completed{.status = job::Signaled{9}}, "");
    EXPECT_EQ(killed.end.exit_code, 137);
}

TEST(ReadCollection, IgnoresWhatPluginsThinkOfASessionThatRanNothing) {
    const CollectionResult result =
        read_collection(exited(1, "{\"rootdir\": \"/p\"}\n", "1 unused"), "");
    EXPECT_EQ(result.end.exit_code, 0);
    EXPECT_EQ(result.end.output, "");
}

TEST(ReadCollection, SaysWhichInterpreterLacksPytest) {
    const auto result = read_collection(exited(1, "{\"problem\": \"no pytest\"}\n", "Traceback"),
                                        "/usr/bin/python3");
    EXPECT_EQ(result.end.exit_code, 1);
    EXPECT_THAT(result.end.output, HasSubstr("pytest is not importable by /usr/bin/python3"));
    EXPECT_THAT(result.end.output, Not(HasSubstr("Traceback")));
}

TEST(ReadCollection, ReportsAJobThatCouldNotRun) {
    const auto result = read_collection(
        job::NotRun{.kind = job::NotRun::Kind::execution, .message = "no such file"}, "");
    EXPECT_EQ(result.end.exit_code, 1);
    EXPECT_EQ(result.end.output, "collecting: execution error: no such file\n");
}

}  // namespace
}  // namespace maelstrom::pytest

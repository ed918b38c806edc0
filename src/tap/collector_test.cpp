#include "tap/collector.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::tap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ui::Verdict;

class Recording final : public runner::Findings, public runner::JobRunner {
public:
    void found(std::vector<runner::Case> found) override { cases = std::move(found); }
    void phase(std::string) override {}
    job::Result run(runner::JobRequest) override { return job::NotRun{}; }
    runner::ForkPointOrResult run_to_fork_point(runner::JobRequest) override {
        return job::NotRun{};
    }
    void end(job::JobId) override {}
    void define(std::string, job::Container) override {}

    std::vector<runner::Case> cases;
};

class Tap : public ::testing::Test {
protected:
    TapCollector collector(std::vector<std::string> programs, std::vector<std::string> exec = {}) {
        return TapCollector({.defaults = {.project = directory_.path(), .container = "tap"},
                             .programs = std::move(programs),
                             .exec = std::move(exec)});
    }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const runner::Case& test : recording_.cases) {
            all.push_back(test.name->display);
        }
        return all;
    }
    std::vector<std::string> command(const std::string& program,
                                     std::vector<std::string> exec = {}) {
        const job::Job job = collector({}, std::move(exec)).request(named(program), {}).job;
        std::vector<std::string> words{job.program};
        words.insert(words.end(), job.arguments.begin(), job.arguments.end());
        return words;
    }
    static runner::Case named(const std::string& program) {
        return {.name = std::make_shared<const ui::CaseName>(ui::CaseName{.display = program}),
                .address = {.artifact = program, .name = program}};
    }
    runner::Judgement
    judge(job::Status status, const std::string& output, const std::string& errors = "") {
        return collector({}).judge(named("a.t"), {},
                                   job::Completed{.status = status,
                                                  .standard_output = {.head = output},
                                                  .standard_error = {.head = errors}});
    }

    testing::TempDir directory_;
    Recording recording_;
};

TEST_F(Tap, FindsScriptsBelowDirectoriesAndEachFileOnce) {
    directory_.write("t/b.t", "");
    directory_.write("t/deep/a.t", "");
    directory_.write("t/notes.txt", "");
    directory_.write("check", "");
    const runner::CollectionEnd end =
        collector({"./check", "t", "t/b.t"}).collect(recording_, recording_, {});
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_THAT(names(), ElementsAre("check", "t/b.t", "t/deep/a.t"));
}

TEST_F(Tap, RunsNothingWhereAProgramIsMissing) {
    directory_.write("a.t", "");
    const runner::CollectionEnd end = collector({"a.t", "b.t"}).collect(recording_, recording_, {});
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.output, HasSubstr("b.t"));
    EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Tap, StartsProgramsAsTheirFilesSay) {
    directory_.write("run", "", 0755);
    directory_.write("t/shell.t", "#! /bin/sh -e\n");
    directory_.write("t/perl.t", "use strict;\n");
    EXPECT_THAT(command("run"), ElementsAre("./run"));
    EXPECT_THAT(command("t/shell.t"), ElementsAre("/bin/sh", "-e", "t/shell.t"));
    EXPECT_THAT(command("t/perl.t"), ElementsAre("perl", "t/perl.t"));
    EXPECT_THAT(command("run", {"perl", "-Ilib"}), ElementsAre("perl", "-Ilib", "./run"));
}

TEST_F(Tap, GivesEachTestPointAVerdict) {
    const runner::Judgement judgement =
        judge(job::Exited{1},
              "1..4\nok 1 - a\nnot ok 2 - b\nok 3 # SKIP why\nnot ok 4 # TODO yet\n", "# got 3\n");
    ASSERT_THAT(judgement.parts, SizeIs(4));
    EXPECT_EQ(judgement.parts[0].verdict, Verdict::passed);
    EXPECT_EQ(judgement.parts[1].verdict, Verdict::failed);
    EXPECT_EQ(judgement.parts[1].name->display, "a.t 2 - b");
    EXPECT_EQ(judgement.parts[1].errors, "# got 3\n");
    EXPECT_EQ(judgement.parts[2].verdict, Verdict::ignored);
    EXPECT_EQ(judgement.parts[2].message, "why");
    EXPECT_EQ(judgement.parts[3].expectation, ui::Expectation::failed_as_expected);
    EXPECT_EQ(judgement.finished.verdict, Verdict::failed);
    // The exit status says nothing that the second test point has not said.
    EXPECT_EQ(judgement.finished.detail, "1 of 4 test points failed");
    EXPECT_EQ(judgement.exit_code, 1);
}

TEST_F(Tap, FailsAProgramThatBreaksItsWord) {
    const auto detail = [&](job::Status status, const std::string& output) {
        const runner::Judgement judgement = judge(status, output);
        EXPECT_EQ(judgement.finished.verdict, Verdict::failed);
        EXPECT_NE(judgement.exit_code, 0);
        return judgement.finished.detail;
    };
    EXPECT_EQ(detail(job::Exited{0}, "ok 1\n"), "no plan, 1 test point");
    EXPECT_EQ(detail(job::Exited{0}, "1..2\nok 1\n"), "planned 2 test points, ran 1");
    EXPECT_EQ(detail(job::Exited{3}, "1..1\nok 1\n"), "exit status 3");
    EXPECT_EQ(detail(job::Exited{127}, ""), "no test point and no plan; exit status 127");
    EXPECT_EQ(detail(job::Exited{255}, "1..2\nBail out! no database\n"), "bailed out: no database");
    EXPECT_EQ(detail(job::Signaled{11}, "1..2\nok 1\n"), "killed by SIGSEGV (11)");
}

TEST_F(Tap, IgnoresAProgramThatSkipsItself) {
    const runner::Judgement judgement = judge(job::Exited{0}, "1..0 # SKIP no perl\n");
    EXPECT_EQ(judgement.finished.verdict, Verdict::ignored);
    EXPECT_EQ(judgement.finished.message, "no perl");
}

}  // namespace
}  // namespace maelstrom::tap

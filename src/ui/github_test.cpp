#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "ui/github.hpp"
#include "ui/github_commands.hpp"
#include "ui/github_summary.hpp"
#include "ui/recording_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

CaseFinished failure(const std::string& name) {
    CaseFinished finished{.name = std::make_shared<const CaseName>(
                              CaseName{.display = name, .file = "tests/test_a.py", .line = 3}),
                          .verdict = Verdict::failed};
    finished.message = "assert 1 == 2";
    finished.duration = milliseconds(1500);
    return finished;
}

TEST(Github, MarksTheFailedLineOfTheFile) {
    CaseFinished finished = failure("tests/test_a.py::test_x[a,b]");
    EXPECT_EQ(github_error(finished, "/home/user/repo/sub", "/home/user/repo"),
              "::error file=sub/tests/test_a.py,line=3,title=tests/test_a.py%3A%3Atest_x[a%2Cb] "
              "failed::assert 1 == 2\n");
    finished.place = Place{.file = "/home/user/repo/lib/a:b.py", .line = 12};
    EXPECT_THAT(github_error(finished, "/home/user/repo/sub", "/home/user/repo"),
                StartsWith("::error file=lib/a%3Ab.py,line=12,"));
}

TEST(Github, EscapesWhatWouldEndAMessage) {
    CaseFinished finished = failure("t");
    finished.message = "100 %\r\n::set-env name=PATH::x\x1b[31m";
    EXPECT_THAT(github_error(finished, "", ""),
                ::testing::EndsWith("::100 %25%0A::set-env name=PATH::x\n"));
}

TEST(Github, FoldsOutputThatCannotGiveCommands) {
    EXPECT_EQ(github_group("output of a\nb", "::endgroup::\nmore", "t0k3n"),
              "::group::output of a\\nb\n::stop-commands::t0k3n\n::endgroup::\nmore\n::t0k3n::\n"
              "::endgroup::\n");
}

TEST(Github, SummarisesARun) {
    CaseFinished failed = failure("t[<a>|`b`]");
    failed.output = "```\n> assert\n";
    Slowest slowest(3);
    slowest.add(failed);
    const Summary summary{.passed = 4,
                          .failed = 1,
                          .ignored = 2,
                          .flaky = 1,
                          .failures = {{.name = failed.name}},
                          .flaky_cases = {{.name = failure("f").name, .attempts = 2}},
                          .duration = milliseconds(2500),
                          .exit_code = 1};
    EXPECT_EQ(github_summary("maelstrom-pytest", summary, {failed}, slowest, 10'000),
              R"(### ❌ maelstrom-pytest

| passed | failed | flaky | ignored | not run | time |
|--:|--:|--:|--:|--:|--:|
| 4 | 1 | 1 | 2 | 0 | 2.5 s |

#### Failed

<details><summary><code>t[&lt;a&gt;&#124;`b`]</code> assert 1 == 2</summary>

````text
```
> assert
````

</details>

#### Flaky

| test | attempts |
|---|--:|
| <code>f</code> | 2 |

#### Slowest

| test | time | used |
|---|--:|---|
| <code>t[&lt;a&gt;&#124;`b`]</code> | 1.500 s |  |

)");
}

TEST(Github, KeepsTheSummaryBelowItsLimit) {
    std::vector<CaseFinished> failures;
    Summary summary{.failed = 60};
    for (int i = 0; i < 50; ++i) {
        failures.push_back(failure("t" + std::to_string(i)));
        failures.back().output = std::string(100'000, 'x') + "\n" + std::string(50'000, '\n');
        summary.failures.push_back({.name = failures.back().name});
    }
    const std::string text = github_summary("p", summary, failures, Slowest(0), 100'000);
    EXPECT_LE(text.size(), 100'000U);
    EXPECT_THAT(text, HasSubstr(" more.\n"));
    EXPECT_THAT(text, HasSubstr("lines left out …]"));
    EXPECT_EQ(github_summary("p", summary, failures, Slowest(0), 0), "");
}

TEST(Github, AnnotatesTenFailuresAndSaysSo) {
    const maelstrom::testing::TempDir dir;
    const std::string path = dir.write("summary.md", "before\n");
    RecordingOutput output(80);
    GithubReporter reporter(output, {.summary_path = path});
    for (int i = 0; i < 12; ++i) {
        reporter.on(failure("t" + std::to_string(i)));
    }
    reporter.on(Summary{.failed = 12, .failures = {{.name = failure("t0").name}}});
    ASSERT_TRUE(reporter.finish());
    EXPECT_THAT(output.text(), HasSubstr("title=t9 failed"));
    EXPECT_THAT(output.text(), Not(HasSubstr("title=t10 failed")));
    EXPECT_THAT(output.text(), HasSubstr("2 more failures"));
    EXPECT_THAT(sys::read_file(path, util::Bytes{1'000'000}).value(), StartsWith("before\n### "));
}

TEST(Github, SaysNothingOfAListing) {
    RecordingOutput output(80);
    GithubReporter reporter(output, {});
    ASSERT_TRUE(reporter.finish());
    EXPECT_EQ(output.text(), "");
}

}  // namespace
}  // namespace maelstrom::ui

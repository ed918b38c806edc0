#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "ui/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

std::string line_of(const Event& event) {
    util::JsonWriter json;
    json.begin_object();
    write_event(json, event);
    json.end_object();
    return json.text();
}

CasePointer called(const std::string& name) {
    return std::make_shared<const CaseName>(CaseName{
        .display = "t.py::" + name, .suite = "t", .name = name, .file = "t.py", .line = 3});
}

TEST(Events, TellEachStepOfATest) {
    EXPECT_EQ(line_of(CaseQueued{RunId{7}, called("a")}),
              R"({"event":"queued","id":7,"test":{"display":"t.py::a","suite":"t","name":"a",)"
              R"("file":"t.py","line":3}})");
    EXPECT_EQ(line_of(CasePending{RunId{7}}), R"({"event":"pending","id":7})");
    EXPECT_EQ(line_of(CaseStarted{RunId{7}, 2}), R"({"event":"started","id":7,"attempt":2})");
}

TEST(Events, TellAllThatIsKnownOfAResult) {
    CaseFinished finished{.id = RunId{7}, .name = called("a"), .verdict = Verdict::timed_out};
    finished.attempts = 2;
    finished.detail = "timed out after 1 s";
    finished.message = "m";
    finished.place = Place{"t.py", 5};
    finished.duration = milliseconds(1500);
    finished.usage = Usage{.wall = milliseconds(1750),
                           .cpu_user = milliseconds(20),
                           .cpu_system = milliseconds(10),
                           .peak_memory = util::Bytes{4096}};
    finished.output = "shown\n";
    finished.captured_output = "written\xff";
    EXPECT_EQ(line_of(AttemptFailed{finished}),
              R"({"event":"attempt_failed","id":7,"test":{"display":"t.py::a","suite":"t",)"
              R"("name":"a","file":"t.py","line":3},"attempt":1,"attempts":2,)"
              R"("verdict":"timed_out","expectation":"ordinary","flaky":false,"in_fixture":false,)"
              R"("detail":"timed out after 1 s","message":"m","place":{"file":"t.py","line":5},)"
              R"("duration":1.5,"usage":{"wall":1.75,"cpu_user":0.02,"cpu_system":0.01,)"
              R"("peak_memory":4096},"output":"shown\n","captured_output":"written�"})");
}

TEST(Events, DoNotRepeatOutputThatPeopleAndReportsShare) {
    CaseFinished finished{.id = RunId{0}, .name = called("a")};
    finished.output = "once";
    finished.captured_output = "once";
    EXPECT_THAT(line_of(finished), Not(HasSubstr("captured_output")));
}

TEST(Events, EndWithTheSummary) {
    EXPECT_EQ(line_of(Summary{
                  .passed = 2,
                  .failed = 1,
                  .ignored = 1,
                  .flaky = 1,
                  .failures = {{.name = called("f")}},
                  .ignored_cases = {{.name = called("i"), .reason = "why"}},
                  .flaky_cases = {{.name = called("k"), .attempts = 3}},
                  .not_run = NotRun{.kind = NotRun::Kind::more_than, .count = 4},
                  .duration = milliseconds(250),
                  .exit_code = 1,
                  .note = "interrupted",
              }),
              R"({"event":"run_finished","passed":2,"failed":1,"ignored":1,"flaky":1,)"
              R"("failures":[{"test":"t.py::f","failed":1,"runs":1}],)"
              R"("flaky_tests":[{"test":"t.py::k","flaky":1,"runs":1,"attempts":3}],)"
              R"("ignored_tests":[{"test":"t.py::i","reason":"why"}],)"
              R"("not_run":{"kind":"more_than","count":4},"duration":0.25,"exit_code":1,)"
              R"("note":"interrupted"})");
}

TEST(Events, AreLinesOfAFileAsSoonAsTheyHappen) {
    const maelstrom::testing::TempDir dir;
    const std::string path = dir / "events.jsonl";
    const auto reporter =
        EventsReporter::create({.path = path,
                                .now =
                                    [] {
                                        return std::chrono::system_clock::time_point(
                                            std::chrono::seconds(86400) + milliseconds(7));
                                    }})
            .value();
    const auto content = [&] { return sys::read_file(path, util::Bytes{10000}).value(); };
    reporter->on(PhaseChanged{"collecting"});
    EXPECT_EQ(content(),
              R"({"time":"1970-01-02T00:00:00.007Z","event":"phase","text":"collecting"})"
              "\n");
    reporter->on(QueuingFinished{});
    EXPECT_THAT(content(), ::testing::EndsWith("\"event\":\"queuing_finished\"}\n"));
}

TEST(Events, ReportTheFirstFailedWriteAtTheEnd) {
    const auto reporter = EventsReporter::create({.path = "/dev/full"}).value();
    reporter->on(QueuingFinished{});
    reporter->on(QueuingFinished{});
    const auto result = reporter->finish();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(),
                HasSubstr("writing to the events /dev/full: No space left on device"));
}

}  // namespace
}  // namespace maelstrom::ui

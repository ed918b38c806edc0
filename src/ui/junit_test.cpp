#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "ui/junit.hpp"
#include "ui/xml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

CaseFinished finished(const std::string& name, Verdict verdict) {
    CaseFinished event{
        .id = RunId{0},
        .name = std::make_shared<const CaseName>(CaseName{
            .display = name, .suite = "tests.test_a", .name = name, .file = "tests/test_a.py"}),
        .verdict = verdict};
    event.duration = milliseconds(12);
    return event;
}

class Junit : public ::testing::Test {
protected:
    Junit() { open({.path = path_}); }

    void open(const JunitSettings& settings) {
        JunitSettings timed = settings;
        timed.now = [this] { return now_; };
        timed.processor_time = [this] { return processor_time_ += publication_; };
        auto made = JunitReporter::create(timed);
        ASSERT_TRUE(made) << made.error().message();
        reporter_ = std::move(*made);
        reporter_->on(RunStarted{.program = "maelstrom-pytest", .at = {}});
    }
    void report(const Event& event) {
        now_ += std::chrono::seconds(1);
        reporter_->on(event);
    }
    std::string content() const { return sys::read_file(path_, util::Bytes{1U << 20U}).value(); }

    maelstrom::testing::TempDir dir_;
    const std::string path_ = dir_ / "report.xml";
    std::chrono::steady_clock::time_point now_;
    std::chrono::nanoseconds processor_time_{};
    std::chrono::nanoseconds publication_ = milliseconds(1);
    std::unique_ptr<JunitReporter> reporter_;
};

TEST_F(Junit, IsCompleteBeforeAnyTestFinished) {
    EXPECT_THAT(content(), EndsWith("</testsuite>\n</testsuites>\n"));
    EXPECT_THAT(content(), HasSubstr("tests=\"0\" failures=\"0\" errors=\"0\" time=\"0.000\""));
    EXPECT_THAT(content(), HasSubstr("timestamp=\"1970-01-01T00:00:00\""));
}

TEST_F(Junit, IsCompleteAfterEachTest) {
    report(finished("test_a", Verdict::passed));
    EXPECT_THAT(content(), EndsWith("<testcase classname=\"tests.test_a\" name=\"test_a\" "
                                    "time=\"0.012\"></testcase>\n</testsuite>\n</testsuites>\n"));
    report(finished("test_b", Verdict::passed));
    EXPECT_THAT(content(), HasSubstr("tests=\"2\" failures=\"0\" errors=\"0\" time=\"0.024\""));
    EXPECT_THAT(content(), EndsWith("name=\"test_b\" time=\"0.012\"></testcase>\n"
                                    "</testsuite>\n</testsuites>\n"));
}

TEST_F(Junit, TellsFailuresErrorsAndSkippedTestsApart) {
    CaseFinished failed = finished("f", Verdict::failed);
    failed.message = "assert 1 == 2";
    failed.output = "E  assert 1 == 2\n";
    failed.captured_output = "said & <done>\x1b\n";
    report(failed);
    CaseFinished fixture = finished("e", Verdict::failed);
    fixture.in_fixture = true;
    report(fixture);
    CaseFinished skipped = finished("s", Verdict::ignored);
    skipped.message = "no \"tool\"";
    report(skipped);
    CaseFinished expected = finished("x", Verdict::passed);
    expected.expectation = Expectation::failed_as_expected;
    report(expected);

    const std::string text = content();
    EXPECT_THAT(text, HasSubstr("tests=\"4\" failures=\"1\" errors=\"1\" time=\"0.048\" "
                                "skipped=\"2\""));
    EXPECT_THAT(text,
                HasSubstr("<failure type=\"failure\" message=\"assert 1 == 2\">E  assert 1 == "
                          "2\n</failure><system-out>said &amp; &lt;done&gt;#x1B\n"));
    EXPECT_THAT(text, HasSubstr("<error type=\"fixture\""));
    EXPECT_THAT(text, HasSubstr("<skipped type=\"skip\" message=\"no &quot;tool&quot;\"/>"));
    EXPECT_THAT(text, HasSubstr("<skipped type=\"xfail\""));
}

TEST_F(Junit, NamesTheFileOnlyWhenAsked) {
    report(finished("a", Verdict::passed));
    EXPECT_THAT(content(), Not(HasSubstr("file=")));
    open({.path = path_, .file_attribute = true});
    report(finished("a", Verdict::passed));
    EXPECT_THAT(content(), HasSubstr("file=\"tests/test_a.py\""));
}

TEST_F(Junit, SpendsAtMostAThirdOfTheTimeOnPublishing) {
    report(finished("first", Verdict::passed));  // takes a millisecond
    reporter_->on(finished("second", Verdict::passed));
    EXPECT_THAT(content(), Not(HasSubstr("second")));
    reporter_->tick(now_ + milliseconds(10));
    EXPECT_THAT(content(), HasSubstr("second"));
}

/// Their bytes have to be written anyway, soon or late.
TEST_F(Junit, IsNotFurtherBehindAfterLargeResults) {
    publication_ = milliseconds(100);
    report(finished("large", Verdict::passed));
    now_ += milliseconds(3);
    reporter_->on(finished("second", Verdict::passed));
    EXPECT_THAT(content(), HasSubstr("second"));
}

TEST_F(Junit, WritesTheFailedAttemptsOfAFlakyTestAsSurefireDoes) {
    CaseFinished first = finished("f", Verdict::timed_out);
    first.output = "too slow\n";
    first.captured_output = "out\n";
    CaseFinished second = finished("f", Verdict::passed);
    second.flaky = true;
    second.attempt = 2;
    report(AttemptFailed{first});
    report(second);
    EXPECT_THAT(content(), HasSubstr("time=\"0.012\"><flakyFailure type=\"timeout\" message=\"\">"
                                     "<stackTrace>too slow\n</stackTrace><system-out>out\n"
                                     "</system-out></flakyFailure>\n</testcase>"));
    EXPECT_THAT(content(), HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\""));
}

TEST_F(Junit, CountsATestThatFailsInAllAttemptsOnce) {
    CaseFinished first = finished("f", Verdict::failed);
    first.message = "first";
    CaseFinished second = finished("f", Verdict::errored);
    second.message = "second";
    report(AttemptFailed{first});
    report(second);
    EXPECT_THAT(content(), HasSubstr("<failure type=\"failure\" message=\"first\"></failure>"
                                     "<rerunError type=\"not run\" message=\"second\">"));
}

TEST_F(Junit, CountsWhatItShowsOfATestWhoseAttemptsFailDifferently) {
    CaseFinished first = finished("f", Verdict::failed);
    first.in_fixture = true;
    first.duration = milliseconds(500);
    report(AttemptFailed{first});
    report(finished("f", Verdict::failed));
    EXPECT_THAT(content(), HasSubstr("failures=\"0\" errors=\"1\" time=\"0.500\""));
    EXPECT_THAT(content(), HasSubstr("time=\"0.500\"><error type=\"fixture\" message=\"\"></error>"
                                     "<rerunFailure"));
}

TEST_F(Junit, CallsAFlakyTestAFailureWhereThatWasAskedFor) {
    CaseFinished first = finished("f", Verdict::failed);
    CaseFinished second = finished("f", Verdict::failed);
    second.flaky = true;
    second.detail = "passed only in attempt 2";
    report(AttemptFailed{first});
    report(second);
    EXPECT_THAT(content(), HasSubstr("<failure type=\"flaky\" message=\"passed only in attempt 2\">"
                                     "passed only in attempt 2\n</failure><rerunFailure"));
}

TEST_F(Junit, EndsWithTheTestsWhoseAttemptsFailedAndThatHaveNoResult) {
    CaseFinished later = finished("later", Verdict::timed_out);
    later.id = RunId{2};
    CaseFinished first = finished("f", Verdict::failed);
    first.id = RunId{1};
    first.message = "first";
    CaseFinished second = first;
    second.attempt = 2;
    second.message = "second";
    report(AttemptFailed{later});
    report(AttemptFailed{first});
    report(AttemptFailed{second});
    report(finished("passes", Verdict::passed));
    report(Summary{});
    EXPECT_THAT(content(), HasSubstr("tests=\"3\" failures=\"2\" errors=\"0\""));
    EXPECT_THAT(content(), HasSubstr("name=\"f\" time=\"0.012\"><failure type=\"failure\" "
                                     "message=\"first\"></failure><rerunFailure "
                                     "type=\"failure\" message=\"second\">"));
    EXPECT_THAT(content(), HasSubstr("</testcase>\n<testcase classname=\"tests.test_a\" "
                                     "name=\"later\" time=\"0.012\"><failure type=\"timeout\""));
}

TEST_F(Junit, HasThePropertiesThatATestGivesItself) {
    CaseFinished one = finished("a", Verdict::passed);
    one.properties = {{"issue", "<7>"}, {"issue", "8"}};
    open({.path = path_});
    report(one);
    report(Summary{});
    EXPECT_THAT(content(), HasSubstr("<properties><property name=\"issue\" value=\"&lt;7&gt;\"/>"
                                     "<property name=\"issue\" value=\"8\"/></properties>"));
}

TEST_F(Junit, TellsWhatTheRunUsedAndOnRequestEachTest) {
    CaseFinished one = finished("a", Verdict::passed);
    one.usage = Usage{.wall = milliseconds(20),
                      .cpu_user = milliseconds(1500),
                      .cpu_system = milliseconds(30),
                      .peak_memory = util::Bytes{1000}};
    open({.path = path_, .test_properties = true});
    report(one);
    report(Summary{});
    EXPECT_THAT(content(),
                HasSubstr("<properties><property name=\"wall_seconds\" value=\"0.020\"/><property "
                          "name=\"cpu_user_seconds\" value=\"1.500\"/><property "
                          "name=\"cpu_system_seconds\" value=\"0.030\"/><property "
                          "name=\"peak_memory_bytes\" value=\"1000\"/></properties></testcase>"));
    EXPECT_THAT(content(), HasSubstr("<property name=\"peak_memory_test\" value=\"a\"/>"));
}

TEST_F(Junit, SaysWhatWentWrongWhenItCannotBeWritten) {
    auto made = JunitReporter::create({.path = dir_ / "missing/report.xml"});
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), HasSubstr("creating the JUnit report: open"));
}

TEST(Junit_, ReportsTheFirstFailedWriteAtTheEnd) {
    auto made = JunitReporter::create({.path = "/dev/full"});
    ASSERT_TRUE(made);
    const auto result = (*made)->finish();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message(),
                HasSubstr("/dev/full: writing to the stream: No space left on device"));
}

TEST(Xml, ReplacesWhatXmlCannotHold) {
    EXPECT_EQ(xml_text("a\x01\x1b[0m\tb\r\n"), "a#x01#x1B[0m\tb&#13;\n");
    EXPECT_EQ(xml_text("\xEF\xBF\xBF\xff"), "#xFFFF\uFFFD");
    EXPECT_EQ(xml_attribute("a\n\"b\""), "a&#10;&quot;b&quot;");
}

}  // namespace
}  // namespace maelstrom::ui

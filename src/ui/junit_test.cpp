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
        auto made = JunitReporter::create(settings);
        ASSERT_TRUE(made) << made.error().message();
        reporter_ = std::move(*made);
        reporter_->on(RunStarted{.program = "maelstrom-pytest", .at = {}});
    }
    std::string content() const { return sys::read_file(path_, util::Bytes{1U << 20U}).value(); }

    maelstrom::testing::TempDir dir_;
    const std::string path_ = dir_ / "report.xml";
    std::unique_ptr<JunitReporter> reporter_;
};

TEST_F(Junit, IsCompleteBeforeAnyTestFinished) {
    EXPECT_THAT(content(), EndsWith("</testsuite>\n</testsuites>\n"));
    EXPECT_THAT(content(), HasSubstr("tests=\"0\" failures=\"0\" errors=\"0\" time=\"0.000\""));
    EXPECT_THAT(content(), HasSubstr("timestamp=\"1970-01-01T00:00:00\""));
}

TEST_F(Junit, IsCompleteAfterEachTest) {
    reporter_->on(finished("test_a", Verdict::passed));
    EXPECT_THAT(content(), EndsWith("<testcase classname=\"tests.test_a\" name=\"test_a\" "
                                    "time=\"0.012\"></testcase>\n</testsuite>\n</testsuites>\n"));
    reporter_->on(finished("test_b", Verdict::passed));
    EXPECT_THAT(content(), HasSubstr("tests=\"2\" failures=\"0\" errors=\"0\" time=\"0.024\""));
    EXPECT_THAT(content(), EndsWith("name=\"test_b\" time=\"0.012\"></testcase>\n"
                                    "</testsuite>\n</testsuites>\n"));
}

TEST_F(Junit, TellsFailuresErrorsAndSkippedTestsApart) {
    CaseFinished failed = finished("f", Verdict::failed);
    failed.message = "assert 1 == 2";
    failed.output = "E  assert 1 == 2\n";
    failed.captured_output = "said & <done>\x1b\n";
    reporter_->on(failed);
    CaseFinished fixture = finished("e", Verdict::failed);
    fixture.in_fixture = true;
    reporter_->on(fixture);
    CaseFinished skipped = finished("s", Verdict::ignored);
    skipped.message = "no \"tool\"";
    reporter_->on(skipped);
    CaseFinished expected = finished("x", Verdict::passed);
    expected.expectation = Expectation::failed_as_expected;
    reporter_->on(expected);

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
    reporter_->on(finished("a", Verdict::passed));
    EXPECT_THAT(content(), Not(HasSubstr("file=")));
    open({.path = path_, .file_attribute = true});
    reporter_->on(finished("a", Verdict::passed));
    EXPECT_THAT(content(), HasSubstr("file=\"tests/test_a.py\""));
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
    EXPECT_THAT(result.error().message(), HasSubstr("/dev/full: write: No space left on device"));
}

TEST(Xml, ReplacesWhatXmlCannotHold) {
    EXPECT_EQ(xml_text("a\x01\x1b[0m\tb\r\n"), "a#x01#x1B[0m\tb&#13;\n");
    EXPECT_EQ(xml_text("\xEF\xBF\xBF\xff"), "#xFFFF\uFFFD");
    EXPECT_EQ(xml_attribute("a\n\"b\""), "a&#10;&quot;b&quot;");
}

}  // namespace
}  // namespace maelstrom::ui

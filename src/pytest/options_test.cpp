#include "pytest/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

config::Surroundings called_with(std::vector<std::string> arguments) {
    return {.arguments = std::move(arguments),
            .variables = {{"HOME", "/nowhere/home"}},
            .home_in_user_database = [] { return std::nullopt; }};
}

std::variant<Options, config::Ending> parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--config-file", "-"});
    const config::Surroundings surroundings = called_with(std::move(arguments));
    const config::Program program = describe_program(surroundings);
    auto read = config::read(program, surroundings);
    if (const auto* ending = std::get_if<config::Ending>(&read)) {
        return *ending;
    }
    return options_from(std::get<config::Configuration>(read), surroundings);
}

Options options(std::vector<std::string> arguments) {
    auto parsed = parse(std::move(arguments));
    const auto* ending = std::get_if<config::Ending>(&parsed);
    EXPECT_EQ(ending, nullptr) << (ending == nullptr ? "" : ending->errors);
    return ending == nullptr ? std::get<Options>(parsed) : Options{};
}

TEST(PytestOptions, GivePathsAndWhatFollowsThemToPytest) {
    const Options parsed = options({"--repeat", "2", "tests", "-k", "fast", "--", "-s", "-v"});
    EXPECT_THAT(parsed.arguments.selection, ElementsAre("tests", "-k", "fast"));
    EXPECT_THAT(parsed.arguments.tests_only, ElementsAre("-s", "-v"));
    EXPECT_EQ(parsed.run.core.repeat, 2U);
}

TEST(PytestOptions, GiveWhatFollowsTheMarkToTestsAlone) {
    const Options parsed = options({"--", "-x"});
    EXPECT_THAT(parsed.arguments.selection, IsEmpty());
    EXPECT_THAT(parsed.arguments.tests_only, ElementsAre("-x"));
}

TEST(PytestOptions, KeepTheFurtherArgumentsApart) {
    const Options parsed = options({"--extra-pytest-args=-p", "--extra-pytest-args=no:randomly",
                                    "--extra-pytest-collect-args=-k", "--extra-pytest-test-args=-s",
                                    "--collect-from-module=mine"});
    EXPECT_THAT(parsed.arguments.everywhere, ElementsAre("-p", "no:randomly"));
    EXPECT_THAT(parsed.arguments.collection_only, ElementsAre("-k"));
    EXPECT_THAT(parsed.arguments.tests_only, ElementsAre("-s"));
    EXPECT_THAT(parsed.arguments.selection, ElementsAre("--pyargs", "mine"));
}

TEST(PytestOptions, MayStandBehindPaths) {
    const Options parsed = options({"tests", "--repeat=2", "-k", "fast", "-x", "--", "--repeat=3"});
    EXPECT_EQ(parsed.run.core.repeat, 2U);
    EXPECT_THAT(parsed.arguments.selection, ElementsAre("tests", "-k", "fast", "-x"));
    EXPECT_THAT(parsed.arguments.tests_only, ElementsAre("--repeat=3"));
}

TEST(PytestOptions, OfPytestNeedNoPathBeforeThem) {
    EXPECT_THAT(options({"-m", "slow", "--tb=short"}).arguments.selection,
                ElementsAre("-m", "slow", "--tb=short"));
    const auto slip = parse({"--retires=2"});
    ASSERT_TRUE(std::holds_alternative<config::Ending>(slip));
    EXPECT_THAT(std::get<config::Ending>(slip).errors, HasSubstr("did you mean --retries?"));
}

TEST(PytestOptions, RefuseToRepeatZeroTimes) {
    EXPECT_TRUE(std::holds_alternative<config::Ending>(parse({"--repeat=0"})));
    EXPECT_TRUE(std::holds_alternative<config::Ending>(parse({"--stop-after=0"})));
}

TEST(PytestOptions, TakeQuietForAnInterfaceUnlessOneIsNamed) {
    EXPECT_EQ(options({"--quiet"}).run.reports.interface, runner::Interface::quiet);
    EXPECT_EQ(options({"--quiet", "--ui=simple"}).run.reports.interface, runner::Interface::simple);
    EXPECT_EQ(options({}).run.reports.interface, runner::Interface::automatic);
}

TEST(PytestOptions, TellNoTimeLimitFromLeavingItOut) {
    EXPECT_EQ(options({}).run.timeout, std::nullopt);
    EXPECT_EQ(options({"--timeout=0"}).run.timeout, std::chrono::seconds(0));
}

}  // namespace
}  // namespace maelstrom::pytest

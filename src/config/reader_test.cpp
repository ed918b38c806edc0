#include "config/reader.hpp"
#include "config/test_program.hpp"
#include "testing/temp_dir.hpp"
#include "util/value.hpp"

#include <gmock/gmock.h>

namespace maelstrom::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::TempDir;

/// A user with configuration files in `files`.
class Reader : public ::testing::Test {
protected:
    void write_config(const std::string& content) {
        files.write("maelstrom/run/config.toml", content);
        surroundings.variables["XDG_CONFIG_HOME"] = files.path();
    }
    void give(std::vector<std::string> arguments) { surroundings.arguments = std::move(arguments); }
    std::string& variable(const std::string& name) { return surroundings.variables[name]; }

    Configuration configuration() {
        auto result = read(test_program(surroundings), surroundings);
        if (const auto* ending = std::get_if<Ending>(&result)) {
            ADD_FAILURE() << ending->output << ending->errors;
            return {};
        }
        return std::get<Configuration>(std::move(result));
    }
    Ending ending() {
        auto result = read(test_program(surroundings), surroundings);
        if (std::holds_alternative<Configuration>(result)) {
            ADD_FAILURE() << "did not end";
            return {};
        }
        return std::get<Ending>(std::move(result));
    }

    TempDir files;
    Surroundings surroundings = quiet_surroundings();
};

TEST_F(Reader, PrefersTheMostSpecific) {
    write_config("slots = 2\n");
    EXPECT_EQ(configuration().values.number("slots"), 2U);
    variable("MAELSTROM_SLOTS") = "3";
    EXPECT_EQ(configuration().values.number("slots"), 3U);
    variable("MAELSTROM_RUN_SLOTS") = "4";
    EXPECT_EQ(configuration().values.number("slots"), 4U);
    give({"--slots=5"});
    EXPECT_EQ(configuration().values.number("slots"), 5U);
}

TEST_F(Reader, FallsBackToTheDefault) {
    EXPECT_EQ(configuration().values.number("slots"), 4U);
    EXPECT_EQ(configuration().values.text("cache-root"), "/nowhere/.cache/maelstrom");
    EXPECT_EQ(configuration().values.optional_text("color"), std::nullopt);
}

TEST_F(Reader, TakesEachValueFromTheFirstFileThatHasIt) {
    const TempDir system;
    system.write("maelstrom/run/config.toml", "slots = 7\ncolor = \"blue\"\n");
    variable("XDG_CONFIG_DIRS") = "relative:" + system.path();
    write_config("color = \"red\"\n");
    const Configuration result = configuration();
    EXPECT_EQ(result.values.number("slots"), 7U);
    EXPECT_EQ(result.values.text("color"), "red");
}

TEST_F(Reader, ListsAreNotMerged) {
    write_config("project-exclude = [\"a\", \"b\"]\n");
    EXPECT_THAT(configuration().values.list("project-exclude"), ElementsAre("a", "b"));
    variable("MAELSTROM_PROJECT_EXCLUDE") = " c\t d ";
    EXPECT_THAT(configuration().values.list("project-exclude"), ElementsAre("c", "d"));
    variable("MAELSTROM_RUN_PROJECT_EXCLUDE") = "";
    EXPECT_THAT(configuration().values.list("project-exclude"), IsEmpty());
    give({"--project-exclude=e f"});
    EXPECT_THAT(configuration().values.list("project-exclude"), ElementsAre("e f"));
}

TEST_F(Reader, TheTrailingListComesAfterTwoDashes) {
    give({"--fast", "--", "-x", "y"});
    EXPECT_THAT(configuration().values.list("words"), ElementsAre("-x", "y"));
    give({"--fast", "y"});
    EXPECT_EQ(ending().status, 2);
}

TEST_F(Reader, SwitchesCanBeSwitchedOffAgain) {
    variable("MAELSTROM_FAST") = "true";
    EXPECT_TRUE(configuration().values.boolean("fast"));
    give({"--no-fast"});
    EXPECT_FALSE(configuration().values.boolean("fast"));
}

TEST_F(Reader, TablesAndUnderscoresSpellTheSameKey) {
    write_config("project = { exclude = [\"a\"] }\ncache_size = \"2 GB\"\n");
    EXPECT_THAT(configuration().values.list("project-exclude"), ElementsAre("a"));
    EXPECT_EQ(configuration().values.size("cache-size"), util::Bytes{2'000'000'000});
    EXPECT_THAT(configuration().warnings, IsEmpty());
}

TEST_F(Reader, AnEmptyVariableIsUnset) {
    variable("MAELSTROM_RUN_SLOTS") = "";
    variable("MAELSTROM_SLOTS") = "9";
    EXPECT_EQ(configuration().values.number("slots"), 9U);
}

TEST_F(Reader, OnlyRelatedVariablesMustBeUtf8) {
    variable("OTHER") = "\xff";
    EXPECT_EQ(configuration().values.number("slots"), 4U);
    variable("MAELSTROM_COLOR") = "\xff";
    EXPECT_THAT(ending().errors, AllOf(HasSubstr("MAELSTROM_COLOR"), HasSubstr("UTF-8")));
}

TEST_F(Reader, SaysWhereABadValueCameFrom) {
    write_config("\nslots = \"many\"\n");
    EXPECT_THAT(ending().errors,
                AllOf(HasSubstr("slots"), HasSubstr(files / "maelstrom/run/config.toml"),
                      HasSubstr("line 2"), HasSubstr("\"many\"")));
    variable("MAELSTROM_SLOTS") = "0";
    EXPECT_THAT(ending().errors, StartsWith("Error: variable MAELSTROM_SLOTS: found \"0\""));
    give({"--slots=x"});
    EXPECT_THAT(ending().errors, StartsWith("Error: option --slots: found \"x\""));
    EXPECT_EQ(ending().status, 1);
}

TEST_F(Reader, ConfigFileOptionReplacesTheSearch) {
    write_config("slots = 2\n");
    const std::string other = files.write("other.toml", "color = \"red\"\n");
    give({"-c", other});
    EXPECT_EQ(configuration().values.text("color"), "red");
    EXPECT_EQ(configuration().values.number("slots"), 4U);
    give({"--config-file=-"});
    EXPECT_EQ(configuration().values.number("slots"), 4U);
    give({"--config-file", files / "missing.toml"});
    EXPECT_THAT(ending().errors, HasSubstr("missing.toml"));
    EXPECT_EQ(ending().status, 1);
}

TEST_F(Reader, ABrokenFileIsNamed) {
    write_config("slots = = 2\n");
    EXPECT_THAT(ending().errors,
                AllOf(HasSubstr(files / "maelstrom/run/config.toml"), HasSubstr("line 1")));
}

TEST_F(Reader, ADirectoryInPlaceOfAFileIsNamed) {
    give({"-c", files.path()});
    EXPECT_THAT(ending().errors, AllOf(HasSubstr(files.path()), HasSubstr("directory")));
}

TEST_F(Reader, WarnsAboutUnknownKeys) {
    write_config("slost = 2\nunheard-of-thing = 1\n");
    EXPECT_THAT(configuration().warnings,
                ElementsAre(HasSubstr("\"slost\" has no effect; did you mean slots?"),
                            HasSubstr("\"unheard-of-thing\" has no effect")));
}

TEST_F(Reader, WarnsAboutMisspeltVariables) {
    variable("MAELSTROM_SLOST") = "2";
    variable("MAELSTROM_RUN_UNHEARD_OF") = "2";
    EXPECT_THAT(
        configuration().warnings,
        ElementsAre(HasSubstr("MAELSTROM_RUN_UNHEARD_OF has no effect"),
                    HasSubstr("MAELSTROM_SLOST has no effect; did you mean MAELSTROM_SLOTS?")));
}

TEST_F(Reader, DoesNotWarnAboutOtherProgramsVariables) {
    variable("MAELSTROM_WORKER_PORT") = "2";
    variable("MAELSTROM_TAP_CACHE_SIZE") = "4 GB";
    variable("MAELSTROM_JUNIT") = "x";
    variable("MAELSTROM_TEST") = "t";
    variable("MAELSTROM") = "1";
    EXPECT_THAT(configuration().warnings, IsEmpty());
}

TEST_F(Reader, HelpAndVersionNeedNothingElseToBeRight) {
    write_config("slots = = 2\n");
    give({"--nonsense", "--help"});
    EXPECT_THAT(ending().output, HasSubstr("Usage: maelstrom-try"));
    give({"--version", "--slots"});
    EXPECT_THAT(ending().output, StartsWith("maelstrom-try "));
    EXPECT_EQ(ending().status, 0);
}

TEST_F(Reader, UsageErrorsPointToTheHelp) {
    give({"--nonsense"});
    EXPECT_EQ(ending().status, 2);
    EXPECT_THAT(ending().errors,
                AllOf(StartsWith("error: unknown option \"--nonsense\""),
                      HasSubstr("Usage: maelstrom-try"), HasSubstr("maelstrom-try --help")));
}

TEST_F(Reader, PrintsItsValuesWithTheirOrigins) {
    variable("MAELSTROM_SLOTS") = "8";
    give({"--print-config", "--inline-limit=4MB"});
    EXPECT_THAT(ending().output,
                AllOf(::testing::ContainsRegex("slots = 8 +# MAELSTROM_SLOTS\n"),
                      ::testing::ContainsRegex("inline-limit = \"4.0 MB\" +# command line\n"),
                      ::testing::ContainsRegex("log-level = \"info\" +# default\n"),
                      ::testing::ContainsRegex("# color +# unset\n")));
}

TEST_F(Reader, WhatItPrintsCanBeReadAgain) {
    give({"--print-config", "--color=a \"b\" \\", "--fast", "--project-exclude=x"});
    const std::string printed = ending().output;
    give({"-c", files.write("again.toml", printed)});
    const Configuration again = configuration();
    EXPECT_EQ(again.values.text("color"), "a \"b\" \\");
    EXPECT_TRUE(again.values.boolean("fast"));
    EXPECT_THAT(again.values.list("project-exclude"), ElementsAre("x"));
    EXPECT_THAT(again.warnings, IsEmpty());
}

TEST_F(Reader, WarnsWithItsValuesOfWhatNobodyKnows) {
    write_config("slotz = 2\n");
    give({"--print-config"});
    EXPECT_EQ(ending().status, 0);
    EXPECT_THAT(ending().errors, AllOf(StartsWith("warning: "), HasSubstr("slotz")));
}

TEST_F(Reader, CompletesWhateverTheFilesSay) {
    write_config("slots = [\n");
    give({"--completion=bash"});
    EXPECT_EQ(ending().errors, "");
    EXPECT_THAT(ending().output, HasSubstr("completion for bash"));
    give({"--completion=csh"});
    EXPECT_THAT(ending().errors, HasSubstr("--completion: "));
}

TEST(Surroundings, WantColourAsTheInterfacesDo) {
    const auto wants = [](Variables variables, bool is_terminal) {
        Surroundings surroundings;
        surroundings.variables = std::move(variables);
        return surroundings.wants_colour(is_terminal);
    };
    EXPECT_TRUE(wants({{"TERM", "xterm"}}, true));
    EXPECT_FALSE(wants({{"TERM", "xterm"}}, false));
    EXPECT_FALSE(wants({{"TERM", "dumb"}}, true));
    EXPECT_FALSE(wants({{"TERM", "xterm"}, {"CLICOLOR", "0"}}, true));
    EXPECT_TRUE(wants({{"CLICOLOR_FORCE", "1"}}, false));
    EXPECT_FALSE(wants({{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, true));
}

TEST_F(Reader, SecretsAreNotPrinted) {
    variable("MAELSTROM_GITHUB_ACTIONS_TOKEN") = "hunter2";
    give({"--print-config"});
    EXPECT_THAT(ending().output,
                AllOf(HasSubstr("github-actions-token"), ::testing::Not(HasSubstr("hunter2"))));
}

TEST_F(Reader, NoHomeDirectoryIsAnError) {
    surroundings.variables.erase("HOME");
    EXPECT_THAT(ending().errors, HasSubstr("no home directory"));
}

TEST_F(Reader, SlotsDefaultIsClamped) {
    surroundings.cpus = 4096;
    EXPECT_EQ(configuration().values.number("slots"), 1000U);
}

}  // namespace
}  // namespace maelstrom::config

#include "config/completion.hpp"
#include "config/help.hpp"
#include "config/test_program.hpp"
#include "util/text.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>

namespace maelstrom::config {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;

std::string help_text(const Surroundings& surroundings) {
    return help(test_program(surroundings), surroundings);
}

TEST(Help, HasItsSectionsInOrder) {
    const std::string text = help_text(quiet_surroundings());
    std::vector<std::size_t> places;
    for (const char* heading :
         {"Usage:", "Print and exit:", "Configuration file:", "General values:", "Local worker:",
          "EXAMPLES:", "Every value with"}) {
        places.push_back(text.find(heading));
        ASSERT_NE(places.back(), std::string::npos) << heading;
    }
    EXPECT_TRUE(std::ranges::is_sorted(places));
}

TEST(Help, NamesDefaultAndVariables) {
    Surroundings wide = quiet_surroundings();
    wide.width = 120;
    EXPECT_THAT(
        help_text(wide),
        HasSubstr("[default: 1.0 GB] [env: MAELSTROM_RUN_CACHE_SIZE, MAELSTROM_CACHE_SIZE]"));
}

TEST(Help, ShowsTheActualSearchPath) {
    Surroundings surroundings = quiet_surroundings();
    surroundings.variables["XDG_CONFIG_HOME"] = "relative/counts/as/unset";
    surroundings.variables["XDG_CONFIG_DIRS"] = "/a:b:/c";
    EXPECT_THAT(help_text(surroundings),
                ContainsRegex("/nowhere/.config/maelstrom/run/config.toml\n"
                              " +/nowhere/.config/maelstrom/older-run/config.toml\n"
                              " +/a/maelstrom/run/config.toml\n"
                              " +/a/maelstrom/older-run/config.toml\n"
                              " +/c/maelstrom/run/config.toml\n"));
}

TEST(Help, HidesWhatIsHidden) {
    EXPECT_THAT(help_text(quiet_surroundings()), Not(HasSubstr("github")));
}

TEST(Help, FitsTheTerminal) {
    Surroundings narrow = quiet_surroundings();
    narrow.width = 60;
    const std::string text = help_text(narrow);
    for (const std::string_view line : util::split(text, '\n')) {
        // A long path or name cannot be broken; the ellipsis has three bytes.
        if (!line.contains("/config.toml") && !line.contains("MAELSTROM_")) {
            EXPECT_THAT(line.size(), Le(line.contains("…") ? 62U : 60U)) << line;
        }
    }
}

TEST(Help, IsColouredOnlyOnRequest) {
    Surroundings colourful = quiet_surroundings();
    colourful.colour_output = true;
    EXPECT_THAT(help_text(colourful), HasSubstr("\x1b[1;32mUsage:\x1b[0m"));
    EXPECT_THAT(help_text(colourful), HasSubstr("\x1b[1;36m--slots\x1b[0m \x1b[36mN\x1b[0m"));
    EXPECT_THAT(help_text(quiet_surroundings()), Not(HasSubstr("\x1b")));
}

TEST(Completion, KnowsTheOptionsOfTheTable) {
    const Program program = test_program(quiet_surroundings());
    EXPECT_THAT(completion(program, "bash"), HasSubstr("--cache-size"));
    EXPECT_THAT(completion(program, "zsh"), HasSubstr("'--slots=["));
    EXPECT_THAT(completion(program, "fish"),
                HasSubstr("complete -c maelstrom-try -l log-level -s L -x -a 'error warning"));
}

TEST(Completion, IsGoodBash) {
    const std::string script = completion(test_program(quiet_surroundings()), "bash");
    std::FILE* bash = popen("bash -n", "w");
    ASSERT_NE(bash, nullptr);
    std::fputs(script.c_str(), bash);
    EXPECT_EQ(pclose(bash), 0);
}

}  // namespace
}  // namespace maelstrom::config

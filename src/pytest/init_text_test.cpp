#include "pytest/init_text.hpp"
#include "runner/directives.hpp"
#include "util/text.hpp"

#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

TEST(InitText, MeansTheSameAsNoFile) {
    auto metadata = runner::parse_metadata(init_text(), {});
    ASSERT_TRUE(metadata) << metadata.error().message();
    runner::Directives directives(std::move(*metadata));
    const runner::Resolution& resolution = directives.resolve(filter::PytestSubject{});
    EXPECT_EQ(
        resolution.container->container,
        (job::Container{.parent = job::ContainerParent{.name = "host", .use = job::all_fields()}}));
    EXPECT_EQ(resolution.container->working_directory, "");
    EXPECT_EQ(resolution.timeout, std::nullopt);
    EXPECT_FALSE(resolution.ignore);
}

/// Every line that is code in a comment, taken alone where TOML lets it.
TEST(InitText, HasExamplesThatAreRight) {
    std::string text;
    for (const std::string_view line : util::split_lines(init_text())) {
        const bool is_example = line.starts_with("# [") || line.contains(" = ");
        if (is_example && line.starts_with("# filter = ") && line.contains("  # by")) {
            text += "[[directives]]\n";
        }
        text += is_example && line.starts_with("# ") ? line.substr(2) : line;
        text += '\n';
    }
    const auto metadata = runner::parse_metadata(text, {});
    ASSERT_TRUE(metadata) << metadata.error().message();
    EXPECT_GE(metadata->directives.size(), 8U);
}

}  // namespace
}  // namespace maelstrom::pytest

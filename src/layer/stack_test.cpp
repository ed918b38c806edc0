#include "layer/stack.hpp"
#include "layer/tree_maker.hpp"
#include "store/sha256.hpp"
#include "util/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::layer {
namespace {

using ::testing::ElementsAre;

/// A tree from lines: "/a/b" a file whose content is its line, "/a/ 755" a directory, "/l -> t" a
/// link, "/w -" a whiteout,
/// "/o/ !" an opaque directory.
Directory tree(std::initializer_list<std::string_view> lines) {
    TreeMaker maker(TreeMaker::Repeat::refuse);
    for (const std::string_view line : lines) {
        const auto words = util::split_words(line);
        const bool is_directory = words[0].ends_with('/');
        if (is_directory && words.size() > 1 && words[1] == "!") {
            EXPECT_TRUE(maker.make_opaque(words[0]));
        } else if (is_directory) {
            const auto mode =
                static_cast<std::uint32_t>(std::stoul(std::string(words[1]), nullptr, 8));
            EXPECT_TRUE(maker.add_directory(words[0], {.mode = mode, .mtime = {}}));
        } else if (words.size() == 3) {
            EXPECT_TRUE(maker.add(words[0], Node{Link{std::string(words[2])}}));
        } else if (words.size() == 2 && words[1] == "-") {
            EXPECT_TRUE(maker.add(words[0], Node{Whiteout{}}));
        } else {
            EXPECT_TRUE(maker.add(words[0], Node{File{store::digest_of(line), {}}}));
        }
    }
    return maker.take();
}

void add_lines(const Directory& directory,
               const std::string& path,
               std::vector<std::string>& into) {
    for (const auto& [name, node] : directory.children) {
        const std::string at = path + "/" + name;
        if (const Link* link = node.link()) {
            into.push_back(at + " -> " + link->target);
        } else if (node.is_whiteout()) {
            into.push_back(at + " -");
        } else if (const Directory* below = node.directory()) {
            into.push_back(fmt::format("{}/ {:o}{}", at, below->attributes.mode,
                                       below->is_opaque ? " !" : ""));
            add_lines(*below, at, into);
        } else {
            into.push_back(at);
        }
    }
}

std::vector<std::string> lines(const Directory& directory) {
    std::vector<std::string> result;
    add_lines(directory, "", result);
    return result;
}

std::vector<std::string> merged(std::vector<Directory> layers) {
    return lines(merge(std::move(layers)));
}

TEST(Merge, UnitesDirectories) {
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a"}), tree({"/d/ 700", "/d/b"})}),
                ElementsAre("/d/ 700", "/d/a", "/d/b"));
}

TEST(Merge, TakesTheUpperFileLinkOrDirectory) {
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a"}), tree({"/d"})}), ElementsAre("/d"));
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a"}), tree({"/d -> e"})}), ElementsAre("/d -> e"));
    EXPECT_THAT(merged({tree({"/d"}), tree({"/d/ 755", "/d/a"})}), ElementsAre("/d/ 755", "/d/a"));
}

TEST(Merge, HidesWhatAWhiteoutNames) {
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a", "/d/b"}), tree({"/d/a -"})}),
                ElementsAre("/d/ 755", "/d/b"));
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a"}), tree({"/d -"}), tree({"/d/ 700"})}),
                ElementsAre("/d/ 700"));
}

TEST(Merge, ShowsOnlyTheUpperOfAnOpaqueDirectory) {
    EXPECT_THAT(merged({tree({"/d/ 755", "/d/a"}), tree({"/d/ 700", "/d/ !", "/d/b"})}),
                ElementsAre("/d/ 700", "/d/b"));
}

TEST(Merge, LetsImpliedDirectoriesKeepTheLowerAttributes) {
    EXPECT_THAT(merged({tree({"/etc/ 755", "/etc/a"}), tree({"/etc/x"})}),
                ElementsAre("/etc/ 755", "/etc/a", "/etc/x"));
}

TEST(Merge, PlacesEntriesThroughALowerLink) {
    EXPECT_THAT(merged({tree({"/usr/lib/ 755", "/lib -> usr/lib"}), tree({"/lib/x/y"})}),
                ElementsAre("/lib -> usr/lib", "/usr/ 777", "/usr/lib/ 755", "/usr/lib/x/ 777",
                            "/usr/lib/x/y"));
}

TEST(Merge, PlacesEntriesThroughAChainOfLinks) {
    EXPECT_THAT(merged({tree({"/c/ 755", "/a -> /b/../d", "/d -> c", "/b/ 755"}), tree({"/a/x"})}),
                ElementsAre("/a -> /b/../d", "/b/ 755", "/c/ 755", "/c/x", "/d -> c"));
}

TEST(Merge, ReplacesALinkByADirectoryThatWasAskedFor) {
    EXPECT_THAT(merged({tree({"/usr/lib/ 755", "/lib -> usr/lib"}), tree({"/lib/ 700", "/lib/x"})}),
                ElementsAre("/lib/ 700", "/lib/x", "/usr/ 777", "/usr/lib/ 755"));
}

TEST(Merge, ReplacesALinkThatLeadsToNoDirectory) {
    EXPECT_THAT(merged({tree({"/lib -> nowhere"}), tree({"/lib/x"})}),
                ElementsAre("/lib/ 777", "/lib/x"));
}

TEST(Merge, PlacesWhiteoutsThroughALinkToo) {
    EXPECT_THAT(
        merged({tree({"/usr/lib/ 755", "/usr/lib/x", "/lib -> usr/lib"}), tree({"/lib/x -"})}),
        ElementsAre("/lib -> usr/lib", "/usr/ 777", "/usr/lib/ 755"));
}

TEST(Fit, LeavesALayerAloneThatFits) {
    const Directory upper = tree({"/etc/ 755", "/etc/x"});
    const Fitted fitted = fit(upper, tree({"/etc/ 700", "/etc/a"}));
    EXPECT_FALSE(fitted.is_changed);
    EXPECT_FALSE(fitted.hides);
    EXPECT_EQ(fitted.tree, upper);
}

TEST(Fit, ForgetsWhiteoutsThatHideNothing) {
    const Fitted fitted = fit(tree({"/a -", "/d/ 755", "/d/ !", "/d/x"}), tree({"/b"}));
    EXPECT_FALSE(fitted.hides);
    EXPECT_TRUE(fitted.is_changed);
    EXPECT_THAT(lines(fitted.tree), ElementsAre("/d/ 755", "/d/x"));
}

TEST(Fit, SaysThatAWhiteoutHidesSomething) {
    EXPECT_TRUE(fit(tree({"/a -"}), tree({"/a"})).hides);
    EXPECT_TRUE(fit(tree({"/d/ 755", "/d/ !"}), tree({"/d/a"})).hides);
}

}  // namespace
}  // namespace maelstrom::layer

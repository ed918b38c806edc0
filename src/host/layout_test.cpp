#include "host/fake_host.hpp"
#include "host/layout.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Kind = FurtherTree::Kind;

Layout plan(const FakeHost& host,
            std::optional<std::string> project,
            std::vector<FurtherTree> further = {}) {
    return plan_layout(host.files(), {.with_base = true,
                                      .project = std::move(project),
                                      .home = "/home/ann",
                                      .further = std::move(further)});
}

TEST(Layout, TheBaseIsWhatTheHostHas) {
    const FakeHost host;
    const Layout layout = plan(host, std::nullopt);
    EXPECT_THAT(layout.trees, ElementsAre("/opt", "/usr"));
    EXPECT_THAT(layout.links, ElementsAre(Link{"/bin", "usr/bin"}, Link{"/lib", "usr/lib"}));
}

TEST(Layout, AnUnmergedLibDirectoryIsATreeOfItsOwn) {
    const FakeHost host;
    host.directory("/lib64");
    EXPECT_THAT(plan(host, std::nullopt).trees, ElementsAre("/lib64", "/opt", "/usr"));
}

TEST(Layout, ATreeInTheBaseOrInAnotherTreeNeedsNoMount) {
    const FakeHost host;
    host.directory("/home/ann/python/lib/site-packages");
    const Layout layout = plan(host, std::nullopt,
                               {{"/home/ann/python/lib/site-packages", Kind::source},
                                {"/home/ann/python", Kind::environment},
                                {"/usr/lib", Kind::environment}});
    EXPECT_THAT(layout.trees, ElementsAre("/home/ann/python", "/opt", "/usr"));
}

TEST(Layout, AnEnvironmentInTheProjectIsMountedAndLeftOutOfTheSnapshot) {
    const FakeHost host;
    host.directory("/home/ann/p/.venv");
    const Layout layout = plan(host, "/home/ann/p", {{"/home/ann/p/.venv", Kind::environment}});
    EXPECT_THAT(layout.trees, Contains("/home/ann/p/.venv"));
    EXPECT_THAT(layout.exclude, ElementsAre(".venv"));
}

TEST(Layout, SourceInTheProjectIsInTheSnapshotAlready) {
    const FakeHost host;
    host.directory("/home/ann/p/src");
    const Layout layout = plan(host, "/home/ann/p", {{"/home/ann/p/src", Kind::source}});
    EXPECT_THAT(layout.trees, ElementsAre("/opt", "/usr"));
    EXPECT_THAT(layout.exclude, IsEmpty());
}

TEST(Layout, AProjectThatIsItsOwnEnvironmentStaysASnapshot) {
    const FakeHost host;
    host.file("/home/ann/p/pyvenv.cfg", "");
    const Layout layout = plan(host, "/home/ann/p", {{"/home/ann/p", Kind::environment}});
    EXPECT_THAT(layout.trees, ElementsAre("/opt", "/usr"));
    EXPECT_EQ(layout.project, "/home/ann/p");
}

TEST(Layout, ATreeBehindALinkIsMountedAtItsRealPlaceAndTheLinkMade) {
    const FakeHost host;
    host.directory("/data/envs/e");
    host.link("/data/envs/e", "/home/ann/env");
    const Layout layout = plan(host, std::nullopt, {{"/home/ann/env", Kind::environment}});
    EXPECT_THAT(layout.trees, Contains("/data/envs/e"));
    EXPECT_THAT(layout.links, Contains(Link{"/home/ann/env", "/data/envs/e"}));
}

TEST(Layout, TheHomeDirectoryIsNeverATree) {
    const FakeHost host;
    host.directory("/home/ann/.ssh");
    const Layout layout = plan(host, std::nullopt,
                               {{"/home/ann", Kind::source},
                                {"/home", Kind::source},
                                {"/", Kind::environment},
                                {"/home/ann/.ssh", Kind::source}});
    EXPECT_THAT(layout.trees, ElementsAre("/opt", "/usr"));
    EXPECT_THAT(
        layout.notes,
        Contains(HasSubstr("/home/ann is not shown in the container: /home/ann is the home")));
    EXPECT_EQ(layout.notes.size(), 4U);
}

TEST(Layout, ABaseTreeMakesRoomForTheProjectInIt) {
    const FakeHost host;
    host.file("/opt/readme", "");
    host.directory("/opt/app/src");
    host.link("tool", "/opt/current");
    const Layout layout = plan(host, "/opt/app");
    EXPECT_THAT(layout.trees, ElementsAre("/opt/tool", "/usr"));
    EXPECT_THAT(layout.files, ElementsAre("/opt/readme"));
    EXPECT_THAT(layout.links, Contains(Link{"/opt/current", "tool"}));
    EXPECT_EQ(layout.project, "/opt/app");
}

TEST(Layout, ATreeMakesRoomForTheProjectInIt) {
    const FakeHost host;
    host.directory("/home/ann/env/lib");
    host.directory("/home/ann/env/src/p");
    host.directory("/home/ann/env/src/other");
    const Layout layout = plan(host, "/home/ann/env/src/p", {{"/home/ann/env", Kind::environment}});
    EXPECT_THAT(layout.trees,
                ElementsAre("/home/ann/env/lib", "/home/ann/env/src/other", "/opt", "/usr"));
}

TEST(Layout, ACrowdedTreeStaysWholeAndTheProjectIsShownAsItIs) {
    const FakeHost host;
    for (int number = 0; number < 200; ++number) {
        host.directory(fmt::format("/usr/lib/x{}", number));
    }
    const Layout layout = plan(host, "/usr/lib/x7");
    EXPECT_THAT(layout.trees, ElementsAre("/opt", "/usr"));
    EXPECT_EQ(layout.project, std::nullopt);
    EXPECT_THAT(layout.notes, ElementsAre(HasSubstr("read-only, not as a snapshot")));
}

TEST(Layout, AHomeDirectoryInTheBaseIsNotShown) {
    const FakeHost host;
    host.directory("/opt/home/secrets");
    const Layout layout = plan_layout(
        host.files(),
        {.with_base = true, .project = std::nullopt, .home = "/opt/home", .further = {}});
    EXPECT_THAT(layout.trees, ElementsAre("/opt/tool", "/usr"));
}

TEST(Layout, ASingleFileIsCopied) {
    const FakeHost host;
    host.file("/home/ann/lib.zip", "");
    EXPECT_THAT(plan(host, std::nullopt, {{"/home/ann/lib.zip", Kind::source}}).files,
                ElementsAre("/home/ann/lib.zip"));
}

TEST(Layout, WithoutBaseThereAreOnlyTheFurtherTrees) {
    const FakeHost host;
    host.directory("/home/ann/env");
    const Layout layout = plan_layout(host.files(), {.with_base = false,
                                                     .project = std::nullopt,
                                                     .home = "/home/ann",
                                                     .further = {{"/home/ann/env", Kind::source}}});
    EXPECT_THAT(layout.trees, ElementsAre("/home/ann/env"));
    EXPECT_THAT(layout.links, Not(Contains(Link{"/bin", "usr/bin"})));
}

}  // namespace
}  // namespace maelstrom::host

#include "host/fake_host.hpp"
#include "host/project.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

using ::testing::HasSubstr;

std::optional<std::string> root_from(const FakeHost& host, const std::string& directory) {
    return find_project(host.files(), directory, "/home/ann").root;
}

TEST(Project, IsTheVersionControlRootAbove) {
    const FakeHost host;
    host.directory("/home/ann/p/.git");
    host.directory("/home/ann/p/src/deep");
    EXPECT_EQ(root_from(host, "/home/ann/p/src/deep"), "/home/ann/p");
}

TEST(Project, TheNearestRootCounts) {
    const FakeHost host;
    host.directory("/home/ann/p/.git");
    host.file("/home/ann/p/sub/.git", "gitdir: elsewhere");
    EXPECT_EQ(root_from(host, "/home/ann/p/sub"), "/home/ann/p/sub");
}

TEST(Project, WithoutVersionControlItIsTheDirectoryItself) {
    const FakeHost host;
    host.directory("/home/ann/p/sub");
    EXPECT_EQ(root_from(host, "/home/ann/p/sub"), "/home/ann/p/sub");
    host.directory("/tmp/x");
    EXPECT_EQ(root_from(host, "/tmp/x"), "/tmp/x");
}

TEST(Project, IsNeverTheHomeDirectoryOrWhatIsAbove) {
    const FakeHost host;
    host.directory("/home/ann/.git");
    host.directory("/.git");
    host.directory("/home/ann/p");
    EXPECT_EQ(root_from(host, "/home/ann/p"), "/home/ann/p");
    for (const char* directory : {"/home/ann", "/home", "/"}) {
        EXPECT_EQ(root_from(host, directory), std::nullopt) << directory;
    }
}

TEST(Project, IsNeverADirectoryThatManyShareOrThatKeepsSecrets) {
    const FakeHost host;
    host.directory("/home/ann/.ssh");
    host.directory("/usr/share/doc");
    for (const char* directory :
         {"/tmp", "/var", "/etc", "/usr", "/proc/1", "/home/ann/.ssh", "/usr/share/doc"}) {
        EXPECT_EQ(root_from(host, directory), std::nullopt) << directory;
    }
}

TEST(Project, MayLieInTheBaseWhereProjectsDo) {
    const FakeHost host;
    host.directory("/usr/src/app");
    host.directory("/usr/share/mine/.git");
    host.directory("/opt/app");
    EXPECT_EQ(root_from(host, "/usr/src/app"), "/usr/src/app");
    EXPECT_EQ(root_from(host, "/opt/app"), "/opt/app");
    EXPECT_EQ(root_from(host, "/usr/share/mine"), "/usr/share/mine");
}

TEST(Project, IsFoundBehindALinkAtItsRealPlace) {
    const FakeHost host;
    host.directory("/data/p/.git");
    host.link("/data/p", "/home/ann/p");
    EXPECT_EQ(root_from(host, "/home/ann/p"), "/data/p");
}

TEST(Project, SaysWhyThereIsNone) {
    const FakeHost host;
    EXPECT_THAT(find_project(host.files(), "/home/ann", "/home/ann").reason,
                HasSubstr("/home/ann is the home directory"));
    EXPECT_THAT(given_project(host.files(), "/", "/home/ann").reason, HasSubstr("whole host"));
}

}  // namespace
}  // namespace maelstrom::host

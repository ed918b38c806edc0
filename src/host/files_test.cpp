#include "host/fake_host.hpp"
#include "host/files.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Files, FollowsLinksBelowItsOwnRoot) {
    const FakeHost host;
    host.link("/opt/tool", "/usr/tool");
    const Resolution resolution = host.files().resolve("/usr/tool/bin/tool");
    EXPECT_TRUE(resolution.exists);
    EXPECT_EQ(resolution.path, "/opt/tool/bin/tool");
    EXPECT_THAT(resolution.links, ElementsAre(Link{"/usr/tool", "/opt/tool"}));
}

TEST(Files, NamesEveryLinkOfAChain) {
    const FakeHost host;
    host.link("../opt/tool", "/usr/one");
    host.link("one", "/usr/two");
    EXPECT_THAT(host.files().resolve("/usr/two").links,
                ElementsAre(Link{"/usr/two", "one"}, Link{"/usr/one", "../opt/tool"}));
}

TEST(Files, WhatIsMissingResolvesToWhereItWouldBe) {
    const FakeHost host;
    const Resolution resolution = host.files().resolve("/bin/none/below");
    EXPECT_FALSE(resolution.exists);
    EXPECT_EQ(resolution.path, "/usr/bin/none/below");
}

TEST(Files, ALoopOfLinksDoesNotExist) {
    const FakeHost host;
    host.link("/usr/b", "/usr/a");
    host.link("/usr/a", "/usr/b");
    EXPECT_FALSE(host.files().exists("/usr/a"));
}

TEST(Files, ContentBeyondTheLimitIsNotRead) {
    const FakeHost host;
    host.file("/etc/big", "12345");
    EXPECT_EQ(host.files().content("/etc/big", util::Bytes{5}), "12345");
    EXPECT_EQ(host.files().content("/etc/big", util::Bytes{4}), std::nullopt);
}

TEST(Files, AFifoIsNoContentAndNoWait) {
    const FakeHost host;
    ASSERT_EQ(::mkfifo(host.on_disk("/etc/fifo").c_str(), 0644), 0);
    EXPECT_EQ(host.files().content("/etc/fifo", util::Bytes{5}), std::nullopt);
}

TEST(Files, AMissingDirectoryHasNoEntries) {
    const FakeHost host;
    EXPECT_THAT(host.files().entries("/none"), IsEmpty());
}

}  // namespace
}  // namespace maelstrom::host

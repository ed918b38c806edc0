#include "host/caller.hpp"
#include "host/fake_host.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

std::string line_for_me(const std::string& rest) {
    return fmt::format("me:x:{}:{}:{}\n", ::geteuid(), ::getegid(), rest);
}

TEST(Caller, TakesNamesFromPasswdAndGroup) {
    const FakeHost host;
    host.file("/etc/passwd", line_for_me("My Name:/home/me:/bin/fish"));
    host.file("/etc/group", fmt::format("mine:x:{}:\n", ::getegid()));
    const Caller caller = find_caller(host.files(), {});
    EXPECT_EQ(caller.user, ::geteuid());
    EXPECT_EQ(caller.user_name, "me");
    EXPECT_EQ(caller.full_name, "My Name");
    EXPECT_EQ(caller.home, "/home/me");
    EXPECT_EQ(caller.shell, "/bin/fish");
    EXPECT_EQ(caller.group_name, "mine");
}

TEST(Caller, AnIncompleteEntryIsFilledFromVariablesAndDefaults) {
    const FakeHost host;
    host.file("/etc/passwd", line_for_me("::"));
    const Caller caller = find_caller(host.files(), {{"HOME", "/home/there"}});
    EXPECT_EQ(caller.home, "/home/there");
    EXPECT_THAT(caller.shell, StartsWith("/bin/"));
}

}  // namespace
}  // namespace maelstrom::host

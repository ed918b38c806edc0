#include "host/git_credentials.hpp"

#include <gmock/gmock.h>

namespace maelstrom::host {
namespace {

TEST(GitConfiguration, LosesItsCredentials) {
    const std::string config = "[safe]\n\tdirectory = *\n"
                               "[credential \"https://x\"]\n\thelper = store\n"
                               "[http]\n\textraheader = Authorization: z\n"
                               "[URL \"https://t@x\"]\n\tinsteadOf = y\n"
                               "[init]\n\tdefaultBranch = main\n";
    EXPECT_EQ(without_credentials(config),
              "[safe]\n\tdirectory = *\n[init]\n\tdefaultBranch = main\n");
}

}  // namespace
}  // namespace maelstrom::host

#include "container/cgroup.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::container {
namespace {

TEST(Cgroup, TakesANameThatNobodyHas) {
    const maelstrom::testing::TempDir parent;
    for (int i = 0; i < 50; ++i) {
        const std::string taken =
            parent / fmt::format("{}{}-{}", Cgroup::name_prefix, ::getpid(), i);
        ASSERT_TRUE(sys::mkdirat(AT_FDCWD, taken, 0755));
    }
    const auto group = Cgroup::create(parent.path(), {}, 0);
    EXPECT_TRUE(group) << group.error().message();
}

}  // namespace
}  // namespace maelstrom::container

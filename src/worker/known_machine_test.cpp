#include "store/store.hpp"
#include "testing/temp_dir.hpp"
#include "worker/known_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::worker {
namespace {

TEST(KnownMachine, SaysTheSameWhenItRemembers) {
    const testing::TempDir directory;
    const auto store = store::Store::open({.directory = directory / "store"}).value();
    const auto asked = known_machine(*store);
    ASSERT_TRUE(asked) << asked.error().message();
    const auto remembered = known_machine(*store);
    ASSERT_TRUE(remembered);
    EXPECT_EQ(remembered->overlay_in_user_namespace, asked->overlay_in_user_namespace);
    EXPECT_EQ(remembered->tmpfs_user_attributes, asked->tmpfs_user_attributes);
    EXPECT_EQ(remembered->unprivileged_root, asked->unprivileged_root);
    EXPECT_EQ(remembered->scratch_on_disk, asked->scratch_on_disk);
    EXPECT_EQ(remembered->remarks, asked->remarks);
}

}  // namespace
}  // namespace maelstrom::worker

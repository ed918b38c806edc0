#include "worker/descriptor_limit.hpp"

#include <gmock/gmock.h>

namespace maelstrom::worker {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(DescriptorLimit, SaysWhichValueWouldDo) {
    EXPECT_TRUE(check_descriptors(50, 800));
    const auto checked = check_descriptors(50, 799);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message(),
                AllOf(HasSubstr("slots = 50, up to 800"), HasSubstr("may have 799"),
                      EndsWith("\"ulimit -n 1024\", or set slots to 49 at most")));
    EXPECT_THAT(check_descriptors(1000, 1024).error().message(), HasSubstr("\"ulimit -n 14336\""));
}

TEST(DescriptorLimit, ProposesNoSlotsAtAll) {
    EXPECT_THAT(check_descriptors(1, 20).error().message(), EndsWith("\"ulimit -n 1024\""));
}

TEST(DescriptorLimit, IsNoneWhereAllIsAllowed) {
    EXPECT_TRUE(check_descriptors(1000, ~std::uint64_t{0}));  // RLIM_INFINITY
}

}  // namespace
}  // namespace maelstrom::worker

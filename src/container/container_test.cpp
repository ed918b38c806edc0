#include "container/testing/fixture.hpp"

#include <gmock/gmock.h>

namespace maelstrom::container {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST_F(ContainerTest, RunsAProgramAndCollectsItsOutput) {
    const Outcome outcome = run(plan(), "echo out; echo err >&2; exit 7");
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.exit_code(), 7);
    EXPECT_EQ(outcome.out, "out\n");
    EXPECT_EQ(outcome.err, "err\n");
}

}  // namespace
}  // namespace maelstrom::container

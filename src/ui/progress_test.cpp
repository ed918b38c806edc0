#include "ui/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

RunId id(unsigned number) {
    return RunId{number};
}

CaseFinished finish(unsigned number, Verdict verdict = Verdict::passed) {
    return {.id = id(number), .name = std::make_shared<const CaseName>(), .verdict = verdict};
}

TEST(Progress, DrawsEachBarAsTheRunsInThatStateOrALaterOne) {
    Progress progress;
    progress.on(PhaseChanged{"building"});
    for (unsigned i = 0; i < 10; ++i) {
        progress.on(CaseQueued{id(i), nullptr});
    }
    for (unsigned i = 0; i < 8; ++i) {
        progress.on(CasePending{id(i)});
    }
    for (unsigned i = 0; i < 5; ++i) {
        progress.on(CaseStarted{id(i)});
    }
    progress.on(finish(0));
    progress.on(finish(1, Verdict::failed));

    EXPECT_THAT(progress.lines(49, std::chrono::milliseconds(500), Painter(false)),
                ElementsAre("⠙ building…",                                       //
                            "#################### 10/10 waiting for artifacts",  //
                            "################----  8/10 pending",                //
                            "##########----------  5/10 running",                //
                            "####----------------  2/10 completed (1 failed)"));
}

TEST(Progress, LetsATestThatIsToBeRetriedWaitAnew) {
    Progress progress;
    progress.on(CaseQueued{id(0), nullptr});
    progress.on(CasePending{id(0)});
    progress.on(CaseStarted{id(0)});
    progress.on(AttemptFailed{finish(0, Verdict::failed)});
    progress.on(CasePending{id(0)});

    EXPECT_THAT(progress.lines(35, {}, Painter(false)),
                ElementsAre("######## 1/1 waiting for artifacts",  //
                            "######## 1/1 pending",                //
                            "-------- 0/1 running",                //
                            "-------- 0/1 complete"));
}

TEST(Progress, DropsTheSpinnerOnceEverythingIsQueued) {
    Progress progress;
    progress.on(PhaseChanged{"collecting"});
    progress.on(CaseQueued{id(0), nullptr});
    progress.on(QueuingFinished{});
    EXPECT_THAT(progress.lines(60, {}, Painter(false)), SizeIs(4));
}

TEST(Progress, CountsMoreThanExpectedWhenMoreIsQueued) {
    Progress progress;
    progress.on(TotalExpected{1});
    progress.on(finish(0));
    progress.on(finish(1));
    EXPECT_EQ(progress.expected(), 2U);
}

TEST(Progress, CutsItsLinesToANarrowTerminal) {
    Progress progress;
    progress.on(PhaseChanged{"collecting"});
    progress.on(TotalExpected{3});
    for (const std::string& line : progress.lines(12, {}, Painter(false))) {
        EXPECT_LE(line.size(), 11U + 4U) << line;  // the spinner and the dots take three bytes each
    }
}

}  // namespace
}  // namespace maelstrom::ui

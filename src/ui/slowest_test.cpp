#include "ui/slowest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;

CaseFinished took(const std::string& name, milliseconds duration) {
    CaseFinished finished{.name = std::make_shared<const CaseName>(CaseName{.display = name})};
    finished.duration = duration;
    return finished;
}

TEST(Slowest, KeepsTheSlowestInTheirOrder) {
    Slowest slowest(2);
    for (const auto& [name, duration] :
         {std::pair{"a", 10}, std::pair{"b", 30}, std::pair{"long", 20}, std::pair{"c", 5}}) {
        slowest.add(took(name, milliseconds(duration)));
    }
    EXPECT_EQ(slowest.text(), "Slowest Tests   :\n"
                              "    b   :   0.030s\n"
                              "    long:   0.020s\n");
}

TEST(Slowest, SaysWhatTheyUsed) {
    Slowest slowest(1);
    CaseFinished finished = took("a", milliseconds(1500));
    finished.usage = Usage{.cpu_user = milliseconds(1200),
                           .cpu_system = milliseconds(34),
                           .peak_memory = util::Bytes{20'480'000}};
    slowest.add(finished);
    EXPECT_EQ(slowest.text(), "Slowest Tests   :\n"
                              "    a:   1.500s  cpu 1.234s, memory 20.5 MB\n");
}

TEST(Slowest, IsSilentWhenNotWanted) {
    Slowest slowest(0);
    slowest.add(took("a", milliseconds(10)));
    EXPECT_EQ(slowest.text(), "");
}

TEST(Slowest, LeavesOutWhatDidNotRun) {
    Slowest slowest(1);
    CaseFinished ignored = took("a", milliseconds(10));
    ignored.verdict = Verdict::ignored;
    slowest.add(ignored);
    EXPECT_EQ(slowest.text(), "");
}

}  // namespace
}  // namespace maelstrom::ui

#include "ui/fancy.hpp"
#include "ui/keys.hpp"
#include "ui/terminal_emulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::ui {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct FakeState {
    std::string typed;
    bool begun = false;
    bool foreground = true;
    bool suspend_wanted = false;
    bool continued = false;
    std::function<void()> while_suspended;
};

class FakeControl final : public TerminalControl {
public:
    explicit FakeControl(FakeState& state) : state_(state) {}
    void begin() override { state_.begun = true; }
    void end() override { state_.begun = false; }
    std::string keys() override { return std::exchange(state_.typed, {}); }
    bool may_draw() const override { return state_.foreground; }
    bool wants_to_suspend() override { return std::exchange(state_.suspend_wanted, false); }
    void suspend() override {
        state_.while_suspended();
        state_.continued = true;
    }
    bool was_continued() override { return std::exchange(state_.continued, false); }

private:
    FakeState& state_;
};

/// A reporter on a terminal of that size, fed and ticked by hand.
class Stage {
public:
    Stage(std::size_t rows, std::size_t columns, ShowOutput show_output = ShowOutput::failed)
        : terminal(rows, columns), reporter(terminal,
                                            std::make_unique<FakeControl>(control),
                                            {.show_output = show_output,
                                             .quit = [this] { ++quits; },
                                             .now = [this] { return now; }}) {
        on(RunStarted{.program = "maelstrom-pytest"});
    }

    void on(const Event& event) {
        state.on(event, now);
        reporter.on(event);
    }
    void queue(unsigned first, unsigned count, const std::string& name = "tests/test_a.py::test_") {
        for (unsigned i = first; i < first + count; ++i) {
            on(CaseQueued{RunId{i}, called(name + std::to_string(i))});
        }
    }
    void start(unsigned id) {
        on(CasePending{RunId{id}});
        on(CaseStarted{RunId{id}});
    }
    void finish(unsigned id, Verdict verdict, const std::string& output = "") {
        CaseFinished finished{.id = RunId{id}, .name = names[id], .verdict = verdict};
        finished.duration = milliseconds(12);
        finished.output = output;
        on(finished);
    }
    void tick(milliseconds later = milliseconds(40)) {
        now += later;
        reporter.tick(now);
    }
    void type(const std::string& keys) {
        control.typed = keys;
        tick();
    }
    CasePointer called(const std::string& display) {
        names.push_back(std::make_shared<const CaseName>(CaseName{.display = display}));
        return names.back();
    }

    std::chrono::steady_clock::time_point now;
    TerminalEmulator terminal;
    FakeState control;
    std::vector<CasePointer> names;
    RunState state;
    int quits = 0;
    FancyReporter reporter;
};

/// A run in its middle: two finished, one failed; two run; the rest waits.
void play(Stage& stage) {
    stage.on(PhaseChanged{"collecting"});
    stage.queue(0, 8);
    stage.start(0);
    stage.start(1);
    stage.start(2);
    stage.tick();
    stage.finish(0, Verdict::passed);
    stage.finish(1, Verdict::failed, "    def test_1():\n>       assert 日本 == 1\n");
    stage.now += seconds(12);
    stage.start(3);
    stage.on(CasePending{RunId{4}});
    stage.tick();
}

std::string screen_at(std::size_t rows, std::size_t columns) {
    Stage stage(rows, columns);
    play(stage);
    EXPECT_THAT(stage.terminal.complaints(), IsEmpty());
    return stage.terminal.screen();
}

TEST(Fancy, ShowsARunOnAnOrdinaryTerminal) {
    EXPECT_EQ("\n" + screen_at(24, 80), R"(
tests/test_a.py::test_0                                         OK        0.012s
tests/test_a.py::test_1                                         FAIL      0.012s
    def test_1():
>       assert 日本 == 1
┌Running Tests─────────────────────────────────────────────────────────────────┐
│tests/test_a.py::test_3                                                    <1s│
│tests/test_a.py::test_2                                                    12s│
│                                                                              │
└──────────────────────────────────────────────────────────────────────────────┘
tests/test_a.py::test_1                                                   failed
⠋ collecting…
████████████████████▓▓▓▓▓▓▓▓▓3w 1p 2r 2c (1f) / 8e░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
)");
}

TEST(Fancy, HasATallGaugeAndFramesWhereThereIsRoom) {
    EXPECT_EQ("\n" + screen_at(50, 60), R"(
tests/test_a.py::test_0                     OK        0.012s
tests/test_a.py::test_1                     FAIL      0.012s
    def test_1():
>       assert 日本 == 1
┌Running Tests─────────────────────────────────────────────┐
│tests/test_a.py::test_3                                <1s│
│tests/test_a.py::test_2                                12s│
│                                                          │
└──────────────────────────────────────────────────────────┘
┌Failed Tests──────────────────────────────────────────────┐
│tests/test_a.py::test_1                             failed│
└──────────────────────────────────────────────────────────┘
⠋ collecting…
███████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░
███████████████▓▓▓▓3w 1p 2r 2c (1f) / 8e░░░░░░░░░░░░░░░░░░░░
███████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░
)");
}

TEST(Fancy, GivesUpFramesAndPartsOnSmallTerminals) {
    EXPECT_EQ("\n" + screen_at(12, 30), R"(
<a.py::test_0 OK        0.012s
<a.py::test_1 FAIL      0.012s
    def test_1():
>       assert 日本 == 1
┌Running Tests (1 test not sh┐
│tests/test_a.py::test_2  12s│
└────────────────────────────┘
tests/test_a.py::test_1 failed
⠋ collecting…
████3w 1p 2r 2c (1f) / 8e░░░░░
)");
    EXPECT_EQ("\n" + screen_at(4, 20), R"(
>       assert 日本
== 1
⠋ collecting…
3w 1p 2r 2c (1f) / 8
)");
    EXPECT_EQ("\n" + screen_at(3, 10), R"(
sert 日本
== 1
3w 1p 2r 2
)");
    EXPECT_EQ(screen_at(1, 1), "3\n");
}

/// The cell at each end of a part belongs to both of its neighbours.
TEST(Fancy, DrawsTheEdgesOfTheGaugeInEighths) {
    LiveView view;
    view.counts = {.waiting = 32, .complete = 11, .expected = 80};
    const Grid grid = draw(view, 1, 40, true);
    EXPECT_EQ(grid.at(0, 4).text, "█");
    EXPECT_EQ(
        grid.at(0, 5),
        (Cell{.text = "▌", .style = {.foreground = Tint::green, .background = Tint::magenta}}));
    EXPECT_EQ(grid.at(0, 6).style.foreground, Tint::magenta);
    EXPECT_EQ(grid.at(0, 39), Cell{});
}

TEST(Fancy, LeavesOnlyTextBehind) {
    Stage stage(24, 40);
    play(stage);
    stage.on(Summary{.passed = 1, .failed = 1, .failures = {{.name = stage.names[1]}}});
    stage.on(CollectionOutput{"warning: x\n"});
    ASSERT_TRUE(stage.reporter.finish());
    EXPECT_EQ("\n" + stage.terminal.screen(), R"(
tests/test_a.py::test_0 OK        0.012s
tests/test_a.py::test_1 FAIL      0.012s
    def test_1():
>       assert 日本 == 1

              Test Summary
Successful Tests:         1
Failed Tests    :         1
    tests/test_a.py::test_1: failure

           Collection Output
warning: x
)");
    EXPECT_FALSE(stage.control.begun);
    EXPECT_FALSE(stage.terminal.in_update());
}

TEST(Fancy, WritesOnlyWhatChanged) {
    Stage stage(24, 80);
    stage.queue(0, 3);
    stage.on(QueuingFinished{});
    stage.start(0);
    stage.tick();
    const std::size_t writes = stage.terminal.writes();
    stage.tick(milliseconds(100));
    EXPECT_EQ(stage.terminal.writes(), writes);
    Grid before(2, 10);
    before.put(1, 2, "1s");
    Grid after(2, 10);
    after.put(1, 2, "2s");
    EXPECT_EQ(frame(before, {}, after), "\x1b[?2026h\x1b[1B\x1b[3G2\r\x1b[1A\x1b[?2026l");
}

TEST(Fancy, DrawsAtMostThirtyTimesASecond) {
    Stage stage(24, 80);
    stage.queue(0, 100);
    stage.tick();
    const std::size_t writes = stage.terminal.writes();
    for (unsigned i = 0; i < 100; ++i) {
        stage.finish(i, Verdict::passed);
        stage.tick(milliseconds(10));
    }
    EXPECT_LE(stage.terminal.writes() - writes, 30U);
}

TEST(Fancy, QuitsAtTheKeyOnce) {
    Stage stage(24, 80);
    stage.type("xq");
    stage.type("q");
    EXPECT_EQ(stage.quits, 1);
}

TEST(Fancy, ScrollsThroughTheFailedTests) {
    Stage stage(32, 50);
    stage.queue(0, 6, "t");
    stage.on(QueuingFinished{});
    for (unsigned i = 0; i < 6; ++i) {
        stage.finish(i, Verdict::failed);
    }
    const auto list = [&] {
        const std::string screen = stage.terminal.screen();
        return screen.substr(screen.find("┌Failed"), std::string("┌Failed Tests (1-2 of 6").size());
    };
    stage.tick();
    EXPECT_EQ(list(), "┌Failed Tests (1-2 of 6");
    stage.type("f");
    EXPECT_EQ(list(), "┌Failed Tests (3-4 of 6");
    stage.type("\x1b[B\x1b[B\x1b[A");
    EXPECT_EQ(list(), "┌Failed Tests (4-5 of 6");
    stage.type("ff");
    EXPECT_EQ(list(), "┌Failed Tests (1-2 of 6");
}

TEST(Fancy, GivesTheTerminalAwayWhenSuspended) {
    Stage stage(24, 60);
    play(stage);
    std::string seen;
    stage.control.while_suspended = [&] {
        seen = stage.terminal.screen();
        stage.terminal.write("$ fg\n");
    };
    stage.control.suspend_wanted = true;
    stage.tick();
    EXPECT_THAT(seen, ::testing::EndsWith("assert 日本 == 1\n"));
    EXPECT_THAT(stage.terminal.screen(), HasSubstr("== 1\n$ fg\n┌Running Tests"));
}

TEST(Fancy, OnlyPrintsWhatFinishesWhileInTheBackground) {
    Stage stage(24, 60);
    stage.control.foreground = false;
    play(stage);
    EXPECT_THAT(stage.terminal.screen(), HasSubstr("tests/test_a.py::test_0"));
    EXPECT_THAT(stage.terminal.screen(), Not(HasSubstr("Running Tests")));
}

/// Whatever the sizes and the order of events: the lower rows are the picture as it would be drawn
/// anew, and nothing improper is sent.
TEST(Fancy, IsRightAtEverySizeAndAfterEveryResize) {
    std::uint32_t random = 1;
    const auto pick = [&](std::uint32_t below) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8U) % below;
    };
    for (int round = 0; round < 15; ++round) {
        Stage stage(1 + pick(60), 1 + pick(120));
        stage.on(PhaseChanged{"collecting 日本"});
        stage.queue(0, 40, round % 2 == 0 ? "tests/日本語/test_a.py::test_" : "e\u0301_");
        for (unsigned i = 0; i < 40; ++i) {
            if (pick(4) == 0) {
                stage.terminal.resize(1 + pick(60), 1 + pick(120));
            }
            stage.start(i);
            if (pick(2) == 0) {
                stage.finish(i, pick(3) == 0 ? Verdict::failed : Verdict::passed,
                             "\ta 日本語 b\x1b[31mred\x1b[0m\x1b[2J\x07\n\n    c");
            }
            stage.tick(milliseconds(33 + pick(500)));
            const std::size_t rows = live_rows(stage.terminal.rows());
            const Grid picture =
                draw(stage.state.view(stage.now, 0), rows, stage.terminal.columns(), false);
            ASSERT_EQ(stage.terminal.cursor_column(), 0U);
            ASSERT_LE(stage.terminal.cursor_row() + rows, stage.terminal.rows());
            for (std::size_t row = 0; row < rows; ++row) {
                ASSERT_EQ(stage.terminal.row(stage.terminal.cursor_row() + row), picture.text(row))
                    << stage.terminal.rows() << " × " << stage.terminal.columns();
            }
            ASSERT_THAT(stage.terminal.complaints(), IsEmpty());
        }
    }
}

}  // namespace
}  // namespace maelstrom::ui

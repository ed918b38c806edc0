#include "runner/watcher.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

namespace maelstrom::runner {
namespace {

using ::testing::Optional;

constexpr std::chrono::milliseconds at_once{1};
constexpr const char* no_inotify = "inotify cannot be used here";

class WatcherTest : public ::testing::TestWithParam<bool> {
protected:
    void watch(std::vector<std::string> excluded = {}) {
        auto started = Watcher::start({.rules = WatchRules(directory_.path(), std::move(excluded)),
                                       .quiet_time = at_once,
                                       .poll_interval = at_once,
                                       .poll = GetParam()});
        ASSERT_TRUE(started) << started.error().message();
        watcher_ = std::move(*started);
        ASSERT_EQ(watcher_->polls(), GetParam()) << no_inotify;
    }
    /// The change that is told, or "nothing". What comes after it must matter.
    std::string told() {
        directory_.write("z-the-end", std::to_string(++ends_));
        const auto change = watcher_->wait();
        return !change ? "interrupted" : *change == "z-the-end" ? "nothing" : *change;
    }
    /// Polling does not know names.
    std::string or_unnamed(const std::string& path) const { return GetParam() ? "" : path; }

    testing::TempDir directory_;
    std::unique_ptr<Watcher> watcher_;
    int ends_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Told, WatcherTest, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Polling, WatcherTest, ::testing::Values(true));

TEST_P(WatcherTest, TellsOfChangesSinceItsStart) {
    directory_.write("sub/a.py", "1");
    watch();
    directory_.write("sub/a.py", "22");
    EXPECT_EQ(told(), or_unnamed("sub/a.py"));
}

TEST_P(WatcherTest, SeesNewDirectories) {
    watch();
    directory_.write("new/deep/a.py", "1");
    EXPECT_EQ(told(), or_unnamed("new"));
    directory_.write("new/deep/a.py", "22");
    EXPECT_EQ(told(), or_unnamed("new/deep/a.py"));
}

TEST_P(WatcherTest, SeesWhatGoesAwayOrIsRenamed) {
    directory_.write("a.py", "1");
    directory_.write("b.py", "1");
    watch();
    ::unlink((directory_ / "a.py").c_str());
    EXPECT_EQ(told(), or_unnamed("a.py"));
    ASSERT_EQ(::rename((directory_ / "b.py").c_str(), (directory_ / "c.py").c_str()), 0);
    EXPECT_EQ(told(), or_unnamed("b.py"));
}

TEST_P(WatcherTest, DoesNotTellOfWhatARunThatWasAskedForHasSeen) {
    watch();
    directory_.write("a.py", "1");
    ASSERT_EQ(watcher_->wait([] { return true; }), "");
    EXPECT_EQ(told(), or_unnamed("nothing"));
}

TEST_P(WatcherTest, IsWokenByAnInterrupt) {
    watch();
    std::jthread other([&] { watcher_->interrupt(); });
    EXPECT_EQ(watcher_->wait(), std::nullopt);
}

TEST(WatcherPolls, WhereItIsToldTo) {
    const testing::TempDir directory;
    const auto started = Watcher::start({.rules = WatchRules(directory.path(), {}), .poll = true});
    EXPECT_TRUE((*started)->polls());
}

class WatchedTree : public ::testing::Test {
protected:
    void SetUp() override {
        directory_.write(".gitignore", "*.log\n/out/\n");
        directory_.write("out/x", "1");
        directory_.write("src/a.py", "1");
        directory_.write("__pycache__/a.pyc", "1");
        directory_.write("excluded/x", "1");
        auto started =
            Watcher::start({.rules = WatchRules(directory_.path(),
                                                {directory_ / "excluded", directory_ / "r.xml"}),
                            .quiet_time = at_once});
        ASSERT_TRUE(started) << started.error().message();
        watcher_ = std::move(*started);
        ASSERT_FALSE(watcher_->polls()) << no_inotify;
    }
    std::optional<std::string> first_told_after(const std::string& path) {
        directory_.write(path, "changed");
        directory_.write("src/a.py", "changed too");
        return watcher_->wait();
    }

    testing::TempDir directory_;
    std::unique_ptr<Watcher> watcher_;
};

TEST_F(WatchedTree, DoesNotTellOfWhatDoesNotMatter) {
    for (const char* path : {"a.log", "out/x", "__pycache__/a.pyc", "excluded/x", "r.xml",
                             "src/.a.py.swp", "src/a.py~", "src/#a.py#", "src/.#a.py", "src/4913",
                             ".git/index", "src/b.pyc", ".maelstrom-pytest/state/history.sqlite",
                             ".maelstrom-tap/state/history.sqlite", "sub/.pytest_cache/v"}) {
        // "sub" itself is new, and that matters.
        const auto told = first_told_after(path);
        const bool is_new_directory = std::string_view(path).starts_with("sub/");
        EXPECT_THAT(told, Optional(std::string(is_new_directory ? "sub" : "src/a.py"))) << path;
    }
}

TEST_F(WatchedTree, ReadsIgnoreFilesAnewWhenTheyChange) {
    EXPECT_THAT(first_told_after(".gitignore"), Optional(std::string(".gitignore")));
    EXPECT_THAT(first_told_after("a.log"), Optional(std::string("a.log")));
    EXPECT_THAT(first_told_after("out/x"), Optional(std::string("out/x")));
}

TEST_F(WatchedTree, ForgetsChangesOfWhatIsExcludedLater) {
    directory_.write("c.xml", "changed");
    watcher_->exclude({directory_ / "c.xml"});
    EXPECT_THAT(first_told_after("c.xml"), Optional(std::string("src/a.py")));
}

TEST_F(WatchedTree, EndsWaitingWhenAsked) {
    int questions = 0;
    EXPECT_THAT(watcher_->wait([&] { return ++questions == 2; }), Optional(std::string()));
    EXPECT_EQ(questions, 2);
    directory_.write("src/a.py", "changed");
    EXPECT_THAT(watcher_->wait([] { return false; }), Optional(std::string("src/a.py")));
}

}  // namespace
}  // namespace maelstrom::runner

#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "ui/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace maelstrom::ui {
namespace {

using ::testing::ElementsAre;

class WholeFileTest : public ::testing::Test {
protected:
    WholeFile create(const std::string& path) {
        return WholeFile::create(path, "head", 8, "tail").value();
    }
    std::string content() const { return sys::read_file(path_, util::Bytes{1U << 24U}).value(); }
    std::vector<std::string> names() const {
        std::vector<std::string> list;
        const auto folder = sys::open(dir_.path(), O_RDONLY | O_DIRECTORY).value();
        const std::vector<sys::DirectoryEntry> entries = sys::list_directory(folder).value();
        for (const auto& entry : entries) {
            list.push_back(entry.name);
        }
        return list;
    }

    maelstrom::testing::TempDir dir_;
    const std::string path_ = dir_ / "report";
};

TEST_F(WholeFileTest, IsWholeFromTheStart) {
    const WholeFile file = create(path_);
    EXPECT_EQ(content(), "head   \ntail");
}

TEST_F(WholeFileTest, ShowsWhatWasAppendedWhenItIsPublished) {
    WholeFile file = create(path_);
    for (const char* piece : {"a", "bb", "ccc", "dddd"}) {
        file.append(piece);
        ASSERT_TRUE(file.publish());
    }
    EXPECT_EQ(content(), "head   \nabbcccddddtail");
    file.append("not yet");
    EXPECT_EQ(content(), "head   \nabbcccddddtail");
}

/// What is open keeps what it held: nothing that was published is ever changed but by the next
/// publication but one.
TEST_F(WholeFileTest, NeverWritesIntoTheFileThatIsSeen) {
    WholeFile file = create(path_);
    file.append("a");
    ASSERT_TRUE(file.publish());
    const sys::Fd seen = sys::open(path_, O_RDONLY).value();
    file.append(std::string(1'000'000, 'b'));
    ASSERT_TRUE(file.publish());
    EXPECT_EQ(sys::read_all(seen, util::Bytes{100}).value(), "head   \natail");
    EXPECT_EQ(content().size(), 8U + 1'000'001U + 4U);
}

TEST_F(WholeFileTest, LeavesNothingBesides) {
    {
        WholeFile file = create(path_);
        EXPECT_THAT(names(), ElementsAre(".report.next", "report"));
        ASSERT_TRUE(file.close());
    }
    EXPECT_THAT(names(), ElementsAre("report"));
}

TEST_F(WholeFileTest, FollowsASymbolicLink) {
    ASSERT_EQ(::symlink(path_.c_str(), (dir_ / "link").c_str()), 0);
    dir_.write("report", "old");
    WholeFile file = create(dir_ / "link");
    file.append("a");
    ASSERT_TRUE(file.publish());
    EXPECT_EQ(content(), "head   \natail");
}

TEST_F(WholeFileTest, GoesOnWhenSomebodyRemovesTheFile) {
    WholeFile file = create(path_);
    file.append("a");
    ASSERT_TRUE(file.publish());
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    file.append("b");
    ASSERT_TRUE(file.publish());
    file.append("c");
    ASSERT_TRUE(file.publish());
    EXPECT_EQ(content(), "head   \nabctail");
}

TEST_F(WholeFileTest, GoesOnWhenSomebodyRemovesTheHiddenOne) {
    WholeFile file = create(path_);
    file.append("a");
    ASSERT_TRUE(file.publish());
    ASSERT_EQ(::unlink((dir_ / ".report.next").c_str()), 0);
    file.append("b");
    ASSERT_TRUE(file.publish());
    file.append("c");
    ASSERT_TRUE(file.publish());
    EXPECT_EQ(content(), "head   \nabctail");
}

TEST_F(WholeFileTest, GivesAPipeTheDocumentAtTheEnd) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    const sys::Fd reader = sys::open(path_, O_RDONLY | O_NONBLOCK).value();
    {
        WholeFile file = create(path_);
        file.append("a");
        ASSERT_TRUE(file.publish());
        file.set_head("HEAD");
        ASSERT_TRUE(file.close());
    }
    EXPECT_EQ(sys::read_all(reader, util::Bytes{100}).value(), "HEAD   \natail");
}

}  // namespace
}  // namespace maelstrom::ui

#include "layer/project.hpp"
#include "layer/snapshot.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace maelstrom::layer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class AProject : public ::testing::Test {
protected:
    /// What the snapshot holds, relative to the project.
    std::vector<std::string> files(job::ProjectLayer layer = {}) {
        layer.root = root;
        const auto listed = list_project_files(layer, home.path());
        EXPECT_TRUE(listed) << listed.error().message();
        std::vector<std::string> relative;
        for (const std::string& path : *listed) {
            if (path.starts_with(root + "/") && path != root + "/") {
                relative.push_back(path.substr(root.size() + 1));
            } else if (!path.starts_with(root)) {
                relative.push_back("~" + path.substr(home.path().size()));
            }
        }
        return relative;
    }
    void write(const std::string& name, const std::string& content = "") {
        home.write("project/" + name, content);
    }
    void link(const std::string& target, const std::string& name) {
        ASSERT_EQ(::symlink(target.c_str(), (root + "/" + name).c_str()), 0);
    }

    void make_directory(const std::string& name) {
        ASSERT_EQ(::mkdir((root + "/" + name).c_str(), 0755), 0);
    }
    void set_time(const std::string& name, std::int64_t seconds) {
        const timespec times[2] = {{0, UTIME_OMIT}, {seconds, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, (root + "/" + name).c_str(), times, 0), 0);
    }
    /// In the snapshot.
    std::int64_t time_of(const std::string& name) {
        const Snapshot snapshot = *look_at_project({.root = root}, home.path());
        const std::string path = name.empty() ? root : root + "/" + name;
        return std::ranges::find(snapshot.inputs.items, path, &Item::path)
            ->attributes.mtime.seconds;
    }

    testing::TempDir home;
    std::string root = home / "project";
};

TEST_F(AProject, IsTakenWhole) {
    write("src/a.py");
    write("README");
    write(".hidden");
    EXPECT_THAT(files(), ElementsAre(".hidden", "README", "src/", "src/a.py"));
}

TEST_F(AProject, LeavesOutWhatToolsMade) {
    write("a.py");
    for (const char* name :
         {".git/x", ".hg/x", "node_modules/x", "d/__pycache__/x", ".tox/x", ".venv/x",
          "d/.pytest_cache/x", ".maelstrom-pytest/x", "env/pyvenv.cfg", "env/lib/x"}) {
        write(name);
    }
    write("cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# x");
    EXPECT_THAT(files(), ElementsAre("a.py", "d/"));
}

TEST_F(AProject, KeepsADirectoryThatOnlyLooksLikeACache) {
    write("data/CACHEDIR.TAG", "not the signature");
    EXPECT_THAT(files(), ElementsAre("data/", "data/CACHEDIR.TAG"));
}

TEST_F(AProject, LeavesOutEveryTarget) {
    write("Cargo.toml");
    write("target/debug/x");
    write("tests/target/x");
    EXPECT_THAT(files(), ElementsAre("Cargo.toml", "tests/"));
}

TEST_F(AProject, KeepsAFileNamedTarget) {
    write("target");
    EXPECT_THAT(files(), ElementsAre("target"));
}

TEST_F(AProject, LeavesOutASubmodulesGitFile) {
    write("sub/.git", "gitdir: ../.git/modules/sub");
    write("sub/a");
    EXPECT_THAT(files(), ElementsAre("sub/", "sub/a"));
}

TEST_F(AProject, LeavesOutWhatIsExcluded) {
    write("big/data.bin");
    write("a.log");
    write("a.py");
    EXPECT_THAT(files({.exclude = {"big", "*.log"}}), ElementsAre("a.py"));
}

TEST_F(AProject, TakesWhatIsIncludedWhateverElseSays) {
    write("node_modules/left/a");
    write("node_modules/taken/b");
    write("node_modules/taken/c");
    write("Cargo.toml");
    write("target/debug/tool");
    write("target/debug/other");
    EXPECT_THAT(
        files({.exclude = {"*"}, .include = {"node_modules/taken/**", "target/debug/tool"}}),
        ElementsAre("node_modules/taken/b", "node_modules/taken/c", "target/debug/tool"));
}

TEST_F(AProject, SkipsSocketsAndPipes) {
    write("a");
    ASSERT_EQ(::mkfifo((root + "/pipe").c_str(), 0600), 0);
    EXPECT_THAT(files(), ElementsAre("a"));
}

TEST_F(AProject, AddsWhatALinkOutOfItLeadsTo) {
    write("a");
    home.write("shared/data", "content");
    home.write("shared/more/data", "content");
    link("../shared", "shared");
    link(home / "other", "dangling");
    EXPECT_THAT(files(),
                UnorderedElementsAre("a", "shared", "dangling", "~/shared/", "~/shared/data",
                                     "~/shared/more/", "~/shared/more/data"));
}

TEST_F(AProject, AddsTheLinksOnTheWayToo) {
    write("a");
    home.write("real/file", "content");
    ASSERT_EQ(::symlink("real", (home / "alias").c_str()), 0);
    link("../alias/file", "l");
    EXPECT_THAT(files(), UnorderedElementsAre("a", "l", "~/alias", "~/real/file"));
}

TEST_F(AProject, DoesNotAddWhatIsLargeOrOfOthers) {
    write("a");
    const std::string large = home.write("large", "");
    ASSERT_EQ(::truncate(large.c_str(), 17 << 20), 0);
    link("../large", "large");
    link("/etc/passwd", "passwd");
    link("/", "root");
    link("..", "home");
    EXPECT_THAT(files(), UnorderedElementsAre("a", "large", "passwd", "root", "home"));
}

TEST_F(AProject, HasDirectoriesWhoseTimeIsThatOfTheirNewestFile) {
    write("d/a");
    write("d/b");
    const timespec times[2] = {{0, UTIME_OMIT}, {1'600'000'000, 7}};
    for (const char* name : {"/d/a", "/d/b"}) {
        ASSERT_EQ(::utimensat(AT_FDCWD, (root + name).c_str(), times, 0), 0);
    }
    const Snapshot snapshot = *look_at_project({.root = root}, home.path());
    const auto d = std::ranges::find(snapshot.inputs.items, root + "/d", &Item::path);
    EXPECT_EQ(d->attributes.mtime, (store::FileTime{1'600'000'000, 7}));
}

TEST_F(AProject, KeepsTheTimeOfAnEmptyDirectory) {
    write("a");
    make_directory("empty");
    set_time("empty", 1'600'000'000);
    EXPECT_EQ(time_of("empty"), 1'600'000'000);
}

TEST_F(AProject, GivesADirectoryWithCachesAloneTheTimeOfTheOneAbove) {
    write("d/__pycache__/x");
    set_time("d", 1'700'000'000);
    write("a");
    set_time("a", 1'600'000'000);
    EXPECT_EQ(time_of("d"), 1'600'000'000);
}

TEST_F(AProject, HasItsOwnTimeWhenNothingIsInIt) {
    write(".git/x");
    set_time("", 1'600'000'000);
    EXPECT_EQ(time_of(""), 1'600'000'000);
}

TEST_F(AProject, CountsWhatItHolds) {
    write("a", "12345");
    write("d/b", "678");
    const Snapshot snapshot = *look_at_project({.root = root}, home.path());
    EXPECT_EQ(snapshot.summary.files, 2U);
    EXPECT_EQ(snapshot.summary.size.count, 8U);
    EXPECT_FALSE(snapshot.summary.is_large());
}

TEST_F(AProject, SaysWhatMakesItLarge) {
    write("a");
    write("data/raw/huge");
    ASSERT_EQ(::truncate((root + "/data/raw/huge").c_str(), 3LL << 30), 0);
    const Snapshot snapshot = *look_at_project({.root = root}, home.path());
    ASSERT_TRUE(snapshot.summary.is_large());
    std::vector<std::string> largest;
    for (const ProjectSummary::Part& part : snapshot.summary.largest) {
        largest.push_back(part.directory);
    }
    EXPECT_THAT(largest, UnorderedElementsAre("data", "data/raw"));
}

}  // namespace
}  // namespace maelstrom::layer

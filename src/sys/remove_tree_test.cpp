#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "testing/bare_fork.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::sys {
namespace {

bool exists(const std::string& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/// `levels` directories below each other, with a file in each.
void make_deep(const std::string& path, int levels) {
    ASSERT_TRUE(make_directories(path));
    Fd directory = *open(path, O_PATH | O_DIRECTORY);
    for (int i = 0; i < levels; ++i) {
        ASSERT_TRUE(openat(directory.get(), "file", O_CREAT | O_WRONLY, 0644));
        ASSERT_TRUE(mkdirat(directory.get(), "d", 0755));
        directory = *openat(directory.get(), "d", O_PATH | O_DIRECTORY);
    }
}

TEST(RemoveTree, RemovesFilesLinksAndDirectories) {
    const testing::TempDir directory;
    directory.write("tree/a/b/c", "");
    directory.write("tree/a/other/c", "");
    directory.write("kept/file", "");
    ASSERT_TRUE(symlinkat("../../kept", AT_FDCWD, directory / "tree/a/link"));
    EXPECT_TRUE(remove_tree(AT_FDCWD, directory / "tree"));
    EXPECT_FALSE(exists(directory / "tree"));
    EXPECT_TRUE(exists(directory / "kept/file"));
}

TEST(RemoveTree, MissingIsFine) {
    const testing::TempDir directory;
    EXPECT_TRUE(remove_tree(AT_FDCWD, directory / "nothing"));
}

/// Allows this process few descriptors until it goes away.
class FewDescriptors {
public:
    explicit FewDescriptors(rlim_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit fewer{count, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &fewer);
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

TEST(RemoveTree, TakesNoDescriptorForALevel) {
    const testing::TempDir directory;
    make_deep(directory / "tree", 200);
    const FewDescriptors few(64);
    const auto removed = remove_tree(AT_FDCWD, directory / "tree");
    EXPECT_TRUE(removed) << removed.error().message();
    EXPECT_FALSE(exists(directory / "tree"));
}

TEST(RemoveTree, FindsNamesThatAreFreeForWhatItMoves) {
    const testing::TempDir directory;
    directory.write("tree/.0", "");
    directory.write("tree/.1/.2/.3/file", "");
    directory.write("tree/.4/.0/.1/file", "");
    EXPECT_TRUE(remove_tree(AT_FDCWD, directory / "tree"));
    EXPECT_FALSE(exists(directory / "tree"));
}

TEST(RemoveTree, OpensDirectoriesThatWereClosed) {
    const testing::TempDir directory;
    for (const char* closed : {"tree/none/a/b", "tree/unreadable/a/b", "tree/read_only/a/b"}) {
        directory.write(std::string(closed) + "/file", "");
    }
    for (const std::string name : {"none", "unreadable", "read_only"}) {
        const mode_t mode = name == "none" ? 0 : name == "unreadable" ? 0300 : 0500;
        ASSERT_EQ(::chmod((directory / ("tree/" + name + "/a/b")).c_str(), mode), 0);
        ASSERT_EQ(::chmod((directory / ("tree/" + name + "/a")).c_str(), mode), 0);
        ASSERT_EQ(::chmod((directory / ("tree/" + name)).c_str(), mode), 0);
    }
    ASSERT_EQ(::chmod((directory / "tree").c_str(), 0400), 0);
    const auto removed = remove_tree(AT_FDCWD, directory / "tree");
    EXPECT_TRUE(removed) << removed.error().message();
    EXPECT_FALSE(exists(directory / "tree"));
}

/// In a child with mounts of its own: 0 if what is mounted below the tree stays whole, 2 if nothing
/// can be mounted here.
int spare_a_mount(const std::string& tree) {
    const std::string user = fmt::format("0 {} 1", ::geteuid());
    const std::string group = fmt::format("0 {} 1", ::getegid());
    const auto write_own = [](const std::string& name, const std::string& content) {
        const auto file = open("/proc/self/" + name, O_WRONLY);
        return file && write_all(*file, content);
    };
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_own("setgroups", "deny") ||
        !write_own("uid_map", user) || !write_own("gid_map", group) ||
        ::mount("none", (tree + "/a/mounted").c_str(), "tmpfs", 0, nullptr) != 0) {
        return 2;
    }
    const std::string precious = tree + "/a/mounted/precious";
    if (!replace_file(precious, "", 0644, Durability::cached)) {
        return 2;
    }
    const bool removed = remove_tree(AT_FDCWD, tree).has_value();
    return !removed && exists(precious) ? 0 : 1;
}

TEST(RemoveTree, LeavesWhatIsMountedBelowAlone) {
    const testing::TempDir directory;
    directory.write("tree/a/mounted/file", "");
    const pid_t child = maelstrom::testing::bare_fork();
    if (child == 0) {
        ::_exit(spare_a_mount(directory / "tree"));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        GTEST_SKIP() << "no user namespaces here";
    }
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace maelstrom::sys

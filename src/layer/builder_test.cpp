#include "layer/builder.hpp"
#include "layer/root.hpp"
#include "layer/tree.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/no_threads.hpp"
#include "testing/temp_dir.hpp"
#include "util/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <thread>

namespace maelstrom::layer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

void add_paths(const Directory& directory,
               const std::string& path,
               std::vector<std::string>& into) {
    for (const auto& [name, node] : directory.children) {
        if (const Link* link = node.link()) {
            into.push_back(path + "/" + name + " -> " + link->target);
        } else if (const Directory* below = node.directory()) {
            if (!below->is_implied) {
                into.push_back(path + "/" + name + "/");
            }
            add_paths(*below, path + "/" + name, into);
        } else {
            into.push_back(path + "/" + name);
        }
    }
}

class ABuilder : public ::testing::Test {
protected:
    ABuilder() {
        util::log::set_sink(
            [this](util::log::Level, std::string_view line) { messages.emplace_back(line); });
    }
    ~ABuilder() override { util::log::set_sink({}); }

    /// Paths in the container; implied directories are left out.
    std::vector<std::string> built(const job::Layer& layer) {
        const auto digest = builder->build(layer);
        EXPECT_TRUE(digest) << digest.error().message();
        std::vector<std::string> paths;
        if (digest) {
            add_paths(*load(*store, *digest), "", paths);
        }
        return paths;
    }
    std::string error_of(const job::Layer& layer) {
        const auto digest = builder->build(layer);
        EXPECT_FALSE(digest);
        return digest ? "" : digest.error().message();
    }
    /// A builder without memory of its own, on the same store: another process.
    std::unique_ptr<Builder> another() { return Builder::create(*store, project); }
    void wait_until_settled(const std::string& path) {
        while (!store::is_settled(store::identity_of(*sys::fstatat(AT_FDCWD, path)),
                                  sys::file_clock())) {
        }
    }

    testing::TempDir dir;
    std::string project = dir / "project";
    std::vector<std::string> messages;
    std::unique_ptr<store::Store> store = std::move(*store::Store::open({dir / "store"}));
    std::unique_ptr<Builder> builder = Builder::create(*store, project);
};

TEST_F(ABuilder, BuildsStubsAsTheSpecificationShows) {
    const job::StubsLayer layer{{"run/{lock,x{1..2}}/", "/opt/a", "/srv/{b,}"}};
    EXPECT_THAT(built(layer),
                ElementsAre("/opt/a", "/run/lock/", "/run/x1/", "/run/x2/", "/srv/", "/srv/b"));
    const std::string path = *materialise(*store, *builder->build(layer));
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/run")->st_mode & 07777U, 0777U);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/srv")->st_mode & 07777U, 0555U);
    const auto stub = sys::fstatat(AT_FDCWD, path + "/opt/a");
    EXPECT_EQ(stub->st_mode, S_IFREG | 0444U);
    EXPECT_EQ(stub->st_mtim.tv_sec, 1705000271);
}

TEST_F(ABuilder, BuildsSymlinks) {
    EXPECT_THAT(built(job::SymlinksLayer{{{"/bin/sh", "busybox"}, {"a", "/dangling"}}}),
                ElementsAre("/a -> /dangling", "/bin/sh -> busybox"));
}

TEST_F(ABuilder, TakesPathsWithoutGoingIntoDirectories) {
    dir.write("project/d/inside", "x");
    dir.write("project/f", "x");
    EXPECT_THAT(built(job::PathsLayer{.paths = {"d", "f"}}), ElementsAre("/d/", "/f"));
}

TEST_F(ABuilder, KeepsFilesOfEqualContentApartUnlessTheyAreOneFile) {
    dir.write("project/a", "x");
    dir.write("project/b", "x");
    ASSERT_EQ(::link((project + "/a").c_str(), (project + "/c").c_str()), 0);
    for (const char* name : {"/a", "/b"}) {
        const timespec times[2] = {{1, 0}, {1, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, (project + name).c_str(), times, 0), 0);
    }
    const std::string path =
        *materialise(*store, *builder->build(job::PathsLayer{.paths = {"a", "b", "c"}}));
    const auto inode = [&](const char* name) {
        return sys::fstatat(AT_FDCWD, path + "/" + name)->st_ino;
    };
    EXPECT_NE(inode("a"), inode("b"));
    EXPECT_EQ(inode("a"), inode("c"));
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/b")->st_nlink, 1U);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/b")->st_mtim.tv_sec, 1);
}

TEST_F(ABuilder, NamesAMissingPathAndTheReason) {
    ASSERT_TRUE(sys::make_directories(project));
    EXPECT_THAT(error_of(job::PathsLayer{.paths = {"nowhere"}}),
                HasSubstr("project/nowhere\": No such file or directory"));
}

TEST_F(ABuilder, AppliesPrefixOptionsInTheirOrder) {
    dir.write("project/out/bin/t", "x");
    const auto path_of = [&](job::PrefixOptions options, const std::string& path = "out/bin/t") {
        return built(job::PathsLayer{.paths = {path}, .options = std::move(options)});
    };
    EXPECT_THAT(path_of({}), ElementsAre("/out/bin/t"));
    EXPECT_THAT(path_of({.strip_prefix = "out/"}), ElementsAre("/bin/t"));
    EXPECT_THAT(path_of({.strip_prefix = "out", .prepend_prefix = "/opt"}),
                ElementsAre("/opt/bin/t"));
    EXPECT_THAT(path_of({.prepend_prefix = "lib64"}, project + "/out/bin/t"),
                ElementsAre("/lib64" + project + "/out/bin/t"));
    EXPECT_THAT(path_of({.canonicalize = true}), ElementsAre(project + "/out/bin/t"));
    EXPECT_THAT(path_of({.strip_prefix = "bin"}), ElementsAre("/out/bin/t"));
    EXPECT_THAT(path_of({.strip_prefix = "/out"}), ElementsAre("/out/bin/t"));
}

TEST_F(ABuilder, WarnsOncePerLayerOfAPrefixThatNeverMatches) {
    dir.write("project/a", "x");
    dir.write("project/b", "x");
    built(job::PathsLayer{.paths = {"a", "b"}, .options = {.strip_prefix = "c"}});
    EXPECT_THAT(messages, ElementsAre(HasSubstr("strip_prefix \"c\"")));
}

TEST_F(ABuilder, RefusesPathsThatLeadUpwards) {
    dir.write("outside", "x");
    ASSERT_TRUE(sys::make_directories(project));
    EXPECT_THAT(error_of(job::PathsLayer{.paths = {"../outside"}}), HasSubstr("../outside"));
}

TEST_F(ABuilder, FollowsLinksOnlyWhenAsked) {
    dir.write("project/real", "content");
    ASSERT_EQ(::symlink("real", (project + "/link").c_str()), 0);
    EXPECT_THAT(built(job::PathsLayer{.paths = {"link"}}), ElementsAre("/link -> real"));
    EXPECT_THAT(built(job::PathsLayer{.paths = {"link"}, .options = {.follow_symlinks = true}}),
                ElementsAre("/link"));
    EXPECT_THAT(built(job::PathsLayer{.paths = {"link"}, .options = {.canonicalize = true}}),
                ElementsAre(project + "/real"));
}

TEST_F(ABuilder, MatchesGlobsAgainstTheWholeProject) {
    dir.write("project/a.txt", "x");
    dir.write("project/d/b.txt", "x");
    dir.write("project/d/c.py", "x");
    EXPECT_THAT(built(job::GlobLayer{.pattern = "*.txt"}), ElementsAre("/a.txt", "/d/b.txt"));
    EXPECT_THAT(built(job::GlobLayer{.pattern = "d/**"}), ElementsAre("/d/b.txt", "/d/c.py"));
    EXPECT_THAT(built(job::GlobLayer{.pattern = "*"}),
                ElementsAre("/a.txt", "/d/", "/d/b.txt", "/d/c.py"));
}

TEST_F(ABuilder, DoesNotLookIntoVersionControlAndEnvironmentsUnlessItMust) {
    dir.write("project/a", "x");
    dir.write("project/.git/config", "x");
    dir.write("project/env/pyvenv.cfg", "x");
    dir.write("project/env/lib/x", "x");
    EXPECT_THAT(built(job::GlobLayer{.pattern = "**"}), ElementsAre("/a"));
    EXPECT_THAT(built(job::GlobLayer{.pattern = "env/lib/*"}), ElementsAre("/env/lib/x"));
    EXPECT_THAT(built(job::GlobLayer{.pattern = ".git/*"}), ElementsAre("/.git/config"));
}

TEST_F(ABuilder, WarnsOfAGlobThatMatchesNothing) {
    dir.write("project/a", "x");
    EXPECT_THAT(built(job::GlobLayer{.pattern = "nothing/*"}), IsEmpty());
    EXPECT_THAT(built(job::GlobLayer{.pattern = "/a"}), IsEmpty());
    EXPECT_THAT(messages,
                ElementsAre(HasSubstr("\"nothing/*\" matches nothing"), HasSubstr("\"/a\"")));
}

TEST_F(ABuilder, RefusesASocketThatAGlobMatches) {
    ASSERT_TRUE(sys::make_directories(project));
    ASSERT_EQ(::mkfifo((project + "/pipe").c_str(), 0600), 0);
    EXPECT_THAT(error_of(job::GlobLayer{.pattern = "*"}), HasSubstr("pipe\" is a named pipe"));
}

TEST_F(ABuilder, TakesATarFileFromTheProjectDirectory) {
    EXPECT_THAT(error_of(job::TarLayer{"missing.tar"}), HasSubstr(project + "/missing.tar"));
    dir.write("project/bad.tar", std::string(2048, 'x'));
    EXPECT_THAT(error_of(job::TarLayer{"bad.tar"}), StartsWith("layer tar: \"bad.tar\""));
}

TEST_F(ABuilder, TakesSharedLibrariesAtThePathsWhereTheyWereFound) {
    const auto paths = built(
        job::SharedLibrariesLayer{.binaries = {"/bin/ls"}, .options = {.follow_symlinks = true}});
    EXPECT_THAT(paths, Contains(::testing::EndsWith("/libc.so.6")));
}

TEST_F(ABuilder, SaysThatCommandsAreNotSupported) {
    EXPECT_THAT(error_of(job::CommandLayer{{"make", "it"}}),
                StartsWith("layer command: not supported (found \"make it\")"));
}

TEST_F(ABuilder, NamesTheKindOfALayerThatCannotBeBuilt) {
    EXPECT_THAT(error_of(job::StubsLayer{{"/a", "/a"}}),
                StartsWith("layer stubs: \"/a\" already exists"));
    EXPECT_THAT(error_of(job::StubsLayer{{"/a/{b"}}), StartsWith("layer stubs: "));
    EXPECT_THAT(error_of(job::SymlinksLayer{{{.link = "/../a", .target = "b"}}}),
                StartsWith("layer symlinks: "));
    EXPECT_THAT(error_of(job::GlobLayer{.pattern = "a[b"}), StartsWith("layer glob: "));
}

TEST_F(ABuilder, MakesFilesFromTheirContent) {
    const job::MadeFilesLayer layer{
        {{.path = "/etc/hosts", .content = "127.0.0.1 localhost\n", .mode = 0600},
         {.path = "/tmp", .kind = job::MadeFile::Kind::directory, .mode = 01777},
         {.path = "/etc/mtab", .kind = job::MadeFile::Kind::symlink, .content = "/proc/mounts"}}};
    EXPECT_THAT(built(layer), ElementsAre("/etc/hosts", "/etc/mtab -> /proc/mounts", "/tmp/"));
    const std::string path = *materialise(*store, *builder->build(layer));
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/tmp")->st_mode & 07777U, 01777U);
}

TEST_F(ABuilder, TakesAProjectAtItsOwnPath) {
    dir.write("project/src/a.py", "x");
    EXPECT_THAT(built(job::ProjectLayer{.root = project}),
                ElementsAre(project + "/", project + "/src/", project + "/src/a.py"));
}

TEST_F(ABuilder, MakesTheSameLayerFromTheSameFiles) {
    dir.write("project/a", "x");
    const job::GlobLayer layer{.pattern = "*"};
    EXPECT_EQ(*builder->build(layer), *another()->build(layer));
}

TEST_F(ABuilder, NoticesAnEditWhateverTheTimesSay) {
    const std::string path = dir.write("project/a", "before");
    const job::PathsLayer layer{.paths = {"a"}};
    const Digest before = *builder->build(layer);
    const auto status = sys::fstatat(AT_FDCWD, path);
    dir.write("project/a", "after!");
    const timespec times[2] = {status->st_atim, status->st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    const Digest after = *another()->build(layer);
    EXPECT_NE(before, after);
    EXPECT_TRUE(store->contains(store::digest_of("after!")));
}

TEST_F(ABuilder, DoesNotReadUnchangedFilesAgain) {
    const std::string path = dir.write("project/a", "content");
    wait_until_settled(path);
    const job::PathsLayer layer{.paths = {"a"}};
    const Digest first = *builder->build(layer);
    ASSERT_TRUE(materialise(*store, first));
    // Unreadable for everyone but root; root would not notice, hence the count of blobs read below.
    const std::string blob = dir / "store/blobs/" + store::digest_of("content").hex().substr(0, 2) +
                             "/" + store::digest_of("content").hex();
    ASSERT_EQ(::unlink(blob.c_str()), 0);
    EXPECT_EQ(*another()->build(layer), first);
    EXPECT_FALSE(store->contains(store::digest_of("content"))) << "the file was read and put again";
}

TEST_F(ABuilder, MakesALayerAgainWhoseBlobsWereLost) {
    const std::string path = dir.write("project/a", "content");
    wait_until_settled(path);
    const job::PathsLayer layer{.paths = {"a"}};
    const Digest first = *builder->build(layer);
    const std::string hex = store::digest_of("content").hex();
    ASSERT_EQ(::unlink((dir / "store/blobs/" + hex.substr(0, 2) + "/" + hex).c_str()), 0);
    EXPECT_EQ(*another()->build(layer), first);
    EXPECT_TRUE(materialise(*store, first));
}

TEST_F(ABuilder, MakesALayerAgainWhoseFilesWereLostWhenTheMachineStopped) {
    const std::string path = dir.write("project/a", "content");
    wait_until_settled(path);
    const job::PathsLayer layer{.paths = {"a"}};
    const std::string shown = *materialise(*store, *builder->build(layer)) + "/a";
    const std::string hex = store::digest_of("content").hex();
    const std::string blob = dir / "store/blobs/" + hex.substr(0, 2) + "/" + hex;
    ASSERT_EQ(::chmod(blob.c_str(), 0644), 0);
    ASSERT_EQ(::truncate(blob.c_str(), 0), 0);
    ASSERT_EQ(*sys::read_file(shown, {100}), "") << "it is the same file";
    builder.reset();
    store.reset();
    store = std::move(*store::Store::open({.directory = dir / "store", .boot_id = "the next"}));
    const auto digest = another()->build(layer);
    ASSERT_TRUE(digest) << digest.error().message();
    EXPECT_EQ(*sys::read_file(*materialise(*store, *digest) + "/a", {100}), "content");
}

TEST_F(ABuilder, NeverRemembersAFailure) {
    ASSERT_TRUE(sys::make_directories(project));
    const job::PathsLayer layer{.paths = {"late"}};
    EXPECT_FALSE(builder->build(layer));
    dir.write("project/late", "x");
    EXPECT_TRUE(builder->build(layer));
}

TEST_F(ABuilder, LetsManyThreadsBuildAtOnce) {
    for (int i = 0; i < 50; ++i) {
        dir.write(fmt::format("project/f{}", i), fmt::format("content {}", i));
    }
    std::mutex mutex;
    std::set<Digest> digests;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            const auto digest = builder->build(job::GlobLayer{.pattern = i % 2 == 0 ? "f*" : "**"});
            const std::lock_guard lock(mutex);
            digests.insert(digest.value());
        });
    }
    threads.clear();
    EXPECT_EQ(digests.size(), 1U);
}

TEST_F(ABuilder, MatchesManyPathsWithoutFurtherThreads) {
    for (int i = 0; i < 3'000; ++i) {
        dir.write(fmt::format("project/many/{}", i), "");
    }
    const testing::NoThreads none;
    EXPECT_EQ(built(job::GlobLayer{.pattern = "many/*"}).size(), 3'000U);
}

}  // namespace
}  // namespace maelstrom::layer

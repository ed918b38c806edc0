#include "layer/root.hpp"
#include "layer/tree.hpp"
#include "layer/tree_maker.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "testing/no_threads.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace maelstrom::layer {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ARoot : public ::testing::Test {
protected:
    /// Grows one layer.
    class Growing {
    public:
        explicit Growing(store::Store& store) : store_(store) {}
        Growing&
        file(const std::string& path, const std::string& content, std::uint32_t mode = 0644) {
            const FileAttributes attributes{.mode = mode, .mtime = {1'600'000'000, 0}};
            EXPECT_TRUE(maker_.add(path, Node{File{*store_.put(content, attributes), attributes}}));
            return *this;
        }
        Growing& directory(const std::string& path, std::uint32_t mode) {
            EXPECT_TRUE(maker_.add_directory(path, {.mode = mode, .mtime = {1'500'000'000, 0}}));
            return *this;
        }
        Growing& link(const std::string& path, const std::string& target) {
            EXPECT_TRUE(maker_.add(path, Node{Link{target}}));
            return *this;
        }
        Growing& whiteout(const std::string& path) {
            EXPECT_TRUE(maker_.add(path, Node{Whiteout{}}));
            return *this;
        }
        Digest done() { return *put(store_, maker_.take()); }

    private:
        store::Store& store_;
        TreeMaker maker_{TreeMaker::Repeat::refuse};
    };
    Growing layer() { return Growing(*store); }

    static std::string text(const std::string& path) {
        const auto read = sys::read_file(path, {1000});
        return read ? *read : read.error().message();
    }
    static unsigned mode(const std::string& path) {
        return sys::fstatat(AT_FDCWD, path)->st_mode & 07777U;
    }

    testing::TempDir dir;
    std::unique_ptr<store::Store> store = std::move(*store::Store::open({dir / "store"}));
};

TEST_F(ARoot, ShowsALayerAsPlainFiles) {
    const std::string path = *materialise(*store, layer()
                                                      .file("/bin/tool", "program", 0755)
                                                      .link("/l", "bin/tool")
                                                      .directory("/closed", 0500)
                                                      .done());
    EXPECT_EQ(text(path + "/bin/tool"), "program");
    EXPECT_EQ(mode(path + "/bin/tool"), 0755U);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/bin/tool")->st_mtim.tv_sec, 1'600'000'000);
    EXPECT_EQ(mode(path + "/closed"), 0500U);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, path + "/closed")->st_mtim.tv_sec, 1'500'000'000);
    EXPECT_EQ(mode(path + "/bin"), 0777U);
    EXPECT_EQ(*sys::readlinkat(AT_FDCWD, path + "/l"), "bin/tool");
}

/// An overlay, which a disk that programs cannot be run from needs, takes two at least.
std::size_t directories_for_one(const testing::TempDir& dir) {
    struct statvfs status{};
    const bool is_noexec =
        ::statvfs(dir.path().c_str(), &status) == 0 && (status.f_flag & ST_NOEXEC) != 0;
    return is_noexec ? 2 : 1;
}

TEST_F(ARoot, IsOneDirectoryForOneLayer) {
    const Digest only = layer().file("/a", "x").done();
    EXPECT_THAT(*prepare_root(*store, std::array{only}), SizeIs(directories_for_one(dir)));
    EXPECT_FALSE(prepare_root(*store, {}));
}

TEST_F(ARoot, ListsTheTopmostDirectoryFirst) {
    const Digest bottom = layer().file("/a", "bottom").done();
    const Digest top = layer().file("/a", "top").done();
    const auto directories = *prepare_root(*store, std::array{bottom, top});
    ASSERT_THAT(directories, SizeIs(2));
    EXPECT_EQ(text(directories[0] + "/a"), "top");
    EXPECT_EQ(text(directories[1] + "/a"), "bottom");
    EXPECT_EQ(*prepare_root(*store, std::array{bottom, top}), directories);
}

TEST_F(ARoot, IsFoundOncePrepared) {
    const Digest bottom = layer().file("/a", "bottom").done();
    const Digest top = layer().file("/a", "top").done();
    EXPECT_EQ(find_root(*store, std::array{bottom, top}), std::nullopt);
    const auto directories = *prepare_root(*store, std::array{bottom, top});
    EXPECT_EQ(find_root(*store, std::array{bottom, top}), directories);
    std::filesystem::remove_all(std::filesystem::path(directories[0]).parent_path());
    EXPECT_EQ(find_root(*store, std::array{bottom, top}), std::nullopt);
}

TEST_F(ARoot, NamesALayerThatStandsTwiceOnce) {
    const Digest one = layer().file("/a", "one").done();
    const Digest other = layer().file("/a", "other").done();
    const auto directories = *prepare_root(*store, std::array{one, other, one});
    ASSERT_THAT(directories, SizeIs(2));
    EXPECT_EQ(text(directories[0] + "/a"), "one");
    EXPECT_THAT(*prepare_root(*store, std::array{one, one}), SizeIs(directories_for_one(dir)));
}

TEST_F(ARoot, LetsImpliedParentsKeepTheAttributesBelow) {
    const Digest bottom = layer().directory("/etc", 0700).done();
    const Digest top = layer().file("/etc/x", "x").done();
    const auto directories = *prepare_root(*store, std::array{bottom, top});
    ASSERT_THAT(directories, SizeIs(2));
    EXPECT_EQ(mode(directories[0] + "/etc"), 0700U);
}

TEST_F(ARoot, PlacesEntriesThroughALinkBelow) {
    const Digest bottom = layer().file("/usr/lib/libc", "c").link("/lib", "usr/lib").done();
    const Digest top = layer().file("/lib/extra", "x").done();
    const auto directories = *prepare_root(*store, std::array{bottom, top});
    EXPECT_EQ(text(directories[0] + "/usr/lib/extra"), "x");
    EXPECT_FALSE(sys::fstatat(AT_FDCWD, directories[0] + "/lib"));
}

TEST_F(ARoot, MergesWhatAWhiteoutHides) {
    const Digest bottom = layer().file("/d/gone", "x").file("/d/kept", "y").done();
    const Digest middle = layer().whiteout("/d/gone").done();
    const Digest top = layer().file("/e", "z").done();
    const auto directories = *prepare_root(*store, std::array{bottom, middle, top});
    ASSERT_THAT(directories, SizeIs(2));
    EXPECT_EQ(text(directories[1] + "/d/kept"), "y");
    EXPECT_FALSE(sys::fstatat(AT_FDCWD, directories[1] + "/d/gone"));
}

TEST_F(ARoot, MergesLayersThatAreTooManyForOneMount) {
    std::vector<Digest> layers;
    for (int i = 0; i < 40; ++i) {
        layers.push_back(layer().file(fmt::format("/f{}", i), fmt::format("{}", i)).done());
    }
    const auto directories = *prepare_root(*store, layers);
    EXPECT_THAT(directories, SizeIs(max_lower_directories));
    EXPECT_EQ(text(directories.back() + "/f0"), "0");
    EXPECT_EQ(text(directories.front() + "/f39"), "39");
    EXPECT_EQ(text(directories.back() + "/f20"), "20");
}

TEST_F(ARoot, IsPreparedAgainAfterAnEviction) {
    const Digest bottom = layer().directory("/etc", 0700).done();
    const Digest top = layer().file("/etc/x", "x").done();
    ASSERT_TRUE(prepare_root(*store, std::array{bottom, top}));
    store = std::move(*store::Store::open({dir / "store"}));
    ASSERT_TRUE(store->evict({0}));
    const auto prepared = prepare_root(*store, std::array{bottom, top});
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().kind(), util::ErrorKind::not_found);
    layer().directory("/etc", 0700).done();
    layer().file("/etc/x", "x").done();
    EXPECT_TRUE(prepare_root(*store, std::array{bottom, top}));
}

TEST_F(ARoot, FindsEveryDamagedBlobInOneLook) {
    const Digest made = layer().file("/a", "first").file("/b", "second").file("/c", "third").done();
    std::vector<Digest> damaged;
    for (const char* content : {"first", "third"}) {
        damaged.push_back(store::digest_of(content));
        const std::string hex = damaged.back().hex();
        ASSERT_TRUE(sys::replace_file(dir / ("store/blobs/" + hex.substr(0, 2) + "/" + hex), "x",
                                      0444, sys::Durability::cached));
    }
    const auto prepared = prepare_root(*store, std::array{made});
    ASSERT_FALSE(prepared);
    EXPECT_EQ(prepared.error().kind(), util::ErrorKind::not_found);
    for (const Digest& digest : damaged) {
        EXPECT_FALSE(sys::fstatat(
            AT_FDCWD, dir / ("store/blobs/" + digest.hex().substr(0, 2) + "/" + digest.hex())));
    }
}

TEST_F(ARoot, IsMadeOnceByThreadsThatWantItAtTheSameTime) {
    auto growing = layer();
    for (int i = 0; i < 200; ++i) {
        growing.file(fmt::format("/d{}/f{}", i % 7, i), fmt::format("{}", i));
    }
    const Digest wanted = growing.done();
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back(
            [&] { EXPECT_EQ(text(*materialise(*store, wanted) + "/d0/f0"), "0"); });
    }
}

constexpr int no_namespaces = 77;

/// Mounts the directories read-only in namespaces of its own, as a slot does, and runs `look`
/// there.
template <class Look>
int look_at_overlay(const std::vector<std::string>& lowers, const std::string& scratch, Look look) {
    const auto uid = ::geteuid();
    const auto gid = ::getegid();
    // Not fork and unshare: the thread sanitizer gives each forked process a second thread, and a
    // process with two gets no user namespace (unshare(2)).
    const long pid = ::syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
    if (pid < 0) {
        return no_namespaces;
    }
    if (pid == 0) {
        std::ofstream("/proc/self/setgroups") << "deny";
        std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
        std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
        const std::string options =
            fmt::format("lowerdir={}:{},userxattr", fmt::join(lowers, ":"), scratch + "/empty");
        if (::mount("overlay", (scratch + "/root").c_str(), "overlay", MS_RDONLY,
                    options.c_str()) != 0) {
            ::_exit(76);
        }
        ::_exit(look(scratch + "/root") ? 0 : 1);
    }
    int status = -1;
    ::waitpid(static_cast<pid_t>(pid), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(ARoot, LooksRightThroughAnOverlayOfAnOrdinaryUser) {
    const Digest bottom = layer()
                              .directory("/etc", 0755)
                              .file("/etc/a", "a")
                              .file("/usr/lib/gone", "x")
                              .file("/usr/lib/kept", "kept")
                              .link("/lib", "usr/lib")
                              .done();
    const Digest middle = layer().whiteout("/usr/lib/gone").file("/etc/b", "b").done();
    const Digest top = layer().file("/lib/new", "new").file("/etc/c", "c").done();
    const auto lowers = *prepare_root(*store, std::array{bottom, middle, top});
    ASSERT_TRUE(sys::make_directories(dir / "empty") && sys::make_directories(dir / "root"));
    const int result = look_at_overlay(lowers, dir.path(), [](const std::string& root) {
        return mode(root + "/etc") == 0755U && text(root + "/etc/a") == "a" &&
               text(root + "/etc/b") == "b" && text(root + "/etc/c") == "c" &&
               text(root + "/lib/kept") == "kept" && text(root + "/lib/new") == "new" &&
               !sys::fstatat(AT_FDCWD, root + "/lib/gone");
    });
    if (result == no_namespaces) {
        GTEST_SKIP() << "user namespaces are forbidden here";
    }
    EXPECT_EQ(result, 0);
}

TEST_F(ARoot, IsFilledWithoutFurtherThreads) {
    Growing large = layer();
    for (int i = 0; i < 300; ++i) {
        large.file(fmt::format("/{}/x", i), "x");
    }
    const Digest digest = large.done();
    const testing::NoThreads none;
    EXPECT_TRUE(prepare_root(*store, std::array{digest}));
}

}  // namespace
}  // namespace maelstrom::layer

#include "store/blob_writer.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace maelstrom::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using util::ErrorKind;

/// A store in a directory of its own; further ones on the same directory play other processes.
class AStore : public ::testing::Test {
protected:
    std::unique_ptr<Store> open(util::Bytes cache_size = {1'000'000'000}) {
        auto opened = Store::open({.directory = dir / "store", .cache_size = cache_size});
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }
    std::string blob_file(const Digest& digest) const {
        return dir / "store/blobs/" + digest.hex().substr(0, 2) + "/" + digest.hex();
    }
    /// As someone with a text editor would.
    void overwrite(const std::string& path, std::string_view text) const {
        ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
        const auto fd = sys::open(path, O_WRONLY | O_TRUNC);
        ASSERT_TRUE(fd && sys::write_all(*fd, text));
    }
    Source source(const std::string& path) const {
        const auto status = sys::fstatat(AT_FDCWD, path);
        EXPECT_TRUE(status);
        return {
            .path = path, .attributes = attributes_of(*status), .identity = identity_of(*status)};
    }
    sys::Fd directory(const std::string& name) const {
        EXPECT_TRUE(sys::make_directories(dir / name));
        return std::move(*sys::open(dir / name, O_RDONLY | O_DIRECTORY));
    }

    testing::TempDir dir;
};

TEST(Sha256, HashesTheExampleOfTheStandard) {
    EXPECT_EQ(digest_of("abc").hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_of("abc").size, 3U);
}

TEST_F(AStore, GivesBackWhatWasPut) {
    const auto store = open();
    const Digest digest = *store->put("hello");
    EXPECT_EQ(digest, digest_of("hello"));
    EXPECT_EQ(*store->read(digest), "hello");
    EXPECT_EQ(*sys::read_all(*store->open_blob(digest), {100}), "hello");
}

TEST_F(AStore, IsSharedByAllWhoOpenIt) {
    const auto one = open();
    const auto other = open();
    const Digest digest = *one->put("hello");
    EXPECT_TRUE(other->contains(digest));
}

TEST_F(AStore, RefusesADirectoryOfAnotherVersion) {
    open();
    overwrite(dir / "store/version", "maelstrom store 999\n");
    const auto opened = Store::open({.directory = dir / "store"});
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr("not a store that this program understands"));
}

TEST_F(AStore, TakesABlobPieceByPiece) {
    const auto store = open();
    BlobWriter writer = *store->writer();
    ASSERT_TRUE(writer.write("one "));
    ASSERT_TRUE(writer.write("two"));
    EXPECT_EQ(*writer.commit(), digest_of("one two"));
    EXPECT_EQ(*store->read(digest_of("one two")), "one two");
}

TEST_F(AStore, ForgetsABlobThatWasNotCommitted) {
    const auto store = open();
    {
        BlobWriter writer = *store->writer();
        ASSERT_TRUE(writer.write("half"));
    }
    EXPECT_FALSE(store->contains(digest_of("half")));
    const auto leases = sys::list_directory(*sys::open(dir / "store/tmp", O_RDONLY));
    ASSERT_EQ(leases->size(), 1U);
    EXPECT_THAT(
        *sys::list_directory(*sys::open(dir / "store/tmp/" + leases->front().name, O_RDONLY)),
        ::testing::IsEmpty());
}

/// Only ext4 is known to care (docs/decisions/013-a-place-for-new-files.md); every other works,
/// too.
TEST_F(AStore, MakesFilesWhereTheDiskHasRoom) {
    ASSERT_TRUE(open()->put("content"));
    EXPECT_TRUE(open()->contains(digest_of("content")));
    const sys::Fd drafts = *sys::open(dir / "store/tmp", O_RDONLY);
    struct statfs about{};
    ASSERT_EQ(::fstatfs(drafts.get(), &about), 0);
    int flags = 0;
    const bool has_flags = ::ioctl(drafts.get(), FS_IOC_GETFLAGS, &flags) == 0;
    if (about.f_type == EXT4_SUPER_MAGIC) {
        EXPECT_TRUE(has_flags && (flags & FS_TOPDIR_FL) != 0);
    }
}

TEST_F(AStore, CopiesFilesSoThatLaterEditsDoNotShow) {
    const auto store = open();
    const std::string path = dir.write("file", "before");
    const Digest digest = *store->put_files(std::array{source(path)})[0];
    overwrite(path, "after!");
    EXPECT_EQ(*store->read(digest), "before");
}

TEST_F(AStore, TakesManyFilesInOrder) {
    const auto store = open();
    std::vector<Source> sources;
    for (int i = 0; i < 200; ++i) {
        sources.push_back(source(dir.write(fmt::format("f{}", i), fmt::format("content {}", i))));
    }
    sources.push_back(source(dir.write("large", std::string(3 << 20, 'x'))));
    const auto digests = store->put_files(sources);
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(*digests[static_cast<std::size_t>(i)], digest_of(fmt::format("content {}", i)));
    }
    EXPECT_EQ(*digests.back(), digest_of(std::string(3 << 20, 'x')));
    EXPECT_TRUE(store->contains(*digests.back()));
}

TEST_F(AStore, SaysWhichFileItCouldNotTake) {
    const auto store = open();
    Source gone = source(dir.write("gone", "x"));
    ::unlink(gone.path.c_str());
    const auto digests = store->put_files(std::array{gone, source(dir.write("there", "y"))});
    ASSERT_FALSE(digests[0]);
    EXPECT_THAT(digests[0].error().message(), HasSubstr("gone: No such file"));
    EXPECT_EQ(*digests[1], digest_of("y"));
}

TEST_F(AStore, DoesNotReadAFileWhoseDigestItRemembers) {
    const std::string path = dir.write("file", "content");
    Source known = source(path);
    {
        // As if it had been made an hour ago: the identity settles when the clock says so.
        const auto store = open();
        while (!is_settled(source(path).identity, sys::file_clock())) {
        }
        ASSERT_TRUE(store->put_files(std::array{known})[0]);
    }
    ::unlink(path.c_str());
    EXPECT_EQ(*open()->put_files(std::array{known})[0], digest_of("content"));
}

TEST_F(AStore, RemembersAnswersForOtherProcesses) {
    open()->remember(digest_of("key"), "value");
    const auto later = open();
    EXPECT_THAT(later->recall(digest_of("key")), Optional(std::string("value")));
    EXPECT_EQ(later->recall(digest_of("other key")), std::nullopt);
}

TEST_F(AStore, LeavesALogOfFewPages) {
    {
        const auto store = open();
        for (int i = 0; i < 2'000; ++i) {
            store->remember(digest_of(fmt::format("key {}", i)), std::string(100, 'v'));
        }
    }
    constexpr off_t page = 4096;
    ASSERT_GT(sys::fstatat(AT_FDCWD, dir / "store/index.sqlite")->st_size, 50 * page);
    EXPECT_LE(sys::fstatat(AT_FDCWD, dir / "store/index.sqlite-wal")->st_size, 20 * page);
    EXPECT_TRUE(open()->recall(digest_of("key 1999")));
}

TEST_F(AStore, BeginsADamagedIndexAnew) {
    open()->remember(digest_of("key"), "value");
    ::unlink((dir / "store/index.sqlite-wal").c_str());
    ::unlink((dir / "store/index.sqlite-shm").c_str());
    overwrite(dir / "store/index.sqlite", std::string(8192, 'z'));
    {
        const auto store = open();
        EXPECT_EQ(store->recall(digest_of("key")), std::nullopt);
        store->remember(digest_of("key"), "new value");
    }
    EXPECT_THAT(open()->recall(digest_of("key")), Optional(std::string("new value")));
}

TEST_F(AStore, LinksAFileThatShowsTheRightAttributes) {
    const auto store = open();
    const FileAttributes attributes{.mode = 0755, .mtime = {1'700'000'000, 123}};
    const Digest digest = *store->put("program", attributes);
    const sys::Fd layer = directory("layer");
    EXPECT_EQ(*store->place(digest, attributes, layer.get(), "a"), Store::Placement::linked);
    const auto status = sys::fstatat(layer.get(), "a");
    EXPECT_EQ(status->st_nlink, 2U);
    EXPECT_EQ(attributes_of(*status), attributes);
}

TEST_F(AStore, CopiesAFileThatMustShowOthers) {
    const auto store = open();
    const Digest digest = *store->put("data", {.mode = 0644, .mtime = {1'700'000'000, 0}});
    const sys::Fd layer = directory("layer");
    const FileAttributes older{.mode = 0600, .mtime = {1'600'000'000, 0}};
    EXPECT_EQ(*store->place(digest, older, layer.get(), "a"), Store::Placement::copied);
    EXPECT_EQ(attributes_of(*sys::fstatat(layer.get(), "a")), older);
}

TEST_F(AStore, LinksToTheNewerFileOnceThereWasOne) {
    const auto store = open();
    const Digest digest = *store->put("data", {.mode = 0644, .mtime = {1'600'000'000, 0}});
    const sys::Fd layer = directory("layer");
    const FileAttributes newer{.mode = 0644, .mtime = {1'700'000'000, 0}};
    EXPECT_EQ(*store->place(digest, newer, layer.get(), "a"), Store::Placement::copied);
    EXPECT_EQ(*store->place(digest, newer, layer.get(), "b"), Store::Placement::linked);
}

TEST_F(AStore, CopiesAFileThatHasAsManyNamesAsTheDiskAllows) {
    const auto store = open();
    const FileAttributes attributes{.mode = 0644, .mtime = {1'600'000'000, 0}};
    const Digest empty = *store->put("", attributes);
    const sys::Fd names = directory("names");
    const std::string blob = blob_file(empty);
    errno = 0;
    int count = 0;  // ext4 stops at 65,000, others later or never
    while (count < 66'000 &&
           ::linkat(AT_FDCWD, blob.c_str(), names.get(), std::to_string(count).c_str(), 0) == 0) {
        ++count;
    }
    ASSERT_NE(errno, ENOSPC) << "this disk has room for " << count << " names only";
    const sys::Fd layer = directory("layer");
    ASSERT_TRUE(store->place(empty, attributes, layer.get(), "a"));
    EXPECT_EQ(*store->place(empty, attributes, layer.get(), "b"), Store::Placement::linked);
}

TEST_F(AStore, KeepsAFileReadableThatNobodyMayRead) {
    const auto store = open();
    const FileAttributes closed{.mode = 0000, .mtime = {1'600'000'000, 0}};
    const Digest digest = *store->put("secret", closed);
    const sys::Fd layer = directory("layer");
    ASSERT_TRUE(store->place(digest, closed, layer.get(), "a"));
    ASSERT_TRUE(store->place(digest, closed, layer.get(), "b"));
    EXPECT_EQ(sys::fstatat(layer.get(), "b")->st_mode & 07777U, 0U);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, blob_file(digest))->st_mode & 07777U, 0400U);
}

TEST_F(AStore, DropsABlobOfTheWrongSize) {
    const auto store = open();
    const Digest digest = *store->put("whole");
    overwrite(blob_file(digest), "who");
    EXPECT_EQ(store->read(digest).error().kind(), ErrorKind::not_found);
    EXPECT_EQ(*store->put("whole"), digest);
    EXPECT_EQ(*store->read(digest), "whole");
}

TEST_F(AStore, DropsABlobOfTheWrongContent) {
    const auto store = open();
    const Digest digest = *store->put("right");
    overwrite(blob_file(digest), "wrong");
    EXPECT_EQ(store->read(digest).error().kind(), ErrorKind::not_found);
    EXPECT_FALSE(store->contains(digest));
}

TEST_F(AStore, NeverCopiesADamagedBlob) {
    const auto store = open();
    const Digest digest = *store->put("right");
    overwrite(blob_file(digest), "wrong");
    const sys::Fd layer = directory("layer");
    const auto placed = store->place(digest, {.mode = 0600}, layer.get(), "a");
    EXPECT_EQ(placed.error().kind(), ErrorKind::not_found);
    EXPECT_FALSE(sys::fstatat(layer.get(), "a"));
}

TEST_F(AStore, KnowsWhenAMemberOfAGroupIsMissing) {
    const auto store = open();
    const Digest member = *store->put("member");
    const Digest group = *store->put_group("names member", std::array{member});
    EXPECT_THAT(store->members(group), Optional(ElementsAre(member)));
    ::unlink(blob_file(member).c_str());
    EXPECT_FALSE(store->is_complete(group));
}

TEST_F(AStore, LooksAgainForTheMembersOfAGroupOnceOneHasBeenMissed) {
    const auto store = open();
    const auto other = open();
    const Digest member = *store->put("member");
    const Digest group = *store->put_group("names member", std::array{member});
    EXPECT_TRUE(store->is_complete(group));
    EXPECT_TRUE(other->is_complete(group));
    ::unlink(blob_file(member).c_str());
    EXPECT_FALSE(store->open_blob(member));
    EXPECT_FALSE(store->is_complete(group));
    EXPECT_FALSE(other->is_complete(group));
}

TEST_F(AStore, LooksAgainForTheMembersOfAGroupAfterAnEviction) {
    Digest member;
    Digest group;
    {
        const auto store = open();
        member = *store->put("member");
        group = *store->put_group("names member", std::array{member});
        EXPECT_TRUE(store->is_complete(group));
    }
    const auto store = open();
    ASSERT_TRUE(store->evict(util::Bytes{0}));
    EXPECT_FALSE(store->is_complete(group));
    EXPECT_EQ(*store->put_group("names member", std::array{member}), group);
    EXPECT_FALSE(store->is_complete(group));
}

TEST_F(AStore, PutsAGroupThatIsThereWithoutWritingIt) {
    const auto store = open();
    const Digest member = *store->put("member");
    const Digest group = *store->put_group("names member", std::array{member});
    const std::string file = dir / "store/groups/" + group.hex().substr(0, 2) + "/" + group.hex();
    const auto before = sys::fstatat(AT_FDCWD, file);
    EXPECT_EQ(*store->put_group("names member", std::array{member}), group);
    EXPECT_EQ(sys::fstatat(AT_FDCWD, file)->st_ino, before->st_ino);
}

/// Makes one file "content", and counts how often it was asked.
class OneFile final : public Store::Filler {
public:
    OneFile(Store& store, Digest blob) : store_(store), blob_(blob) {}
    Result<util::Bytes> fill(const sys::Fd& directory) override {
        ++calls;
        (void)TRY(store_.place(blob_, {}, directory.get(), "content"));
        return util::Bytes{0};
    }
    std::atomic<int> calls = 0;

private:
    Store& store_;
    Digest blob_;
};

TEST_F(AStore, ShowsADirectoryWholeAndMakesItOnce) {
    const auto store = open();
    const Digest member = *store->put("member");
    const Digest group = *store->put_group("group", std::array{member});
    OneFile filler(*store, member);
    EXPECT_EQ(*store->find_directory(group), std::nullopt);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] { EXPECT_TRUE(store->make_directory(group, filler)); });
    }
    threads.clear();
    EXPECT_EQ(filler.calls, 1);
    const auto found = *store->find_directory(group);
    ASSERT_TRUE(found);
    EXPECT_EQ(*sys::read_file(*found + "/content", {100}), "member");
}

TEST_F(AStore, ShowsNothingOfADirectoryThatFailed) {
    const auto store = open();
    const Digest group = *store->put_group("group", {});
    OneFile filler(*store, digest_of("not there"));
    EXPECT_FALSE(store->make_directory(group, filler));
    EXPECT_EQ(*store->find_directory(group), std::nullopt);
}

}  // namespace
}  // namespace maelstrom::store

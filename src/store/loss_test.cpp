// What the store does about files that are torn, damaged or gone, and about wishes it cannot grant
// at once.

#include "store/blob_writer.hpp"
#include "store/sha256.hpp"
#include "store/showing.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "testing/no_threads.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::store {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using util::ErrorKind;

class ALossyStore : public ::testing::Test {
protected:
    std::unique_ptr<Store> open(util::Bytes cache_size = {1'000'000'000}) {
        return std::move(*Store::open({.directory = dir / "store", .cache_size = cache_size}));
    }
    std::string file_of(const char* kind, const Digest& digest) const {
        return dir / (std::string("store/") + kind + "/" + digest.hex().substr(0, 2) + "/" +
                      digest.hex());
    }
    bool has_directory(const Digest& group) const {
        return ::access(file_of("layers", group).c_str(), F_OK) == 0;
    }
    static void overwrite(const std::string& path, std::string_view text) {
        ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
        const auto fd = sys::open(path, O_WRONLY | O_TRUNC);
        ASSERT_TRUE(fd && sys::write_all(*fd, text));
    }

    testing::TempDir dir;
};

TEST_F(ALossyStore, TakesNoGroupForWholeWhoseFileWasLostInPart) {
    const auto store = open();
    const std::array members{*store->put("one"), *store->put("two")};
    const Digest group = *store->put_group("names two", members);
    const std::string file = file_of("groups", group);
    const std::string whole = *sys::read_file(file, {1000});
    std::string wrong = whole;
    wrong[7] ^= 1;
    for (const std::string& lossy : {std::string(), whole.substr(0, 40), whole.substr(0, 72), wrong,
                                     std::string(whole.size(), '\0')}) {
        overwrite(file, lossy);
        EXPECT_EQ(store->members(group), std::nullopt);
        EXPECT_FALSE(store->is_complete(group));
        EXPECT_EQ(*store->put_group("names two", members), group);
        EXPECT_THAT(store->members(group), Optional(ElementsAre(members[0], members[1])));
        EXPECT_TRUE(store->is_complete(group));
    }
}

TEST_F(ALossyStore, KnowsAGroupOfNothing) {
    const auto store = open();
    const Digest group = *store->put_group("names nothing", {});
    EXPECT_TRUE(store->is_complete(group));
}

TEST_F(ALossyStore, PinsNothingThatIsNotThere) {
    const auto store = open();
    const Digest group = *store->put_group("group", {});
    EXPECT_TRUE(*store->pin(group));
    ASSERT_EQ(::unlink(file_of("blobs", group).c_str()), 0);
    EXPECT_FALSE(*store->pin(group));
    EXPECT_FALSE(*store->pin(digest_of("never seen")));
    EXPECT_FALSE(*store->pin(digest_of("never seen")));
}

/// A pin whose line in the lease could be written in part only, and one after it. 0 if the second
/// is kept from eviction.
int pin_after_a_torn_line(const std::string& directory) {
    const auto store = *Store::open({directory});
    const auto other = *Store::open({directory});
    for (const char* text : {"first", "second", "third"}) {
        if (!other->put(text)) {
            return 2;
        }
    }
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{100, before.rlim_max};  // a line takes 65 bytes
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto first = store->pin(digest_of("first"));
    const auto second = store->pin(digest_of("second"));
    ::setrlimit(RLIMIT_FSIZE, &before);
    const auto third = store->pin(digest_of("third"));
    if (!first || second || !third || !other->evict({0})) {
        return 3;
    }
    return store->contains(digest_of("first")) && store->contains(digest_of("third")) ? 0 : 1;
}

TEST_F(ALossyStore, PinsAfterALineOfTheLeaseWasTorn) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(pin_after_a_torn_line(dir / "store"));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(ALossyStore, MakesRoomLaterIfSomebodyWasBuilding) {
    const auto builder = open();
    const auto store = open({100'000});
    std::optional<Store::Guard> guard = std::move(*builder->guard());
    ASSERT_TRUE(store->put(std::string(50'000, 'x')));
    ASSERT_TRUE(store->put(std::string(80'000, 'y')));
    store->settle();
    EXPECT_GT(store->size()->count, 100'000U);
    guard.reset();
    store->settle();
    EXPECT_LT(store->size()->count, 100'000U);
}

TEST_F(ALossyStore, MendsADamagedDirectoryWhenItsLastUserHasEnded) {
    auto user = open();
    auto other = open();
    const Digest blob = *user->put("good");
    const Digest group = *user->put_group("group", std::array{blob});
    Showing showing(*user, blob);
    ASSERT_TRUE(user->make_directory(group, showing));
    ASSERT_TRUE(*other->find_directory(group));
    overwrite(file_of("blobs", blob), "BAD!");
    EXPECT_FALSE(user->read(blob)) << "that is how it finds out";
    EXPECT_TRUE(has_directory(group)) << "both use it";
    user.reset();
    EXPECT_TRUE(has_directory(group)) << "one still uses it";
    other.reset();
    EXPECT_FALSE(has_directory(group));
    EXPECT_EQ(::access((dir / "store/damaged").c_str(), F_OK), -1) << "all is mended";
}

TEST_F(ALossyStore, TakesAndPlacesNothingOnceItIsStopped) {
    const auto store = open();
    const Digest blob = *store->put("before");
    auto writer = store->writer();
    dir.write("file", "content");
    const auto status = sys::fstatat(AT_FDCWD, dir / "file");
    store->stop();
    EXPECT_EQ(store->put("after").error().kind(), ErrorKind::cancelled);
    EXPECT_EQ(writer->write("after").error().kind(), ErrorKind::cancelled);
    const Source source{dir / "file", attributes_of(*status), identity_of(*status)};
    EXPECT_EQ(store->put_files(std::array{source})[0].error().kind(), ErrorKind::cancelled);
    const sys::Fd directory = *sys::open(dir.path(), O_RDONLY | O_DIRECTORY);
    EXPECT_EQ(store->place(blob, {}, directory.get(), "placed").error().kind(),
              ErrorKind::cancelled);
}

TEST_F(ALossyStore, TakesManyFilesWithoutFurtherThreads) {
    const auto store = open();
    std::vector<Source> sources;
    for (int i = 0; i < 100; ++i) {
        const std::string path = dir.write(fmt::format("{}", i), fmt::format("content {}", i));
        const auto status = sys::fstatat(AT_FDCWD, path);
        sources.push_back({path, attributes_of(*status), identity_of(*status)});
    }
    const testing::NoThreads none;
    const auto digests = store->put_files(sources);
    ASSERT_EQ(digests.size(), 100U);
    EXPECT_EQ(*digests[99], digest_of("content 99"));
}

}  // namespace
}  // namespace maelstrom::store

// Several processes on one store, and what is left when one of them dies.

#include "store/blob_writer.hpp"
#include "store/sha256.hpp"
#include "store/store.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace maelstrom::store {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using util::ErrorKind;

/// Runs `work` in a process of its own, waits until it says so, and kills it with SIGKILL at once.
/// `work` gets a function that says so and never returns.
template <class Work>
void kill_while(Work work) {
    auto [read_end, write_end] = *sys::pipe2();
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
        work([&] {
            (void)!::write(write_end.get(), "!", 1);
            for (;;) {
                ::pause();
            }
        });
        ::_exit(1);
    }
    write_end.close();
    char said = 0;
    EXPECT_EQ(::read(read_end.get(), &said, 1), 1) << "the process ended too early";
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

class ASharedStore : public ::testing::Test {
protected:
    std::unique_ptr<Store> open(util::Bytes cache_size = {1'000'000'000}) {
        auto opened = Store::open({.directory = dir / "store", .cache_size = cache_size});
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }
    std::vector<std::string> names_in(const std::string& part) const {
        std::vector<std::string> names;
        const auto entries =
            sys::list_directory(*sys::open(dir / "store/" + part, O_RDONLY)).value();
        for (const auto& entry : entries) {
            names.push_back(entry.name);
        }
        return names;
    }
    /// A layer-like group of one blob.
    Digest put_layer(Store& store, const std::string& content) {
        const auto guard = store.guard();
        const Digest member = *store.put(content);
        return *store.put_group("group of " + member.hex(), std::array{member});
    }

    /// A process that has half a blob, and a lease.
    void kill_while_writing() {
        kill_while([&](auto say) {
            const auto store = open();
            BlobWriter writer = *store->writer();
            (void)writer.write("half");
            say();
        });
    }

    testing::TempDir dir;
};

class Empty final : public Store::Filler {
public:
    Result<util::Bytes> fill(const sys::Fd&) override { return util::Bytes{4096}; }
};

TEST_F(ASharedStore, IsClearedOfWhatAKilledProcessLeft) {
    kill_while_writing();
    EXPECT_EQ(names_in("tmp").size(), 1U);
    const auto store = open();
    ASSERT_TRUE(store->put("anything"));
    EXPECT_EQ(names_in("tmp").size(), 1U) << "our own is left";
    EXPECT_EQ(names_in("leases"), names_in("tmp"));
    EXPECT_FALSE(store->contains(digest_of("half")));
}

TEST_F(ASharedStore, IsClearedInTheEndOfWhatTookAMomentToDie) {
    kill_while_writing();
    // As a child does that was killed with it and has yet to close its copies.
    auto child = sys::open(dir / "store/leases/" + names_in("leases").front(), O_RDONLY);
    ASSERT_TRUE(*sys::flock(*child, LOCK_EX));
    auto store = open();
    ASSERT_TRUE(store->put("anything"));
    ASSERT_EQ(names_in("tmp").size(), 2U);
    child->close();
    store.reset();
    EXPECT_THAT(names_in("tmp"), IsEmpty());
    EXPECT_THAT(names_in("leases"), IsEmpty());
}

TEST_F(ASharedStore, MakesNoDirectoryForWhoOnlyReads) {
    const Digest layer = put_layer(*open(), "content");
    const auto store = open();
    ASSERT_TRUE(*store->pin(layer));
    EXPECT_EQ(names_in("leases").size(), 1U);
    EXPECT_THAT(names_in("tmp"), IsEmpty());
}

TEST_F(ASharedStore, LeavesNothingBehindWhenAllHaveClosed) {
    ASSERT_TRUE(open()->put("anything"));
    EXPECT_THAT(names_in("tmp"), IsEmpty());
    EXPECT_THAT(names_in("leases"), IsEmpty());
}

TEST_F(ASharedStore, GoesOnWhenAProcessIsKilledWhileItHoldsEveryLock) {
    kill_while([&](auto say) {
        class Stuck final : public Store::Filler {
        public:
            explicit Stuck(decltype(say)& told) : say_(told) {}
            Result<util::Bytes> fill(const sys::Fd&) override {
                say_();
                return util::Bytes{0};
            }

        private:
            decltype(say)& say_;
        } stuck(say);
        const auto store = open();
        (void)store->make_directory(put_layer(*store, "content"), stuck);
    });
    const auto store = open();
    Empty empty;
    const Digest layer = put_layer(*store, "content");
    EXPECT_EQ(*store->find_directory(layer), std::nullopt);
    EXPECT_TRUE(store->make_directory(layer, empty));
    EXPECT_TRUE(store->evict({0}));
}

bool is_same_time(const timespec& one, const timespec& other) {
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

TEST_F(ASharedStore, EvictsTheLeastRecentlyReleasedFirst) {
    Digest first;
    Digest second;
    {
        const auto store = open();
        // At the same time the lesser name would go first, which is not the older one here.
        first = put_layer(*store, std::string(100'000, 'b'));
        second = put_layer(*store, std::string(100'000, 'a'));
        ASSERT_LT(second, first);
    }
    for (const timespec then = sys::file_clock(); is_same_time(then, sys::file_clock());) {
    }
    ASSERT_TRUE(*open()->pin(first));  // and released again, so the second is older
    const auto store = open();
    ASSERT_TRUE(store->evict({150'000}));
    EXPECT_TRUE(store->is_complete(first));
    EXPECT_FALSE(store->contains(second));
}

TEST_F(ASharedStore, NeverEvictsWhatALivingProcessPins) {
    const auto user = open();
    const Digest used = put_layer(*user, "in use");
    Empty empty;
    const std::string path = *user->make_directory(used, empty);
    const auto other = open();
    ASSERT_TRUE(other->evict({0}));
    EXPECT_TRUE(user->is_complete(used));
    EXPECT_TRUE(sys::fstatat(AT_FDCWD, path));
}

TEST_F(ASharedStore, EvictsWhatADeadProcessPinned) {
    Digest pinned;
    {
        const auto store = open();
        pinned = put_layer(*store, "in use");
    }
    kill_while([&](auto say) {
        const auto store = open();
        (void)store->pin(pinned);
        say();
    });
    ASSERT_TRUE(open()->evict({0}));
    EXPECT_FALSE(open()->contains(pinned));
}

TEST_F(ASharedStore, KeepsABlobThatAnotherLayerStillNames) {
    const auto store = open();
    const Digest shared = *store->put("shared");
    {
        const auto other = open();
        ASSERT_TRUE(other->put_group("old", std::array{shared}));
    }
    ASSERT_TRUE(store->put_group("new", std::array{shared}));
    ASSERT_TRUE(open()->evict({0}));
    EXPECT_TRUE(store->contains(shared));
    EXPECT_FALSE(store->contains(digest_of("old")));
}

TEST_F(ASharedStore, ShrinksByItselfWhenABuildHasMadeItTooLarge) {
    {
        const auto store = open();
        for (int i = 0; i < 20; ++i) {
            put_layer(*store, std::string(100'000, static_cast<char>('a' + i)));
        }
    }
    {
        const auto store = open({500'000});
        put_layer(*store, "one more");
    }
    EXPECT_LT(open()->size()->count, 500'000U);
    EXPECT_TRUE(open()->contains(digest_of("one more")));
}

TEST_F(ASharedStore, DoesNotEvictWhileSomebodyBuilds) {
    const auto builder = open();
    const auto guard = builder->guard();
    const Digest fresh = *builder->put("not named by anything yet");
    const auto other = open({1});
    put_layer(*other, "something");
    other->settle();
    EXPECT_TRUE(builder->contains(fresh));
}

TEST_F(ASharedStore, SurvivesManyProcessesThatBuildAndEvict) {
    std::vector<pid_t> pids;
    for (int child = 0; child < 4; ++child) {
        const pid_t pid = ::fork();
        if (pid == 0) {
            bool good = true;
            for (int round = 0; round < 20 && good; ++round) {
                const auto store = open();
                Empty empty;
                const Digest layer = put_layer(*store, fmt::format("layer {}", round));
                good = store->make_directory(layer, empty) && store->evict({20'000}) &&
                       store->is_complete(layer) && *store->find_directory(layer);
            }
            ::_exit(good ? 0 : 1);
        }
        pids.push_back(pid);
    }
    for (const pid_t pid : pids) {
        int status = -1;
        ::waitpid(pid, &status, 0);
        EXPECT_EQ(status, 0);
    }
}

/// Runs `work` in a process of its own whose disk is small: a tmpfs where that may be mounted, a
/// limit on file sizes otherwise. It reports by its exit code.
template <class Work>
int with_full_disk(const std::string& directory, Work work) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (::unshare(CLONE_NEWNS) == 0 &&
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("small", directory.c_str(), "tmpfs", 0, "size=256k") == 0) {
            ::_exit(work(ENOSPC));
        }
        const rlimit limit{100'000, 100'000};
        ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::_exit(work(EFBIG));
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST_F(ASharedStore, SaysThatTheDiskIsFullAndShowsNothingHalf) {
    ASSERT_TRUE(sys::make_directories(dir / "store"));
    const int step = with_full_disk(dir / "store", [&](int reason) {
        const auto store = open();
        const std::string large(400'000, 'x');
        const auto put = store->put(large);
        if (put || put.error().os_error() != reason) {
            return 1;
        }
        if (reason == ENOSPC && (put.error().kind() != ErrorKind::exhausted ||
                                 put.error().message().find("is full") == std::string::npos)) {
            return 2;
        }
        if (store->contains(digest_of(large))) {
            return 3;
        }
        return store->put("a small one fits, since nothing of the large one is left") ? 0 : 4;
    });
    EXPECT_EQ(step, 0);
}

}  // namespace
}  // namespace maelstrom::store

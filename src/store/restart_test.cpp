// What the store believes after the machine was started again: nothing that it has not looked at.

#include "store/showing.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "util/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

namespace maelstrom::store {
namespace {

class ARestartedStore : public ::testing::Test {
protected:
    ARestartedStore() {
        util::log::set_sink([](util::log::Level, std::string_view) {});
    }
    ~ARestartedStore() override { util::log::set_sink({}); }

    std::unique_ptr<Store> open(const std::string& boot) {
        auto opened = Store::open({.directory = dir / "store", .boot_id = boot});
        EXPECT_TRUE(opened) << opened.error().message();
        return std::move(*opened);
    }
    /// Puts what is missing; the path of the file that is shown.
    std::string show(Store& store) {
        blob = *store.put("content");
        group = *store.put_group("group", std::array{blob});
        EXPECT_TRUE(store.is_complete(group));
        Showing filling(store, blob);
        return *store.make_directory(group, filling) + "/content";
    }
    std::string path_of(const char* kind, const Digest& digest) const {
        return dir / (std::string("store/") + kind + "/" + digest.hex().substr(0, 2) + "/" +
                      digest.hex());
    }
    /// As a file system does that had not yet written what the file holds.
    void lose_content() {
        const std::string path = path_of("blobs", blob);
        ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
        ASSERT_EQ(::truncate(path.c_str(), 0), 0);
        ASSERT_EQ(::chmod(path.c_str(), 0444), 0);
    }
    bool has_directory() const { return ::access(path_of("layers", group).c_str(), F_OK) == 0; }

    testing::TempDir dir;
    Digest blob;
    Digest group;
};

TEST_F(ARestartedStore, MakesAgainWhatWasLost) {
    show(*open("one"));
    lose_content();
    const auto store = open("two");
    EXPECT_EQ(*store->find_directory(group), std::nullopt);
    EXPECT_FALSE(store->is_complete(group)) << "it was, before";
    EXPECT_EQ(*sys::read_file(show(*store), {100}), "content");
}

TEST_F(ARestartedStore, DropsNothingUnderTheSameStart) {
    show(*open("one"));
    const std::string losses = *sys::read_file(dir / "store/losses", {100});
    const auto store = open("one");
    EXPECT_TRUE(*store->find_directory(group));
    EXPECT_EQ(*sys::read_file(dir / "store/losses", {100}), losses);
}

TEST_F(ARestartedStore, DistrustsOnce) {
    show(*open("one"));
    show(*open("two"));
    EXPECT_TRUE(*open("two")->find_directory(group));
}

TEST_F(ARestartedStore, DistrustsAStoreThatDoesNotSayWhenItWasUsed) {
    for (const char* damage : {"removed", "empty"}) {
        show(*open("one"));
        ASSERT_EQ(::unlink((dir / "store/boot").c_str()), 0);
        if (damage == std::string_view("empty")) {
            dir.write("store/boot", "");
        }
        open("one");
        EXPECT_FALSE(has_directory()) << damage;
    }
}

TEST_F(ARestartedStore, IsCreatedAgainWhereItsVersionWasLost) {
    show(*open("one"));
    ASSERT_EQ(::truncate((dir / "store/version").c_str(), 0), 0);
    EXPECT_EQ(*sys::read_file(show(*open("two")), {100}), "content");
}

TEST_F(ARestartedStore, LeavesDirectoriesThatAreInUse) {
    const auto user = open("one");
    show(*user);
    const auto other = open("two");
    EXPECT_TRUE(has_directory());
}

TEST_F(ARestartedStore, LeavesNothingBehindOfWhatItDrops) {
    show(*open("one"));
    open("two");
    EXPECT_FALSE(has_directory());
    EXPECT_TRUE(
        sys::list_directory(*sys::open(dir / "store/tmp", O_RDONLY | O_DIRECTORY))->empty());
}

TEST_F(ARestartedStore, WaitsForWhoIsBuilding) {
    const auto user = open("one");
    std::optional<Store::Guard> guard = std::move(*user->guard());
    std::atomic<bool> is_open = false;
    std::jthread later([&] {
        open("two");
        is_open = true;
    });
    show(*user);
    EXPECT_FALSE(is_open);
    guard.reset();
    later.join();
    EXPECT_TRUE(has_directory());
}

TEST_F(ARestartedStore, MayBeOpenedByManyAtOnce) {
    for (int round = 0; round < 10; ++round) {
        show(*open("before"));
        lose_content();
        std::vector<std::jthread> programs;
        for (int i = 0; i < 8; ++i) {
            programs.emplace_back([this, boot = fmt::format("after {}", round)] {
                const auto store = open(boot);
                const Digest put = *store->put("content");
                const Digest both = *store->put_group("group", std::array{put});
                Showing filling(*store, put);
                const auto shown = store->make_directory(both, filling);
                ASSERT_TRUE(shown) << shown.error().message();
                EXPECT_EQ(sys::read_file(*shown + "/content", {100}).value_or("none"), "content");
            });
        }
    }
}

}  // namespace
}  // namespace maelstrom::store

#include "fork_point/mappings.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace maelstrom::fork_point {
namespace {

constexpr std::uintptr_t page = 4096;

std::string own_maps() {
    std::ifstream file("/proc/self/maps");
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Mappings {
    std::array<Mapping, 1024> list;
    std::size_t count = 0;

    explicit Mappings(const std::string& text)
        : count(parse_mappings(text.c_str(), list.data(), list.size())) {}
    static Mappings of_this_process() { return Mappings(own_maps()); }
};

TEST(ParseMappings, TellsWhatAMappingIs) {
    const Mappings mappings(
        "00400000-00401000 r-xp 00000000 fe:00 12   /bin/x\n"
        "00601000-00603000 rw-p 00001000 fe:00 12   /bin/x\n"
        "01000000-01021000 rw-p 00000000 00:00 0    [heap]\n"
        "7f0000000000-7f0000001000 ---p 00000000 00:00 0 \n"
        "7f0000001000-7f0000002000 rw-s 00000000 00:01 7   /dev/zero (deleted)\n"
        "7ffff0000000-7ffff0004000 r--p 00000000 00:00 0   [vvar]\n");
    ASSERT_EQ(mappings.count, 6U);
    EXPECT_EQ(mappings.list[1].start, 0x601000U);
    EXPECT_EQ(mappings.list[1].end, 0x603000U);
    EXPECT_EQ(mappings.list[0].protection, PROT_READ | PROT_EXEC);
    EXPECT_FALSE(mappings.list[0].is_writable());
    EXPECT_TRUE(mappings.list[1].is_writable());
    EXPECT_TRUE(mappings.list[1].is_private);
    EXPECT_FALSE(mappings.list[1].is_anonymous);
    EXPECT_TRUE(mappings.list[2].is_anonymous);
    EXPECT_FALSE(mappings.list[2].is_reserved());
    EXPECT_TRUE(mappings.list[3].is_reserved());
    EXPECT_FALSE(mappings.list[4].is_private);
    EXPECT_TRUE(mappings.list[5].is_of_the_kernel);
}

TEST(ParseMappings, StopsWhereThereIsNoRoom) {
    std::array<Mapping, 2> two;
    EXPECT_EQ(
        parse_mappings("1000-2000 rw-p 0 0 0 \n2000-3000 rw-p 0 0 0 \n3000-4000 rw-p 0 0 0 \n",
                       two.data(), two.size()),
        2U);
}

TEST(ParseMappings, ReadsALastLineWithoutAnEnd) {
    const Mappings mappings("1000-2000 rw-p 00000000 00:00 0");
    ASSERT_EQ(mappings.count, 1U);
    EXPECT_EQ(mappings.list[0].end, 0x2000U);
}

class PutBack : public ::testing::Test {
protected:
    static char* map(std::size_t pages, int protection, void* place = nullptr) {
        const int fixed = place == nullptr ? 0 : MAP_FIXED;
        void* const mapped = ::mmap(place, pages * page, protection,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
        EXPECT_NE(mapped, MAP_FAILED);
        return static_cast<char*>(mapped);
    }

    /// "rw", "r-", "--", or "" where nothing is.
    static std::string at(const void* place) {
        const auto address = reinterpret_cast<std::uintptr_t>(place);
        const std::string text = own_maps();
        const Mappings mappings(text);
        const char* line = text.c_str();
        for (std::size_t i = 0; i < mappings.count; ++i) {
            if (mappings.list[i].start <= address && address < mappings.list[i].end) {
                return {std::strchr(line, ' ') + 1, 2};
            }
            line = std::strchr(line, '\n') + 1;
        }
        return "";
    }

    /// What the test program itself has made meanwhile is none of its business.
    static void put_back_since(const Mappings& before, const char* place, std::size_t pages) {
        Mappings now = Mappings::of_this_process();
        const auto start = reinterpret_cast<std::uintptr_t>(place);
        for (std::size_t i = 0; i < now.count; ++i) {
            const Mapping& mapping = now.list[i];
            now.list[i].is_kept = mapping.end <= start || start + pages * page <= mapping.start;
        }
        ASSERT_TRUE(put_back(before.list.data(), before.count, now.list.data(), now.count,
                             [](std::uintptr_t, std::uintptr_t) { return 0L; }));
    }
};

TEST_F(PutBack, UnmapsWhatHasCome) {
    char* const room = map(11, PROT_NONE) + page;
    ASSERT_EQ(::munmap(room, 9 * page), 0);
    char* const old = map(1, PROT_READ | PROT_WRITE, room + 4 * page);
    old[0] = 'x';
    const Mappings before = Mappings::of_this_process();
    map(2, PROT_READ | PROT_WRITE, room + 2 * page);  // just before
    map(1, PROT_READ | PROT_WRITE, room + 5 * page);  // just after
    map(1, PROT_READ, room + 8 * page);               // apart
    put_back_since(before, room, 9);
    for (const std::size_t gone : {2U, 3U, 5U, 8U}) {
        EXPECT_EQ(at(room + gone * page), "") << gone;
    }
    EXPECT_EQ(old[0], 'x');
}

TEST_F(PutBack, GivesReservedAddressesBack) {
    char* const reserved = map(8, PROT_NONE);
    const Mappings before = Mappings::of_this_process();
    map(2, PROT_READ | PROT_WRITE, reserved + 2 * page)[0] = 'x';
    ASSERT_EQ(::mprotect(reserved + 6 * page, page, PROT_READ), 0);
    put_back_since(before, reserved, 8);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(at(reserved + i * page), "--") << i;
    }
}

TEST_F(PutBack, MakesAgainWhatHasGoneOrIsAnother) {
    char* const old = map(4, PROT_READ | PROT_WRITE);
    const Mappings before = Mappings::of_this_process();
    ASSERT_EQ(::munmap(old, page), 0);
    ASSERT_EQ(::mprotect(old + 2 * page, page, PROT_READ), 0);
    ASSERT_EQ(::munmap(old + 3 * page, page), 0);
    put_back_since(before, old, 4);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(at(old + i * page), "rw") << i;
    }
}

TEST_F(PutBack, SaysThatAMappingOfAFileHasGone) {
    const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    void* const place = ::mmap(nullptr, page, PROT_READ, MAP_PRIVATE, file, 0);
    ASSERT_NE(place, MAP_FAILED);
    ::close(file);
    const Mappings before = Mappings::of_this_process();
    ASSERT_EQ(::munmap(place, page), 0);
    Mappings now = Mappings::of_this_process();
    for (std::size_t i = 0; i < now.count; ++i) {
        now.list[i].is_kept = true;
    }
    EXPECT_FALSE(put_back(before.list.data(), before.count, now.list.data(), now.count,
                          [](std::uintptr_t, std::uintptr_t) { return 0L; }));
}

TEST_F(PutBack, LeavesWhatIsToBeKept) {
    const Mappings before = Mappings::of_this_process();
    char* const kept = map(1, PROT_READ | PROT_WRITE);
    put_back_since(before, nullptr, 0);
    EXPECT_EQ(at(kept), "rw");
}

}  // namespace
}  // namespace maelstrom::fork_point

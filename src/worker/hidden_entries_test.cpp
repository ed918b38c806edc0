#include "testing/temp_dir.hpp"
#include "worker/hidden_entries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace maelstrom::worker {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HiddenEntries : public ::testing::Test {
protected:
    HiddenEntries() { directory_.write("host/bin/there", "host's"); }

    std::string host(const std::string& path = {}) const { return directory_ / ("host" + path); }
    void put(const std::string& path, const std::string& text) {
        directory_.write("layer" + host(path), text);
    }
    /// Times as those of the host's own.
    void take_time_of_host(const std::string& path) {
        struct stat status{};
        ASSERT_EQ(::stat(host(path).c_str(), &status), 0);
        const timespec times[] = {status.st_mtim, status.st_mtim};
        ASSERT_EQ(::utimensat(AT_FDCWD, (directory_ / ("layer" + host(path))).c_str(), times, 0),
                  0);
    }
    std::string told() const {
        container::Plan plan;
        plan.lowers = {directory_ / "layer"};
        plan.mounts = {job::HostTreeMount{host()}};
        return tell_hidden_entries(plan);
    }

    testing::TempDir directory_;
};

TEST_F(HiddenEntries, AreNamedWithWhatHidesThem) {
    put("/bin/new", "");
    put("/own/file", "");
    EXPECT_THAT(told(), AllOf(StartsWith("jobs do not see "), HasSubstr(host("/bin/new")),
                              HasSubstr(host("/own")), HasSubstr("own " + host() + " at"),
                              Not(HasSubstr("and more"))));
}

TEST_F(HiddenEntries, AreNoneWhereTheHostShowsTheSame) {
    put("/bin/there", "host's");
    take_time_of_host("/bin/there");
    EXPECT_EQ(told(), "");
    put("/bin/there", "another");
    EXPECT_THAT(told(), HasSubstr(host("/bin/there")));
}

TEST_F(HiddenEntries, AreNotAllNamed) {
    for (const char* name : {"/1", "/2", "/3", "/4", "/5"}) {
        put(name, "");
    }
    EXPECT_THAT(told(), HasSubstr(" and more: "));
}

TEST_F(HiddenEntries, AreNotDirectoriesThatOnlyLeadThere) {
    put("/bin/there", "host's");
    ASSERT_EQ(::unlink((directory_ / ("layer" + host("/bin/there"))).c_str()), 0);
    EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace maelstrom::worker

// Plans and launches as values: what is refused, and how mounts are arranged.
#include "container/encode.hpp"
#include "container/failure.hpp"
#include "container/host_mounts.hpp"
#include "container/planned_mounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::container {
namespace {

using slot::Placement;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = job::FileSystemMount::Kind;

job::Environment environment(std::vector<job::Mount> mounts) {
    return {.root = job::ReadOnlyRoot{}, .mounts = std::move(mounts)};
}

std::string refusal(const job::Environment& environment) {
    const auto plan = Plan::make(environment, {"/layer"});
    return plan ? "" : plan.error().message();
}

TEST(Plan, IsEqualForEqualContainersWhateverTheirVariablesAre) {
    job::Environment one = environment({job::FileSystemMount{Kind::proc, "/proc"}});
    job::Environment other = one;
    other.variables = {"A=1"};
    other.working_directory = "/x";
    EXPECT_EQ(Plan::make(one, {"/layer"}).value(), Plan::make(other, {"/layer"}).value());
}

TEST(Plan, NormalisesMountPoints) {
    const auto plan =
        Plan::make(environment({job::FileSystemMount{Kind::tmp, "tmp//./x/"}}), {"/layer"});
    EXPECT_EQ(std::get<job::FileSystemMount>(plan.value().mounts.front()).mount_point, "/tmp/x");
}

TEST(Plan, RefusesWhatLinuxCannotExpress) {
    using namespace std::string_literals;
    EXPECT_THAT(refusal(environment({job::FileSystemMount{Kind::tmp, "/a/../b"}})),
                HasSubstr("\"/a/../b\""));
    EXPECT_THAT(refusal(environment({job::FileSystemMount{Kind::tmp, "/"}})),
                HasSubstr("root directory"));
    EXPECT_THAT(refusal(environment({job::FileSystemMount{Kind::tmp, "/a\0b"s}})),
                HasSubstr("NUL"));
    EXPECT_THAT(refusal(environment({job::BindMount{"/a", "relative", true}})),
                HasSubstr("not absolute"));
}

TEST(Plan, RefusesSysInTheHostsNetwork) {
    job::Environment local = environment({job::FileSystemMount{Kind::sys, "/sys"}});
    local.network = job::Network::local;
    EXPECT_THAT(refusal(local), HasSubstr("\"local\""));
}

TEST(PlannedMounts, AreInheritedUnlessAFreshOneComesBefore) {
    const Plan plan{.lowers = {"/layer"},
                    .root = job::ReadOnlyRoot{},
                    .mounts = {job::BindMount{"/a", "/host", true},
                               job::FileSystemMount{Kind::tmp, "/t"},
                               job::BindMount{"/t/below", "/host", true},
                               job::BindMount{"/t/below/more", "/host", true},
                               job::BindMount{"/table", "/host", true}}};
    const auto placement = [](Placement wanted) { return Field(&PlannedMount::placement, wanted); };
    EXPECT_THAT(planned_mounts(plan),
                ElementsAre(placement(Placement::inherited), placement(Placement::fresh),
                            placement(Placement::moved), placement(Placement::moved),
                            placement(Placement::inherited)));
}

TEST(PlannedMounts, AreMovedIntoRootsThatEachJobHasItsOwnOf) {
    const Plan plan{.lowers = {"/layer"},
                    .root = job::WritableRoot{},
                    .mounts = {job::BindMount{"/a", "/host", true}}};
    EXPECT_EQ(planned_mounts(plan).front().placement, Placement::moved);
}

TEST(PlannedMounts, ShowDevicesInTheOrderOfTheTable) {
    const Plan plan{
        .lowers = {"/layer"},
        .root = job::ReadOnlyRoot{},
        .mounts = {job::DevicesMount{{job::Device::zero, job::Device::null, job::Device::shm}}}};
    EXPECT_THAT(planned_mounts(plan),
                ElementsAre(Field(&PlannedMount::target, "/dev/null"),
                            Field(&PlannedMount::kind, slot::MountKind::tmpfs),
                            Field(&PlannedMount::target, "/dev/zero")));
}

TEST(CommonDirectory, IsTheDeepestOfAllPaths) {
    EXPECT_EQ(common_directory({"/a/b/c"}), "/a/b/c");
    EXPECT_EQ(common_directory({"/a/b/c", "/a/b/d/e"}), "/a/b");
    EXPECT_EQ(common_directory({"/a/bc", "/a/b"}), "/a");
    EXPECT_EQ(common_directory({"/a", "/a/b"}), "/a");
    EXPECT_EQ(common_directory({"/a", "/b"}), "/");
}

TEST(LookUp, TriesEachElementOfThePath) {
    EXPECT_THAT(look_up_candidates("ls", {"A=1", "PATH=/bin::/usr/bin"}),
                ElementsAre("/bin/ls", "/usr/bin/ls"));
    EXPECT_THAT(look_up_candidates("./ls", {"PATH=/bin"}), ElementsAre("./ls"));
    EXPECT_THAT(look_up_candidates("ls", {}), ElementsAre("ls"));
    EXPECT_THAT(look_up_candidates("ls", {"PATH="}), IsEmpty());
}

TEST(Launch, PutsAJobsOwnVariablesOnTop) {
    auto shared = std::make_shared<job::Environment>();
    shared->variables = {"A=1", "B=2"};
    const auto launch =
        Launch::make({.environment = shared, .program = "x", .extra_variables = {"B=3", "C=4"}});
    EXPECT_THAT(launch.value().environment, ElementsAre("A=1", "B=3", "C=4"));
}

TEST(Launch, RefusesWhatLinuxCannotExpress) {
    using namespace std::string_literals;
    auto shared = std::make_shared<job::Environment>();
    EXPECT_FALSE(Launch::make({.environment = shared, .program = ""}));
    EXPECT_FALSE(Launch::make({.environment = shared, .program = "a\0b"s}));
    EXPECT_FALSE(Launch::make({.environment = shared, .program = "a", .arguments = {"\0"s}}));
}

TEST(ForeignMounts, AreTheOutermostNetworkAndFuseFileSystems) {
    const std::string table = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                              "23 22 0:5 / /usr/net rw shared:1 - nfs4 server:/x rw\n"
                              "24 23 0:6 / /usr/net/deeper rw - fuse.sshfs x rw\n"
                              "25 22 0:7 / /usr/with\\040blank rw - fuse.gvfsd x rw\n"
                              "26 22 0:8 / /usr/local rw - ext4 /dev/sdb1 rw\n"
                              "27 22 0:9 / /usrnot rw - nfs x rw\n";
    EXPECT_THAT(foreign_mounts_below("/usr", table), ElementsAre("net", "with blank"));
}

TEST(Plan, CountsEachDevice) {
    const job::DevicesMount devices{{job::Device::full, job::Device::null, job::Device::random,
                                     job::Device::tty, job::Device::urandom, job::Device::zero}};
    const auto plan = Plan::make(environment(std::vector<job::Mount>(100, devices)), {"/layer"});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind(), util::ErrorKind::invalid);
    EXPECT_THAT(plan.error().message(), HasSubstr("found 600 mounts"));
}

TEST(Failure, OfTheRootIsNotThatOfAJobsView) {
    EXPECT_EQ(explain({.step = slot::Step::root, .error = ENOMEM}, {}, nullptr).message,
              "mounting the root directory: Cannot allocate memory");
    EXPECT_EQ(explain({.step = slot::Step::root_view, .error = ENOMEM}, {}, nullptr).message,
              "mounting the job's root a second time: Cannot allocate memory");
}

}  // namespace
}  // namespace maelstrom::container

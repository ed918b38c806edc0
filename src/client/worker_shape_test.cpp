#include "client/worker_shape.hpp"
#include "job/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

job::Container container(std::string_view text) {
    job::Registry registry;
    return job::collapse(*job::parse_container(*util::parse_json(text)), registry)->container;
}

job::Environment environment_of(std::string_view text, const RootWishes& wishes = {}) {
    return make_environment(container(text), wishes, {util::Digest{{}, 5}},
                            {{"B", "2"}, {"A", "1"}}, "/project");
}

TEST(WorkerShape, MakesTheWorkersShape) {
    const auto environment = environment_of(R"({"network":"loopback","user":1,"group":2,
        "capabilities":"all","working_directory":"/w","limits":{"files":9}})");
    EXPECT_THAT(environment.layers, ElementsAre(util::Digest{{}, 5}));
    EXPECT_EQ(environment.network, job::Network::loopback);
    EXPECT_EQ(environment.user, 1U);
    EXPECT_EQ(environment.group, 2U);
    EXPECT_EQ(environment.capabilities, job::Capabilities::all);
    EXPECT_EQ(environment.working_directory, "/w");
    EXPECT_EQ(environment.limits.files, 9U);
    EXPECT_THAT(environment.variables, ElementsAre("A=1", "B=2"));
    EXPECT_FALSE(environment.host_name);
}

TEST(WorkerShape, LetsACaptureWinOverAWritableRoot) {
    const job::CapturedRoot capture{"/u", "/w"};
    EXPECT_EQ(environment_of("{}").root, job::Root(job::ReadOnlyRoot()));
    EXPECT_EQ(environment_of(R"({"enable_writable_file_system":true})").root,
              job::Root(job::WritableRoot()));
    EXPECT_EQ(environment_of(R"({"enable_writable_file_system":true})", {capture, false}).root,
              job::Root(capture));
}

TEST(WorkerShape, TakesBindSourcesFromTheProject) {
    const auto environment = environment_of(R"({"mounts":[
        {"type":"bind","mount_point":"/a","local_path":"x/y"},
        {"type":"bind","mount_point":"/b","local_path":"/z"}]})");
    EXPECT_THAT(environment.mounts,
                ElementsAre(job::Mount(job::BindMount{"/a", "/project/x/y", false}),
                            job::Mount(job::BindMount{"/b", "/z", false})));
}

TEST(WorkerShape, RefusesSysWithTheLocalNetwork) {
    const auto checked =
        check_container(container(R"({"layers":[{"stubs":["/sys/"]}],"network":"local",
        "mounts":[{"type":"sys","mount_point":"/sys"}]})"));
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message(), AllOf(HasSubstr("\"local\""), HasSubstr("\"sys\"")));
}

TEST(WorkerShape, RefusesAJobWithoutLayers) {
    const auto checked = check_container(container("{}"));
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message(), HasSubstr("from an image"));
    EXPECT_TRUE(check_container(container(R"({"layers":[{"stubs":["/a"]}]})")));
}

TEST(WorkerShape, SaysThatImagesCannotBeUsedYet) {
    const auto checked = check_image(container(R"({"image":"docker://x"})"));
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message(), AllOf(HasSubstr("\"docker://x\""), HasSubstr("yet")));
    EXPECT_TRUE(check_image(container(R"({"image":{"name":"x","use":[]}})")));
}

TEST(WorkerShape, KnowsWhyAJobIsLocalOnly) {
    EXPECT_EQ(local_only_reason(environment_of("{}")), "");
    EXPECT_EQ(
        local_only_reason(environment_of(R"({"mounts":[{"type":"devices","devices":["null"]}]})")),
        "");
    EXPECT_THAT(local_only_reason(environment_of(R"({"network":"local"})")), HasSubstr("network"));
    EXPECT_THAT(local_only_reason(environment_of(
                    R"({"mounts":[{"type":"bind","mount_point":"/a","local_path":"b"}]})")),
                HasSubstr("bind"));
    EXPECT_THAT(local_only_reason(environment_of("{}", {job::CapturedRoot{"/u", "/w"}, false})),
                HasSubstr("captured"));
}

}  // namespace
}  // namespace maelstrom::client

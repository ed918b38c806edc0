#include "job/inherit.hpp"
#include "job/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::VariantWith;

Container container(std::string_view text) {
    auto parsed = parse_container(*util::parse_json(text));
    EXPECT_TRUE(parsed) << parsed.error().message();
    return parsed ? *std::move(parsed) : Container();
}

Registry registry_of(std::string_view text) {
    Registry registry;
    auto containers = parse_containers(*util::parse_json(text)).value();
    for (NamedContainer& named : containers) {
        registry.define(named.name, std::move(named.container));
    }
    return registry;
}

std::string complaint(const Container& own, Registry registry) {
    const auto collapsed = collapse(own, registry);
    return collapsed ? "no error" : collapsed.error().message();
}

Layer stubs(const char* path) {
    return StubsLayer{{path}};
}

TEST(Collapse, GivesDefaultsToWhatNobodySet) {
    Registry registry;
    const auto collapsed = collapse(Container(), registry);

    ASSERT_TRUE(collapsed);
    const Container& merged = collapsed->container;
    EXPECT_THAT(merged.network, Optional(Network::disabled));
    EXPECT_THAT(merged.enable_writable_file_system, Optional(false));
    EXPECT_THAT(merged.working_directory, Optional(std::string("/")));
    EXPECT_THAT(merged.user, Optional(0U));
    EXPECT_THAT(merged.group, Optional(0U));
    EXPECT_THAT(merged.capabilities, Optional(Capabilities::none));
}

TEST(Collapse, PutsTheMostDistantAncestorFirst) {
    Registry registry = registry_of(R"({
        "a": {"layers":[{"stubs":["/a"]}], "environment":{"A":"a"}},
        "b": {"parent":"a", "added_layers":[{"stubs":["/b"]}], "added_environment":{"B":"b"}}})");

    const auto collapsed =
        collapse(container(R"({"parent":"b","added_layers":[{"stubs":["/c"]}]})"), registry);

    ASSERT_TRUE(collapsed);
    EXPECT_THAT(collapsed->container.layers, ElementsAre(stubs("/a"), stubs("/b"), stubs("/c")));
    EXPECT_THAT(collapsed->container.environment,
                ElementsAre(EnvironmentElement{{{"A", "a"}}, true},
                            EnvironmentElement{{{"B", "b"}}, true}));
    EXPECT_THAT(collapsed->ancestors, ElementsAre("b", "a"));
}

TEST(Collapse, TakesTheNearestScalar) {
    Registry registry = registry_of(R"({
        "a": {"user":1, "group":1, "network":"local"}, "b": {"parent":"a", "user":2}})");

    const auto collapsed = collapse(container(R"({"parent":"b","network":"loopback"})"), registry);

    ASSERT_TRUE(collapsed);
    EXPECT_THAT(collapsed->container.user, Optional(2U));
    EXPECT_THAT(collapsed->container.group, Optional(1U));
    EXPECT_THAT(collapsed->container.network, Optional(Network::loopback));
}

TEST(Collapse, FillsLimitsFieldByField) {
    Registry registry = registry_of(R"({
        "a": {"limits":{"files":1,"memory":1000}}, "b": {"parent":"a","limits":{"files":2}}})");

    const auto collapsed =
        collapse(container(R"({"parent":"b","limits":{"processes":3}})"), registry);

    ASSERT_TRUE(collapsed);
    const Limits& limits = collapsed->container.limits;
    EXPECT_THAT(limits.files, Optional(2U));
    EXPECT_THAT(limits.memory, Optional(util::Bytes{1000}));
    EXPECT_THAT(limits.processes, Optional(3U));
}

TEST(Collapse, CutsTheChainForAFieldThatAUseListOmits) {
    Registry registry = registry_of(R"({
        "a": {"user":7,"layers":[{"stubs":["/a"]}]},
        "b": {"parent":{"name":"a","use":["layers"]},"group":8},
        "c": {"parent":"b"}})");

    const auto collapsed = collapse(container(R"({"parent":"c"})"), registry);

    ASSERT_TRUE(collapsed);
    EXPECT_THAT(collapsed->container.user, Optional(0U));
    EXPECT_THAT(collapsed->container.group, Optional(8U));
    EXPECT_THAT(collapsed->container.layers, ElementsAre(stubs("/a")));
}

TEST(Collapse, WorksOutTheSpecificationsExample) {
    const auto file = util::parse_toml(R"(
[containers.base]
image  = "docker://debian:12-slim"
added_layers = [ { stubs = ["/proc/", "/dev/null"] } ]
mounts = [ { type = "proc", mount_point = "/proc" } ]
user = 7
[containers.net]
parent = { name = "base", use = ["layers", "mounts", "user"] }
network = "loopback"
added_mounts = [ { type = "devices", devices = ["null"] } ]
)");
    Registry registry;
    auto containers = parse_containers(*file->find("containers")).value();
    for (NamedContainer& named : containers) {
        registry.define(named.name, std::move(named.container));
    }

    const auto collapsed = collapse(container(R"({"parent":"net"})"), registry);

    ASSERT_TRUE(collapsed);
    const Container& merged = collapsed->container;
    EXPECT_THAT(merged.parent,
                VariantWith<ImageParent>(ImageParent{"docker://debian:12-slim", {Field::layers}}));
    EXPECT_THAT(merged.layers, ElementsAre(Layer(StubsLayer{{"/proc/", "/dev/null"}})));
    EXPECT_THAT(merged.mounts,
                ElementsAre(Mount(FileSystemMount{FileSystemMount::Kind::proc, "/proc"}),
                            Mount(DevicesMount{{Device::null}})));
    EXPECT_THAT(merged.user, Optional(7U));
    EXPECT_THAT(merged.network, Optional(Network::loopback));
    EXPECT_THAT(merged.environment, ElementsAre());
    EXPECT_THAT(merged.working_directory, Optional(std::string("/")));
}

TEST(Collapse, NeedsNoImageOfWhichNothingIsUsed) {
    Registry registry = registry_of(R"({"a": {"image":{"name":"i","use":["working_directory"]}}})");

    const auto collapsed =
        collapse(container(R"({"parent":"a","working_directory":"/x"})"), registry);

    ASSERT_TRUE(collapsed);
    EXPECT_THAT(collapsed->container.parent, VariantWith<std::monostate>(std::monostate()));
}

TEST(Collapse, LeavesTheWorkingDirectoryToTheImageIfNobodyIsNearer) {
    Registry registry;
    const auto collapsed = collapse(container(R"({"image":"i"})"), registry);
    ASSERT_TRUE(collapsed);
    EXPECT_EQ(collapsed->container.working_directory, std::nullopt);
}

TEST(Collapse, ListsTheWholeLoop) {
    Registry registry = registry_of(R"({"a":{"parent":"b"},"b":{"parent":"a"}})");
    EXPECT_THAT(complaint(container(R"({"parent":"a"})"), registry), HasSubstr("a -> b -> a"));
}

TEST(Collapse, MindsNoLoopThatIsNeverFollowed) {
    Registry registry = registry_of(R"({"a":{"parent":{"name":"b","use":[]}},"b":{"parent":"a"}})");
    EXPECT_EQ(complaint(container(R"({"parent":"a"})"), registry), "no error");
}

TEST(Collapse, NamesAMissingParentAndWhoNamedIt) {
    Registry registry = registry_of(R"({"a":{"parent":"base2"},"base":{}})");
    EXPECT_THAT(complaint(container(R"({"parent":"x"})"), registry),
                AllOf(HasSubstr("\"x\""), HasSubstr("named by the job"), HasSubstr("\"base\"")));
    EXPECT_THAT(complaint(container(R"({"parent":"a"})"), registry),
                AllOf(HasSubstr("\"base2\""), HasSubstr("named by container \"a\""),
                      HasSubstr("did you mean \"base\"?")));
}

TEST(Collapse, NamesTheContainersThatThereAre) {
    const Container lost = container(R"({"parent":"lost"})");
    EXPECT_THAT(complaint(lost, registry_of(R"({"one": {}})")),
                HasSubstr("only \"one\" is defined"));
    EXPECT_THAT(complaint(lost, registry_of(R"({"one": {}, "two": {}})")),
                HasSubstr("defined are \"one\""));
}

TEST(Collapse, MissesNoParentOfWhichNothingIsOpen) {
    Container own;
    own.user = 5;
    own.parent = ContainerParent{"q", {Field::user}};
    EXPECT_EQ(complaint(own, Registry()), "no error");
}

TEST(Registry, ReplacesADefinition) {
    Registry registry = registry_of(R"({"a":{"user":1}})");
    registry.define("a", container(R"({"user":2})"));
    EXPECT_THAT((*registry.find("a"))->user, Optional(2U));
}

TEST(Registry, MakesAProvidedContainerOnceAndOnlyWhenAsked) {
    Registry registry;
    int made = 0;
    registry.provide("host", [&]() -> util::Result<Container> {
        ++made;
        return container(R"({"user":9})");
    });
    EXPECT_EQ(made, 0);
    const auto own = container(R"({"parent":"host"})");
    EXPECT_THAT(collapse(own, registry)->container.user, Optional(9U));
    EXPECT_THAT(collapse(own, registry)->container.user, Optional(9U));
    EXPECT_EQ(made, 1);
}

TEST(Registry, TriesAgainAfterAFailure) {
    Registry registry;
    int tries = 0;
    registry.provide("host", [&]() -> util::Result<Container> {
        ++tries;
        return util::fail(util::ErrorKind::system, "no luck");
    });
    const auto own = container(R"({"parent":"host"})");
    EXPECT_THAT(complaint(own, registry), HasSubstr("no luck"));
    EXPECT_THAT(complaint(own, registry), HasSubstr("no luck"));
    EXPECT_EQ(tries, 2);
}

}  // namespace
}  // namespace maelstrom::job

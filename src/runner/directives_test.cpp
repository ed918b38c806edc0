#include "runner/directives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::runner {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Directives directives(std::string_view text) {
    auto metadata = parse_metadata(text, {});
    EXPECT_TRUE(metadata) << metadata.error().message();
    return Directives(metadata ? std::move(*metadata) : Metadata{});
}

Resolution resolved(std::string_view text, std::string_view name) {
    Directives all = directives(text);
    return all.resolve(filter::PytestSubject{
        .file = "a.py",
        .test = filter::PytestSubject::Test{.name = name, .node_id = name, .markers = {}},
        .failed = false});
}

job::Container container(std::string_view text, std::string_view name = "t") {
    return resolved(text, name).container->container;
}

std::string parent_of(const job::Container& container) {
    const auto* parent = std::get_if<job::ContainerParent>(&container.parent);
    return parent == nullptr ? "" : parent->name;
}

job::Layer stub(std::string path) {
    return job::StubsLayer{{std::move(path)}};
}

/// The worked example of the manual.
constexpr const char* worked_example = R"toml(
[containers.base]
layers = [{ stubs = ["/tmp/", "/proc/"] }]
mounts = [{ type = "tmp", mount_point = "/tmp" }]
user = 500

[containers.debian]
layers = [{ tar = "debian.tar" }]

[[directives]]
parent = "base"
timeout = 20

[[directives]]
filter = "name.contains(disk)"
added_mounts = [{ type = "proc", mount_point = "/proc" }]
user = 0

[[directives]]
filter = "name.equals(disk::raw)"
parent = "debian"
)toml";

TEST(Directives, TakeTheContainerOfTheParent) {
    const Resolution net = resolved(worked_example, "net::ping");
    EXPECT_EQ(parent_of(net.container->container), "base");
    EXPECT_THAT(net.container->container.mounts, IsEmpty());
    EXPECT_EQ(net.timeout, seconds(20));
}

TEST(Directives, ChangeWhatCameBeforeThem) {
    const job::Container grow = container(worked_example, "disk::grow");
    EXPECT_EQ(parent_of(grow), "base");
    EXPECT_THAT(grow.mounts, SizeIs(1));
    EXPECT_EQ(grow.user, 0U);
}

TEST(Directives, ReplaceTheWholeContainerButNotTheRest) {
    const Resolution raw = resolved(worked_example, "disk::raw");
    EXPECT_EQ(parent_of(raw.container->container), "debian");
    EXPECT_THAT(raw.container->container.mounts, IsEmpty());
    EXPECT_EQ(raw.container->container.user, std::nullopt);
    EXPECT_EQ(raw.timeout, seconds(20));
}

TEST(Directives, GiveABareContainerWhereNoneFits) {
    const Resolution nothing = resolved("[[directives]]\nfilter = 'none'\nuser = 1\n", "t");
    EXPECT_EQ(nothing.container->container, job::Container{});
    EXPECT_FALSE(nothing.container->on_host);
    EXPECT_EQ(nothing.container->working_directory, "/");
    EXPECT_EQ(nothing.timeout, std::nullopt);
    EXPECT_FALSE(nothing.ignore);
}

TEST(Directives, ReplaceOwnVectorsFirstAndAddThen) {
    EXPECT_THAT(container("[[directives]]\nlayers = [{ stubs = [\"/a\"] }]\n"
                          "[[directives]]\nadded_layers = [{ stubs = [\"/b\"] }]\n")
                    .layers,
                ElementsAre(stub("/a"), stub("/b")));
    EXPECT_THAT(container("[[directives]]\nlayers = [{ stubs = [\"/a\"] }]\n"
                          "[[directives]]\nlayers = [{ stubs = [\"/b\"] }]\n"
                          "added_layers = [{ stubs = [\"/c\"] }]\n")
                    .layers,
                ElementsAre(stub("/b"), stub("/c")));
}

TEST(Directives, KeepWhatTheParentGivesUnderneathAPlainVector) {
    const job::Container changed = container("[[directives]]\nparent = \"host\"\n"
                                             "[[directives]]\nlayers = [{ stubs = [\"/a\"] }]\n");
    EXPECT_THAT(changed.layers, ElementsAre(stub("/a")));
    EXPECT_TRUE(std::get<job::ContainerParent>(changed.parent).use.contains(job::Field::layers));
}

TEST(Directives, LetTheLastScalarWin) {
    const job::Container changed =
        container("[[directives]]\nuser = 1\ngroup = 2\nnetwork = \"local\"\n"
                  "[[directives]]\nuser = 3\nenable_writable_file_system = true\n"
                  "working_directory = \"/w\"\n");
    EXPECT_EQ(changed.user, 3U);
    EXPECT_EQ(changed.group, 2U);
    EXPECT_EQ(changed.network, job::Network::local);
    EXPECT_EQ(changed.enable_writable_file_system, true);
    EXPECT_EQ(changed.working_directory, "/w");
}

TEST(Directives, MergeLimitsOneByOne) {
    const job::Limits limits = container("[[directives]]\nlimits = { processes = 5, files = 7 }\n"
                                         "[[directives]]\nlimits = { files = 9 }\n")
                                   .limits;
    EXPECT_EQ(limits.processes, 5U);
    EXPECT_EQ(limits.files, 9U);
}

TEST(Directives, CanTakeBackALimitAndAnIgnore) {
    const char* text = "[[directives]]\ntimeout = 5\nignore = true\nretries = 2\n"
                       "[[directives]]\nfilter = 'name.equals(t)'\n"
                       "timeout = 0\nignore = false\nretries = 0\n";
    EXPECT_EQ(resolved(text, "t").timeout, std::nullopt);
    EXPECT_FALSE(resolved(text, "t").ignore);
    EXPECT_EQ(resolved(text, "t").retries, 0U);
    EXPECT_EQ(resolved(text, "u").timeout, seconds(5));
    EXPECT_TRUE(resolved(text, "u").ignore);
    EXPECT_EQ(resolved(text, "u").retries, 2U);
}

TEST(Directives, ShareOneContainerAmongAllWhoComeToIt) {
    Directives all = directives("[[directives]]\nparent = \"host\"\n"
                                "[[directives]]\nfilter = 'name.equals(slow)'\ntimeout = 9\n");
    const auto of = [&](std::string_view name) {
        return all
            .resolve(filter::PytestSubject{
                .file = "a.py",
                .test = filter::PytestSubject::Test{.name = name, .node_id = name, .markers = {}},
                .failed = false})
            .container;
    };
    EXPECT_EQ(of("a"), of("b"));
    EXPECT_EQ(of("a"), of("slow"));
    EXPECT_EQ(of("a"), all.resolve_in_general(filter::PytestSubject{}).container);
}

TEST(Directives, HoldInGeneralOnlyWhereTheyCertainlyFit) {
    Directives all = directives("[[directives]]\nfilter = 'package.equals(default)'\nuser = 1\n"
                                "[[directives]]\nfilter = 'name.contains(x)'\nuser = 2\n");
    EXPECT_EQ(all.resolve_in_general(filter::PytestSubject{}).container->container.user, 1U);
}

TEST(Directives, KnowWhatBuildsOnTheHostAndWhereItStarts) {
    const char* text = "[containers.a]\nparent = \"host\"\n"
                       "[containers.b]\nparent = \"a\"\nworking_directory = \"/b\"\n"
                       "[containers.c]\nparent = { name = \"a\", use = [\"layers\"] }\n"
                       "[[directives]]\nparent = \"a\"\n"
                       "[[directives]]\nfilter = 'name.equals(b)'\nparent = \"b\"\n"
                       "[[directives]]\nfilter = 'name.equals(c)'\nparent = \"c\"\n"
                       "[[directives]]\nfilter = 'name.equals(d)'\nworking_directory = \"/d\"\n";
    EXPECT_TRUE(resolved(text, "a").container->on_host);
    EXPECT_EQ(resolved(text, "a").container->working_directory, "");
    EXPECT_EQ(resolved(text, "b").container->working_directory, "/b");
    EXPECT_EQ(resolved(text, "c").container->working_directory, "/");
    EXPECT_EQ(resolved(text, "d").container->working_directory, "/d");
    EXPECT_TRUE(directives(text).needs_host());
    EXPECT_FALSE(directives("[containers.a]\nuser = 1\n").needs_host());
}

}  // namespace
}  // namespace maelstrom::runner

#include "host/fake_host.hpp"
#include "host/host.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace maelstrom::host {
namespace {

using job::FileSystemMount;
using job::HostTreeMount;
using job::MadeFile;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

HostRequest request_in(const FakeHost& host, const std::string& directory) {
    HostRequest request;
    request.caller = {.user = 1000,
                      .group = 1001,
                      .user_name = "ann",
                      .group_name = "ann",
                      .full_name = "Ann",
                      .home = "/home/ann",
                      .shell = "/bin/sh",
                      .host_name = "castle"};
    request.variables = {{"HOME", "/home/ann"}, {"PATH", "/usr/bin:/bin:/home/ann/bin"}};
    request.working_directory = directory;
    request.project = find_project(host.files(), directory, "/home/ann");
    return request;
}

HostContainer container_in(const FakeHost& host, const std::string& directory) {
    return host_container(host.files(), request_in(host, directory));
}

std::optional<MadeFile> made(const HostContainer& host, const std::string& path) {
    const auto& files = std::get<job::MadeFilesLayer>(host.container.layers.at(0)).files;
    const auto found = std::ranges::find(files, path, &MadeFile::path);
    return found == files.end() ? std::nullopt : std::optional(*found);
}

std::vector<std::string> trees(const HostContainer& host) {
    std::vector<std::string> result;
    for (const job::Mount& mount : host.container.mounts) {
        if (const auto* tree = std::get_if<HostTreeMount>(&mount)) {
            result.push_back(tree->path);
        }
    }
    return result;
}

std::vector<std::string> temporary(const HostContainer& host) {
    std::vector<std::string> result;
    for (const job::Mount& mount : host.container.mounts) {
        const auto* found = std::get_if<FileSystemMount>(&mount);
        if (found != nullptr && found->kind == FileSystemMount::Kind::tmp) {
            result.push_back(found->mount_point);
        }
        const auto* place = std::get_if<job::FreshPlaceMount>(&mount);
        if (place != nullptr && host.container.enable_writable_file_system == false) {
            result.push_back(place->path);
        }
    }
    return result;
}

std::optional<job::ProjectLayer> project(const HostContainer& host) {
    for (const job::Layer& layer : host.container.layers) {
        if (const auto* found = std::get_if<job::ProjectLayer>(&layer)) {
            return *found;
        }
    }
    return std::nullopt;
}

TEST(HostContainer, IsComplete) {
    const FakeHost host;
    host.directory("/home/ann/p");
    const job::Container container = container_in(host, "/home/ann/p").container;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(container.parent));
    EXPECT_EQ(container.network, job::Network::loopback);
    EXPECT_EQ(container.enable_writable_file_system, true);
    EXPECT_EQ(container.working_directory, "/home/ann/p");
    EXPECT_EQ(container.user, 1000U);
    EXPECT_EQ(container.group, 1001U);
    EXPECT_EQ(container.capabilities, job::Capabilities::none);
}

TEST(HostContainer, ShowsTheBaseAndTheProjectAtTheirOwnPlaces) {
    const FakeHost host;
    host.directory("/home/ann/p");
    const HostContainer result = container_in(host, "/home/ann/p");
    EXPECT_THAT(trees(result), ElementsAre("/opt", "/usr"));
    EXPECT_EQ(project(result)->root, "/home/ann/p");
    EXPECT_EQ(made(result, "/bin")->content, "usr/bin");
    EXPECT_EQ(made(result, "/usr")->kind, MadeFile::Kind::directory);
    EXPECT_THAT(result.notes, IsEmpty());
}

TEST(HostContainer, HasTheDirectoriesThatItsLinksLeadTo) {
    const FakeHost host;
    host.link("/opt/tool/bin", "/sbin");
    const HostContainer result = container_in(host, "/tmp");
    for (const char* directory : {"/usr/bin", "/usr/lib", "/opt/tool/bin"}) {
        ASSERT_TRUE(made(result, directory)) << directory;
        EXPECT_EQ(made(result, directory)->kind, MadeFile::Kind::directory) << directory;
    }
}

TEST(HostContainer, HasMountPointsForAllItMounts) {
    const FakeHost host;
    host.directory("/home/ann/p/.venv");
    HostRequest request = request_in(host, "/home/ann/p");
    request.further_trees = {{"/home/ann/p/.venv", FurtherTree::Kind::environment}};
    const HostContainer result = host_container(host.files(), request);
    for (const char* point : {"/usr", "/opt", "/proc", "/dev/pts", "/dev/null", "/dev/shm", "/tmp",
                              "/home/ann/p/.venv"}) {
        EXPECT_TRUE(made(result, point)) << point;
    }
}

TEST(HostContainer, TemporaryPlacesAndHomeAreEmpty) {
    const FakeHost host;
    host.file("/home/ann/.ssh/id_ed25519", "key", 0600);
    host.directory("/home/ann/p");
    ASSERT_EQ(::chmod(host.on_disk("/home/ann").c_str(), 0710), 0);
    const HostContainer result = container_in(host, "/home/ann/p");
    EXPECT_THAT(temporary(result), ElementsAre("/tmp", "/dev/shm"));
    EXPECT_EQ(made(result, "/var/tmp")->mode, 01777U);
    EXPECT_EQ(made(result, "/home/ann")->mode, 0710U);
    EXPECT_FALSE(made(result, "/home/ann/.ssh"));
    EXPECT_FALSE(made(result, "/root"));
}

TEST(HostContainer, AProjectBelowTmpMakesTmpAPlainDirectory) {
    const FakeHost host;
    host.directory("/tmp/p");
    const HostContainer result = container_in(host, "/tmp/p");
    EXPECT_THAT(temporary(result), ElementsAre("/dev/shm"));
    EXPECT_EQ(made(result, "/tmp")->mode, 01777U);
}

TEST(HostContainer, AReadOnlyRootGetsMountsWhereProgramsWrite) {
    const FakeHost host;
    host.directory("/data/p");
    HostRequest request = request_in(host, "/data/p");
    request.read_only = true;
    const HostContainer result = host_container(host.files(), request);
    EXPECT_EQ(result.container.enable_writable_file_system, false);
    EXPECT_THAT(temporary(result),
                ElementsAre("/tmp", "/dev/shm", "/var/tmp", "/run", "/home/ann"));
}

using FreshEntry = job::FreshPlaceMount::Entry;

/// What a place that is fresh for each job shows nevertheless; none if there is no such place.
std::optional<std::vector<FreshEntry>> shown_in(const HostContainer& host,
                                                const std::string& place) {
    for (const job::Mount& mount : host.container.mounts) {
        const auto* found = std::get_if<job::FreshPlaceMount>(&mount);
        if (found != nullptr && found->path == place) {
            return found->entries;
        }
    }
    return std::nullopt;
}

TEST(HostContainer, AReadOnlyRootWithTheProjectBelowTmpKeepsTmpFreshAndTheProjectInIt) {
    const FakeHost host;
    host.directory("/tmp/p");
    HostRequest request = request_in(host, "/tmp/p");
    request.read_only = true;
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_THAT(shown_in(result, "/tmp").value(),
                ElementsAre(FreshEntry{"/tmp/p", FreshEntry::Kind::kept, ""}));
}

TEST(HostContainer, AFreshHomeShowsWhatTheContainerHasThere) {
    const FakeHost host;
    host.directory("/home/ann/p/.venv");
    host.directory("/home/ann/p/sub");
    host.directory("/home/ann/python/3.12");
    host.link("python/3.12", "/home/ann/current");
    HostRequest request = request_in(host, "/home/ann/p/sub");
    request.project = {.root = "/home/ann/p", .reason = ""};
    request.further_trees = {{"/home/ann/p/.venv", FurtherTree::Kind::environment},
                             {"/home/ann/current", FurtherTree::Kind::environment}};
    using enum FreshEntry::Kind;
    EXPECT_THAT(shown_in(host_container(host.files(), request), "/home/ann").value(),
                ElementsAre(FreshEntry{"/home/ann/current", link, "python/3.12"},
                            FreshEntry{"/home/ann/p", kept, ""},
                            FreshEntry{"/home/ann/python/3.12", kept, ""}));
}

TEST(HostContainer, AWorkingDirectoryWithoutAProjectIsMadeInTheFreshHome) {
    const FakeHost host;
    host.directory("/home/ann/.ssh");
    EXPECT_THAT(shown_in(container_in(host, "/home/ann/.ssh"), "/home/ann").value(),
                ElementsAre(FreshEntry{"/home/ann/.ssh", FreshEntry::Kind::directory, ""}));
}

TEST(HostContainer, AtHomeThereIsNoProjectAndOneNote) {
    const FakeHost host;
    const HostContainer result = container_in(host, "/home/ann");
    EXPECT_EQ(project(result), std::nullopt);
    EXPECT_EQ(result.container.working_directory, "/home/ann");
    EXPECT_THAT(result.notes,
                ElementsAre("no project is taken along: /home/ann is the home directory"));
}

TEST(HostContainer, TheWorkingDirectoryExistsEvenWhereNothingElseIs) {
    const FakeHost host;
    host.directory("/home/ann/.ssh");
    const HostContainer result = container_in(host, "/home/ann/.ssh");
    EXPECT_EQ(made(result, "/home/ann/.ssh")->kind, MadeFile::Kind::directory);
}

TEST(HostContainer, AWorkingDirectoryOfTheKernelsIsReplacedByTheRoot) {
    const FakeHost host;
    const HostContainer result = container_in(host, "/proc/1");
    EXPECT_EQ(result.container.working_directory, "/");
    EXPECT_THAT(result.notes, Contains(HasSubstr("starts in /")));
}

TEST(HostContainer, AHomeBehindALinkKeepsItsName) {
    const FakeHost host;
    host.directory("/data/home/ann/p");
    ASSERT_EQ(::rmdir(host.on_disk("/home/ann").c_str()), 0);
    host.link("/data/home/ann", "/home/ann");
    const HostContainer result = container_in(host, "/home/ann/p");
    EXPECT_EQ(made(result, "/home/ann")->content, "/data/home/ann");
    EXPECT_EQ(made(result, "/data/home/ann")->kind, MadeFile::Kind::directory);
    EXPECT_EQ(result.container.working_directory, "/data/home/ann/p");
    EXPECT_EQ(project(result)->root, "/data/home/ann/p");
}

TEST(HostContainer, AMountedEnvironmentIsExcludedLiterally) {
    const FakeHost host;
    host.directory("/home/ann/p/my [env]");
    HostRequest request = request_in(host, "/home/ann/p");
    request.further_trees = {{"/home/ann/p/my [env]", FurtherTree::Kind::environment}};
    EXPECT_THAT(project(host_container(host.files(), request))->exclude,
                ElementsAre("my \\[env\\]", "my \\[env\\]/**"));
}

TEST(HostContainer, AnActivatedEnvironmentComesAlongWithItsInterpreter) {
    const FakeHost host;
    host.file("/home/ann/p/.venv/pyvenv.cfg", "home = /home/ann/python/bin\nversion = 3.12\n");
    host.directory("/home/ann/p/.venv/bin");
    host.file("/home/ann/python/bin/python", "");
    HostRequest request = request_in(host, "/home/ann/p");
    request.variables["VIRTUAL_ENV"] = "/home/ann/p/.venv";
    request.variables["PATH"] = "/home/ann/p/.venv/bin:/usr/bin";
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(trees(result),
                ElementsAre("/home/ann/p/.venv", "/home/ann/python", "/opt", "/usr"));
    EXPECT_THAT(result.variables, Contains(Pair("VIRTUAL_ENV", "/home/ann/p/.venv")));
    EXPECT_THAT(result.variables, Contains(Pair("PATH", "/home/ann/p/.venv/bin:/usr/bin")));
}

TEST(HostContainer, AnActivatedCondaEnvironmentComesAlong) {
    const FakeHost host;
    host.directory("/home/ann/p");
    host.file("/home/ann/conda/envs/e/conda-meta/history", "");
    host.directory("/home/ann/conda/envs/e/bin");
    HostRequest request = request_in(host, "/home/ann/p");
    request.variables["CONDA_PREFIX"] = "/home/ann/conda/envs/e";
    request.variables["PATH"] = "/home/ann/conda/envs/e/bin:/usr/bin";
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(trees(result), ElementsAre("/home/ann/conda/envs/e", "/opt", "/usr"));
    EXPECT_THAT(result.variables, Contains(Pair("CONDA_PREFIX", "/home/ann/conda/envs/e")));
    EXPECT_THAT(result.variables, Contains(Pair("PATH", "/home/ann/conda/envs/e/bin:/usr/bin")));
}

TEST(HostContainer, WhatIsNoEnvironmentIsNotTakenForOne) {
    const FakeHost host;
    host.directory("/home/ann/p");
    host.directory("/home/ann/notes");
    HostRequest request = request_in(host, "/home/ann/p");
    request.variables["VIRTUAL_ENV"] = "/home/ann/notes";
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(trees(result), ElementsAre("/opt", "/usr"));
    EXPECT_THAT(result.variables, Not(Contains(Key("VIRTUAL_ENV"))));
}

TEST(HostContainer, VariablesSurviveExpansion) {
    const FakeHost host;
    HostRequest request = request_in(host, "/home/ann");
    request.variables["LANG"] = "$env{HOME}$";
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(result.variables, Contains(Pair("LANG", "$env{HOME}$")));
    EXPECT_THAT(result.container.environment.at(0).vars, Contains(Pair("LANG", "$$env{HOME}$$")));
    EXPECT_FALSE(result.container.environment.at(0).extend);
}

TEST(HostContainer, PathElementsThatLeadIntoTheContainerKeepTheirLinks) {
    const FakeHost host;
    host.directory("/run/current");
    host.link("/usr/bin", "/run/current/bin");
    HostRequest request = request_in(host, "/home/ann");
    request.variables["PATH"] = "/run/current/bin:/home/ann/bin";
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(result.variables, Contains(Pair("PATH", "/run/current/bin")));
    EXPECT_EQ(made(result, "/run/current/bin")->content, "/usr/bin");
}

TEST(HostContainer, WithoutBaseThereIsNoSystemAtAll) {
    const FakeHost host;
    host.directory("/home/ann/p");
    HostRequest request = request_in(host, "/home/ann/p");
    request.base = Base::none;
    const HostContainer result = host_container(host.files(), request);
    EXPECT_THAT(trees(result), IsEmpty());
    EXPECT_FALSE(made(result, "/usr"));
    EXPECT_FALSE(made(result, "/bin"));
    EXPECT_FALSE(made(result, "/etc/passwd"));
    EXPECT_EQ(project(result)->root, "/home/ann/p");
}

TEST(HostContainer, AnOrdinaryUserMayWriteWhereHeMayOutside) {
    const FakeHost host;
    host.directory("/home/ann/p");
    HostRequest request = request_in(host, "/home/ann/p");
    request.caller.user = ::geteuid() + 1;  // the fake host's directories are somebody else's
    const HostContainer stranger = host_container(host.files(), request);
    EXPECT_EQ(made(stranger, "/")->mode, 0555U);
    EXPECT_EQ(made(stranger, "/etc")->mode, 0555U);
    EXPECT_EQ(made(stranger, "/etc/passwd")->mode, 0444U);
    EXPECT_EQ(made(stranger, "/home")->mode, 0555U);
    EXPECT_EQ(made(stranger, "/tmp")->mode, 01777U);
    EXPECT_EQ(made(stranger, "/run")->mode, 0755U);
    EXPECT_EQ(made(stranger, "/home/ann")->mode, 0755U);
}

TEST(HostContainer, RootMayWriteEverywhereButInTheBase) {
    const FakeHost host;
    HostRequest request = request_in(host, "/home/ann");
    request.caller.user = 0;
    EXPECT_EQ(made(host_container(host.files(), request), "/etc/passwd")->mode, 0644U);
}

TEST(HostContainer, EveryParentIsMadeLikeTheHosts) {
    const FakeHost host;
    host.directory("/data/a/b/p");
    const HostContainer result = container_in(host, "/data/a/b/p");
    for (const char* parent : {"/data/a/b", "/data/a", "/data", "/etc"}) {
        EXPECT_TRUE(made(result, parent)) << parent;
    }
}

}  // namespace
}  // namespace maelstrom::host

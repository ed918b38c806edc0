#include "job/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace maelstrom::job {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;
using ::testing::VariantWith;

util::Result<Job> job_of(std::string_view text, Program program = Program::required) {
    const auto value = util::parse_json(text);
    EXPECT_TRUE(value) << text;
    return parse_job(*value, program);
}

std::string complaint(std::string_view text) {
    const auto job = job_of(text);
    return job ? "no error" : job.error().message();
}

/// The complaint about one more member of an otherwise good job.
std::string complaint_about(std::string_view member) {
    return complaint(fmt::format("{{\"program\":\"x\",\n{}}}", member));
}

TEST(Parse, ReadsAJobWithDefaults) {
    const auto job = job_of(R"({"program": "/bin/true"})");

    ASSERT_TRUE(job);
    EXPECT_EQ(job->program, "/bin/true");
    EXPECT_THAT(job->arguments, ElementsAre());
    EXPECT_EQ(job->timeout, std::nullopt);
    EXPECT_EQ(job->priority, 0);
    EXPECT_EQ(job->container, Container());
}

TEST(Parse, ReadsEveryKeyOfAJob) {
    const auto job = job_of(R"({
        "image": { "name": "docker://debian:12-slim", "use": ["layers", "environment"] },
        "added_layers": [ { "stubs": ["/dev/{null,zero}", "/{proc,scratch}/"] } ],
        "mounts": [ { "type": "proc", "mount_point": "/proc" },
                    { "type": "devices", "devices": ["null", "zero", "null"] } ],
        "added_environment": { "LANG": "C.UTF-8" },
        "working_directory": "/scratch", "network": "loopback", "user": 1000, "group": 1001,
        "enable_writable_file_system": true, "capabilities": "all",
        "limits": { "memory": "512 MiB", "processes": 7, "cpu": 1.5 },
        "program": "sh", "arguments": ["-c", "id; pwd"], "timeout": 30, "priority": -2 })");

    ASSERT_TRUE(job) << job.error().message();
    EXPECT_THAT(job->arguments, ElementsAre("-c", "id; pwd"));
    EXPECT_THAT(job->timeout, Optional(std::chrono::seconds(30)));
    EXPECT_EQ(job->priority, -2);
    const Container& container = job->container;
    EXPECT_THAT(container.parent,
                VariantWith<ImageParent>(
                    ImageParent{"docker://debian:12-slim", {Field::layers, Field::environment}}));
    EXPECT_THAT(container.layers,
                ElementsAre(Layer(StubsLayer{{"/dev/{null,zero}", "/{proc,scratch}/"}})));
    EXPECT_THAT(container.mounts,
                ElementsAre(Mount(FileSystemMount{FileSystemMount::Kind::proc, "/proc"}),
                            Mount(DevicesMount{{Device::null, Device::zero}})));
    EXPECT_THAT(container.environment,
                ElementsAre(EnvironmentElement{{{"LANG", "C.UTF-8"}}, true}));
    EXPECT_THAT(container.network, Optional(Network::loopback));
    EXPECT_THAT(container.enable_writable_file_system, Optional(true));
    EXPECT_THAT(container.working_directory, Optional(std::string("/scratch")));
    EXPECT_THAT(container.user, Optional(1000U));
    EXPECT_THAT(container.group, Optional(1001U));
    EXPECT_THAT(container.capabilities, Optional(Capabilities::all));
    EXPECT_THAT(container.limits.memory, Optional(util::Bytes{512U << 20U}));
    EXPECT_THAT(container.limits.processes, Optional(7U));
    EXPECT_THAT(container.limits.cpu, Optional(1.5));
}

TEST(Parse, ReadsTomlAsWell) {
    const auto value = util::parse_toml("program = 'x'\nlayers = [ { tar = 'a.tar' } ]\n"
                                        "[environment]\nA = '1'\n");
    ASSERT_TRUE(value);
    const auto job = parse_job(*value);
    ASSERT_TRUE(job) << job.error().message();
    EXPECT_THAT(job->container.layers, ElementsAre(Layer(TarLayer{"a.tar"})));
    EXPECT_THAT(job->container.environment, ElementsAre(EnvironmentElement{{{"A", "1"}}, true}));
}

TEST(Parse, NeedsAProgramUnlessSomebodyBringsOne) {
    EXPECT_THAT(complaint("\n {}"),
                AllOf(StartsWith("line 2, column 2: "), HasSubstr("\"program\"")));
    EXPECT_THAT(complaint(R"({"program": null})"), HasSubstr("must be a string, found null"));
    const auto job = job_of("{}", Program::optional);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->program, "");
}

TEST(Parse, TakesNullForAbsent) {
    const auto job = job_of(R"({"program":"x","arguments":null,"timeout":null,"priority":null,
        "image":null,"parent":null,"layers":null,"added_layers":null,"environment":null,"mounts":null,
        "network":null,"enable_writable_file_system":null,"working_directory":null,"user":null,
        "group":null,"capabilities":null,"limits":null})");
    ASSERT_TRUE(job) << job.error().message();
    EXPECT_EQ(job->container, Container());
}

TEST(Parse, TakesATimeoutOfZeroForNone) {
    EXPECT_EQ(job_of(R"({"program":"x","timeout":0})")->timeout, std::nullopt);
}

TEST(Parse, NamesAnUnknownKeyItsPlaceAndTheNearestLegalOne) {
    EXPECT_THAT(complaint_about("\"argumnets\":[]"),
                AllOf(StartsWith("line 2, column 1: "), HasSubstr("unknown key \"argumnets\""),
                      HasSubstr("did you mean \"arguments\"?"),
                      HasSubstr("\"working_directory\"")));
    // What only programs can set is no key.
    EXPECT_THAT(complaint_about("\"estimated_duration\":1"), HasSubstr("unknown key"));
    EXPECT_THAT(complaint_about("\"containers\":{}"), HasSubstr("unknown key \"containers\""));
}

TEST(Parse, SaysWhatWasFoundAndWhatExpected) {
    EXPECT_THAT(
        complaint_about("\"timeout\":-1"),
        AllOf(StartsWith("line 2, column 11: "),
              HasSubstr("\"timeout\" must be a whole number from 0 to 4294967295, found -1")));
    EXPECT_THAT(complaint_about("\"timeout\":1.5"), HasSubstr("found 1.5"));
    EXPECT_THAT(complaint_about("\"timeout\":\"1\""), HasSubstr("found a string"));
    EXPECT_THAT(complaint_about("\"timeout\":4294967296"), HasSubstr("found 4294967296"));
    EXPECT_THAT(complaint_about("\"priority\":128"), HasSubstr("from -128 to 127"));
    EXPECT_THAT(complaint_about("\"arguments\":\"x\""), HasSubstr("a list of strings"));
    EXPECT_THAT(complaint_about("\"arguments\":[\"x\",\n1]"), StartsWith("line 3, column 1: "));
    EXPECT_THAT(complaint_about("\"enable_writable_file_system\":1"), HasSubstr("true or false"));
    EXPECT_THAT(complaint("[]"), HasSubstr("a job must be an object, found a list"));
}

TEST(Parse, RefusesIdsThatCannotBeMapped) {
    EXPECT_EQ(complaint_about("\"user\":4294967294"), "no error");
    EXPECT_THAT(complaint_about("\"user\":4294967295"), HasSubstr("from 0 to 4294967294"));
    EXPECT_THAT(complaint_about("\"group\":4294967295"), HasSubstr("\"group\""));
}

TEST(Parse, RefusesNulBytes) {
    for (const std::string_view member :
         {R"("working_directory":"/a\u0000b")", R"("arguments":["\u0000"])",
          R"("environment":{"A":"\u0000"})", R"("layers":[{"paths":["\u0000"]}])",
          R"("mounts":[{"type":"tmp","mount_point":"/a\u0000"}])"}) {
        EXPECT_THAT(complaint_about(member), HasSubstr("NUL")) << member;
    }
    EXPECT_THAT(complaint_about(R"("environment":{"A\u0000":"x"})"), HasSubstr("NUL"));
}

TEST(Parse, ListsTheLegalWords) {
    EXPECT_THAT(complaint_about("\"network\":\"loop\""),
                AllOf(StartsWith("line 2, column 11: "), HasSubstr("unknown network \"loop\""),
                      HasSubstr("\"disabled\", \"loopback\" or \"local\"")));
    EXPECT_THAT(complaint_about("\"capabilities\":\"some\""), HasSubstr("\"none\" or \"all\""));
}

TEST(Parse, LooksInsideParents) {
    EXPECT_THAT(
        complaint_about(R"("image":{"name":"i","uses":["layers"]})"),
        AllOf(HasSubstr("unknown key \"uses\" in \"image\""), HasSubstr("did you mean \"use\"?")));
    EXPECT_THAT(complaint_about(R"("image":{"name":"i","use":["mounts"]})"),
                AllOf(HasSubstr("\"mounts\""), HasSubstr("\"working_directory\"")));
    EXPECT_THAT(complaint_about(R"("parent":{"name":"p","use":["layer"]})"),
                HasSubstr("did you mean \"layers\"?"));
    EXPECT_THAT(complaint_about(R"("parent":{"use":[]})"), HasSubstr("\"name\" is missing"));
    EXPECT_THAT(complaint_about(R"("parent":5)"), HasSubstr("a name, or an object"));
}

TEST(Parse, TakesAnEmptyUseListForNothing) {
    const auto job = job_of(R"({"program":"x","parent":{"name":"p","use":[]},"layers":[]})");
    ASSERT_TRUE(job);
    EXPECT_THAT(job->container.parent, VariantWith<ContainerParent>(ContainerParent{"p", {}}));
}

TEST(Parse, TakesNullForAnImplicitUse) {
    const auto job = job_of(R"({"program":"x","image":{"name":"i","use":null}})");
    ASSERT_TRUE(job);
    EXPECT_THAT(job->container.parent,
                VariantWith<ImageParent>(ImageParent{
                    "i", {Field::layers, Field::environment, Field::working_directory}}));
}

TEST(Parse, ReadsBothFormsOfAnEnvironment) {
    const auto job = job_of(R"({"program":"x","environment":[
        {"vars":{"A":"1"},"extend":false},{"vars":{},"extend":true}]})");
    ASSERT_TRUE(job);
    EXPECT_THAT(job->container.environment,
                ElementsAre(EnvironmentElement{{{"A", "1"}}, false}, EnvironmentElement{{}, true}));
}

TEST(Parse, LooksInsideEnvironments) {
    EXPECT_THAT(complaint_about(R"("environment":[{"vars":{}}])"),
                HasSubstr("\"extend\" is missing"));
    EXPECT_THAT(complaint_about(R"("environment":[{"extend":true}])"),
                HasSubstr("\"vars\" is missing"));
    EXPECT_THAT(complaint_about(R"("environment":[{"vars":{},"extend":true,"x":1}])"),
                HasSubstr("unknown key \"x\""));
    EXPECT_THAT(complaint_about(R"("environment":{"A":1})"),
                HasSubstr("\"A\" must be a string, found 1"));
    EXPECT_THAT(complaint_about(R"("environment":{"":"x"})"), HasSubstr("is empty"));
    EXPECT_THAT(complaint_about(R"("environment":{"A=B":"x"})"),
                AllOf(StartsWith("line 2, column 16: "), HasSubstr("\"A=B\"")));
}

TEST(Parse, ReadsEveryLimit) {
    const auto job = job_of(R"({"program":"x","limits":{"memory":1000,"processes":1,"cpu":2,
        "cpu_time":3,"files":4,"file_size":"5kB","core":0,"tmp":"6 MiB","best_effort":true}})");
    ASSERT_TRUE(job) << job.error().message();
    const Limits& limits = job->container.limits;
    EXPECT_THAT(limits.memory, Optional(util::Bytes{1000}));
    EXPECT_THAT(limits.cpu, Optional(2.0));
    EXPECT_THAT(limits.cpu_time, Optional(std::chrono::seconds(3)));
    EXPECT_THAT(limits.files, Optional(4U));
    EXPECT_THAT(limits.file_size, Optional(util::Bytes{5000}));
    EXPECT_THAT(limits.core, Optional(util::Bytes{0}));
    EXPECT_THAT(limits.tmp, Optional(util::Bytes{6U << 20U}));
    EXPECT_THAT(limits.best_effort, Optional(true));
}

TEST(Parse, LooksInsideLimits) {
    EXPECT_THAT(complaint_about(R"("limits":{"ram":1})"), HasSubstr("unknown key \"ram\""));
    EXPECT_THAT(complaint_about(R"("limits":{"memory":"5 stone"})"), HasSubstr("\"5 stone\""));
    EXPECT_THAT(complaint_about(R"("limits":{"memory":0})"), HasSubstr("more than 0 bytes"));
    EXPECT_THAT(complaint_about(R"("limits":{"tmp":0})"), HasSubstr("more than 0 bytes"));
    EXPECT_THAT(complaint_about(R"("limits":{"memory":-1})"), HasSubstr("found -1"));
    EXPECT_THAT(complaint_about(R"("limits":{"cpu":0})"), HasSubstr("CPUs"));
    EXPECT_THAT(complaint_about(R"("limits":{"processes":0})"), HasSubstr("from 1"));
}

TEST(Parse, ReadsContainersInTheirOrder) {
    const auto value =
        util::parse_json(R"({"containers":{"z":{},"a":{"parent":"host","user":5}}})");
    const auto input = parse_input(*value);
    ASSERT_TRUE(input) << input.error().message();
    const auto& containers = std::get<NamedContainers>(*input);
    ASSERT_EQ(containers.size(), 2U);
    EXPECT_EQ(containers[0].name, "z");
    EXPECT_EQ(containers[1].name, "a");
    EXPECT_THAT(containers[1].container.user, Optional(5U));
}

TEST(Parse, NamesTheContainerThatIsWrong) {
    const auto value = util::parse_json("{\"containers\":{\"base\":{\n\"users\":1}}}");
    const auto input = parse_input(*value);
    ASSERT_FALSE(input);
    EXPECT_THAT(input.error().message(), AllOf(HasSubstr("\"base\""), HasSubstr("line 2, column 1"),
                                               HasSubstr("\"users\"")));
}

TEST(Parse, KeepsTheNameOfTheHostContainer) {
    const auto input = parse_input(*util::parse_json(R"({"containers":{"host":{}}})"));
    ASSERT_FALSE(input);
    EXPECT_THAT(input.error().message(), HasSubstr("\"host\" is built in"));
}

TEST(Parse, TakesContainersBesideOtherMembersForAnUnknownKey) {
    const auto input = parse_input(*util::parse_json(R"({"containers":{},"program":"x"})"));
    ASSERT_FALSE(input);
    EXPECT_THAT(input.error().message(), HasSubstr("unknown key \"containers\" in a job"));
}

}  // namespace
}  // namespace maelstrom::job

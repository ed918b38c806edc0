#include "run/spec_stream.hpp"

#include <gmock/gmock.h>

namespace maelstrom::run {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// What came out: programs of jobs, "{names}" for container sets, at last the error if any.
std::vector<std::string> read(SpecStream& stream) {
    std::vector<std::string> seen;
    for (;;) {
        const auto input = stream.next();
        if (!input) {
            seen.push_back(input.error().message());
            return seen;
        }
        if (!*input) {
            return seen;
        }
        if (const auto* job = std::get_if<job::Job>(&**input)) {
            seen.push_back(job->program);
        } else {
            std::string names = "{";
            for (const job::NamedContainer& named : std::get<job::NamedContainers>(**input)) {
                names += named.name;
            }
            seen.push_back(names + "}");
        }
    }
}

TEST(SpecStream, NeedsNoSeparators) {
    SpecStream stream(job::Program::required);
    stream.feed(R"({"program":"a"}{"containers":{"c":{}}} {"program":"b"})");
    EXPECT_THAT(read(stream), ElementsAre("a", "{c}", "b"));
    EXPECT_TRUE(stream.finish().has_value());
}

TEST(SpecStream, GivesAJobAtItsClosingBrace) {
    SpecStream stream(job::Program::required);
    stream.feed(R"({"program":"a")");
    EXPECT_THAT(read(stream), ElementsAre());
    stream.feed("}");
    EXPECT_THAT(read(stream), ElementsAre("a"));
}

TEST(SpecStream, NamesTheObjectAndThePlace) {
    SpecStream stream(job::Program::required);
    stream.feed("{\"program\":\"a\"}\n{\"program\":\"b\",\n  \"programm\":1}");
    EXPECT_THAT(read(stream),
                ElementsAre("a", AllOf(StartsWith("object 2 of the input: line 3, column 3"),
                                       HasSubstr("programm"))));
}

TEST(SpecStream, NamesTheObjectThatIsNotJson) {
    SpecStream stream(job::Program::required);
    stream.feed(R"({"program":"a"} [])");
    EXPECT_THAT(read(stream),
                ElementsAre("a", StartsWith("object 2 of the input: line 1, column 17")));
}

TEST(SpecStream, SaysWhenTheEndCutsAnObject) {
    SpecStream stream(job::Program::required);
    stream.feed(R"({"program":"a"} {"program":)");
    EXPECT_THAT(read(stream), ElementsAre("a"));
    EXPECT_THAT(stream.finish().error().message(), StartsWith("object 2 of the input: "));
}

TEST(SpecStream, AProgramCanBeLeftOutWhenAnotherIsGiven) {
    SpecStream stream(job::Program::optional);
    stream.feed("{}");
    EXPECT_THAT(read(stream), ElementsAre(""));
    SpecStream strict(job::Program::required);
    strict.feed("{}");
    EXPECT_THAT(read(strict), ElementsAre(HasSubstr("program")));
}

}  // namespace
}  // namespace maelstrom::run

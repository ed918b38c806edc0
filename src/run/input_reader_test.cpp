#include "run/input_reader.hpp"
#include "sys/file.hpp"

#include <gmock/gmock.h>

#include <semaphore>

namespace maelstrom::run {
namespace {

using ::testing::HasSubstr;

/// A reader on a pipe, and what it woke us for.
class Reading : public ::testing::Test {
protected:
    void write(std::string_view text) { ASSERT_TRUE(sys::write_all(pipe.second, text)); }
    void end() { pipe.second = {}; }

    InputReader::Item next() {
        for (;;) {
            if (auto item = reader->take()) {
                return *std::move(item);
            }
            woken.acquire();
        }
    }
    std::string program() {
        const auto item = next();
        const auto* object = std::get_if<InputReader::Object>(&item);
        const auto* job = object == nullptr ? nullptr : std::get_if<job::Job>(&object->input);
        return job == nullptr ? "no job" : job->program;
    }

    std::pair<sys::Fd, sys::Fd> pipe = *sys::pipe2();
    std::counting_semaphore<> woken{0};
    std::unique_ptr<InputReader> reader =
        *InputReader::start(pipe.first.get(), [this] { woken.release(); });
};

TEST_F(Reading, GivesAJobBeforeTheInputGoesOn) {
    write(R"({"program":"a"})");
    EXPECT_EQ(program(), "a");
    write(R"({"program":"b"})");
    EXPECT_EQ(program(), "b");
}

TEST_F(Reading, TellsTheEnd) {
    write(R"({"program":"a"})");
    end();
    EXPECT_EQ(program(), "a");
    EXPECT_TRUE(std::holds_alternative<InputReader::End>(next()));
}

TEST_F(Reading, TellsAnErrorAndStops) {
    write(R"({"program":"a"} nonsense {"program":"b"})");
    EXPECT_EQ(program(), "a");
    EXPECT_TRUE(std::holds_alternative<util::Error>(next()));
    EXPECT_EQ(reader->take().has_value(), false);
}

TEST_F(Reading, AnEndInTheMiddleOfAnObjectIsAnError) {
    write(R"({"program":)");
    end();
    EXPECT_TRUE(std::holds_alternative<util::Error>(next()));
}

TEST_F(Reading, PassesAnyNumberThroughFewPlaces) {
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += R"({"program":"x"})";
    }
    write(many);
    end();
    int seen = 0;
    while (program() == "x") {
        ++seen;
    }
    EXPECT_EQ(seen, 1000);
}

TEST_F(Reading, CanBeGivenUpWhileItWaits) {
    reader.reset();
    write("x");
}

util::Result<FirstJob> first_of(std::string_view text,
                                job::Program program = job::Program::required) {
    auto pipe = *sys::pipe2();
    EXPECT_TRUE(sys::write_all(pipe.second, text));
    pipe.second = {};
    return read_first_job(pipe.first.get(), program);
}

TEST(FirstJob, ComesWithTheContainersBeforeIt) {
    const auto first = first_of(R"({"containers":{"c":{}}}{"program":"a"}{"containers":{"d":{}}})");
    EXPECT_EQ(first->job.program, "a");
    EXPECT_EQ(first->containers.size(), 1U);
}

TEST(FirstJob, DoesNotLookAtWhatFollows) {
    EXPECT_EQ(first_of(R"({"program":"a"} nonsense)")->job.program, "a");
}

TEST(FirstJob, MustBeThere) {
    EXPECT_THAT(first_of(R"({"containers":{"c":{}}})").error().message(), HasSubstr("no job"));
    EXPECT_THAT(first_of("").error().message(), HasSubstr("no job"));
}

}  // namespace
}  // namespace maelstrom::run

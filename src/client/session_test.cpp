#include "client/session.hpp"
#include "client/testing/fake_executor.hpp"
#include "job/parse.hpp"
#include "store/store.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>

namespace maelstrom::client {
namespace {

using std::chrono::steady_clock;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Builds when the test lets it; each digest is new.
class GatedBuilder final : public layer::Builder {
public:
    explicit GatedBuilder(std::counting_semaphore<>& gate) : gate_(gate) {}
    util::Result<util::Digest> build(const job::Layer& layer, steady_clock::time_point) override {
        gate_.acquire();
        if (std::holds_alternative<job::CommandLayer>(layer)) {
            return util::fail(util::ErrorKind::invalid, "command layers are not supported");
        }
        return util::Digest{{}, ++count_};
    }

private:
    std::counting_semaphore<>& gate_;
    std::atomic<std::uint64_t> count_ = 0;
};

class SessionTest : public ::testing::Test {
protected:
    void SetUp() override {
        session = *Session::create(
            {"/project", {}, {}}, nullptr, std::make_unique<GatedBuilder>(gate),
            [&](ExecutorListener& listener) -> util::Result<std::unique_ptr<Executor>> {
                auto made = std::make_unique<FakeExecutor>(listener);
                executor = made.get();
                return made;
            });
    }
    void TearDown() override { gate.release(1000); }

    job::JobId submit(std::string_view text) {
        return session->submit(*job::parse_job(*util::parse_json(text)), {});
    }
    /// The next event; the test hangs for a minute and fails if there is none.
    std::string next() {
        const auto event = session->next(steady_clock::now() + std::chrono::minutes(1));
        if (!event) {
            return "nothing";
        }
        if (const auto* state = std::get_if<StateChanged>(&*event)) {
            return fmt::format("{} state {}", static_cast<unsigned>(state->id),
                               static_cast<int>(state->state));
        }
        if (const auto* finished = std::get_if<Finished>(&*event)) {
            const auto* not_run = std::get_if<job::NotRun>(&finished->result);
            return fmt::format("{} {}", static_cast<unsigned>(finished->id),
                               not_run != nullptr ? not_run->message : "completed");
        }
        return "terminal";
    }

    void wait_for_submission() {
        ASSERT_TRUE(executor->arrived.try_acquire_for(std::chrono::minutes(1)));
    }

    std::counting_semaphore<> gate{0};
    std::unique_ptr<Session> session;
    FakeExecutor* executor = nullptr;
};

constexpr std::string_view simple = R"({"program":"x","layers":[{"stubs":["/x"]}]})";

TEST_F(SessionTest, NumbersJobsFromZeroInTheirOrder) {
    EXPECT_EQ(submit(simple), job::JobId{0});
    EXPECT_EQ(submit(R"({"program":"x"})"), job::JobId{1});
    EXPECT_EQ(submit(simple), job::JobId{2});
}

TEST_F(SessionTest, CarriesAJobFromItsLayersToItsEnd) {
    executor->finish_at_once = true;
    submit(simple);
    EXPECT_EQ(next(), "0 state 0");
    gate.release();
    EXPECT_EQ(next(), "0 completed");
}

TEST_F(SessionTest, ReportsAFailedPreparationAsTheEndOfTheJob) {
    submit(R"({"program":"x","layers":[{"command":"x"}]})");
    gate.release();
    EXPECT_EQ(next(), "0 state 0");
    EXPECT_EQ(next(), "0 command layers are not supported");
    EXPECT_FALSE(session->next(steady_clock::time_point::min()).has_value());
}

TEST_F(SessionTest, CancelsAJobThatWaitsForLayersWithoutAskingTheExecutor) {
    const job::JobId id = submit(simple);
    submit(simple);
    session->cancel(id);
    executor->finish_at_once = true;
    gate.release();
    EXPECT_EQ(next(), "1 state 0");
    EXPECT_EQ(next(), "1 completed");
    EXPECT_THAT(executor->cancelled.with([](auto& all) { return all; }), ElementsAre());
}

TEST_F(SessionTest, CancelsARunningJobAtTheExecutor) {
    executor->finish_at_once = true;
    gate.release();
    submit(simple);
    next();
    next();  // the layer is built, so the next job is with the executor at once
    executor->finish_at_once = false;
    const job::JobId id = submit(simple);
    session->cancel(id);
    executor->listener.on_finished(id, job::Completed{job::Exited{0}, {}, {}, {}});
    EXPECT_THAT(executor->cancelled.with([](auto& all) { return all; }), ElementsAre(id));
    EXPECT_FALSE(session->next(steady_clock::time_point::min()).has_value());
}

TEST_F(SessionTest, BuildsTheLayersAgainOfAJobThatComesBackWithoutThem) {
    gate.release(2);
    const job::JobId id = submit(simple);
    wait_for_submission();
    executor->give_back(0);
    wait_for_submission();
    const auto submitted = executor->submitted.with([](auto& all) { return all; });
    EXPECT_EQ(submitted[1].id, id);
    EXPECT_EQ(submitted[1].execution.program, "x");
    EXPECT_NE(submitted[1].execution.environment->layers,
              submitted[0].execution.environment->layers);
}

TEST_F(SessionTest, BuildsLayersAgainAfterItsContainersHaveBeenDefinedAnew) {
    gate.release(2);
    submit(simple);
    wait_for_submission();
    session->define("other", {});
    executor->give_back(0);
    wait_for_submission();
}

TEST_F(SessionTest, EndsAJobThatComesBackTooOften) {
    gate.release(10);
    submit(simple);
    for (std::size_t i = 0; i < 4; ++i) {
        wait_for_submission();
        executor->give_back(i);
    }
    std::string last;
    while (!last.starts_with("0 blob")) {
        last = next();
        ASSERT_THAT(last, AnyOf(HasSubstr("state"), HasSubstr("blob")));
    }
    EXPECT_EQ(last, "0 blob is gone");
}

TEST_F(SessionTest, LeavesACancelledJobThatComesBackAlone) {
    gate.release();
    const job::JobId id = submit(simple);
    wait_for_submission();
    session->cancel(id);
    executor->give_back(0);
    // Its build would wait at the gate for ever and keep the session from ending.
    EXPECT_EQ(executor->submitted.with([](auto& all) { return all.size(); }), 1U);
}

TEST_F(SessionTest, ComesBackWhenInterrupted) {
    session->interrupt();
    EXPECT_EQ(next(), "nothing");
}

TEST_F(SessionTest, EndsWhileBuildsWait) {
    for (int i = 0; i < 50; ++i) {
        submit(fmt::format(R"({{"program":"x","layers":[{{"paths":["{}"]}}]}})", i));
    }
    gate.release(100);
    session.reset();
}

TEST_F(SessionTest, SharesOneEnvironmentAmongThousandsOfJobs) {
    executor->finish_at_once = true;
    gate.release();
    const job::Job job = *job::parse_job(*util::parse_json(simple));
    for (int i = 0; i < 10'000; ++i) {
        session->submit(job, {});
    }
    std::set<std::uint32_t> finished;
    while (finished.size() < 10'000) {
        const auto event = session->next(steady_clock::now() + std::chrono::minutes(1));
        ASSERT_TRUE(event);
        if (const auto* end = std::get_if<Finished>(&*event)) {
            EXPECT_TRUE(finished.insert(static_cast<std::uint32_t>(end->id)).second);
        }
    }
    executor->submitted.with([](const auto& all) {
        ASSERT_EQ(all.size(), 10'000U);
        EXPECT_TRUE(std::ranges::all_of(all, [&](const auto& one) {
            return one.execution.environment == all[0].execution.environment;
        }));
    });
}

/// Builds as long as the store lets it.
class EndlessBuilder final : public layer::Builder {
public:
    EndlessBuilder(store::Store& store, std::binary_semaphore& begun)
        : store_(store), begun_(begun) {}
    util::Result<util::Digest> build(const job::Layer&, steady_clock::time_point) override {
        begun_.release();
        for (;;) {
            TRY(store_.put("the same again"));
        }
    }

private:
    store::Store& store_;
    std::binary_semaphore& begun_;
};

TEST(ASession, EndsWithoutWaitingForBuilds) {
    const testing::TempDir directory;
    auto store = *store::Store::open({directory / "store"});
    std::binary_semaphore begun(0);
    auto builder = std::make_unique<EndlessBuilder>(*store, begun);
    auto session =
        *Session::create({"/project", {}, {}}, std::move(store), std::move(builder),
                         [](ExecutorListener& listener) -> util::Result<std::unique_ptr<Executor>> {
                             return std::make_unique<FakeExecutor>(listener);
                         });
    session->submit(*job::parse_job(*util::parse_json(simple)), {});
    begun.acquire();
    session.reset();
}

}  // namespace
}  // namespace maelstrom::client

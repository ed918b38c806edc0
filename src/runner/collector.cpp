#include "runner/collector.hpp"

#include "util/check.hpp"

namespace maelstrom::runner {

JobRequest Collector::request_together(std::span<const Case* const> tests, Attempt attempt) {
    CHECK(tests.size() == 1);
    return request(*tests.front(), attempt);
}

std::vector<Judgement> Collector::judge_together(std::span<const Case* const> tests,
                                                 Attempt attempt,
                                                 const job::Result& result) {
    CHECK(tests.size() == 1);
    std::vector<Judgement> judgements;
    judgements.push_back(judge(*tests.front(), attempt, result));
    return judgements;
}

std::vector<std::pair<std::string, std::string>> test_variables(const Case& test, Attempt attempt) {
    std::string name = test.name->display;
    std::erase(name, '\0');  // no variable can hold one
    return {{std::string(test_name_variable), std::move(name)},
            {"MAELSTROM_ATTEMPT", std::to_string(attempt.number)}};
}

}  // namespace maelstrom::runner

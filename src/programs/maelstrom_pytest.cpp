#include "pytest/framework.hpp"
#include "pytest/options.hpp"
#include "runner/program.hpp"

#include <memory>
#include <utility>

namespace {

using namespace maelstrom;

std::variant<runner::Start, config::Ending> start(const config::Configuration& configuration,
                                                  const config::Program& /*program*/,
                                                  const config::Surroundings& surroundings) {
    auto read = pytest::options_from(configuration, surroundings);
    if (auto* ending = std::get_if<config::Ending>(&read)) {
        return std::move(*ending);
    }
    auto& options = std::get<pytest::Options>(read);
    runner::Options shared = options.run;
    return runner::Start{.options = std::move(shared),
                         .framework =
                             std::make_unique<pytest::PytestFramework>(std::move(options))};
}

}  // namespace

int main(int argc, char** argv) {
    return runner::run_program({.describe = pytest::describe_program, .start = start}, argc, argv);
}

#pragma once

#include "config/reader.hpp"
#include "runner/framework.hpp"
#include "runner/program.hpp"

#include <string>
#include <vector>

namespace maelstrom::tap {

struct Options {
    runner::Options run;
    std::vector<std::string> programs;
    std::vector<std::string> exec;
    std::string home;
};

/// Programs that speak TAP, as the run of a test runner sees them.
class TapFramework final : public runner::Framework {
public:
    explicit TapFramework(Options options) : options_(std::move(options)) {}

    runner::Identity identity() const override;
    std::string project_root(const std::string& directory) const override;
    util::Result<runner::ProjectContainer>
    project_container(const std::string& directory, const host::Variables& variables) override;
    std::unique_ptr<runner::Collector> collector(const runner::JobDefaults& defaults) override;

private:
    const Options options_;
};

/// The rows of maelstrom-tap's options.
config::Program describe_program(const config::Surroundings& surroundings);

std::variant<runner::Start, config::Ending> start(const config::Configuration& configuration,
                                                  const config::Program& program,
                                                  const config::Surroundings& surroundings);

}  // namespace maelstrom::tap

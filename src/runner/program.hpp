#pragma once

#include "config/reader.hpp"
#include "runner/run.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace maelstrom::runner {

/// What a program's own options come to.
struct Start {
    Options options;
    std::unique_ptr<Framework> framework;
};

/// What one test runner's program is made of, besides what all have.
struct Program {
    std::function<config::Program(const config::Surroundings&)> describe;
    std::function<std::variant<Start, config::Ending>(const config::Configuration&,
                                                      const config::Program&,
                                                      const config::Surroundings&)>
        start;
};

/// The whole of a test runner's `main`.
int run_program(const Program& program, int argc, char** argv);

}  // namespace maelstrom::runner

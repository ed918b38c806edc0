#include "runner/program.hpp"
#include "tap/framework.hpp"

int main(int argc, char** argv) {
    using namespace maelstrom;
    return runner::run_program({.describe = tap::describe_program, .start = tap::start}, argc,
                               argv);
}

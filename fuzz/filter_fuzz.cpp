#include "filter/expression.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// The first byte chooses the dialect, the rest is the text of a filter. Whatever it is, reading it
// ends with a filter or an error; a filter survives being printed and read again, knows its mind
// about a test that is known whole, and does not change it when it learns more.

namespace {

using maelstrom::filter::CargoSubject;
using maelstrom::filter::Dialect;
using maelstrom::filter::Expression;
using maelstrom::filter::GoSubject;
using maelstrom::filter::PytestSubject;
using maelstrom::filter::Subject;
using maelstrom::filter::TargetKind;
using maelstrom::filter::Truth;

const std::vector<std::string> markers{"slow", "net"};

/// What is known of one test, more from step to step.
std::vector<Subject> stages(Dialect dialect) {
    constexpr CargoSubject::Target target{.kind = TargetKind::binary, .name = "pcli"};
    constexpr GoSubject package{
        .import_path = "example.org/kv/rpc", .path = "kv/rpc", .package_name = "rpc"};
    GoSubject go_test = package;
    go_test.name = "TestDial";
    go_test.failed = false;
    switch (dialect) {
    case Dialect::cargo:
        return {CargoSubject{.package = "parser-cli"},
                CargoSubject{.package = "parser-cli", .target = target},
                CargoSubject{.package = "parser-cli",
                             .target = target,
                             .name = "args::tests::x",
                             .failed = true}};
    case Dialect::go:
        return {package, go_test};
    case Dialect::pytest:
        return {PytestSubject{}, PytestSubject{.file = "tests/test_a.py"},
                PytestSubject{.file = "tests/test_a.py",
                              .test = PytestSubject::Test{.name = "T.test_x[1-2]",
                                                          .node_id = "tests/test_a.py::T::test_x",
                                                          .markers = markers},
                              .failed = false}};
    }
    return {};
}

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void check_evaluation(const Expression& expression) {
    Truth known = Truth::unknown;
    for (const Subject& subject : stages(expression.dialect())) {
        const Truth value = expression.evaluate(subject);
        require(known == Truth::unknown || value == known);
        known = value;
    }
    require(known != Truth::unknown);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    constexpr std::array dialects{Dialect::cargo, Dialect::go, Dialect::pytest};
    const Dialect dialect = dialects[data[0] % dialects.size()];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

    const auto expression = Expression::parse(text, dialect);
    if (!expression) {
        require(expression.error().message().starts_with("line "));
        return 0;
    }
    check_evaluation(*expression);
    const auto again = Expression::parse(expression->to_string(), dialect);
    require(again && *again == *expression);
    return 0;
}

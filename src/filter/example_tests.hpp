#pragma once

#include "filter/expression.hpp"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::filter {

/// The made-up projects that the tests of this module ask about.
struct ExampleTest {
    std::string_view id;
    Subject subject;
};

inline const std::vector<std::string> parametrize{"parametrize"};
inline const std::vector<std::string> slow{"slow"};
inline const std::vector<std::string> slow_and_net{"slow", "net"};
inline const std::vector<std::string> skip{"skip"};

inline ExampleTest cargo_test(std::string_view id,
                              std::string_view package,
                              CargoSubject::Target target,
                              std::string_view name) {
    return {.id = id, .subject = CargoSubject{.package = package, .target = target, .name = name}};
}

inline ExampleTest go_test(std::string_view id,
                           std::string_view import_path,
                           std::string_view path,
                           std::string_view package_name,
                           std::string_view name) {
    return {
        .id = id,
        .subject = GoSubject{
            .import_path = import_path, .path = path, .package_name = package_name, .name = name}};
}

inline ExampleTest
pytest_test(std::string_view id, std::string_view file, PytestSubject::Test test) {
    return {.id = id, .subject = PytestSubject{.file = file, .test = test}};
}

// NOLINTBEGIN(modernize-use-designated-initializers): tables, read by column.
inline const std::vector<ExampleTest>& example_tests(Dialect dialect) {
    static const std::vector cargo{
        cargo_test("C1", "parser-core", {TargetKind::library, "parser_core"},
                   "lexer::tests::empty_input"),
        cargo_test("C2", "parser-core", {TargetKind::library, "parser_core"},
                   "lexer::tests::nested_comment"),
        cargo_test("C3", "parser-cli", {TargetKind::binary, "pcli"}, "args::tests::help_flag"),
        cargo_test("C4", "parser-cli", {TargetKind::test, "end_to_end"}, "reads_stdin"),
        cargo_test("C5", "parser-bench", {TargetKind::benchmark, "throughput"}, "small_file"),
        cargo_test("C6", "parser-core", {TargetKind::example, "demo"}, "demo_runs"),
    };
    static const std::vector go{
        go_test("G1", "example.org/store", "", "store", "TestOpen"),
        go_test("G2", "example.org/store/kv/rpc", "kv/rpc", "kvrpc", "TestDial"),
        go_test("G3", "example.org/store/kv/rpc", "kv/rpc", "kvrpc", "FuzzFrame"),
        go_test("G4", "example.org/store/kv", "kv", "kv", "ExampleGet"),
        go_test("G5", "example.org/store/v2", "v2", "store", "TestOpen"),
    };
    static const std::vector pytest{
        pytest_test("P1", "tests/test_math.py",
                    {"test_add[1-2]", "tests/test_math.py::test_add[1-2]", parametrize}),
        pytest_test("P2", "tests/test_math.py",
                    {"test_add[3-4]", "tests/test_math.py::test_add[3-4]", parametrize}),
        pytest_test("P3", "tests/test_math.py",
                    {"TestDiv.test_zero", "tests/test_math.py::TestDiv::test_zero", slow}),
        pytest_test("P4", "tests/io/test_files.py",
                    {"test_read", "tests/io/test_files.py::test_read", slow_and_net}),
        pytest_test("P5", "tests/io/test_files.py",
                    {"test_write", "tests/io/test_files.py::test_write", {}}),
        pytest_test("P6", "test_top.py", {"test_smoke", "test_top.py::test_smoke", skip}),
    };
    const std::array all{&cargo, &go, &pytest};
    return *all[static_cast<std::size_t>(dialect)];
}
// NOLINTEND(modernize-use-designated-initializers)

/// The ids of the example tests that a filter selects, or its error as the only one.
inline std::vector<std::string> selected(Dialect dialect, std::string_view text) {
    const auto expression = Expression::parse(text, dialect);
    if (!expression) {
        return {expression.error().message()};
    }
    std::vector<std::string> ids;
    for (const ExampleTest& test : example_tests(dialect)) {
        if (expression->evaluate(test.subject) == Truth::yes) {
            ids.emplace_back(test.id);
        }
    }
    return ids;
}

/// The message of a filter that must be refused; empty if it is not.
inline std::string refusal(std::string_view text, Dialect dialect = Dialect::cargo) {
    const auto expression = Expression::parse(text, dialect);
    return expression ? "" : expression.error().message();
}

/// The canonical form of a filter, or its error.
inline std::string reading(std::string_view text, Dialect dialect = Dialect::cargo) {
    const auto expression = Expression::parse(text, dialect);
    return expression ? expression->to_string() : expression.error().message();
}

}  // namespace maelstrom::filter

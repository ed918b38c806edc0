#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace maelstrom::filter {

/// What kind of thing a Cargo target is; whatever is none of the others counts as a library.
enum class TargetKind { library, binary, test, benchmark, example };

/// What is known of a Rust test: its package, then the target (artifact), then the test itself.
struct CargoSubject {
    struct Target {
        TargetKind kind = TargetKind::library;
        std::string_view name;
    };
    std::string_view package;
    std::optional<Target> target;
    std::optional<std::string_view> name;  ///< as libtest prints it: `io::tests::eof`
    std::optional<bool> failed;            ///< when it was last run
};

/// What is known of a Go test: its package, then the test itself.
struct GoSubject {
    std::string_view import_path;
    std::string_view path;  ///< of the directory below the module's root, which itself is ""
    std::string_view package_name;         ///< of the `package` clause
    std::optional<std::string_view> name;  ///< `TestX`, `FuzzX`, `ExampleX`
    std::optional<bool> failed;            ///< when it was last run
};

/// What is known of a pytest item: its file (artifact), then the test itself.
struct PytestSubject {
    struct Test {
        std::string_view name;  ///< dotted, with parameters: `TestDiv.test_zero[1]`
        std::string_view node_id;
        std::span<const std::string> markers;
    };
    std::string_view package = "default";
    std::optional<std::string_view> file;  ///< below the project directory
    std::optional<Test> test;
    std::optional<bool> failed;  ///< when it was last run
};

/// What a filter is asked about: as much of a test as is known at that moment. Made for one
/// question; whoever asks keeps the texts alive. What is not there is unknown.
using Subject = std::variant<CargoSubject, GoSubject, PytestSubject>;

}  // namespace maelstrom::filter

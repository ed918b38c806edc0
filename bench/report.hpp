#pragma once

#include <optional>
#include <string>
#include <vector>

// The table that every benchmark prints: what was measured, its ratio to a bare spawn in the same
// run, and its budget.

namespace maelstrom::bench {

/// What a row is allowed to be.
struct Budget {
    enum class Kind { at_most, at_least };
    Kind kind = Kind::at_most;
    double value = 0;
    std::string unit;  ///< "x bare", "ms", "/s": of the budget, which may differ from the row's
    double measured = 0;

    bool held() const { return kind == Kind::at_most ? measured <= value : measured >= value; }
};

struct Row {
    std::string what;
    std::string value;            ///< as shown: "215 us", "6,700 /s"
    std::optional<double> ratio;  ///< to the bare spawn of the same run
    std::vector<Budget> budgets;  ///< none: for comparison only
};

/// One program's rows, printed as they were added. With `MAELSTROM_BENCH_ROWS` set in the
/// environment they are lines of five fields between tabs, for scripts/bench to make one table of:
/// what, value, ratio, budget with what was measured, "held" or "missed".
class Report {
public:
    explicit Report(std::string title) : title_(std::move(title)) {}

    void add(Row row) { rows_.push_back(std::move(row)); }
    /// The table on standard output.
    void print() const;

    bool all_held() const;

private:
    void print_table() const;
    void print_lines() const;

    std::string title_;
    std::vector<Row> rows_;
};

/// "85.2 us", "1.30 ms", "2.10 s".
std::string show_seconds(double seconds);
/// "24,310 /s".
std::string show_rate(double per_second);

}  // namespace maelstrom::bench

#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ranges>

namespace maelstrom::bench {

namespace {

std::string show_number(double value) {
    return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string show_budget(const Budget& budget) {
    return fmt::format("{} {} {} ({}) {}", budget.kind == Budget::Kind::at_most ? "<=" : ">=",
                       show_number(budget.value), budget.unit, show_number(budget.measured),
                       budget.held() ? "ok" : "MISSED");
}

}  // namespace

void Report::print() const {
    if (std::getenv("MAELSTROM_BENCH_ROWS") != nullptr) {
        print_lines();
    } else {
        print_table();
    }
}

void Report::print_lines() const {
    for (const Row& row : rows_) {
        const std::string measured = fmt::format("{}\t{}\t{}", row.what, row.value,
                                                 row.ratio ? show_number(*row.ratio) : "");
        if (row.budgets.empty()) {
            fmt::print("{}\t\t\n", measured);
        }
        for (const Budget& budget : row.budgets) {
            fmt::print(
                "{}\t{} {} {} ({})\t{}\n", measured,
                budget.kind == Budget::Kind::at_most ? "<=" : ">=", show_number(budget.value),
                budget.unit, show_number(budget.measured), budget.held() ? "held" : "missed");
        }
    }
}

void Report::print_table() const {
    std::size_t width = title_.size();
    for (const Row& row : rows_) {
        width = std::max(width, row.what.size());
    }
    fmt::print("\n{:<{}}  {:>14}  {:>8}  budget (measured)\n", title_, width, "median", "x bare");
    for (const Row& row : rows_) {
        fmt::print("{:<{}}  {:>14}  {:>8}", row.what, width, row.value,
                   row.ratio ? show_number(*row.ratio) : "");
        for (const Budget& budget : row.budgets) {
            fmt::print("  {}", show_budget(budget));
        }
        fmt::print("\n");
    }
}

bool Report::all_held() const {
    return std::ranges::all_of(
        rows_, [](const Row& row) { return std::ranges::all_of(row.budgets, &Budget::held); });
}

std::string show_seconds(double seconds) {
    if (seconds < 1e-3) {
        return fmt::format("{:.1f} us", seconds * 1e6);
    }
    return seconds < 1 ? fmt::format("{:.2f} ms", seconds * 1e3) : fmt::format("{:.2f} s", seconds);
}

std::string show_rate(double per_second) {
    const std::string digits = fmt::format("{:.0f}", per_second);
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            grouped += ',';
        }
        grouped += digits[i];
    }
    return grouped + " /s";
}

}  // namespace maelstrom::bench

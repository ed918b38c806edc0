#pragma once

#include "ui/event.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::ui {

/// The tests of a run that took longest, with what they used.
class Slowest {
public:
    struct Entry {
        CasePointer name;
        std::chrono::nanoseconds duration{};
        std::optional<Usage> usage;
    };

    /// So many are kept.
    explicit Slowest(std::size_t count) : count_(count) {}

    void add(const CaseFinished& finished);
    /// The slowest first.
    const std::vector<Entry>& entries() const { return entries_; }
    /// For the end of a summary; empty if there are none.
    std::string text() const;

private:
    std::size_t count_;
    std::vector<Entry> entries_;
};

/// "cpu 1.500s, memory 20.5 MB"; empty where nothing is known.
std::string usage_text(const std::optional<Usage>& usage);

}  // namespace maelstrom::ui

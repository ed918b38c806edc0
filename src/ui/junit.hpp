#pragma once

#include "sys/fd.hpp"
#include "ui/reporter.hpp"

#include <memory>
#include <string>

namespace maelstrom::ui {

struct JunitSettings {
    std::string path;
    /// Adds each test's source file as an attribute. Several services read it; strict schemas do
    /// not know it.
    bool file_attribute = false;
};

/// Writes a run as JUnit XML, in the dialect that Jenkins and its like read.
///
/// The file is complete at any moment: it always ends with its closing tags. A finished case is
/// written over them, followed by them again, in one write; then the totals at the top, which have
/// a fixed place, are overwritten. So a run that is killed still has its report.
class JunitReporter final : public Reporter {
public:
    /// Creates the file, or empties it.
    static util::Result<std::unique_ptr<JunitReporter>> create(const JunitSettings& settings);

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    JunitReporter(sys::Fd file, JunitSettings settings);

    void start(const RunStarted& started);
    void add(const CaseFinished& finished);
    void write_head();
    void write_at(std::uint64_t offset, std::string_view text);
    std::string case_element(const CaseFinished& finished) const;

    struct Totals {
        std::size_t tests = 0;
        std::size_t failures = 0;
        std::size_t errors = 0;
        std::size_t skipped = 0;
        std::chrono::nanoseconds time{};
    };

    sys::Fd file_;
    const JunitSettings settings_;
    std::string program_ = "maelstrom";
    std::string timestamp_;
    std::string host_;
    Totals totals_;
    std::uint64_t end_ = 0;  ///< where the closing tags begin
    util::Result<void> status_;
};

}  // namespace maelstrom::ui

#pragma once

#include "sys/processor_time.hpp"
#include "ui/reporter.hpp"
#include "ui/whole_file.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace maelstrom::ui {

struct JunitSettings {
    std::string path;  ///< "-": standard output, at the end
    /// Adds each test's source file and line as attributes. Several services read them; strict
    /// schemas do not know them.
    bool file_attribute = false;
    /// Adds what each test used as properties of its own; the same holds.
    bool test_properties = false;
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
    /// Processor time of this thread.
    std::function<std::chrono::nanoseconds()> processor_time = sys::thread_processor_time;
};

/// Writes a run as JUnit XML, in the dialect that Jenkins and its like read, with reruns as Maven's
/// surefire writes them.
///
/// The file is a complete report at any moment, see `WholeFile`: a run that is killed still has its
/// report. It may be one tick behind when tests end very fast.
class JunitReporter final : public Reporter {
public:
    /// Creates the file, or empties it.
    static util::Result<std::unique_ptr<JunitReporter>> create(const JunitSettings& settings);

    void on(const Event& event) override;
    void tick(std::chrono::steady_clock::time_point now) override;
    util::Result<void> finish() override;

private:
    JunitReporter(WholeFile file, JunitSettings settings);

    struct Totals {
        std::size_t tests = 0;
        std::size_t failures = 0;
        std::size_t errors = 0;
        std::size_t skipped = 0;
        std::size_t flaky = 0;
        std::chrono::nanoseconds time{};
        Usage usage;  ///< processor times added up, of memory the most
        CasePointer greediest;
    };

    using Attempts = std::vector<CaseFinished>;

    void add(const CaseFinished& finished);
    void add_without_result();
    void write(const CaseFinished& last, const Attempts& earlier);
    void count(const CaseFinished& last, const CaseFinished& counts);
    void publish();
    std::string head() const;
    std::string properties() const;
    std::string case_element(const CaseFinished& last,
                             const CaseFinished& counts,
                             const Attempts& earlier) const;

    const JunitSettings settings_;
    WholeFile file_;
    std::string program_ = "maelstrom";
    std::string timestamp_;
    const std::string host_;
    Totals totals_;
    /// Failed attempts of runs that have no result yet.
    std::map<std::uint32_t, Attempts> attempts_;
    bool changed_ = false;
    std::chrono::steady_clock::time_point published_;
    std::chrono::nanoseconds cost_ = std::chrono::hours(1);  ///< of the cheapest publication
    util::Result<void> status_;
};

}  // namespace maelstrom::ui

#include "ui/slowest.hpp"

#include "ui/width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace maelstrom::ui {

void Slowest::add(const CaseFinished& finished) {
    if (!finished.duration || finished.verdict == Verdict::ignored) {
        return;
    }
    const auto before =
        std::ranges::upper_bound(entries_, *finished.duration, std::greater<>(), &Entry::duration);
    if (before == entries_.end() && entries_.size() >= count_) {
        return;
    }
    entries_.insert(
        before, {.name = finished.name, .duration = *finished.duration, .usage = finished.usage});
    if (entries_.size() > count_) {
        entries_.pop_back();
    }
}

std::string Slowest::text() const {
    if (entries_.empty()) {
        return {};
    }
    std::string text = "Slowest Tests   :\n";
    std::size_t longest = 0;
    for (const Entry& entry : entries_) {
        longest = std::max(longest, display_width(printable(entry.name->display)));
    }
    for (const Entry& entry : entries_) {
        const std::string name = printable(entry.name->display);
        const std::string usage = usage_text(entry.usage);
        text += fmt::format(
            "    {}{}: {:>8}{}{}\n", name, std::string(longest - display_width(name), ' '),
            fmt::format("{:.3f}s", in_seconds(entry.duration)), usage.empty() ? "" : "  ", usage);
    }
    return text;
}

std::string usage_text(const std::optional<Usage>& usage) {
    if (!usage) {
        return {};
    }
    const std::string memory =
        usage->peak_memory ? fmt::format(", memory {}", usage->peak_memory->to_string()) : "";
    return fmt::format("cpu {:.3f}s{}", in_seconds(usage->cpu_user + usage->cpu_system), memory);
}

}  // namespace maelstrom::ui

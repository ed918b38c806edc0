#include "layer/project_summary.hpp"

#include "util/path.hpp"

#include <algorithm>
#include <map>

namespace maelstrom::layer {

namespace {

constexpr std::uint64_t many_files = 50'000;
constexpr util::Bytes much_data{2ULL << 30};
constexpr std::size_t most_parts = 5;

}  // namespace

bool ProjectSummary::is_large() const {
    return files > many_files || size > much_data;
}

std::string ProjectSummary::largest_text() const {
    std::string text;
    for (const Part& part : largest) {
        text += fmt::format("{}{} ({} files, {})", text.empty() ? "" : ", ", part.directory,
                            part.files, part.size.to_string());
    }
    return text;
}

ProjectSummary summarise(const std::string& root, const std::vector<Item>& items) {
    ProjectSummary summary{.root = root};
    for (const Item& item : items) {
        if (item.kind != Item::Kind::directory) {
            ++summary.files;
            summary.size.count += item.kind == Item::Kind::file ? item.identity.size : 0;
        }
    }
    if (!summary.is_large()) {
        return summary;
    }
    std::map<std::string, ProjectSummary::Part, std::less<>> parts;
    for (const Item& item : items) {
        if (item.kind == Item::Kind::directory || !util::is_at_or_below(item.path, root)) {
            continue;
        }
        const std::string relative = item.path.substr(std::min(root.size() + 1, item.path.size()));
        // "a" and "a/b" of "a/b/c/file"
        for (std::size_t slash = relative.find('/'), level = 0;
             slash != std::string::npos && level < 2;
             slash = relative.find('/', slash + 1), ++level) {
            ProjectSummary::Part& part = parts[relative.substr(0, slash)];
            ++part.files;
            part.size.count += item.identity.size;
        }
    }
    for (auto& [directory, part] : parts) {
        part.directory = directory;
        summary.largest.push_back(std::move(part));
    }
    std::ranges::sort(summary.largest, std::greater{}, [](const ProjectSummary::Part& part) {
        return std::pair(part.size, part.files);
    });
    summary.largest.resize(std::min(summary.largest.size(), most_parts));
    return summary;
}

}  // namespace maelstrom::layer

#include "pytest/root.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <optional>

namespace maelstrom::pytest {

namespace {

namespace fs = std::filesystem;

constexpr util::Bytes largest_configuration{4U << 20U};

/// A file that makes its directory the root, if it holds that text. Empty: always.
struct Marker {
    std::string_view name;
    std::string_view section;
};
constexpr std::array configurations{
    Marker{"pytest.ini", ""},
    Marker{".pytest.ini", ""},
    Marker{"pytest.toml", ""},
    Marker{".pytest.toml", ""},
    Marker{"pyproject.toml", "[tool.pytest"},
    Marker{"tox.ini", "[pytest]"},
    Marker{"setup.cfg", "[tool:pytest]"},
};
constexpr std::array projects{Marker{"pyproject.toml", ""}};
constexpr std::array packages{Marker{"setup.py", ""}};

bool marks(const host::Files& files, const fs::path& directory, const Marker& marker) {
    const std::string path = files.resolve((directory / marker.name).string()).path;
    if (marker.section.empty()) {
        return files.exists(path) && !files.is_directory(path);
    }
    const std::optional<std::string> content = files.content(path, largest_configuration);
    return content && content->contains(marker.section);
}

template <std::size_t Count>
std::optional<fs::path>
nearest(const host::Files& files, const fs::path& start, const std::array<Marker, Count>& markers) {
    for (fs::path directory = start;; directory = directory.parent_path()) {
        for (const Marker& marker : markers) {
            if (marks(files, directory, marker)) {
                return directory;
            }
        }
        if (!directory.has_relative_path()) {
            return std::nullopt;
        }
    }
}

fs::path common_parent(const fs::path& a, const fs::path& b) {
    fs::path common;
    for (auto left = a.begin(), right = b.begin();
         left != a.end() && right != b.end() && *left == *right; ++left, ++right) {
        common /= *left;
    }
    return common;
}

}  // namespace

std::string find_root(const host::Files& files,
                      const std::string& working_directory,
                      const std::vector<std::string>& arguments) {
    const fs::path start = working_directory;
    std::optional<fs::path> root = nearest(files, start, configurations);
    if (!root) {
        root = nearest(files, start, projects);
    }
    if (!root) {
        root = nearest(files, start, packages);
    }
    // All of these are at or above the working directory.
    fs::path all = root.value_or(start);
    for (const std::string& argument : arguments) {
        const fs::path path = (start / argument.substr(0, argument.find("::"))).lexically_normal();
        if (!argument.starts_with('-') && files.exists(path.string())) {
            all = common_parent(all, files.is_directory(path.string()) ? path : path.parent_path());
        }
    }
    return all.string();
}

}  // namespace maelstrom::pytest

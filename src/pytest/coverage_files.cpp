#include "pytest/coverage_files.hpp"

#include "sys/file.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace maelstrom::pytest {

namespace {

namespace fs = std::filesystem;
using util::ErrorKind;
using util::Result;

/// `HEAD`: any directory with this file may be a repository, whose configuration git obeys.
constexpr std::array<std::string_view, 5> version_control{".git", ".hg", ".svn", ".jj", "head"};
constexpr std::array<std::string_view, 10> endings_of_orders{
    ".py", ".pyc", ".pth", ".so", ".sh", ".toml", ".ini", ".cfg", ".yml", ".yaml"};
/// How much of a file tells what it is: coverage's data say so in the first pages.
constexpr std::size_t telling_part = 64UL * 1024;

std::string moved(const std::string& path, const std::string& from, const std::string& to) {
    return path == from ? to : util::join_paths(to, util::path_below(path, from));
}

std::string absolute(const std::string& directory, std::string_view place) {
    return util::normal_path(util::join_paths(directory, place));
}

/// A file, and the directory that somebody has said may be written to.
struct Place {
    std::string path;
    std::string base;

    /// An argument names the very file.
    bool is_named() const { return path == base; }
};

/// None: nobody has said that something may be written there.
std::optional<Place> place_of(const std::string& path, const ReportPlaces& places) {
    const std::string inside = util::normal_path(path);
    std::optional<Place> place;
    if (util::is_below(inside, places.container_directory)) {
        place = {.path = moved(inside, places.container_directory, places.host_directory),
                 .base = places.host_directory};
    }
    for (const NamedPlace& named : places.named) {
        if (util::is_at_or_below(inside, named.inside) && !(place && place->is_named())) {
            place = {.path = moved(inside, named.inside, named.outside), .base = named.outside};
        }
    }
    return place;
}

bool is_version_control(const fs::path& part) {
    return std::ranges::find(version_control, util::to_lower(part.native())) !=
           version_control.end();
}

bool gives_orders(std::string_view path) {
    return std::ranges::any_of(endings_of_orders,
                               [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_virtual_environment(const fs::path& directory) {
    std::error_code error;
    return fs::exists(directory / "pyvenv.cfg", error) ||
           fs::exists(directory / "conda-meta", error);
}

std::string head_of(const std::string& path) {
    std::string head(telling_part, '\0');
    const auto file = sys::open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const ssize_t count = file ? ::read(file->get(), head.data(), head.size()) : 0;
    head.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return head;
}

/// As all versions of coverage have written them.
bool begins_as_report(std::string_view head) {
    using namespace std::string_view_literals;
    const std::string_view start = head.substr(0, 1024);
    return head.empty() || head.starts_with("!coverage.py") ||
           (head.starts_with("SQLite format 3\0"sv) && head.contains("coverage_schema")) ||
           (head.starts_with("<?xml") && start.contains("coverage.py")) ||
           (head.starts_with("<!DOCTYPE html") && head.contains("coverage_html")) ||
           (head.starts_with('{') && start.contains("\"branch_coverage\"")) ||
           head.starts_with("TN:") || head.starts_with("SF:") || head.starts_with("| Name ") ||
           head.starts_with("# Created by coverage.py");
}

/// What pages of a report share: it may be the user's own, and says nothing about coverage.
bool belongs_to_pages(const fs::path& path) {
    const std::string name = path.filename();
    const bool fits = name == "status.json" || name.ends_with(".css") || name.ends_with(".png") ||
                      name.starts_with("coverage_html") || name.starts_with("jquery");
    const std::string index = path.parent_path() / "index.html";
    std::error_code error;
    return fits && fs::exists(index, error) && begins_as_report(head_of(index));
}

/// What is there and would be lost.
Result<void> check_replaced(const std::string& path) {
    const auto there = sys::fstatat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
    if (!there) {
        return {};
    }
    if (!S_ISREG(there->st_mode) || (there->st_mode & 0111) != 0) {
        return util::fail(ErrorKind::denied, "is there already and is no plain file");
    }
    if (!path.ends_with(",cover") && !belongs_to_pages(path) && !begins_as_report(head_of(path))) {
        return util::fail(ErrorKind::denied, "is there already and is no report of coverage");
    }
    return {};
}

Result<void> check(const Place& place) {
    // A link would lead away from where the container has written it.
    std::error_code error;
    const fs::path base = fs::weakly_canonical(place.base, error);
    const fs::path parent = fs::weakly_canonical(fs::path(place.path).parent_path(), error);
    if (error || !util::is_at_or_below(parent.native(), base.native())) {
        return util::fail(ErrorKind::denied, "is outside of the project");
    }
    const fs::path file = parent / fs::path(place.path).filename();
    if (std::ranges::any_of(file.lexically_relative(base), is_version_control)) {
        return util::fail(ErrorKind::denied, "belongs to version control");
    }
    for (fs::path above = parent; above != base; above = above.parent_path()) {
        if (is_virtual_environment(above)) {
            return util::fail(ErrorKind::denied, "belongs to a virtual environment");
        }
    }
    if (gives_orders(place.path)) {
        return util::fail(ErrorKind::denied, "is no file that coverage writes");
    }
    return check_replaced(place.path);
}

/// The uppermost directory that has to be made for that file.
std::optional<std::string> missing_directory(fs::path directory) {
    std::optional<std::string> missing;
    std::error_code error;
    while (!fs::exists(directory, error) && directory.has_relative_path()) {
        missing = directory.string();
        directory = directory.parent_path();
    }
    return missing;
}

Result<void> write(const Place& place, std::string_view content) {
    TRY(sys::make_directories(util::parent_path(place.path)));
    const sys::Fd file =
        TRY(sys::open(place.path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666));
    return sys::write_all(file, content);
}

std::string refusal(const std::string& path, std::string_view reason) {
    return fmt::format("{} {} and stays unwritten; --cov-report=KIND:PLACE on the command line may "
                       "name it",
                       path, reason);
}

void write_one(const CoverageReport::File& file, const ReportPlaces& places, Written& written) {
    const std::optional<Place> place = place_of(file.path, places);
    if (!place) {
        written.complaints.push_back(refusal(file.path, "is outside of the project"));
        return;
    }
    if (!place->is_named()) {
        if (const Result<void> fits = check(*place); !fits) {
            written.complaints.push_back(refusal(file.path, fits.error().message()));
            return;
        }
    }
    const auto made = missing_directory(util::parent_path(place->path));
    if (const Result<void> done = write(*place, file.content); !done) {
        written.complaints.push_back(done.error().message());
        return;
    }
    written.paths.push_back(made.value_or(place->path));
}

}  // namespace

void name_places(ReportPlaces& places, const std::vector<std::string>& arguments) {
    constexpr std::string_view option = "--cov-report";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view value = arguments[i];
        if (value == option && i + 1 < arguments.size()) {
            value = arguments[++i];
        } else if (value.starts_with(option) && value.substr(option.size()).starts_with('=')) {
            value.remove_prefix(option.size() + 1);
        } else {
            continue;
        }
        const std::size_t colon = value.find(':');
        if (colon != std::string_view::npos && colon + 1 < value.size()) {
            const std::string_view place = value.substr(colon + 1);
            places.named.push_back({.inside = absolute(places.container_directory, place),
                                    .outside = absolute(places.host_directory, place)});
        }
    }
}

Written write_reports(const CoverageReport& report, const ReportPlaces& places) {
    Written written;
    for (const CoverageReport::File& file : report.files) {
        write_one(file, places, written);
    }
    return written;
}

}  // namespace maelstrom::pytest

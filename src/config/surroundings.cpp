#include "config/surroundings.hpp"

#include "util/colour.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace maelstrom::config {

namespace {

std::optional<std::string> home_of_user() {
    std::array<char, 4096> buffer;
    passwd entry{};
    passwd* found = nullptr;
    const int error = getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
    if (error != 0 || found == nullptr || found->pw_dir == nullptr || *found->pw_dir == '\0') {
        return std::nullopt;
    }
    return std::string(found->pw_dir);
}

Variables environment() {
    Variables variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            // As getenv(3) does, the first of several wins.
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return variables;
}

/// Those that this process may use, which taskset and containers reduce.
unsigned usable_cpus() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
    }
    return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

unsigned output_width(const Surroundings& surroundings) {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0) {
        return size.ws_col;
    }
    unsigned columns = 0;
    const std::string text = surroundings.variable("COLUMNS").value_or("");
    std::from_chars(text.data(), text.data() + text.size(), columns);
    return columns > 0 ? columns : 80;
}

}  // namespace

Surroundings Surroundings::of_process(int argc, char** argv) {
    Surroundings result;
    result.arguments.assign(argv + std::min(argc, 1), argv + argc);
    result.variables = environment();
    result.home_in_user_database = home_of_user;
    result.cpus = usable_cpus();
    result.width = output_width(result);
    result.colour_output = result.wants_colour(isatty(STDOUT_FILENO) == 1);
    result.colour_errors = result.wants_colour(isatty(STDERR_FILENO) == 1);
    return result;
}

bool Surroundings::wants_colour(bool is_terminal) const {
    const auto value = [&](std::string_view name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string_view() : std::string_view(found->second);
    };
    return util::wants_colour({.no_color = value("NO_COLOR"),
                               .clicolor = value("CLICOLOR"),
                               .clicolor_force = value("CLICOLOR_FORCE"),
                               .term = {}},
                              is_terminal && util::moves_cursor(value("TERM")));
}

std::optional<std::string> Surroundings::variable(std::string_view name) const {
    const auto found = variables.find(name);
    if (found == variables.end() || found->second.empty()) {
        return std::nullopt;
    }
    return found->second;
}

}  // namespace maelstrom::config

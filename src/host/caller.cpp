#include "host/caller.hpp"

#include "util/path.hpp"
#include "util/text.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <vector>

namespace maelstrom::host {

using util::normal_path;

namespace {

constexpr util::Bytes max_database{16'000'000};

/// The line of passwd(5) or group(5) whose third field is this number.
std::optional<std::vector<std::string>>
find_line(const std::string& database, std::size_t fields, std::uint32_t number) {
    const std::string wanted = fmt::to_string(number);
    for (const std::string_view line : util::split_lines(database)) {
        const auto parts = util::split(line, ':');
        if (parts.size() == fields && parts[2] == wanted) {
            return std::vector<std::string>(parts.begin(), parts.end());
        }
    }
    return std::nullopt;
}

void fill_from_library(Caller& caller) {
    struct passwd entry{};
    struct passwd* found = nullptr;
    std::array<char, 16384> buffer;
    if (::getpwuid_r(caller.user, &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
        caller.user_name = found->pw_name;
        caller.full_name = found->pw_gecos ? found->pw_gecos : "";
        caller.home = found->pw_dir;
        caller.shell = found->pw_shell;
    }
}

std::string name_of_group(gid_t group) {
    struct group entry{};
    struct group* found = nullptr;
    std::array<char, 16384> buffer;
    if (::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
        return found->gr_name;
    }
    return "users";
}

std::string variable_or(const Variables& variables, const char* name, std::string otherwise) {
    const auto found = variables.find(name);
    return found == variables.end() || found->second.empty() ? std::move(otherwise) : found->second;
}

}  // namespace

Caller find_caller(const Files& files, const Variables& variables) {
    Caller caller;
    caller.user = ::geteuid();
    caller.group = ::getegid();
    const auto users = files.content("/etc/passwd", max_database);
    if (const auto line = users ? find_line(*users, 7, caller.user) : std::nullopt) {
        caller.user_name = (*line)[0];
        caller.full_name = (*line)[4];
        caller.home = (*line)[5];
        caller.shell = (*line)[6];
    } else {
        fill_from_library(caller);
    }
    const auto groups = files.content("/etc/group", max_database);
    if (const auto line = groups ? find_line(*groups, 4, caller.group) : std::nullopt) {
        caller.group_name = (*line)[0];
    } else {
        caller.group_name = name_of_group(caller.group);
    }
    if (caller.user_name.empty()) {
        caller.user_name = variable_or(variables, "USER", "user");
    }
    if (!caller.home.starts_with('/')) {
        caller.home = variable_or(variables, "HOME", "/");
    }
    if (caller.shell.empty()) {
        caller.shell = "/bin/sh";
    }
    struct utsname names{};
    caller.host_name = ::uname(&names) == 0 ? names.nodename : "localhost";
    return caller;
}

std::string home_directory(const Variables& variables, const Caller& caller) {
    const auto found = variables.find("HOME");
    const bool given = found != variables.end() && found->second.starts_with('/');
    return normal_path(given ? found->second : caller.home);
}

}  // namespace maelstrom::host

#pragma once

#include "host/files.hpp"

#include <sys/types.h>

#include <compare>
#include <map>
#include <string>

namespace maelstrom::host {

/// Variables of a process: what programs read once at their start and pass on.
using Variables = std::map<std::string, std::string>;

/// Who runs us, and where: what the container shows as its user and host.
struct Caller {
    uid_t user = 0;
    gid_t group = 0;
    std::string user_name;
    std::string group_name;
    std::string full_name;  ///< the comment field of passwd(5)
    std::string home;       ///< as passwd(5) says; absolute
    std::string shell;
    std::string host_name;
    auto operator<=>(const Caller&) const = default;
};

/// The effective user and group of this process. Names come from /etc/passwd and /etc/group; if
/// those don't know the user, from wherever the C library finds him (a directory service), else
/// from the variables.
Caller find_caller(const Files& files, const Variables& variables);

/// `$HOME` if it is set to an absolute path, else what passwd(5) says.
std::string home_directory(const Variables& variables, const Caller& caller);

}  // namespace maelstrom::host

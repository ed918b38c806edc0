#include "host/etc.hpp"

namespace maelstrom::host {

using job::MadeFile;

namespace {

MadeFile text(const char* path, std::string content) {
    return {
        .path = path, .kind = MadeFile::Kind::file, .content = std::move(content), .mode = 0644};
}

std::string users(const Caller& caller) {
    std::string result;
    const auto add = [&](const std::string& name, unsigned user, unsigned group,
                         const auto&... rest) {
        result += fmt::format("{}:x:{}:{}:{}:{}:{}\n", name, user, group, rest...);
    };
    if (caller.user != 0) {
        add("root", 0, 0, "root", "/root", "/bin/sh");
    }
    add(caller.user_name, caller.user, caller.group, caller.full_name, caller.home, caller.shell);
    if (caller.user != 65534) {
        add("nobody", 65534, 65534, "nobody", "/nonexistent", "/usr/sbin/nologin");
    }
    return result;
}

/// The overflow group carries the name that this distribution gives it.
std::string groups(const Files& files, const Caller& caller) {
    const auto known = files.content("/etc/group", max_etc_file);
    const bool is_debian = !known || known->find("nogroup:") != std::string::npos;
    std::string result;
    if (caller.group != 0) {
        result += "root:x:0:\n";
    }
    result += fmt::format("{}:x:{}:\n", caller.group_name, caller.group);
    if (caller.group != 65534) {
        result += fmt::format("{}:x:65534:\n", is_debian ? "nogroup" : "nobody");
    }
    return result;
}

/// The host's own name gets an address of its own, as Debian does: programs that look up where they
/// run find something that answers. IPv6 only where the host speaks of it.
std::string hosts(const Files& files, const Caller& caller) {
    const auto known = files.content("/etc/hosts", max_etc_file);
    std::string result = "127.0.0.1\tlocalhost\n";
    if (caller.host_name != "localhost") {
        result += fmt::format("127.0.1.1\t{}\n", caller.host_name);
    }
    if (!known || known->find("::1") != std::string::npos) {
        result += "::1\tlocalhost ip6-localhost ip6-loopback\n";
    }
    return result;
}

constexpr const char* name_services = "passwd: files\n"
                                      "group: files\n"
                                      "shadow: files\n"
                                      "hosts: files\n"
                                      "networks: files\n"
                                      "protocols: files\n"
                                      "services: files\n"
                                      "ethers: files\n"
                                      "rpc: files\n";

}  // namespace

std::vector<MadeFile> written_etc(const Files& files, const Caller& caller) {
    return {
        text("/etc/group", groups(files, caller)),
        text("/etc/hostname", caller.host_name + "\n"),
        text("/etc/hosts", hosts(files, caller)),
        {.path = "/etc/mtab",
         .kind = MadeFile::Kind::symlink,
         .content = "/proc/self/mounts",
         .mode = 0777},
        text("/etc/nsswitch.conf", name_services),
        text("/etc/passwd", users(caller)),
        text("/etc/resolv.conf", ""),
    };
}

}  // namespace maelstrom::host

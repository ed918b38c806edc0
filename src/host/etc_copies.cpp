#include "host/environment.hpp"
#include "host/etc.hpp"
#include "host/git_credentials.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace maelstrom::host {

using job::MadeFile;
using util::is_below;
using util::join_paths;
using util::normal_path;
using util::parent_path;
using util::path_below;

namespace {

/// Relative to /etc; "*" matches within one name. A directory stands for all below it. What
/// programs in /usr need to work at all is here: Java's security providers, TeX's and PHP's
/// configuration, Maven's class path. What often holds passwords is not: clients of databases and
/// registries, proxies, login scripts.
constexpr std::array allowed = {
    "alternatives",
    "ant",
    "bash.bashrc",
    "ca-certificates.conf",
    "ca-certificates/extracted",
    "crypto-policies",
    "default/locale",
    "dictionaries-common",
    "dotnet",
    "emacs",
    "ethertypes",
    "fonts",
    "gai.conf",
    "gdb",
    "ghostscript",
    "gitconfig",
    "glvnd",
    "groff",
    "host.conf",
    "ImageMagick-*",
    "inputrc",
    "java*",
    "ld-musl-*",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "libnl-3",
    "libpaper.d",
    "locale.alias",
    "locale.conf",
    "localtime",
    "login.defs",
    "magic",
    "magic.mime",
    "mailcap",
    "man_db.conf",
    "manpath.config",
    "matplotlibrc",
    "maven/logging",
    "maven/m2.conf",
    "mime.types",
    "mke2fs.conf",
    "nanorc",
    "netconfig",
    "networks",
    "OpenCL",
    "papersize",
    "paperspecs",
    "perl",
    "php",
    "pki",
    "protocols",
    "python3*",
    "R",
    "rpc",
    "services",
    "sgml",
    "shells",
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "texmf",
    "timezone",
    "vim",
    "vulkan",
    "X11/rgb.txt",
    "xattr.conf",
    "xml",
    "*-release",
    "*_version",
};
constexpr std::array secret_names = {"private",     "*.key",   "*key.pem",   "*.p12",
                                     "*.pfx",       "*.jks",   "*.keystore", "*password*",
                                     "entitlement", "consumer"};

/// Against an /etc that somebody filled with other things; a full Fedora has about 900 entries, 5
/// MB.
constexpr std::size_t max_entries = 8000;
constexpr std::uint64_t max_total = 32 << 20;

bool matches_any(const auto& patterns, std::string_view name) {
    return std::ranges::any_of(
        patterns, [&](std::string_view pattern) { return name_matches(pattern, name); });
}

/// Whether an allowed entry is this path (below /etc) or a directory above it.
bool is_allowed(std::string_view path) {
    return std::ranges::any_of(allowed, [&](std::string_view pattern) {
        if (pattern.find('*') == std::string_view::npos) {
            return path == pattern || (path.starts_with(pattern) && path[pattern.size()] == '/');
        }
        return name_matches(pattern, path.substr(0, path.find('/')));
    });
}

class Copier {
public:
    Copier(const Files& files, const Layout& layout) : files_(files), layout_(layout) {}

    std::vector<MadeFile> run();

private:
    void copy(const std::string& path);
    void copy_entry(const std::string& path, unsigned char type);
    void copy_link(const std::string& path);
    void copy_content(const std::string& source, const std::string& path);
    void copy_directory(const std::string& source, const std::string& path);
    bool is_shown(const std::string& path) const;
    bool has_room(std::size_t bytes);

    const Files& files_;
    const Layout& layout_;
    std::vector<MadeFile> made_;
    std::uint64_t total_ = 0;
};

std::vector<MadeFile> Copier::run() {
    std::vector<sys::DirectoryEntry> top;
    for (const std::string_view pattern : allowed) {
        if (pattern.find('*') == std::string_view::npos) {
            copy("/etc/" + std::string(pattern));
            continue;
        }
        if (top.empty()) {
            top = files_.entries("/etc");
        }
        for (const sys::DirectoryEntry& entry : top) {
            if (name_matches(pattern, entry.name)) {
                copy_entry("/etc/" + entry.name, entry.type);
            }
        }
    }
    return std::move(made_);
}

void Copier::copy(const std::string& path) {
    if (const auto status = files_.look(path)) {
        copy_entry(path, IFTODT(status->st_mode));
    }
}

void Copier::copy_entry(const std::string& path, unsigned char type) {
    if (matches_any(secret_names, std::string_view(path).substr(path.rfind('/') + 1))) {
        return;
    }
    if (type == DT_LNK) {
        copy_link(path);
    } else if (type == DT_DIR) {
        copy_directory(path, path);
    } else if (type == DT_REG) {
        copy_content(path, path);
    }
}

/// Most links of /etc/alternatives and /etc/ssl/certs lead straight into /usr: those stay as they
/// are, for the price of one readlink.
void Copier::copy_link(const std::string& path) {
    const auto target = files_.link_target(path);
    if (!target || !has_room(target->size())) {
        return;
    }
    const auto make_link = [&](const std::string& to) {
        made_.push_back(
            {.path = path, .kind = MadeFile::Kind::symlink, .content = to, .mode = 0777});
    };
    if (is_shown(normal_path(join_paths(parent_path(path), *target)))) {
        make_link(*target);
        return;
    }
    const Resolution resolution = files_.resolve(path);
    const auto status = resolution.exists ? files_.look(resolution.path) : std::nullopt;
    if (!status) {
        return;
    }
    if (is_shown(resolution.path)) {
        make_link(resolution.path);
    } else if (S_ISDIR(status->st_mode)) {
        copy_directory(resolution.path, path);
    } else {
        copy_content(resolution.path, path);
    }
}

void Copier::copy_content(const std::string& source, const std::string& path) {
    const auto status = files_.look(source);
    if (!status || !S_ISREG(status->st_mode) || (status->st_mode & S_IROTH) == 0) {
        return;
    }
    auto content = files_.content(source, max_etc_file);
    if (!content || content->find("PRIVATE KEY-----") != std::string::npos ||
        !has_room(content->size())) {
        return;
    }
    if (path == "/etc/gitconfig") {
        content = without_credentials(*content);
    }
    made_.push_back({.path = path,
                     .kind = MadeFile::Kind::file,
                     .content = std::move(*content),
                     .mode = (status->st_mode & 0111) != 0 ? 0755U : 0644U});
}

void Copier::copy_directory(const std::string& source, const std::string& path) {
    if (!has_room(0)) {
        return;
    }
    made_.push_back({.path = path, .kind = MadeFile::Kind::directory, .content = {}, .mode = 0755});
    for (const sys::DirectoryEntry& entry : files_.entries(source)) {
        const std::string from = join_paths(source, entry.name);
        if (source == path) {
            copy_entry(from, entry.type);
        } else if (entry.type == DT_REG && !matches_any(secret_names, entry.name)) {
            copy_content(from, join_paths(path, entry.name));
        }
    }
}

bool Copier::is_shown(const std::string& path) const {
    return layout_.tree_of(path) != nullptr ||
           (is_below(path, "/etc") && is_allowed(path_below(path, "/etc")));
}

bool Copier::has_room(std::size_t bytes) {
    total_ += bytes;
    return made_.size() < max_entries && total_ <= max_total;
}

}  // namespace

std::vector<MadeFile> copied_etc(const Files& files, const Layout& layout) {
    return Copier(files, layout).run();
}

}  // namespace maelstrom::host

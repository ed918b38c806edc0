#include "host/places.hpp"

#include "util/path.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::host {

using util::is_at_or_below;
using util::is_below;
using util::join_paths;

namespace {

/// Directories that many users or programs share.
constexpr std::array shared_places = {
    "/bin",   "/boot", "/dev", "/etc", "/gnu",     "/home",      "/lib", "/lost+found",
    "/media", "/mnt",  "/nix", "/opt", "/proc",    "/root",      "/run", "/sbin",
    "/srv",   "/sys",  "/tmp", "/usr", "/usr/src", "/usr/local", "/var", "/var/tmp"};

/// Below the home directory.
constexpr std::array secret_places = {".ssh",           ".gnupg",
                                      ".aws",           ".azure",
                                      ".kube",          ".docker",
                                      ".config/gcloud", ".password-store",
                                      ".mozilla",       ".local/share/keyrings"};

/// Below the home directory, with something of every program's: caches, settings, tokens.
constexpr std::array gathering_places = {".cache",     ".config",      ".local",      ".local/bin",
                                         ".local/lib", ".local/share", ".local/state"};

}  // namespace

std::string why_not_whole(const std::string& directory, const std::string& home) {
    const auto below = [&](const char* place) { return is_below(directory, place); };
    if (directory == "/") {
        return "/ is the whole host";
    }
    if (home != "/" && directory == home) {
        return directory + " is the home directory";
    }
    if (home != "/" && is_below(home, directory)) {
        return directory + " holds the home directory";
    }
    if (std::ranges::find(shared_places, directory) != shared_places.end()) {
        return directory + " is a directory of the system";
    }
    if (std::ranges::any_of(kernel_places, below)) {
        return directory + " belongs to the kernel";
    }
    const bool secret = std::ranges::any_of(secret_places, [&](const char* place) {
        return is_at_or_below(directory, join_paths(home, place));
    });
    const bool gathering = std::ranges::any_of(
        gathering_places, [&](const char* place) { return directory == join_paths(home, place); });
    if (gathering) {
        return directory + " holds files of many programs";
    }
    return secret ? directory + " keeps secrets" : "";
}

}  // namespace maelstrom::host

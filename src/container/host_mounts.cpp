#include "container/host_mounts.hpp"

#include "sys/file.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace maelstrom::container {

namespace {

constexpr std::array foreign_types = {
    "nfs",   "nfs4", "cifs",   "smb3",   "smbfs",     "9p",       "ceph", "afs",
    "ncpfs", "gfs2", "lustre", "autofs", "glusterfs", "virtiofs", "coda", "orangefs"};

bool is_foreign(std::string_view type) {
    return type == "fuse" || type == "fuseblk" || type.starts_with("fuse.") ||
           std::ranges::find(foreign_types, type) != foreign_types.end();
}

bool is_octal(char digit) {
    return digit >= '0' && digit <= '7';
}

/// The mount table writes blanks and backslashes as \040 and \134.
std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1])) {
            result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0'));
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

struct MountedHere {
    std::string point;
    std::string type;
};

/// From lines like "36 35 98:0 /root /mount/point options… - type source options" (proc(5)).
std::vector<MountedHere> mounts_in(const std::string& mount_table) {
    std::vector<MountedHere> mounts;
    for (const std::string_view line : util::split_lines(mount_table)) {
        const auto words = util::split_words(line);
        const auto dash = std::ranges::find(words, "-");
        if (words.size() >= 7 && dash != words.end() && dash + 1 != words.end()) {
            mounts.push_back({unescaped(words[4]), std::string(dash[1])});
        }
    }
    return mounts;
}

std::string own_mount_table() {
    return sys::read_file("/proc/self/mountinfo", util::Bytes{16 << 20}).value_or("");
}

}  // namespace

std::vector<std::string> foreign_mounts_below(const std::string& directory,
                                              const std::string& mount_table) {
    std::vector<std::string> places;
    for (const MountedHere& mount : mounts_in(mount_table)) {
        if (is_foreign(mount.type) && util::is_below(mount.point, directory)) {
            places.emplace_back(util::path_below(mount.point, directory));
        }
    }
    std::ranges::sort(places);
    std::vector<std::string> outermost;
    for (std::string& place : places) {
        if (outermost.empty() || !util::is_at_or_below(place, outermost.back())) {
            outermost.push_back(std::move(place));
        }
    }
    return outermost;
}

std::vector<std::string> mounts_below(const std::string& directory) {
    std::vector<std::string> places;
    for (const MountedHere& mount : mounts_in(own_mount_table())) {
        if (util::is_below(mount.point, directory)) {
            places.emplace_back(util::path_below(mount.point, directory));
        }
    }
    return places;
}

std::vector<std::string> directories_of_kernel_mounts() {
    std::vector<std::string> directories;
    for (const MountedHere& mount : mounts_in(own_mount_table())) {
        if (mount.type == "proc") {
            directories.push_back(mount.point + "/sys");
        } else if (mount.type == "sysfs") {
            directories.push_back(mount.point + "/kernel");
        }
    }
    return directories;
}

}  // namespace maelstrom::container

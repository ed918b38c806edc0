#pragma once

namespace maelstrom::fork_point {

/// One line of mountinfo, see proc_pid_mountinfo(5).
struct MountLine {
    char* id = nullptr;
    char* device = nullptr;  ///< its number: the same for all mounts of a file system
    char* root = nullptr;    ///< within its file system
    char* path = nullptr;
    char* attributes = nullptr;
    char* type = nullptr;
    char* super_options = nullptr;
};

/// Cuts the line, without its newline, into its fields where it lies.
MountLine parse_mount_line(char* rest);

}  // namespace maelstrom::fork_point

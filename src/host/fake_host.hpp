#pragma once

#include "host/files.hpp"
#include "testing/temp_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace maelstrom::host {

/// A small host in a temporary directory, for tests: merged /usr, one user at home in /home/ann.
class FakeHost {
public:
    FakeHost() {
        file("usr/bin/sh", "", 0755);
        file("usr/lib/libc.so", "");
        file("opt/tool/bin/tool", "", 0755);
        link("usr/bin", "/bin");
        link("usr/lib", "/lib");
        file("etc/passwd",
             "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann:/home/ann:/bin/zsh\n");
        file("etc/group", "root:x:0:\nann:x:1000:\nnogroup:x:65534:\n");
        directory("/home/ann");
        directory("/tmp");
    }

    void file(const std::string& path, const std::string& content, unsigned mode = 0644) const {
        root_.write(path.starts_with('/') ? path.substr(1) : path, content, mode);
    }
    void directory(const std::string& path) const {
        (void)sys::make_directories(on_disk(path), 0755);
        (void)::chmod(on_disk(path).c_str(), 0755);  // whatever the umask is
    }
    void link(const std::string& target, const std::string& path) const {
        (void)::symlink(target.c_str(), on_disk(path).c_str());
    }
    std::string on_disk(const std::string& path) const { return root_.path() + path; }

    Files files() const { return Files(root_.path()); }

private:
    testing::TempDir root_;
};

}  // namespace maelstrom::host

#pragma once

#include <string>

namespace maelstrom::testing {

/// A fresh directory that goes away, with everything in it, at the end of the test.
class TempDir {
public:
    TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    const std::string& path() const { return path_; }
    /// `path()/name`.
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    /// Writes a file below it, with its parents; returns its path.
    std::string
    write(const std::string& name, const std::string& content, unsigned mode = 0644) const;

private:
    std::string path_;
};

}  // namespace maelstrom::testing

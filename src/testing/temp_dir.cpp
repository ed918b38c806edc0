#include "testing/temp_dir.hpp"

#include "sys/file.hpp"
#include "sys/remove_tree.hpp"
#include "util/check.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

namespace maelstrom::testing {

TempDir::TempDir() {
    const char* base = std::getenv("TMPDIR");
    path_ =
        std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/maelstrom-test-XXXXXX";
    CHECK(::mkdtemp(path_.data()) != nullptr);
    path_ = std::filesystem::canonical(path_);
}

TempDir::~TempDir() {
    (void)sys::remove_tree(AT_FDCWD, path_);
}

std::string
TempDir::write(const std::string& name, const std::string& content, unsigned mode) const {
    const std::string file = *this / name;
    CHECK(sys::make_directories(std::filesystem::path(file).parent_path()).has_value());
    const auto fd = sys::open(file, O_WRONLY | O_CREAT | O_TRUNC, mode);
    CHECK(fd.has_value());
    CHECK(sys::write_all(*fd, content).has_value());
    CHECK(::fchmod(fd->get(), mode) == 0);
    return file;
}

}  // namespace maelstrom::testing

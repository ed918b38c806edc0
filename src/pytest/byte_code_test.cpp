#include "pytest/byte_code.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace maelstrom::pytest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

constexpr timespec long_after{.tv_sec = 4'000'000'000, .tv_nsec = 0};

class KeptByteCode : public ::testing::Test {
protected:
    ByteCode open(const std::string& project = "/p", const std::string& python = "/python") const {
        auto store = store::Store::open({.directory = directory_ / "store"});
        EXPECT_TRUE(store) << store.error().message();
        return {std::move(*store), project, python};
    }
    std::string source(const std::string& name, std::string_view text = "x = 1\n") const {
        std::string path = directory_ / name;
        const auto file = sys::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        EXPECT_TRUE(file && sys::write_all(*file, text));
        return path;
    }

    testing::TempDir directory_;
};

TEST_F(KeptByteCode, IsThereInTheNextRun) {
    const std::string a = source("a.py");
    const CompiledFile file{
        .path = "/c/\x01 a.pyc", .source = a, .content = std::string("\0\n", 2)};
    open().remember(std::array{file}, long_after);
    const auto files = open().recall();
    ASSERT_THAT(files, ElementsAre(Key("/c/\x01 a.pyc")));
    EXPECT_EQ(files.begin()->second.path, file.path);
    EXPECT_EQ(files.begin()->second.content, file.content);
    EXPECT_THAT(open("/other").recall(), IsEmpty());
    EXPECT_THAT(open("/p", "/other").recall(), IsEmpty());
}

TEST_F(KeptByteCode, IsForgottenWhenItsSourceChanges) {
    const std::string a = source("a.py");
    const std::string b = source("b.py");
    const std::string c = source("c.py");
    open().remember(std::array{CompiledFile{"/a.pyc", a, "a"}, CompiledFile{"/b.pyc", b, "b"},
                               CompiledFile{"/c.pyc", c, "c"}},
                    long_after);
    // The same size, and as quick as a program can be that shows in the times of its file.
    struct stat status{};
    ASSERT_EQ(::stat(a.c_str(), &status), 0);
    for (timespec now = status.st_ctim;
         now.tv_sec == status.st_ctim.tv_sec && now.tv_nsec == status.st_ctim.tv_nsec;) {
        now = sys::file_clock();
    }
    source("a.py", "x = 2\n");
    ASSERT_EQ(::unlink(b.c_str()), 0);
    EXPECT_THAT(open().recall(), ElementsAre(Key("/c.pyc")));
}

TEST_F(KeptByteCode, IsNotKeptIfItsSourceMayHaveChangedMeanwhile) {
    const std::string a = source("a.py");
    struct stat status{};
    ASSERT_EQ(::stat(a.c_str(), &status), 0);
    open().remember(std::array{CompiledFile{"/a.pyc", a, "a"},
                               CompiledFile{"/b.pyc", directory_ / "missing.py", "b"}},
                    status.st_ctim);
    EXPECT_THAT(open().recall(), IsEmpty());
}

TEST_F(KeptByteCode, GrowsFromRunToRun) {
    const std::string a = source("a.py");
    const std::string b = source("b.py");
    open().remember(std::array{CompiledFile{"/a.pyc", a, "a"}, CompiledFile{"/b.pyc", b, "b"}},
                    long_after);
    ByteCode second = open();
    second.recall();
    second.remember(std::array{CompiledFile{"/b.pyc", b, "new"}}, long_after);
    const auto files = open().recall();
    ASSERT_THAT(files, ElementsAre(Key("/a.pyc"), Key("/b.pyc")));
    EXPECT_EQ(files.at("/b.pyc").content, "new");
}

}  // namespace
}  // namespace maelstrom::pytest

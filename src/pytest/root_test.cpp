#include "pytest/root.hpp"
#include "testing/temp_dir.hpp"

#include <gtest/gtest.h>

namespace maelstrom::pytest {
namespace {

class FindRoot : public ::testing::Test {
protected:
    std::string root(const std::string& directory, const std::vector<std::string>& arguments = {}) {
        return find_root(host::Files(dir_.path()), directory, arguments);
    }

    maelstrom::testing::TempDir dir_;
};

TEST_F(FindRoot, IsTheWorkingDirectoryWhereNothingSaysOtherwise) {
    dir_.write("p/test_a.py", "");
    EXPECT_EQ(root("/p"), "/p");
}

TEST_F(FindRoot, IsWhereTheNearestConfigurationForPytestLies) {
    dir_.write("p/pyproject.toml", "[tool.pytest.ini_options]\n");
    dir_.write("p/sub/pyproject.toml", "[project]\n");
    dir_.write("p/sub/tox.ini", "[tox]\n");
    dir_.write("p/sub/tests/test_a.py", "");
    EXPECT_EQ(root("/p/sub/tests"), "/p");
}

TEST_F(FindRoot, IsTheNearestProjectWhereNobodyConfiguresPytest) {
    dir_.write("setup.py", "");
    dir_.write("p/pyproject.toml", "[project]\n");
    dir_.write("p/tests/test_a.py", "");
    EXPECT_EQ(root("/p/tests"), "/p");
}

TEST_F(FindRoot, ReachesUpToThePathsAmongTheArguments) {
    dir_.write("p/a/test_a.py", "");
    dir_.write("p/b/test_b.py", "");
    EXPECT_EQ(root("/p/a", {"-v", "../b/test_b.py::test_x"}), "/p");
    EXPECT_EQ(root("/p/a", {"test_a.py", "missing.py"}), "/p/a");
}

}  // namespace
}  // namespace maelstrom::pytest

#include "pytest/plugin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace maelstrom::pytest {

namespace {

using ::testing::HasSubstr;

TEST(PluginLayer, CarriesTheProgramAndAllThatItLoads) {
    const auto layer = std::get<job::MadeFilesLayer>(plugin_layer());
    const auto content_of = [&](const std::string& path) {
        const auto file = std::ranges::find(layer.files, path, &job::MadeFile::path);
        return file == layer.files.end() ? std::string("no such file") : file->content;
    };
    const std::string program = content_of("/.maelstrom/pytest_plugin.py");
    EXPECT_THAT(program, HasSubstr("MAELSTROM_PYTEST_TASK"));
    for (const std::string name : {"collecting", "fork_point", "coverage"}) {
        EXPECT_THAT(program, HasSubstr("part(\"" + name + "\")"));
        EXPECT_THAT(content_of("/.maelstrom/pytest_" + name + ".py"),
                    HasSubstr("Loaded by plugin.py"));
    }
    EXPECT_THAT(content_of("/.maelstrom/pytest_fork_point.py"),
                HasSubstr("\"/.maelstrom/fork_point.so\""));
    EXPECT_THAT(content_of("/.maelstrom/fork_point.so"), HasSubstr("maelstrom_fork_point_serve"));
}

}  // namespace
}  // namespace maelstrom::pytest

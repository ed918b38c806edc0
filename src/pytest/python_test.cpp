#include "pytest/container.hpp"
#include "pytest/python.hpp"
#include "pytest/python_answer.hpp"
#include "store/store.hpp"
#include "sys/command.hpp"
#include "sys/file.hpp"
#include "testing/temp_dir.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <unistd.h>

namespace maelstrom::pytest {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Ends in a directory whose name has a blank and letters beyond ASCII, as real ones do.
class APython : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = store::Store::open({.directory = dir / "store"});
        ASSERT_TRUE(opened) << opened.error().message();
        memo = std::move(*opened);
        request.variables = {{"PATH", "/usr/bin:/bin"}, {"HOME", home}};
        request.working_directory = project;
        request.now += std::chrono::hours(1);  // what a test has just written counts as old
        ASSERT_TRUE(sys::make_directories(home));
        ASSERT_TRUE(sys::make_directories(project));
    }

    void skip_without_python() const {
        if (::access("/usr/bin/python3", X_OK) != 0) {
            GTEST_SKIP() << "/usr/bin/python3 is missing: apt-get install python3 python3-venv";
        }
    }
    std::string run_python(const std::string& python, const std::vector<std::string>& arguments) {
        const auto result = sys::run_command({.program = python,
                                              .arguments = arguments,
                                              .environment = {"PATH=/usr/bin:/bin"},
                                              .directory = project});
        EXPECT_TRUE(result) << result.error().message();
        EXPECT_EQ(result->status, 0) << result->errors;
        return std::string(util::trim(result->output));
    }
    /// Made by Python's own venv; its interpreter.
    std::string make_environment(const std::string& directory) {
        run_python("/usr/bin/python3", {"-m", "venv", "--without-pip", directory});
        return directory + "/bin/python";
    }
    std::string site_directory(const std::string& python) {
        return run_python(python,
                          {"-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"});
    }
    void write(const std::string& path, const std::string& content, unsigned mode = 0644) const {
        ASSERT_TRUE(sys::make_directories(util::parent_path(path)));
        ASSERT_TRUE(sys::replace_file(path, content, mode, sys::Durability::cached));
    }
    Python found() {
        auto python = find_python(request, *memo);
        EXPECT_TRUE(python) << python.error().message();
        return python ? std::move(*python) : Python{};
    }
    /// A stand-in that notes each start and then answers.
    void write_fake(const std::string& path) const {
        write(path,
              "#!/bin/sh\necho started >> '" + starts + "'\necho\necho 'maelstrom-python-probe:" +
                  R"({"executable":"/usr/bin/true","implementation":"cpython","version":"3.0.0",)"
                  R"("cache_tag":"","prefixes":["/usr"],"path":[],"site_directories":[],)"
                  R"("editable":[],"user_scripts":"","pytest":"8","seen":[")" +
                  seen + "\"]}'\n",
              0755);
    }
    std::size_t count_starts() const {
        const auto text = sys::read_file(starts, util::Bytes{1000});
        return text ? util::split_lines(*text).size() : 0;
    }

    testing::TempDir dir;
    std::string home = dir / "Müller's home";
    std::string project = home + "/my projéct";
    std::string starts = dir / "starts";
    std::string seen = dir / "seen";
    std::unique_ptr<store::Store> memo;
    PythonRequest request;
};

/// The one that is asked for first has no number, where it is installed.
std::string of_the_system() {
    return ::access("/usr/bin/python", X_OK) == 0 ? "/usr/bin/python" : "/usr/bin/python3";
}

auto tree_at(const std::string& path) {
    return Field(&host::FurtherTree::path, path);
}

TEST_F(APython, OfTheSystemLivesInTheBase) {
    skip_without_python();
    const Python python = found();
    EXPECT_EQ(python.executable, of_the_system());
    EXPECT_THAT(python.version, StartsWith("3."));
    EXPECT_THAT(python.prefixes, Contains("/usr"));
    EXPECT_THAT(python_trees(python), Contains(tree_at("/usr")));
}

TEST_F(APython, OfAnEnvironmentInTheProjectBringsTheEnvironment) {
    skip_without_python();
    request.python = make_environment(project + "/.venv");
    const Python python = found();
    EXPECT_EQ(python.executable, project + "/.venv/bin/python");
    EXPECT_THAT(python_trees(python), Contains(AllOf(tree_at(project + "/.venv"),
                                                     Field(&host::FurtherTree::kind,
                                                           host::FurtherTree::Kind::environment))));
    EXPECT_THAT(python_trees(python), Contains(tree_at("/usr")));
}

TEST_F(APython, OfAnActivatedEnvironmentIsTheFirstInPath) {
    skip_without_python();
    make_environment(home + "/envs/e");
    request.variables["PATH"] = home + "/envs/e/bin:/usr/bin";
    EXPECT_EQ(found().executable, home + "/envs/e/bin/python");
}

TEST_F(APython, OfAnInstallationOfItsOwnBringsItsPrefix) {
    skip_without_python();
    // Like conda's: no pyvenv.cfg, the standard library beside the interpreter.
    const std::string library =
        run_python("/usr/bin/python3", {"-c", "import os; print(os.path.dirname(os.__file__))"});
    const std::string name = library.substr(library.rfind('/') + 1);
    const std::string prefix = home + "/conda/envs/e";
    ASSERT_TRUE(sys::make_directories(prefix + "/lib"));
    ASSERT_TRUE(sys::symlinkat(library, AT_FDCWD, prefix + "/lib/" + name));
    write(prefix + "/bin/python", *sys::read_file("/usr/bin/python3", util::Bytes{100'000'000}),
          0755);
    request.variables["PATH"] = prefix + "/bin";
    request.variables["CONDA_PREFIX"] = prefix;
    const Python python = found();
    EXPECT_EQ(python.executable, prefix + "/bin/python");
    EXPECT_THAT(python_trees(python), Contains(tree_at(prefix)));
}

TEST_F(APython, ListsDirectoriesOfPthFiles) {
    skip_without_python();
    request.python = make_environment(home + "/env");
    ASSERT_TRUE(sys::make_directories(home + "/sibling/src"));
    write(site_directory(request.python) + "/sibling.pth", home + "/sibling/src\n");
    EXPECT_THAT(python_trees(found()), Contains(tree_at(home + "/sibling/src")));
}

TEST_F(APython, ListsProjectsThatAreInstalledInPlace) {
    skip_without_python();
    request.python = make_environment(home + "/env");
    const std::string sibling = home + "/sibling";
    const std::string site = site_directory(request.python);
    write(sibling + "/pkg/__init__.py", "");
    const std::string url = run_python(
        "/usr/bin/python3",
        {"-c", "import pathlib, sys; print(pathlib.Path(sys.argv[1]).as_uri())", sibling});
    write(site + "/sibling-1.0.dist-info/direct_url.json",
          "{\"url\": \"" + url + "\", \"dir_info\": {\"editable\": true}}");
    write(site + "/other-1.0.dist-info/direct_url.json",
          "{\"url\": \"file:///srv/other\", \"dir_info\": {}}");
    EXPECT_THAT(found().editable, ElementsAre(sibling));
}

TEST_F(APython, FollowsTheImportHooksOfSetuptools) {
    skip_without_python();
    request.python = make_environment(home + "/env");
    const std::string site = site_directory(request.python);
    write(home + "/sibling/pkg/__init__.py", "");
    write(site + "/__editable___sibling_1_0_finder.py",
          "MAPPING = {'pkg': \"" + home + "/sibling/pkg\", 'mod': '/srv/one/mod'}\n");
    write(site + "/__editable__.sibling-1.0.pth", "import __editable___sibling_1_0_finder\n");
    EXPECT_THAT(found().editable, ElementsAre(home + "/sibling/pkg", "/srv/one/mod.py"));
}

TEST_F(APython, TakesThePathThatVariablesAdd) {
    skip_without_python();
    request.variables["PYTHONPATH"] = home + "/extra";
    EXPECT_THAT(found().path, Contains(home + "/extra"));
}

TEST_F(APython, ImportsNothingOfTheWorkingDirectory) {
    skip_without_python();
    write(project + "/json.py", "raise SystemExit(7)\n");
    write(project + "/pytest.py", "raise SystemExit(8)\n");
    const Python python = found();
    EXPECT_EQ(python.executable, of_the_system());
    EXPECT_THAT(python.path, Not(Contains(project)));
}

TEST_F(APython, NoticesASiteDirectoryOfTheUsersThatIsNew) {
    skip_without_python();
    EXPECT_THAT(found().path, Not(Contains(StartsWith(home))));
    const std::string site =
        run_python("/usr/bin/python3",
                   {"-c",
                    "import sysconfig, sys;"
                    "print(sysconfig.get_path('purelib', 'posix_user', {'userbase': sys.argv[1]}))",
                    home + "/.local"});
    write(site + "/one.py", "");
    EXPECT_THAT(found().path, Contains(site));
}

TEST_F(APython, SaysWhetherPytestIsThere) {
    skip_without_python();
    request.python = make_environment(home + "/env");
    EXPECT_EQ(found().pytest, "");
    const std::string site = site_directory(request.python);
    write(site + "/pytest/__init__.py", "raise SystemExit('never imported')\n");
    write(site + "/pytest-8.3.1.dist-info/METADATA",
          "Metadata-Version: 2.1\nName: pytest\nVersion: 8.3.1\n");
    EXPECT_EQ(found().pytest, "8.3.1");
}

TEST_F(APython, IsAskedOnceWhileNothingChanges) {
    write_fake(project + "/python");
    request.python = "./python";
    const Python first = found();
    EXPECT_EQ(found(), first);
    EXPECT_EQ(count_starts(), 1U);
}

TEST_F(APython, IsAskedAgainWhenAFileThatItDependsOnChanges) {
    write_fake(project + "/python");
    request.python = "./python";
    found();
    write(seen, "now it is there");
    found();
    EXPECT_EQ(count_starts(), 2U);
}

TEST_F(APython, IsAskedAgainWhenAVersionManagerWouldChooseAnother) {
    write_fake(home + "/shims/python");
    request.variables["PATH"] = home + "/shims";
    found();
    write(home + "/.python-version", "3.99\n");
    found();
    EXPECT_EQ(count_starts(), 2U);
}

TEST_F(APython, IsAskedAgainForOtherVariables) {
    write_fake(project + "/python");
    request.python = "./python";
    found();
    request.variables["PYTHONPATH"] = "/x";
    found();
    EXPECT_EQ(count_starts(), 2U);
}

TEST_F(APython, IsNotRememberedWhileItsFilesAreBrandNew) {
    write_fake(project + "/python");
    request.python = "./python";
    request.now = {};
    found();
    found();
    EXPECT_EQ(count_starts(), 2U);
}

TEST_F(APython, WhoseStandInFailsIsPassedOver) {
    write(home + "/shims/python",
          "#!/bin/sh\necho 'pyenv: python: command not found' >&2\nexit 127\n", 0755);
    write_fake(home + "/real/python3");
    request.variables["PATH"] = home + "/shims:" + home + "/real:/usr/bin:/bin";
    EXPECT_EQ(found().pytest, "8");
}

TEST_F(APython, ThatFailsIsQuoted) {
    write(project + "/python", "#!/bin/sh\necho first >&2\necho 'no such version' >&2\nexit 1\n",
          0755);
    request.python = "./python";
    const auto python = find_python(request, *memo);
    ASSERT_FALSE(python);
    EXPECT_THAT(python.error().message(), EndsWith("/python: no such version"));
}

TEST_F(APython, ThatIsMissingIsAnErrorThatSaysWhatToDo) {
    request.variables["PATH"] = home;
    const auto python = find_python(request, *memo);
    ASSERT_FALSE(python);
    EXPECT_THAT(python.error().message(), HasSubstr("activate the project's virtual environment"));
    request.python = "/none/python";
    EXPECT_THAT(find_python(request, *memo).error().message(), HasSubstr("/none/python"));
}

TEST_F(APython, InstalledIntoLocalShowsNoneOfTheRestThere) {
    const Python python{.executable = "/home/ann/.local/bin/python3",
                        .prefixes = {"/home/ann/.local"}};
    EXPECT_THAT(python_trees(python), Contains(tree_at("/home/ann/.local/lib")));
    EXPECT_THAT(python_trees(python), Not(Contains(tree_at("/home/ann/.local"))));
}

TEST(PythonAnswer, IsFoundBehindWhatStartUpFilesWrite) {
    const auto answer = PythonAnswer::find(
        "hello\n\nmaelstrom-python-probe:"
        R"({"executable":"/p","implementation":"cpython","version":"3.1.0","cache_tag":"x",)"
        R"("prefixes":[],"path":[],"site_directories":[],"editable":[],"user_scripts":"",)"
        R"("pytest":"","seen":[]})"
        "\n");
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->python.executable, "/p");
}

TEST(PythonAnswer, OfAnotherProgramIsRefused) {
    EXPECT_FALSE(PythonAnswer::find("GNU bash, version 5\n"));
    EXPECT_FALSE(PythonAnswer::parse("{\"executable\": 3}"));
}

}  // namespace
}  // namespace maelstrom::pytest

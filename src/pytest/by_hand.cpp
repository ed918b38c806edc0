#include "pytest/collector.hpp"
#include "util/path.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <vector>

// What a person does with one test: run it by pytest's own command, or debug it.

namespace maelstrom::pytest {

namespace {

/// As pytest finds it from the working directory, where ids begin at the root directory.
/// `directory`: what its file is named from, if that is another one.
std::string id_here(const runner::Case& test, const std::string& directory) {
    const std::string& id = test.name->display;
    const std::size_t mark = id.find("::");
    const std::string file = directory.empty() ? test.address.artifact
                                               : util::join_paths(directory, test.address.artifact);
    return mark == std::string::npos ? file : file + id.substr(mark);
}

/// What pytest was told besides where to collect. Only pytest knows which words are values of
/// options; a value that is also a path more likely comes first.
std::vector<std::string> options_of(std::vector<std::string> words,
                                    const std::vector<std::string>& paths) {
    for (const std::string& path : paths | std::views::reverse) {
        if (const auto last = std::find(words.rbegin(), words.rend(), path); last != words.rend()) {
            words.erase(std::next(last).base());
        }
    }
    return words;
}

}  // namespace

runner::JobRequest PytestCollector::request_by_hand(const runner::Case& test) {
    runner::JobRequest request = this->request(test, {});
    std::vector<std::string>& arguments = request.job.arguments;
    arguments = {"-m", "pytest"};
    std::ranges::copy(settings_.arguments.everywhere, std::back_inserter(arguments));
    std::ranges::copy(settings_.arguments.tests_only, std::back_inserter(arguments));
    std::ranges::copy(options_of(settings_.arguments.selection, collection_.paths),
                      std::back_inserter(arguments));
    arguments.push_back(id_here(test, place_of(test).directory));
    std::erase_if(request.extras.variables, [](const std::string& variable) {
        return variable.starts_with("MAELSTROM_PYTEST_TASK=");
    });
    return request;
}

/// Everything is collected, so that the test fails as it did in the run; the plugin finds it again
/// whatever its id is. What the plugin reports on its first descriptor nobody wants to read.
std::optional<runner::JobRequest> PytestCollector::debug_request(const runner::Case& test) {
    runner::JobRequest request = this->request(test, {.step = 1});
    std::vector<std::string> words{"-c", "exec \"$@\" >/dev/null", "sh", request.job.program};
    std::ranges::copy(request.job.arguments, std::back_inserter(words));
    // Behind the plugin that is the program: the first argument of pytest.
    words.insert(words.begin() + 5, "--pdb");
    request.job.program = "/bin/sh";
    request.job.arguments = std::move(words);
    return request;
}

}  // namespace maelstrom::pytest

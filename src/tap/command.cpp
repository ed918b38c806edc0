#include "tap/command.hpp"

#include "host/files.hpp"
#include "tap/collector.hpp"
#include "util/path.hpp"
#include "util/text.hpp"

namespace maelstrom::tap {

namespace {

std::vector<std::string> interpreter_of(std::string_view script) {
    std::vector<std::string> words;
    if (script.starts_with("#!")) {
        for (const auto word : util::split_words(util::split_lines(script).front().substr(2))) {
            words.emplace_back(word);
        }
    }
    if (words.empty()) {
        words.emplace_back("perl");
    }
    return words;
}

}  // namespace

std::vector<std::string> command_of(const Settings& settings, const std::string& program) {
    std::vector<std::string> words = settings.exec;
    const host::Files files;
    const std::string path =
        files.resolve(util::join_paths(settings.defaults.project, program)).path;
    const auto status = files.look(path);
    if (words.empty() && (!status || (status->st_mode & 0111U) == 0)) {
        words = interpreter_of(files.content(path, util::Bytes{1U << 20U}).value_or(""));
    }
    words.push_back(program.contains('/') ? program : "./" + program);
    return words;
}

}  // namespace maelstrom::tap

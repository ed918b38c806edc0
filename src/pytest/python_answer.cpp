#include "pytest/python_answer.hpp"

#include <sys/stat.h>

#include <chrono>
#include <iterator>

namespace maelstrom::pytest {

using util::ErrorKind;
using util::fail;
using util::Result;
using util::Value;

namespace {

constexpr std::string_view answer_mark = "\nmaelstrom-python-probe:";
/// Kernels stamp files with the time of the last tick, at most 10 ms ago; file servers may be a
/// little off.
constexpr std::chrono::milliseconds settling_time{100};

Result<std::string> text_at(const Value& answer, std::string_view key) {
    const Value* value = answer.find(key);
    if (value == nullptr || value->string() == nullptr) {
        return fail(ErrorKind::invalid, "the interpreter's answer has no text \"{}\"", key);
    }
    return *value->string();
}

Result<std::vector<std::string>> list_at(const Value& answer, std::string_view key) {
    const Value* value = answer.find(key);
    if (value == nullptr || value->array() == nullptr) {
        return fail(ErrorKind::invalid, "the interpreter's answer has no list \"{}\"", key);
    }
    std::vector<std::string> result;
    for (const Value& element : *value->array()) {
        if (const std::string* text = element.string()) {
            result.push_back(*text);
        }
    }
    return result;
}

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<PythonAnswer> PythonAnswer::parse(std::string_view json) {
    const Value value = TRY(util::parse_json(json));
    PythonAnswer answer;
    answer.json = json;
    answer.seen = TRY(list_at(value, "seen"));
    Python& python = answer.python;
    python.executable = TRY(text_at(value, "executable"));
    python.implementation = TRY(text_at(value, "implementation"));
    python.version = TRY(text_at(value, "version"));
    python.cache_tag = TRY(text_at(value, "cache_tag"));
    python.prefixes = TRY(list_at(value, "prefixes"));
    python.path = TRY(list_at(value, "path"));
    python.site_directories = TRY(list_at(value, "site_directories"));
    python.editable = TRY(list_at(value, "editable"));
    python.user_scripts = TRY(text_at(value, "user_scripts"));
    python.pytest = TRY(text_at(value, "pytest"));
    if (!python.executable.starts_with('/')) {
        return fail(ErrorKind::invalid, "the interpreter does not know where it is: it says \"{}\"",
                    python.executable);
    }
    return answer;
}

Result<PythonAnswer> PythonAnswer::find(std::string_view output) {
    const std::size_t start = output.rfind(answer_mark);
    if (start == std::string_view::npos) {
        return fail(ErrorKind::invalid, "it did not answer like a Python 3 interpreter");
    }
    const std::string_view rest = output.substr(start + answer_mark.size());
    return parse(rest.substr(0, rest.find('\n')));
}

std::optional<std::string> fingerprint(const std::vector<std::string>& files,
                                       std::chrono::system_clock::time_point now) {
    const std::int64_t youngest =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch() - settling_time)
            .count();
    std::string result;
    for (const std::string& file : files) {
        struct stat status{};
        if (::stat(file.c_str(), &status) != 0) {
            result += "-\n";
            continue;
        }
        if (nanoseconds(status.st_ctim) > youngest) {
            return std::nullopt;
        }
        fmt::format_to(std::back_inserter(result), "{} {} {} {} {}\n", status.st_dev, status.st_ino,
                       status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
    }
    return result;
}

}  // namespace maelstrom::pytest

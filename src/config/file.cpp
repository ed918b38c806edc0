#include "config/file.hpp"

#include "util/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <set>

namespace maelstrom::config {

using util::ErrorKind;
using util::fail;
using util::fail_errno;
using util::Result;

namespace {

constexpr std::size_t largest_file = 4U << 20U;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<std::optional<std::string>> read_text(const std::string& path) {
    const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return std::nullopt;
        }
        return fail_errno("configuration file {}", path);
    }
    std::string text;
    std::array<char, 4096> buffer;
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        text.append(buffer.data(), count);
        if (text.size() > largest_file) {
            return fail(ErrorKind::exhausted, "configuration file {} is larger than 4 MiB", path);
        }
    }
    if (std::ferror(file.get()) != 0) {
        return fail_errno("configuration file {}", path);
    }
    return text;
}

std::string as_option_name(std::string_view key) {
    std::string name(key);
    std::ranges::replace(name, '_', '-');
    return name;
}

}  // namespace

Result<std::optional<File>> File::read(const std::string& path) {
    const std::optional<std::string> text = TRY(read_text(path));
    if (!text) {
        return std::nullopt;
    }
    if (!util::is_utf8(*text)) {
        return fail(ErrorKind::invalid, "configuration file {} is not valid UTF-8", path);
    }
    const util::Value document = TRY(util::parse_toml(*text), "configuration file {}", path);
    std::vector<Entry> entries;
    flatten(*document.object(), "", entries);
    return File(path, std::move(entries));
}

Result<std::optional<std::pair<OptionValue, Origin>>> File::look_up(const Option& option) const {
    const auto found = std::ranges::find(entries_, option.name, &Entry::name);
    if (found == entries_.end()) {
        return std::nullopt;
    }
    OptionValue value = TRY(option_value_from(option, found->value), "key {} in {}, line {}",
                            found->key, path_, found->position.line);
    return std::pair{std::move(value), Origin{Origin::Source::file, path_}};
}

std::vector<std::string> File::unknown_keys(const Program& program) const {
    std::vector<std::string_view> known;
    for (const Option& option : program.options) {
        if (option.scope == Scope::everywhere) {
            known.push_back(option.name);
        }
    }
    std::vector<std::string> sentences;
    for (const Entry& entry : entries_) {
        if (std::ranges::find(known, entry.name) != known.end()) {
            continue;
        }
        std::string sentence = fmt::format("{}, line {}: key {} has no effect", path_,
                                           entry.position.line, util::quoted(entry.key));
        if (const auto near = util::nearest(entry.name, known)) {
            sentence += fmt::format("; did you mean {}?", *near);
        }
        sentences.push_back(std::move(sentence));
    }
    return sentences;
}

void File::flatten(const util::Value::Object& members,
                   const std::string& table,
                   std::vector<Entry>& entries) {
    for (const util::Value::Member& member : members) {
        const std::string key = table.empty() ? member.key : table + "." + member.key;
        if (const util::Value::Object* inner = member.value.object()) {
            flatten(*inner, key, entries);
            continue;
        }
        std::string name = as_option_name(key);
        std::ranges::replace(name, '.', '-');
        entries.push_back({std::move(name), key, member.position, member.value});
    }
}

}  // namespace maelstrom::config

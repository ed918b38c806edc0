#include "container/cgroup_files.hpp"

#include "sys/file.hpp"
#include "util/text.hpp"

#include <fcntl.h>

#include <charconv>

namespace maelstrom::container {

namespace {

constexpr util::Bytes control_limit{64 * 1024};

}  // namespace

util::Result<void> write_control(int group, const std::string& name, std::string_view text) {
    const sys::Fd file = TRY(sys::openat(group, name, O_WRONLY));
    TRY(sys::write_all(file, text), "{} \"{}\"", name, util::trim(text));
    return {};
}

std::string read_control(int group, const std::string& name) {
    const auto file = sys::openat(group, name, O_RDONLY);
    if (!file) {
        return {};
    }
    return sys::read_all(*file, control_limit).value_or("");
}

std::uint64_t value_of(std::string_view text, std::string_view key) {
    for (const std::string_view line : util::split_lines(text)) {
        const auto words = util::split_words(line);
        if (words.size() == 2 && words[0] == key) {
            std::uint64_t value = 0;
            std::from_chars(words[1].data(), words[1].data() + words[1].size(), value);
            return value;
        }
    }
    return 0;
}

}  // namespace maelstrom::container

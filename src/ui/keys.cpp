#include "ui/keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace maelstrom::ui {
namespace {

constexpr char escape = '\x1b';

/// Of what begins with an escape: ESC [ or ESC O with all up to a letter, or ESC with the letter
/// that Alt was held for. A second ESC begins a sequence of its own.
std::size_t length_of_unknown_sequence(std::string_view bytes) {
    if (bytes.size() < 2 || bytes[1] == escape) {
        return 1;
    }
    if (bytes[1] != '[' && bytes[1] != 'O') {
        return 2;
    }
    const auto end = std::ranges::find_if(bytes.substr(2), [](char byte) { return byte >= 0x40; });
    return end == bytes.end() ? bytes.size() : static_cast<std::size_t>(end - bytes.begin()) + 1;
}

}  // namespace

std::vector<Key> keys_of(std::string_view bytes) {
    // Arrows are sent in two ways, depending on a mode of the terminal.
    constexpr std::array<std::pair<std::string_view, Key>, 9> known{{
        {"q", Key::quit},
        {"Q", Key::quit},
        {"f", Key::next_page},
        {"F", Key::next_page},
        {"\x1b[A", Key::up},
        {"\x1b[B", Key::down},
        {"\x1bOA", Key::up},
        {"\x1bOB", Key::down},
        {"\x1b[6~", Key::next_page},
    }};
    std::vector<Key> keys;
    while (!bytes.empty()) {
        std::size_t taken = 1;
        for (const auto& [text, key] : known) {
            if (bytes.starts_with(text)) {
                keys.push_back(key);
                taken = text.size();
                break;
            }
        }
        // The letters of a sequence that is not known are no keys.
        if (taken == 1 && bytes[0] == escape) {
            taken = length_of_unknown_sequence(bytes);
        }
        bytes.remove_prefix(taken);
    }
    return keys;
}

}  // namespace maelstrom::ui

#include "ui/keys.hpp"

#include <array>
#include <utility>

namespace maelstrom::ui {

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
        if (taken == 1 && bytes[0] == '\x1b') {
            while (taken < bytes.size() && (taken < 3 || bytes[taken] < 0x40)) {
                ++taken;
            }
            taken += taken < bytes.size() && taken >= 3 ? 1 : 0;
        }
        bytes.remove_prefix(taken);
    }
    return keys;
}

}  // namespace maelstrom::ui

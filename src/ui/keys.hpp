#pragma once

#include <string_view>
#include <vector>

namespace maelstrom::ui {

enum class Key { quit, up, down, next_page };

/// The keys that mean something among the bytes that a terminal sent: q, f, arrows, and page down.
std::vector<Key> keys_of(std::string_view bytes);

}  // namespace maelstrom::ui

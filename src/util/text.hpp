#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::util {

std::string_view trim(std::string_view text);
/// ASCII only.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

/// Pieces between separators, empty ones included; one empty piece for empty text.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Non-empty pieces between runs of white space.
std::vector<std::string_view> split_words(std::string_view text);
/// Lines without their newline; a final newline makes no extra line.
std::vector<std::string_view> split_lines(std::string_view text);

bool is_utf8(std::string_view text);
/// Invalid sequences become U+FFFD.
std::string to_utf8(std::string_view bytes);

/// For messages: in double quotes, control characters and quotes escaped, at most about 200 bytes
/// of it.
std::string quoted(std::string_view text);
/// `a, b or c`, each quoted.
std::string one_of(std::span<const std::string_view> words);
/// The candidate that a misspelt word most likely meant; none if nothing is near.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);
/// Likewise, with at most so many letters added, left out or replaced.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates,
                                        std::size_t most_edits);

}  // namespace maelstrom::util

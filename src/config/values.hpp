#pragma once

#include "config/option_value.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maelstrom::config {

/// Where a value was found.
struct Origin {
    enum class Source { fallback, file, variable, command_line };
    Source source = Source::fallback;
    std::string place;  ///< the variable's name, the file's path
    bool operator==(const Origin&) const = default;
};

/// The effective value of every option of a program, by name. An unset one has no entry. Asking for
/// a name or type that the table does not have is our own mistake.
class Values {
public:
    void set(std::string_view name, OptionValue value, Origin origin);

    bool has(std::string_view name) const { return find(name) != nullptr; }
    Origin origin(std::string_view name) const;
    const OptionValue* find(std::string_view name) const;

    /// False when unset.
    bool boolean(std::string_view name) const;
    std::uint64_t number(std::string_view name) const;
    util::Bytes size(std::string_view name) const;
    util::log::Level level(std::string_view name) const;
    char character(std::string_view name) const;
    const std::string& text(std::string_view name) const;
    std::optional<std::string> optional_text(std::string_view name) const;
    /// Empty when unset.
    std::vector<std::string> list(std::string_view name) const;

private:
    template <class T>
    const T& get(std::string_view name) const;

    struct Entry {
        OptionValue value;
        Origin origin;
    };
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace maelstrom::config

#include "util/text.hpp"
#include "util/value.hpp"

// The library's exceptions end in this file.
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::util {

namespace {

constexpr std::size_t deepest_toml = 128;

/// Tables inside tables are built and destroyed recursively by the library, and a long dotted key
/// makes one table a dot; so depth is bounded before it sees the text. Strings and comments are
/// skipped, everything else only counted; whether it is TOML is not decided here.
class DepthGuard {
public:
    explicit DepthGuard(std::string_view text) : text_(text) {}

    /// The line on which the text is nested too deep.
    std::optional<std::uint32_t> too_deep() {
        while (at_ < text_.size()) {
            count(text_[at_]);
            if (total_ > deepest_toml) {
                return static_cast<std::uint32_t>(1 +
                                                  std::ranges::count(text_.substr(0, at_), '\n'));
            }
        }
        return std::nullopt;
    }

private:
    void count(char c) {
        switch (c) {
        case '"':
        case '\'':
            return skip_string(c);
        case '#':
            at_ = std::min(text_.find('\n', at_), text_.size());
            return;
        case '.':
            ++dots_.back();
            ++total_;
            break;
        case '[':
        case '{':
            dots_.push_back(0);
            ++total_;
            break;
        case ']':
        case '}':
            forget_dots();
            if (dots_.size() > 1) {
                dots_.pop_back();
                --total_;
            }
            break;
        case ',':
            forget_dots();
            break;
        case '\n':
            if (dots_.size() == 1) {
                forget_dots();
            }
            break;
        default:
            break;
        }
        ++at_;
    }
    void forget_dots() {
        total_ -= dots_.back();
        dots_.back() = 0;
    }
    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool long_form = text_.substr(at_).starts_with(three);
        const std::string_view end =
            long_form ? std::string_view(three) : std::string_view(three).substr(2);
        at_ += end.size();
        while (at_ < text_.size() && !text_.substr(at_).starts_with(end)) {
            if (!long_form && text_[at_] == '\n') {
                return;  // not TOML; the library will say so
            }
            at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1;
        }
        at_ = std::min(at_ + end.size(), text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::size_t> dots_{
        0};  ///< dots of the current key in each bracket, outermost first
    std::size_t total_ = 0;
};

Position place_of(const toml::source_region& region) {
    return {region.begin.line, region.begin.column};
}

Result<Value> convert(const toml::node& node, std::size_t depth);

Result<Value> convert_table(const toml::table& table, std::size_t depth) {
    Value::Object members;
    for (const auto& [key, node] : table) {
        Value value = TRY(convert(node, depth + 1));
        members.push_back({std::string(key.str()), place_of(key.source()), std::move(value)});
    }
    // The library sorts by name; its places bring back the document's order.
    std::ranges::sort(members, {}, [](const Value::Member& member) {
        return std::pair(member.position.line, member.position.column);
    });
    return Value{std::move(members), place_of(table.source())};
}

Result<Value> convert_array(const toml::array& array, std::size_t depth) {
    Value::Array items;
    for (const toml::node& node : array) {
        items.push_back(TRY(convert(node, depth + 1)));
    }
    return Value{std::move(items), place_of(array.source())};
}

Result<Value> convert(const toml::node& node, std::size_t depth) {
    const Position place = place_of(node.source());
    if (depth > deepest_toml) {
        return fail_at(place, fmt::format("nested deeper than {} levels", deepest_toml));
    }
    if (const toml::table* table = node.as_table()) {
        return convert_table(*table, depth);
    }
    if (const toml::array* array = node.as_array()) {
        return convert_array(*array, depth);
    }
    if (const auto* text = node.as_string()) {
        return Value{text->get(), place};
    }
    if (const auto* number = node.as_integer()) {
        const std::int64_t value = number->get();
        return value < 0 ? Value{value, place} : Value{static_cast<std::uint64_t>(value), place};
    }
    if (const auto* number = node.as_floating_point()) {
        return Value{number->get(), place};
    }
    if (const auto* boolean = node.as_boolean()) {
        return Value{boolean->get(), place};
    }
    return fail_at(place, "dates and times mean nothing here; write a string in quotes");
}

}  // namespace

Result<Value> parse_toml(std::string_view text) {
    if (const auto line = DepthGuard(text).too_deep()) {
        return fail_at({*line, 1}, fmt::format("nested deeper than {} levels", deepest_toml));
    }
    try {
        return convert(toml::parse(text), 0);
    } catch (const toml::parse_error& problem) {
        return fail_at(place_of(problem.source()),
                       "this is not TOML: " + to_utf8(problem.description()));
    }
}

}  // namespace maelstrom::util

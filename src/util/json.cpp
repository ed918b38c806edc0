#include "util/text.hpp"
#include "util/value.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

// nlohmann's parser decides what is JSON and hands over events, which carry no places. A cursor
// walks over the same text beside it: between two events stand only blanks, commas and colons, and
// each event says how to step over its own token.

namespace maelstrom::util {

namespace {

constexpr std::size_t deepest_json = 128;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Walks forward through a text and knows line and column (in characters) of where it stands.
class Cursor {
public:
    Cursor(std::string_view text, Position start) : text_(text), position_(start) {
        if (text_.starts_with(byte_order_mark)) {
            at_ = byte_order_mark.size();
        }
    }

    void move_to(std::size_t offset) {
        for (; at_ < std::min(offset, text_.size()); ++at_) {
            const auto byte = static_cast<unsigned char>(text_[at_]);
            if (byte == '\n') {
                ++position_.line;
                position_.column = 1;
            } else if ((byte & 0xC0U) != 0x80U) {
                ++position_.column;
            }
        }
    }
    Position at_token() {
        move_to(std::min(text_.find_first_not_of(" \t\r\n,:", at_), text_.size()));
        return position_;
    }
    void skip(std::size_t bytes) { move_to(at_ + bytes); }
    void skip_number() {
        move_to(std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size()));
    }
    void skip_string() {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != '"') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        move_to(end + 1);
    }

    Position position() const { return position_; }
    std::string_view rest() const { return text_.substr(at_); }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    Position position_;
};

/// The first member whose key stands before it already.
const Value::Member* find_duplicate(const Value::Object& members) {
    constexpr std::size_t few = 12;
    if (members.size() <= few) {
        for (std::size_t i = 1; i < members.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (members[i].key == members[j].key) {
                    return &members[i];
                }
            }
        }
        return nullptr;
    }
    std::vector<const Value::Member*> sorted;
    for (const Value::Member& member : members) {
        sorted.push_back(&member);
    }
    // Equal keys in document order, so that the second is the later one.
    std::ranges::sort(sorted, [](const Value::Member* a, const Value::Member* b) {
        return std::pair(std::string_view(a->key), a) < std::pair(std::string_view(b->key), b);
    });
    const auto twice = std::ranges::adjacent_find(
        sorted, {}, [](const Value::Member* member) { return std::string_view(member->key); });
    return twice == sorted.end() ? nullptr : *std::next(twice);
}

/// Receives nlohmann's events and builds the tree. A false return ends the parse; `error_` says
/// why.
class TreeBuilder {
public:
    using number_integer_t = std::int64_t;
    using number_unsigned_t = std::uint64_t;
    using number_float_t = double;
    using string_t = std::string;
    using binary_t = nlohmann::json::binary_t;

    TreeBuilder(std::string_view text, Position start) : cursor_(text, start) {}

    bool null() { return scalar(nullptr, 4); }
    bool boolean(bool value) { return scalar(value, value ? 4 : 5); }
    bool number_integer(std::int64_t value) {
        return value == 0 ? number(std::uint64_t{0}) : number(value);
    }
    bool number_unsigned(std::uint64_t value) { return number(value); }
    bool number_float(double value, const std::string& spelling) {
        if (spelling.find_first_of(".eE") == std::string::npos) {
            return stop(cursor_.at_token(),
                        fmt::format("the whole number {} is out of range: the largest is {}, the "
                                    "smallest {}",
                                    spelling, UINT64_MAX, INT64_MIN));
        }
        return number(value);
    }
    bool string(std::string& value) {
        const Position place = cursor_.at_token();
        cursor_.skip_string();
        return add(std::move(value), place);
    }
    bool binary(binary_t& /*value*/) { return false; }  // JSON text has none

    bool start_object(std::size_t /*unknown*/) { return open(Value::Object()); }
    bool key(std::string& name) {
        const Position place = cursor_.at_token();
        cursor_.skip_string();
        std::get<Value::Object>(open_.back().data).push_back({std::move(name), place, {}});
        return true;
    }
    bool end_object() {
        if (const auto* twice = find_duplicate(*open_.back().object())) {
            return stop(twice->position, fmt::format("the key {} stands twice in one object",
                                                     util::quoted(twice->key)));
        }
        return close();
    }
    bool start_array(std::size_t /*unknown*/) { return open(Value::Array()); }
    bool end_array() { return close(); }

    bool parse_error(std::size_t consumed,
                     const std::string& /*token*/,
                     const nlohmann::detail::exception& problem) {
        cursor_.move_to(consumed == 0 ? 0 : consumed - 1);
        return stop(cursor_.position(), explain(problem.what()));
    }

    Result<Value> finish(bool parsed) {
        if (error_) {
            return std::unexpected(*std::move(error_));
        }
        // To nlohmann a NUL byte is the end of the text.
        const Position place = cursor_.at_token();
        if (!parsed || !trim(cursor_.rest()).empty()) {
            return fail_at(place, "this is not JSON: found something after the end of the value");
        }
        return std::move(root_);
    }

private:
    template <class T>
    bool scalar(T value, std::size_t length) {
        const Position place = cursor_.at_token();
        cursor_.skip(length);
        return add(value, place);
    }
    template <class T>
    bool number(T value) {
        const Position place = cursor_.at_token();
        cursor_.skip_number();
        return add(value, place);
    }
    template <class T>
    bool open(T empty) {
        const Position place = cursor_.at_token();
        if (open_.size() == deepest_json) {
            return stop(place, fmt::format("nested deeper than {} levels", deepest_json));
        }
        cursor_.skip(1);
        open_.push_back({std::move(empty), place});
        return true;
    }
    bool close() {
        cursor_.at_token();
        cursor_.skip(1);
        Value done = std::move(open_.back());
        open_.pop_back();
        place_in_parent(std::move(done));
        return true;
    }
    template <class T>
    bool add(T&& data, Position place) {
        place_in_parent({std::forward<T>(data), place});
        return true;
    }
    void place_in_parent(Value&& value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* members = std::get_if<Value::Object>(&open_.back().data)) {
            members->back().value = std::move(value);
        } else {
            std::get<Value::Array>(open_.back().data).push_back(std::move(value));
        }
    }
    bool stop(Position place, std::string_view message) {
        error_ = fail_at(place, message).error();
        return false;
    }
    /// Leaves of "[json.exception.…] parse error at line 1, column 2: syntax error while parsing …"
    /// what it adds to our own place.
    static std::string explain(std::string_view what) {
        for (const std::string_view prefix : {"] ", "column ", ": ", "syntax error while "}) {
            if (const std::size_t found = what.find(prefix); found != std::string_view::npos) {
                what.remove_prefix(found + prefix.size());
            }
        }
        return "this is not JSON: " + to_utf8(what);
    }

    Cursor cursor_;
    std::vector<Value> open_;  ///< the objects and lists not closed yet, outermost first
    Value root_;
    std::optional<Error> error_;
};

}  // namespace

Result<Value> parse_json(std::string_view text, Position start) {
    TreeBuilder builder(text, start);
    const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    return builder.finish(parsed);
}

}  // namespace maelstrom::util

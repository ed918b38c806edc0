#include "util/json_stream.hpp"

#include "util/text.hpp"

#include <utility>

namespace maelstrom::util {

Result<std::optional<JsonStream::Object>> JsonStream::next() {
    if (error_) {
        return std::unexpected(*error_);
    }
    if (depth_ == 0) {
        auto found = find_start();
        if (!found) {
            error_ = found.error();
            return std::unexpected(*error_);
        }
        if (!*found) {
            return std::nullopt;
        }
    }
    const bool complete = find_end();
    if (scanned_ - start_ > largest_object_.count) {
        error_ = fail_at(object_start_, fmt::format("the object that begins here is larger than {}",
                                                    largest_object_.to_string()))
                     .error();
        return std::unexpected(*error_);
    }
    if (!complete) {
        return std::nullopt;
    }
    return take_object();
}

JsonStream::Object JsonStream::take_object() {
    Object object{buffer_.substr(start_, scanned_ - start_), object_start_};
    start_ = scanned_;
    // Moving the rest to the front each time would cost the square of a piece's length.
    if (start_ == buffer_.size() || start_ > (64U << 10U)) {
        buffer_.erase(0, std::exchange(start_, 0));
        scanned_ = 0;
    }
    return object;
}

Result<void> JsonStream::finish() const {
    if (error_) {
        return std::unexpected(*error_);
    }
    if (at_beginning_ && !unread().empty()) {
        return not_an_object();
    }
    if (depth_ > 0) {
        return fail_at(object_start_, "the object that begins here is not complete: the input ends "
                                      "before its closing brace");
    }
    return {};
}

std::unexpected<Error> JsonStream::not_an_object() const {
    return fail_at(here_,
                   fmt::format("expected a JSON object, found {}", quoted(unread().substr(0, 20))));
}

/// Skips white space; false if there is nothing else yet.
Result<bool> JsonStream::find_start() {
    if (!at_beginning_ || skip_mark()) {
        return find_brace();
    }
    return false;
}

/// The mark that some editors put at the beginning of a file; false if it may still be coming.
bool JsonStream::skip_mark() {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (unread().size() < mark.size() && mark.starts_with(unread())) {
        return false;
    }
    at_beginning_ = false;
    if (unread().starts_with(mark)) {
        start_ = scanned_ = scanned_ + mark.size();
    }
    return true;
}

Result<bool> JsonStream::find_brace() {
    while (scanned_ < buffer_.size()) {
        const char c = buffer_[scanned_];
        if (c == '{') {
            start_ = scanned_;
            object_start_ = here_;
            step(c);
            return true;
        }
        if (c == '[') {
            return fail_at(here_, "found a list; objects are written one after another, without a "
                                  "list around them");
        }
        if (c == ',') {
            return fail_at(here_, "found a comma; objects are written one after another, with "
                                  "nothing or white space between them");
        }
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return not_an_object();
        }
        step(c);
        start_ = scanned_;
    }
    return false;
}

/// Goes on to just behind the object's closing brace; false if that has not arrived.
bool JsonStream::find_end() {
    while (scanned_ < buffer_.size()) {
        step(buffer_[scanned_]);
        if (depth_ == 0) {
            return true;
        }
        if (scanned_ - start_ > largest_object_.count) {
            return false;
        }
    }
    return false;
}

void JsonStream::step(char c) {
    ++scanned_;
    if (c == '\n') {
        here_ = {here_.line + 1, 1};
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
        ++here_.column;
    }
    if (in_string_) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
        }
    } else if (c == '"') {
        in_string_ = true;
    } else if (c == '{' || c == '[') {
        ++depth_;
    } else if (c == '}' || c == ']') {
        --depth_;
    }
}

}  // namespace maelstrom::util

#pragma once

#include "util/bytes.hpp"
#include "util/error.hpp"
#include "util/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace maelstrom::util {

/// Cuts a stream of JSON objects into its objects while it arrives in pieces of any size: one is
/// handed out as soon as its closing brace is there, before anything behind it. Between objects
/// stands white space or nothing. Only braces, brackets and strings are looked at here;
/// `parse_json` judges the rest.
class JsonStream {
public:
    struct Object {
        std::string text;
        Position start;  ///< of its opening brace in the stream, for `parse_json`
    };

    explicit JsonStream(Bytes largest_object = {16U << 20U}) : largest_object_(largest_object) {}

    void feed(std::string_view piece) { buffer_.append(piece); }

    /// The next complete object; none if more text is needed. After an error there is only that
    /// error.
    Result<std::optional<Object>> next();
    /// To be asked at the end of the stream: an error if an object has begun and not ended.
    Result<void> finish() const;
    /// What was fed but belongs to no object handed out yet.
    std::string_view unread() const { return std::string_view(buffer_).substr(start_); }

private:
    Result<bool> find_start();
    bool skip_mark();
    Result<bool> find_brace();
    bool find_end();
    Object take_object();
    std::unexpected<Error> not_an_object() const;
    void step(char c);

    Bytes largest_object_;
    std::string buffer_;
    std::size_t start_ = 0;    ///< in the buffer: of the object being read, or of what is unread
    std::size_t scanned_ = 0;  ///< in the buffer: how far the scan has come
    Position here_{1, 1};      ///< of `scanned_` in the stream
    Position object_start_;
    bool at_beginning_ = true;  ///< where a byte order mark may stand
    std::size_t depth_ = 0;     ///< of open braces and brackets
    bool in_string_ = false;
    bool escaped_ = false;
    std::optional<Error> error_;
};

}  // namespace maelstrom::util

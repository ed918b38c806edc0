#pragma once

#include "slot/wire.hpp"

#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace maelstrom::container {

/// Builds one message for a slot: a fixed record, then texts and arrays that it refers to.
template <class Record>
class MessageWriter {
public:
    MessageWriter() : bytes_(sizeof(Record), '\0') {}

    slot::Text text(std::string_view content) {
        const auto offset = static_cast<slot::Text>(bytes_.size());
        bytes_.append(content);
        bytes_ += '\0';
        return offset;
    }

    template <class Element>
    slot::Array array(std::span<const Element> elements) {
        bytes_.resize((bytes_.size() + 7) / 8 * 8);
        const slot::Array result{static_cast<std::uint32_t>(bytes_.size()),
                                 static_cast<std::uint32_t>(elements.size())};
        if (!elements.empty()) {
            bytes_.append(reinterpret_cast<const char*>(elements.data()), elements.size_bytes());
        }
        return result;
    }

    /// The whole message with its record in front.
    std::string finish(Record record, slot::Request request) && {
        bytes_ += '\0';
        record.header = {request, static_cast<std::uint32_t>(bytes_.size())};
        std::memcpy(bytes_.data(), &record, sizeof record);
        return std::move(bytes_);
    }

private:
    std::string bytes_;
};

}  // namespace maelstrom::container

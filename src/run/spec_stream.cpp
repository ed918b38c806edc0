#include "run/spec_stream.hpp"

#include "util/value.hpp"

namespace maelstrom::run {

util::Result<std::optional<Input>> SpecStream::next() {
    const std::optional<util::JsonStream::Object> object =
        TRY(stream_.next(), "object {} of the input", objects_ + 1);
    if (!object) {
        return std::nullopt;
    }
    ++objects_;
    const util::Value value =
        TRY(util::parse_json(object->text, object->start), "object {} of the input", objects_);
    return TRY(job::parse_input(value, program_), "object {} of the input", objects_);
}

util::Result<void> SpecStream::finish() const {
    TRY(stream_.finish(), "object {} of the input", objects_ + 1);
    return {};
}

}  // namespace maelstrom::run

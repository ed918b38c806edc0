#pragma once

#include "job/parse.hpp"
#include "util/error.hpp"
#include "util/json_stream.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace maelstrom::run {

/// One object of the input: a job, or containers for the jobs after it.
using Input = std::variant<job::Job, job::NamedContainers>;

/// Turns a stream of JSON objects, arriving in pieces, into jobs and container sets. Each is there
/// as soon as its closing brace is. Errors name the object, counted from 1, and its line and
/// column.
class SpecStream {
public:
    explicit SpecStream(job::Program program) : program_(program) {}

    void feed(std::string_view piece) { stream_.feed(piece); }
    /// The next complete object; none if more text is needed. Not to be asked again after an error.
    util::Result<std::optional<Input>> next();
    /// To be asked at the end of the text: an error if an object has begun and not ended.
    util::Result<void> finish() const;

private:
    job::Program program_;
    util::JsonStream stream_;
    std::uint64_t objects_ = 0;
};

}  // namespace maelstrom::run

#include "util/seconds.hpp"

namespace maelstrom::util {

std::optional<std::chrono::nanoseconds> seconds_of(const Value& value) {
    double seconds = -1;
    if (const auto* fraction = std::get_if<double>(&value.data)) {
        seconds = *fraction;
    } else if (const auto* whole = std::get_if<std::uint64_t>(&value.data)) {
        seconds = static_cast<double>(*whole);
    }
    const std::chrono::duration<double> duration(seconds);
    const bool is_sensible = seconds >= 0 && duration <= longest_duration;  // no NaN is
    if (!is_sensible) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::nanoseconds>(duration);
}

}  // namespace maelstrom::util

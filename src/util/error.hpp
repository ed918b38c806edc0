#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace maelstrom::util {

/// Which way out a caller has: mend the input, wait, ask for rights, or give up.
enum class ErrorKind {
    invalid,      ///< what was asked for makes no sense; the author of the input must change it
    not_found,    ///< a named thing does not exist
    denied,       ///< rights are missing
    unavailable,  ///< something outside is not there now
    exhausted,    ///< disk, memory, descriptors or a limit of ours
    cancelled,    ///< somebody asked us to stop
    system,       ///< everything else that Linux said
};

/// What went wrong, as a chain of what was being attempted, outermost first.
class Error {
public:
    Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

    /// From an `errno` value; the text is "<doing>: <reason>".
    static Error from_errno(int number, std::string_view doing);

    /// Puts "<activity>: " in front.
    Error& while_doing(std::string_view activity);

    ErrorKind kind() const { return kind_; }
    /// The `errno` behind it, 0 if none.
    int os_error() const { return os_error_; }
    /// The whole chain, joined by ": ".
    const std::string& message() const { return message_; }

private:
    ErrorKind kind_;
    int os_error_ = 0;
    std::string message_;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::invalid, "slots: found {}, expected 1…1000", text);`
template <class... Args>
std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
    return std::unexpected(Error(kind, fmt::format(format, std::forward<Args>(args)...)));
}

/// The error of a system call that has just failed: `return fail_errno("open {}", path);`
template <class... Args>
std::unexpected<Error> fail_errno(fmt::format_string<Args...> format, Args&&... args) {
    const int number = errno;
    return std::unexpected(
        Error::from_errno(number, fmt::format(format, std::forward<Args>(args)...)));
}

namespace detail {
inline std::unexpected<Error> propagate(Error&& error) {
    return std::unexpected(std::move(error));
}
template <class... Args>
std::unexpected<Error>
propagate(Error&& error, fmt::format_string<Args...> format, Args&&... args) {
    error.while_doing(fmt::format(format, std::forward<Args>(args)...));
    return std::unexpected(std::move(error));
}
}  // namespace detail

}  // namespace maelstrom::util

/// The value of a `Result`, or return its error from the enclosing function. Further arguments are
/// a format and its values: the activity that failed. Stands alone: a statement, an initialiser or
/// a returned value.
#define TRY(expression, ...)                                                                       \
    __extension__({                                                                                \
        auto&& try_result = (expression);                                                          \
        if (!try_result) [[unlikely]] {                                                            \
            return ::maelstrom::util::detail::propagate(                                           \
                std::move(try_result).error() __VA_OPT__(, ) __VA_ARGS__);                         \
        }                                                                                          \
        *std::move(try_result);                                                                    \
    })

#include "util/error.hpp"

#include <cstring>

namespace maelstrom::util {

namespace {

ErrorKind kind_of(int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
        return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::denied;
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return ErrorKind::exhausted;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT:
        return ErrorKind::unavailable;
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP:
        return ErrorKind::invalid;
    case ECANCELED:
        return ErrorKind::cancelled;
    default:
        return ErrorKind::system;
    }
}

}  // namespace

Error Error::from_errno(int number, std::string_view doing) {
    char buffer[128];
    // The GNU form returns the text; it may or may not lie in the buffer.
    const char* reason = strerror_r(number, buffer, sizeof buffer);
    Error error(kind_of(number), fmt::format("{}: {}", doing, reason));
    error.os_error_ = number;
    return error;
}

Error& Error::while_doing(std::string_view activity) {
    message_ = fmt::format("{}: {}", activity, message_);
    return *this;
}

}  // namespace maelstrom::util

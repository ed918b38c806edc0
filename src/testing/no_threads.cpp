#include "testing/no_threads.hpp"

#include "util/check.hpp"

#include <cstddef>

namespace maelstrom::testing {

NoThreads::NoThreads() {
    CHECK(::pthread_getattr_default_np(&before_) == 0);
    pthread_attr_t attributes;
    CHECK(::pthread_attr_init(&attributes) == 0);
    CHECK(::pthread_attr_setstacksize(&attributes, std::size_t{1} << 50U) == 0);
    CHECK(::pthread_setattr_default_np(&attributes) == 0);
    ::pthread_attr_destroy(&attributes);
}

NoThreads::~NoThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
}

}  // namespace maelstrom::testing

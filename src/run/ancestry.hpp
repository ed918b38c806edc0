#pragma once

#include "job/spec.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace maelstrom::run {

/// Knows which containers build on the built-in `host`, so that it is only made when it is needed.
class Ancestry {
public:
    void define(const std::string& name, const job::Container& container);
    /// Whether `host` is among what the container inherits from, as defined so far.
    bool leads_to_host(const job::Container& container) const;

private:
    /// The parent of each named container, empty for none.
    std::map<std::string, std::string, std::less<>> parents_;
};

}  // namespace maelstrom::run

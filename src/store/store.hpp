#pragma once

#include "util/bytes.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <memory>
#include <string>

namespace maelstrom::store {

struct Settings {
    std::string directory;                  ///< `<cache>/maelstrom/store/v1`; created when missing
    util::Bytes cache_size{1'000'000'000};  ///< soft: what live leases pin may exceed it
};

/// The content store that all programs of a user share, at the same time and without a daemon.
class Store {
public:
    static util::Result<std::unique_ptr<Store>> open(const Settings& settings);
    virtual ~Store() = default;
};

}  // namespace maelstrom::store

#pragma once

#include "store/store.hpp"

namespace maelstrom::store {

/// For tests: fills a directory with one blob, as "content".
class Showing final : public Store::Filler {
public:
    Showing(Store& store, Digest blob) : store_(store), blob_(std::move(blob)) {}
    util::Result<util::Bytes> fill(const sys::Fd& directory) override {
        (void)TRY(store_.place(blob_, {}, directory.get(), "content"));
        return util::Bytes{0};
    }

private:
    Store& store_;
    Digest blob_;
};

}  // namespace maelstrom::store

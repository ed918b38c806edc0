#include "store/parts.hpp"

#include "store/sha256.hpp"
#include "sys/disk.hpp"
#include "sys/file.hpp"

namespace maelstrom::store {

using sys::Fd;

Store::Parts::Parts(Settings given, Fd directory)
    : settings(std::move(given)), root(std::move(directory)),
      index(settings.directory + "/index.sqlite"), lease(root), sample_seed(sys::random_number()) {
}

Result<void> Store::Parts::go_on() const {
    if (stopped) {
        return util::fail(util::ErrorKind::cancelled, "the program is ending");
    }
    return {};
}

std::unexpected<util::Error> explained(util::Error error, const std::string& store) {
    const bool is_full = error.os_error() == ENOSPC || error.os_error() == EDQUOT;
    const std::string activity =
        is_full ? fmt::format("the file system of the store {} is full (free some space there, or "
                              "choose another cache directory)",
                              store)
                : fmt::format("storing in {}", store);
    if (error.message().find(activity) == std::string::npos) {
        error.while_doing(activity);
    }
    return std::unexpected(std::move(error));
}

std::unexpected<util::Error> Store::Parts::explained(util::Error error) const {
    return store::explained(std::move(error), settings.directory);
}

Result<void> Store::Parts::claim(const Digest& digest) {
    auto added = lease.add(digest);
    return added ? std::move(added) : explained(std::move(added).error());
}

Result<std::string> Store::Parts::draft_path() {
    auto path = lease.draft_path();
    return path ? std::move(path) : explained(std::move(path).error());
}

Result<void> Store::Parts::move_into_place(const std::string& draft,
                                           const std::string& path) const {
    auto renamed = sys::renameat(root.get(), draft, root.get(), path);
    if (!renamed && renamed.error().os_error() == ENOENT) {
        // The first of its directory.
        (void)sys::mkdirat(root.get(), path.substr(0, path.rfind('/')), 0700);
        renamed = sys::renameat(root.get(), draft, root.get(), path);
    }
    return renamed;
}

Result<Digest>
Store::Parts::copy_and_hash(const Fd& from, const Fd& to, std::span<char> buffer) const {
    Sha256 sha;
    for (;;) {
        const std::size_t count = TRY(sys::read(from, buffer));
        if (count == 0) {
            return sha.finish();
        }
        TRY(go_on());
        sha.update({buffer.data(), count});
        TRY(sys::write_all(to, {buffer.data(), count}));
    }
}

}  // namespace maelstrom::store

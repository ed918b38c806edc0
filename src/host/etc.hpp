#pragma once

#include "host/caller.hpp"
#include "host/layout.hpp"
#include "job/spec.hpp"

#include <string>
#include <vector>

namespace maelstrom::host {

// The container's /etc: copies of what programs look up there and what holds no secret, by
// allow-list, and a few files that say what is true in the container instead of on the host.
//
// Read anew for every run: some hundred links and sixty small files take about two milliseconds,
// remembering them would not be cheaper by much, and nothing can go stale.

/// Larger files of /etc are left out.
inline constexpr util::Bytes max_etc_file{4 << 20};

/// The copies. Only what everybody may read; no private keys. Links whose target the container does
/// not show are followed to one that it does, or replaced by the file's content.
std::vector<job::MadeFile> copied_etc(const Files& files, const Layout& layout);

/// passwd, group, hosts, hostname, nsswitch.conf, resolv.conf, mtab.
std::vector<job::MadeFile> written_etc(const Files& files, const Caller& caller);

}  // namespace maelstrom::host

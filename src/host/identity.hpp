#pragma once

#include "host/files.hpp"
#include "util/digest.hpp"

namespace maelstrom::host {

/// The name of the host base: results of tests may be remembered against it. It changes when a
/// package is installed, removed or upgraded, and when any file changes that no package owns.
/// Reads the package database and looks at each file of /usr/local and /opt, with as many threads
/// as there are cores (16,000 files: about 20 ms on two); on a system without a database that we
/// know, at every file of the base.
util::Digest base_identity(const Files& files);

}  // namespace maelstrom::host

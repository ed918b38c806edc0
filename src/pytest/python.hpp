#pragma once

#include "host/host.hpp"
#include "util/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace maelstrom::store {
class Store;
}

namespace maelstrom::pytest {

/// An interpreter with all that it can import, as it says itself.
struct Python {
    std::string executable;      ///< absolute; of the virtual environment if there is one
    std::string implementation;  ///< "cpython", "pypy"
    std::string version;         ///< "3.11.7"
    std::string cache_tag;       ///< of byte code: "cpython-311"
    std::vector<std::string>
        prefixes;                   ///< of the environment and of what it was made from; may repeat
    std::vector<std::string> path;  ///< `sys.path` without the current directory; may not exist
    std::vector<std::string> site_directories;  ///< where packages are installed
    std::vector<std::string> editable;          ///< projects that are installed in place
    std::string user_scripts;  ///< programs of packages in the user's own site; or empty
    std::string pytest;        ///< its version, "unknown", or empty if it cannot be imported
    bool operator==(const Python&) const = default;
};

struct PythonRequest {
    std::string python;  ///< the option: a path, a name for PATH, or empty for the usual names
    host::Variables variables;      ///< the caller's
    std::string working_directory;  ///< absolute
    /// Answers about files that changed just before are not remembered.
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
};

/// The interpreter that `python` means to the caller. It is started once to be asked; the answer is
/// remembered in the store, and later calls only look at the files that it depends on: interpreter,
/// configuration of the environment, site directories, `.pth` files, what pyenv and its like read.
util::Result<Python> find_python(const PythonRequest& request, store::Store& memo);

}  // namespace maelstrom::pytest

#include "pytest/init_text.hpp"

namespace maelstrom::pytest {

std::string_view init_text() {
    return R"(# How maelstrom-pytest runs the tests of this project. Everything here may be left out; without this file all tests
# run in the container "host", as with the one directive below.
#
# Directives apply in the order in which they stand here, each to the tests that its filter fits. One with a "parent"
# replaces the whole container, and all that directives before it said about it. One without a parent changes what it
# names and leaves the rest as it is. "timeout", "retries" and "ignore" stay until another directive changes them.

[[directives]]
# The container of a project without a file: the system directories of this machine, read-only; the interpreter with its
# packages; a snapshot of the project at its own path; a private writable root, /tmp and home directory.
parent = "host"

# network = "loopback"                  # or "disabled", or "local": the network of this machine
# enable_writable_file_system = true    # false: writing outside temporary directories fails
# working_directory = "/"               # of tests; left out: the directory in which maelstrom-pytest was called
# user = 1000                           # left out: the caller's
# group = 1000
# timeout = 60                          # seconds for each test; 0 or left out: no limit
# retries = 2                           # so many further attempts for a test that fails
# added_environment = { XDG_CACHE_HOME = "/tmp" }

# One test of its own kind: chosen by its node id.
#
# [[directives]]
# filter = 'node_id.equals(tests/test_server.py::test_serves_the_network)'
# network = "local"
# timeout = 10

# A container with a name, for directives to build on.
#
# [containers.with-data]
# parent = "host"
# added_layers = [{ paths = ["/srv/test-data/words.txt"] }]
#
# [[directives]]
# filter = 'markers.contains(words)'
# parent = "with-data"

# Filters worth knowing; keep them in single quotes:
#
# filter = 'name.equals(TestDiv.test_zero)'                   # by name
# filter = 'markers.contains(slow) || markers.contains(net)'  # by either of two markers
# filter = 'node_id.starts_with(tests/io/)'                   # by the beginning of the node id
# filter = 'node_id.ends_with(::test_smoke)'                  # by its end
#
# [[directives]]
# filter = 'markers.contains(needs_hardware)'
# ignore = true
)";
}

}  // namespace maelstrom::pytest

#pragma once

#include "host/host.hpp"
#include "host/layout.hpp"
#include "job/spec.hpp"

#include <string>
#include <vector>

namespace maelstrom::host {

/// Where a program in the host container starts and is at home; free of links.
struct Whereabouts {
    std::string home;
    std::string working_directory;
};

/// All that the container has besides the host's own trees and the project: mount points, devices'
/// names, links, empty directories, files of /etc. Every parent is among them. Adds the links that
/// it meets to the layout.
std::vector<job::MadeFile> make_skeleton(const Files& files,
                                         const HostRequest& request,
                                         const Whereabouts& whereabouts,
                                         Layout& layout);

}  // namespace maelstrom::host

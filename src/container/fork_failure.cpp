#include "container/fork_failure.hpp"

#include <fmt/format.h>

#include <string_view>
#include <system_error>

namespace maelstrom::container {

namespace {

std::string_view activity_of(fork_point::Step step) {
    switch (step) {
    case fork_point::Step::none:
        return "making a cell";
    case fork_point::Step::mount_table:
        return "reading the container's mount table";
    case fork_point::Step::guarded_proc:
        return "mounting a fresh /proc (parts of the container's own are covered)";
    case fork_point::Step::holder:
        return "making a network for jobs";
    case fork_point::Step::clone_cell:
        return "making namespaces";
    case fork_point::Step::id_maps:
        return "mapping user and group";
    case fork_point::Step::scratch:
        return "mounting scratch space";
    case fork_point::Step::overlay:
        return "stacking a private root on the container's";
    case fork_point::Step::enter_root:
        return "entering the private root";
    case fork_point::Step::mount:
        return "mounting what is fresh for each job";
    case fork_point::Step::loopback:
        return "raising the loopback interface";
    case fork_point::Step::privileges:
        return "giving up privileges";
    case fork_point::Step::keeper:
        return "making a cell (its first process was killed)";
    case fork_point::Step::fork:
        break;
    }
    return "forking";
}

}  // namespace

std::string explain_fork_failure(fork_point::Step step, int error) {
    return error == 0
               ? std::string(activity_of(step))
               : fmt::format("{}: {}", activity_of(step), std::generic_category().message(error));
}

}  // namespace maelstrom::container

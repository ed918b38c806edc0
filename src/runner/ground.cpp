#include "runner/ground.hpp"

#include "runner/collector.hpp"

#include <fmt/format.h>

namespace maelstrom::runner {

namespace {

const job::Fields every_field{job::Field::layers,
                              job::Field::environment,
                              job::Field::working_directory,
                              job::Field::enable_writable_file_system,
                              job::Field::mounts,
                              job::Field::network,
                              job::Field::user,
                              job::Field::group,
                              job::Field::capabilities,
                              job::Field::limits};

}  // namespace

JobRequest begin_request(const Ground& ground, const Case& test, Attempt attempt) {
    JobRequest request;
    request.job.container.parent = job::ContainerParent{
        .name = test.orders.container ? test.orders.container->name : ground.container,
        .use = every_field};
    request.extras.host_name = ground.host_name;
    request.extras.output_limit = ground.output_limit;
    for (const auto& [name, value] : test_variables(test, attempt)) {
        request.extras.variables.push_back(fmt::format("{}={}", name, value));
    }
    return request;
}

}  // namespace maelstrom::runner

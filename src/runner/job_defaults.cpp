#include "runner/job_defaults.hpp"

#include "job/fields.hpp"
#include "runner/collector.hpp"

#include <fmt/format.h>

namespace maelstrom::runner {

JobRequest begin_request(const JobDefaults& defaults, const Case& test, Attempt attempt) {
    JobRequest request;
    request.job.container.parent = job::ContainerParent{
        .name = test.orders.container ? test.orders.container->name : defaults.container,
        .use = job::all_fields()};
    request.extras.host_name = defaults.host_name;
    request.extras.output_limit = defaults.output_limit;
    for (const auto& [name, value] : test_variables(test, attempt)) {
        request.extras.variables.push_back(fmt::format("{}={}", name, value));
    }
    return request;
}

}  // namespace maelstrom::runner

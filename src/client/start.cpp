#include "client/client.hpp"
#include "client/local_executor.hpp"
#include "client/session.hpp"
#include "layer/builder.hpp"
#include "store/store.hpp"

#include <unistd.h>

namespace maelstrom::client {

using util::Result;

namespace {

job::Variables own_environment() {
    job::Variables variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t separator = text.find('=');
        if (separator != std::string_view::npos) {
            variables.emplace(text.substr(0, separator), text.substr(separator + 1));
        }
    }
    return variables;
}

std::string value_of(const job::Variables& variables, const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
}

}  // namespace

Result<std::unique_ptr<Client>> Client::start(const Settings& settings) {
    const job::Variables environment =
        settings.environment ? *settings.environment : own_environment();
    auto store = TRY(store::Store::open(
        {.directory = settings.store_directory, .cache_size = settings.cache_size}));
    store::Store& shelf = *store;
    auto builder =
        layer::Builder::create(shelf, {.project_directory = settings.project_directory,
                                       .home = value_of(environment, "HOME"),
                                       .ld_library_path = value_of(environment, "LD_LIBRARY_PATH"),
                                       .on_project = settings.on_project});
    return Session::create({.project_directory = settings.project_directory,
                            .environment = environment,
                            .host_container = settings.host_container},
                           std::move(store), std::move(builder),
                           [&](ExecutorListener& listener) -> Result<std::unique_ptr<Executor>> {
                               return LocalExecutor::start({.slots = settings.slots,
                                                            .inline_limit = settings.inline_limit,
                                                            .kill_grace = settings.kill_grace},
                                                           shelf, listener);
                           });
}

}  // namespace maelstrom::client

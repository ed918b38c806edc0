#include "pytest/framework.hpp"

#include "pytest/byte_code.hpp"
#include "pytest/container.hpp"
#include "pytest/init_text.hpp"
#include "pytest/plugin.hpp"
#include "pytest/python.hpp"
#include "pytest/root.hpp"
#include "store/store.hpp"
#include "sys/file.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <string_view>
#include <utility>

namespace maelstrom::pytest {

using util::Result;

namespace {

/// Without the host below it a container has a read-only root, where pytest would complain about
/// its cache, and mostly the project directly below that root, beside everything else.
void add_bare_arguments(Settings& settings, const std::string& project) {
    std::vector<std::string>& arguments = settings.arguments.everywhere;
    arguments.insert(arguments.begin(), {"-p", "no:cacheprovider"});
    if (settings.directory != "/") {
        return;
    }
    for (const std::string_view name :
         {"bin",    "boot",  "dev", "etc", "home", "lib",  "lib32", "lib64",
          "libx32", "media", "mnt", "nix", "opt",  "proc", "root",  "run",
          "sbin",   "srv",   "sys", "tmp", "usr",  "var"}) {
        if (!sys::fstatat(AT_FDCWD, fmt::format("{}/{}", project, name))) {
            arguments.push_back(fmt::format("--ignore=/{}", name));
        }
    }
}

}  // namespace

runner::Identity PytestFramework::identity() const {
    return {.program = "maelstrom-pytest",
            .starter_file = init_text(),
            .dialect = filter::Dialect::pytest};
}

std::string PytestFramework::project_root(const std::string& directory) const {
    return find_root(host::Files(), directory, options_.arguments.selection);
}

Result<runner::ProjectContainer>
PytestFramework::project_container(const std::string& directory, const host::Variables& variables) {
    const std::unique_ptr<store::Store> memo = TRY(open_store());
    const Python python = TRY(find_python(python_request(options_, directory, variables), *memo));
    interpreter_ = python.executable;
    return make_container(options_, python, directory, variables);
}

job::Container PytestFramework::equip(job::Container container) const {
    return with_plugin(std::move(container));
}

/// None where the store cannot be used: it costs time alone.
std::shared_ptr<ByteCode> PytestFramework::byte_code_of(const std::string& project) const {
    auto store = open_store();
    return store ? std::make_shared<ByteCode>(std::move(*store), project, interpreter_) : nullptr;
}

Result<std::unique_ptr<store::Store>> PytestFramework::open_store() const {
    return store::Store::open({.directory = options_.run.machine.store_directory(),
                               .cache_size = options_.run.machine.cache_size});
}

std::unique_ptr<runner::Collector> PytestFramework::collector(const runner::JobDefaults& defaults) {
    const bool one_by_hand = options_.run.shell || options_.run.debug;
    Settings settings{.container = defaults.container,
                      .host_name = defaults.host_name,
                      .directory = defaults.on_host ? defaults.project : defaults.directory,
                      .host_directory = defaults.project,
                      .working_directory = defaults.directory,
                      .python = interpreter_,
                      .container_python = options_.container_python,
                      .on_host = defaults.on_host,
                      .arguments = options_.arguments,
                      .isolation = one_by_hand ? Isolation::process : options_.isolation,
                      .list = defaults.list,
                      .tests_are_alone = options_.run.unit.value_or(runner::IsolationUnit::test) ==
                                         runner::IsolationUnit::test,
                      .variables_left_outside = defaults.variables_left_outside,
                      .output_limit = defaults.output_limit};
    if (defaults.on_host) {
        settings.byte_code = byte_code_of(defaults.project);
    } else {
        add_bare_arguments(settings, defaults.project);
    }
    return std::make_unique<PytestCollector>(std::move(settings));
}

}  // namespace maelstrom::pytest

#include "run/start_client.hpp"

#include "run/host_job.hpp"
#include "sys/file.hpp"

namespace maelstrom::run {

using util::Result;

namespace {

Terminal terminal_of(const Options& options) {
    return options.mode == Mode::terminal ? Terminal::yes : Terminal::no;
}

}  // namespace

Result<std::unique_ptr<client::Client>> start_client(const Options& options,
                                                     const config::Surroundings& surroundings) {
    const auto host = [&options, &surroundings] {
        return make_host(options.host, surroundings, terminal_of(options));
    };
    return client::Client::start({.project_directory = TRY(sys::current_directory()),
                                  .store_directory = options.cache_root + "/store/v1",
                                  .cache_size = options.cache_size,
                                  .slots = options.slots,
                                  .inline_limit = options.inline_limit,
                                  .kill_grace = options.kill_grace,
                                  .host_container = host,
                                  .on_project = warn_if_large});
}

}  // namespace maelstrom::run

#include "runner/watch_mode.hpp"

#include "runner/interrupts.hpp"
#include "runner/run_once.hpp"
#include "runner/setup.hpp"
#include "runner/watch_keys.hpp"
#include "sys/file.hpp"
#include "util/log.hpp"
#include "util/path.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <cerrno>
#include <optional>

namespace maelstrom::runner {

using util::Result;

namespace {

/// Why there is another run; neither: there is none.
struct Wake {
    std::optional<WatchKey> key;
    std::optional<std::string> change;
};

Result<Wake> wait_for_change(const Standing& standing, Watcher& watcher) {
    Wake wake;
    WatchTerminal terminal;
    standing.output.write(terminal.has_keys() ? "\nwaiting for changes; r: run again, f: only what "
                                                "failed, q: quit\n"
                                              : "\nwaiting for changes; Ctrl-C ends\n");
    TRY(standing.output.status());
    if (!terminal.has_keys()) {
        wake.change = watcher.wait();
        return wake;
    }
    wake.change = watcher.wait([&] {
        wake.key = terminal.key();
        return wake.key.has_value();
    });
    return wake;
}

}  // namespace

/// Everything is read anew, so whatever is wrong with it can be mended while this goes on.
Result<sys::ProgramEnd> run_and_watch(Standing& standing, Watcher& watcher) {
    for (;;) {
        Result<Setup> setup = prepare(standing);
        const Result<sys::ProgramEnd> end =
            setup ? run_once(standing, *setup) : std::unexpected(setup.error());
        // Nobody reads any more, or a report has nowhere to go: that does not mend itself.
        if (!end && end.error().os_error() == EPIPE) {
            return std::unexpected(end.error());
        }
        if (!end) {
            util::log::error("{}", end.error().message());
        }
        if (Interrupts::signal() != 0) {
            return sys::ProgramEnd{.signal = Interrupts::signal()};
        }
        const Wake wake = TRY(wait_for_change(standing, watcher));
        if (wake.key == WatchKey::quit) {
            return end ? sys::ProgramEnd{.code = end->code} : sys::ProgramEnd{.code = 1};
        }
        if (!wake.key && !wake.change) {
            return sys::ProgramEnd{.signal = Interrupts::signal()};
        }
        standing.only_failed = wake.key == WatchKey::run_failed;
        if (!wake.key) {
            standing.output.write(
                fmt::format("\n{} changed\n", wake.change->empty() ? "something" : *wake.change));
        }
    }
}

std::vector<std::string> written_files(const Standing& standing, const std::string& directory) {
    const Options& options = standing.options;
    std::vector<std::string> files{
        fmt::format("{}/{}", directory, standing.identity().own_directory())};
    const auto add = [&](const std::string& path) {
        const std::string whole = util::join_paths(directory, path);
        const std::size_t slash = whole.rfind('/');
        files.push_back(whole);
        // While it grows: ui::WholeFile.
        files.push_back(
            fmt::format("{}/.{}.next", whole.substr(0, slash), whole.substr(slash + 1)));
    };
    // Output may have been redirected into the project.
    for (const char* stream : {"/proc/self/fd/1", "/proc/self/fd/2"}) {
        if (const auto path = sys::readlinkat(AT_FDCWD, stream); path && path->starts_with('/')) {
            files.push_back(*path);
        }
    }
    if (options.reports.junit) {
        add(options.reports.junit->path);
    }
    if (options.reports.events) {
        add(options.reports.events->path);
    }
    return files;
}

}  // namespace maelstrom::runner

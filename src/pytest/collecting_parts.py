"""The process that collects: it reports every item, and goes on as a fork point where it has one.

Loaded by plugin.py, which says what it is asked to do.
"""

import gc
import os
import sys
import time

import _maelstrom_pytest as main
from _maelstrom_pytest import (
    Job,
    JobHooks,
    Places,
    Verdict,
    clean,
    coverage_of,
    file_of,
    forget_broken,
    leave,
    never_stop,
    part,
    skip_message,
)

MOST_COMPILED = 100 << 20
STARTED = int(time.time())


# What writes files for its user, by the names that pytest and plugins give their options.
WRITES = {
    "xmlpath": "--junit-xml",
    "log_file": "--log-file",
    "htmlpath": "--html",
    "allure_report_dir": "--alluredir",
    "json_report": "--json-report",
    "report_log": "--report-log",
    "benchmark_json": "--benchmark-json",
    "benchmark_autosave": "--benchmark-autosave",
    "store_durations": "--store-durations",
    "update_snapshots": "--snapshot-update",
    "snapshot_update": "--snapshot-update",
    "force_regen": "--force-regen",
    "regen_all": "--regen-all",
    "inline_snapshot": "--inline-snapshot",
    "testmon": "--testmon",
}


def reason_of(mark):
    reason = mark.kwargs.get("reason", mark.args[0] if mark.args else "")
    return str(reason) or "unconditional skip"


def compiled_files(items):
    """Byte code beside the modules and test files that were imported, pytest's rewritten one included; with the source."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files.extend(file_of(item) for item in items)
    for folder in sorted({os.path.dirname(os.path.abspath(file)) for file in files if file}):
        cache = os.path.join(folder, "__pycache__")
        # In what the host shows, read-only, there may be some of this very second, but nothing of ours.
        if not os.access(cache, os.W_OK):
            continue
        try:
            names = sorted(os.listdir(cache))
        except OSError:
            continue
        for name in names:
            if not name.endswith(".pyc"):
                continue
            path = os.path.join(cache, name)
            # Only what this process has compiled: the rest is there for the tests as well.
            status = os.stat(path)
            if min(status.st_mtime, status.st_ctime) >= STARTED:
                stem = name.rpartition(".%s" % sys.implementation.cache_tag)[0]
                yield path, os.path.join(folder, stem + ".py")


class Patience:
    """While a project is collected nearly all objects stay: looking for others again and again takes a quarter of the time."""

    def __init__(self):
        self._before = gc.get_threshold()
        if self._before[0] > 0:
            gc.set_threshold(max(self._before[0], 200000), *self._before[1:])

    def end(self):
        gc.set_threshold(*self._before)


class Collecting:
    def __init__(self, channel, point, leave_byte_code):
        self._channel = channel
        self._point = point
        self._status = 1
        self._job = None
        self._places = None
        self._skipped = []  # reports on files and classes whose tests nobody gets to know
        self._set_up = {}  # by kinds of files: whether they are set up
        self._patience = Patience()
        self._leaves_byte_code = leave_byte_code
        self._writes_byte_code = not sys.dont_write_bytecode
        if leave_byte_code:
            # What is compiled now need not be compiled for each test, or run. No plugin or conftest has been imported yet.
            sys.dont_write_bytecode = False

    def hooks(self):
        import pytest

        collecting = self

        class Hooks(JobHooks):
            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_collection_modifyitems(self, items):
                collecting._places = Places(items)
                yield

            def pytest_collectreport(self, report):
                if report.skipped:
                    collecting._skipped.append(report)
                elif report.failed:
                    collecting.report_broken(report)

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtest_protocol(self):
                yield from self.protocol()

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self, session):
                errors = session.testsfailed
                if errors and not session.config.option.continue_on_collection_errors:
                    raise session.Interrupted("%d error%s during collection" % (errors, "s"[: errors != 1]))
                coverage = coverage_of(session.config)
                collecting.report(session)
                collecting._patience.end()
                if collecting._point is not None:
                    self.job = collecting.become_job(session, coverage, self)
                outcome = yield
                if collecting._job is not None and coverage is not None:
                    collecting._channel.send(coverage.end())
                if collecting._job is not None:
                    collecting._job.end_loop(outcome)
                    if outcome.excinfo is None:
                        collecting.leave_early(session)

            def pytest_sessionfinish(self, exitstatus):
                collecting._status = int(exitstatus)

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_unconfigure(self):
                yield
                if collecting._job is not None:
                    # What follows gives up all items, and so copies them.
                    collecting.finish(collecting._status)
                    leave(collecting._status)

        class Loop:
            @pytest.hookimpl(tryfirst=True)
            def pytest_runtestloop(self):
                return True if collecting._job is None else None

        return [Hooks(), Loop()]

    def become_job(self, session, coverage, hooks):
        if coverage is not None:
            coverage.put_down()
        # The list stays: giving it up would touch, and so copy, every item.
        self._items = items = session.items
        forget_broken(session)
        never_stop(session)
        self._point.prepare(session.config)
        self._point.meanwhile = part("warming").warm_up(session, hooks, self._point.fill_gaps)
        order = self._point.serve(self._channel, len(items))
        os.environ.update(order["env"])
        if coverage is not None:
            coverage.begin()
        main.working_directory.begin_tests()
        session.items = [items[index] for start, count in order["items"] for index in range(start, start + count)]
        session.testscollected = len(session.items)
        self._job = Job(self._channel, len(session.items), self._point.progress)
        return self._job

    def leave_early(self, session):
        """What pytest does at the end of a session is worth nothing to a job whose tests passed."""
        if not (session.testsfailed or session.shouldfail or session.shouldstop):
            if self._point.can_leave_early:
                self.finish(0)  # says so if a plugin has left an item out
                leave(0)
            # Nobody reads it, and some plugins import much for it.
            session.config.hook.pytest_terminal_summary = lambda **arguments: []
        self._job.progress.show()

    def prepare_fork(self):
        if self._point is None:
            return
        obstacle = self._point.obstacle()
        if obstacle:
            self._channel.send({"cannot_fork": obstacle})
            self._point = None

    def report(self, session):
        self.prepare_fork()
        config = session.config
        ini = getattr(config, "inipath", None) or getattr(config, "inifile", None)
        root = getattr(config, "rootpath", None) or config.rootdir
        self._channel.send(
            {
                "rootdir": clean(str(root)),
                "inifile": clean(str(ini)) if ini else "",
                "paths": [clean(path) for path in getattr(config.option, "file_or_dir", None) or ()],
                "maxfail": config.option.maxfail,
                "writes": sorted({option for name, option in WRITES.items() if getattr(config.option, name, None)}),
                "dependent": self.dependent(session),
                "whole": self.is_whole(session),
            }
        )
        batch = []
        for item in session.items:
            batch.append(self.describe(item))
            if len(batch) == 1000:
                self._channel.send(*batch)
                batch = []
        self._channel.send(*batch)
        self._channel.send(*[self.describe_skipped(report, str(root)) for report in self._skipped])
        if self._leaves_byte_code:
            self.report_compiled(session.items)
            sys.dont_write_bytecode = not self._writes_byte_code

    def is_whole(self, session):
        """Whether nothing was left out: by an option, also in a configuration file, or by a plugin."""
        found = sum(self._places.counts.values()) if self._places else 0
        return found == len(session.items) and not os.environ.get("PYTEST_ADDOPTS", "").strip()

    @staticmethod
    def dependent(session):
        """How many items need to see what became of others, as pytest-dependency tells them."""
        if not session.config.pluginmanager.hasplugin("dependency"):
            return 0
        marks = (item.get_closest_marker("dependency") for item in session.items)
        return sum(1 for mark in marks if mark is not None and mark.kwargs.get("depends"))

    def report_broken(self, report):
        """What could not be collected, at once: pytest may end before the others are reported."""
        verdict = Verdict()
        verdict.add(report)
        self._channel.send(dict(verdict.as_report(), broken=clean(report.nodeid)))

    def report_compiled(self, items):
        left = MOST_COMPILED
        for path, source in compiled_files(items):
            with open(path, "rb") as file:
                content = file.read()
            left -= len(content)
            if left < 0:
                break
            self._channel.send({"compiled": clean(path), "source": clean(source), "content": content.hex()})

    def describe(self, item):
        file, index = self._places.of(item)
        skips = list(item.iter_markers(name="skip"))
        described = {
            "id": clean(item.nodeid),
            "name": clean(str(item.location[2])),
            "file": clean(file),
            "line": item.location[1] + 1 if isinstance(item.location[1], int) else 0,
            "index": index,
            "count": self._places.counts.get(file, 0),
            "markers": list(dict.fromkeys(clean(mark.name) for mark in item.iter_markers())),
            "skip": clean(reason_of(skips[0])) if skips else None,
        }
        if self.needs_file(item):
            described["needs_file"] = 1
        return described

    def needs_file(self, item):
        """Whether the item's file is no Python and is set up for its items together: cells of one notebook, for example."""
        import pytest

        kind = type(item.getparent(pytest.File))
        if kind not in self._set_up:
            base = pytest.File
            alike = issubclass(kind, (pytest.Module, type(None)))
            self._set_up[kind] = not alike and (kind.setup is not base.setup or kind.teardown is not base.teardown)
        return self._set_up[kind]

    @staticmethod
    def describe_skipped(report, root):
        """As if it were one item, which pytest counts it as, too. All others are described before: orders name them by number."""
        return {
            "id": clean(report.nodeid),
            "name": "",
            "file": clean(os.path.join(root, report.nodeid.partition("::")[0])),
            "line": 0,
            "index": -1,
            "count": 0,
            "markers": [],
            "skip": clean(skip_message(report)),
        }

    def finish(self, status):
        if self._job is not None:
            self._job.finish(status)

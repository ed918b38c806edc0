"""Runs pytest inside a container of Maelstrom's: PYTEST_DONT_REWRITE (nothing here is a test).

Started as a script, with pytest's arguments, in place of `python -m pytest`. What to do stands in the variable
MAELSTROM_PYTEST_TASK, as JSON, or where it is longer than a variable may be in a file that it names:

    {"do": "collect", "compile": …}     collect everything and report each item; then become a fork point, if the
                                        variable MAELSTROM_FORK_POINT says where its owner is; "compile": leave
                                        byte code behind and report it
    {"do": "run", "file": …, "count": …, "items": [{"index": …, "id": …}, …], "alone": …}
                                        run items, each at `index` of the `count` items that `file` gives;
                                        "alone": collect nothing that they do not need; "env": variables too long
                                        to be given
    {"do": "coverage", "measured": …, "failed": …}
                                        let pytest-cov report on what is in that file, after so many failures

Where MAELSTROM_HELD_BACK names the first of two descriptors, pytest captures into these files, and whoever has
passed them sees what a test had printed that has killed this process.

With "directory": … pytest is started there, and tests are in the working directory that this process has begun in.

Reports leave as lines of JSON through what was standard output when the program started. Everything that pytest,
plugins and tests print, to either stream, goes to standard error, so that nothing can get between the reports.

An item is named by its place in its file, not by its id: ids may hold the time, a random number, a temporary path
or nothing at all, and differ from one process to the next. Where the id is stable it must agree.

What only some processes need is in files beside this one, so that a test's own process need not compile it:
collecting_parts.py, fork_point_parts.py, warming_parts.py, coverage_parts.py.
"""

import fcntl
import io
import json
import os
import runpy
import sys
import time

NAME = "_maelstrom_pytest"
MOST_TEXT = 40000  # characters of each text of a report
MOST_SO_FAR = 10000  # and of what has been captured before its end
# Bytes of a report. The runner keeps a million of a stream, the first half of them in any case.
MOST_REPORT = 450000
INTERRUPTED = 2  # pytest's exit status


def clean(text):
    """The same text without what UTF-8 cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def encoded(report):
    """One line of JSON. What UTF-8 cannot hold becomes what JSON writes for it."""
    return json.dumps(report, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def shortened(report):
    """The same in no more than MOST_REPORT bytes: with fewer properties, and if need be with less of its texts."""
    if len(encoded(report)) <= MOST_REPORT:
        return report
    properties = report.pop("properties", [])
    if properties:
        report["properties"] = fitting(properties, MOST_REPORT - len(encoded(report)))
    texts = {"text": slice(None, -1000), "out": slice(1000, None), "err": slice(1000, None)}
    while len(encoded(report)) > MOST_REPORT:
        longest = max(texts, key=lambda name: len(encoded(report.get(name, ""))))
        report[longest] = report[longest][texts[longest]]
    return report


def fitting(properties, room):
    """As many of them as have room, and how many have not."""
    kept = []
    room -= 200  # for the last
    for pair in properties:
        room -= len(encoded(pair)) + 1
        if room < 0:
            left = len(properties) - len(kept)
            note = "%d of the properties: a report has at most %d bytes" % (left, MOST_REPORT)
            return kept + [{"name": "left out", "value": note}]
        kept.append(pair)
    return kept


class Channel:
    """Standard output as it was at the start, out of everybody's way."""

    def __init__(self):
        self._owner = os.getpid()
        try:
            self._descriptor = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 500)
        except OSError:
            self._descriptor = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 3)
        os.dup2(2, 1)

    def become_jobs(self):
        """The descriptor is the same after a fork, and what it leads to is the job's."""
        self._owner = os.getpid()

    @property
    def descriptor(self):
        return self._descriptor

    def send(self, *reports):
        # A test may fork, and its child may come all the way here: it has nothing to report.
        if os.getpid() != self._owner:
            return
        data = b"".join(map(encoded, reports))
        while data:
            data = data[os.write(self._descriptor, data) :]


def capture_streams(config):
    """What pytest captures for the whole session; none if it does not."""
    return getattr(config.pluginmanager.getplugin("capturemanager"), "_global_capturing", None)


def capture_files(config):
    """The descriptors of the files into which pytest captures output and errors; empty if there are none."""
    streams = capture_streams(config)
    descriptors = []
    for name in ("out", "err"):
        try:
            descriptors.append(getattr(streams, name).tmpfile.fileno())
        except (AttributeError, OSError, ValueError):
            return []  # nothing is captured, or not in files
    return descriptors


class HeldBack:
    """Two files whose owner finds in them what pytest had captured, should this process be killed."""

    def __init__(self, first):
        self._files = [int(first), int(first) + 1]
        for descriptor in self._files:
            os.set_inheritable(descriptor, False)

    def use(self, config):
        """They take the place of pytest's, with what is in those: its streams stay, modules have kept them."""
        files, self._files = self._files, []
        for descriptor, file in zip(capture_files(config), files):
            data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
            while data:
                data = data[os.write(file, data) :]
            os.dup2(file, descriptor, inheritable=False)
        for file in files:
            os.close(file)


def path_of(node):
    return str(getattr(node, "path", None) or node.fspath)


def file_of(item):
    """The file that was collected to get the item, not where its function was written."""
    import pytest

    node = item.getparent(pytest.File)
    return path_of(item if node is None else node)


def shared_file_of(item):
    """The same for all of its kind that have the same parent; or None."""
    import pytest

    is_of_its_own = isinstance(item, pytest.File) or item.getparent(pytest.File) is None
    return None if is_of_its_own else file_of(item)


class Places:
    """Where items stand in their files, before any plugin deselects or sorts them."""

    def __init__(self, items):
        self._places = {}
        self.counts = {}
        shared = {}  # by items that stand beside one another
        for item in items:
            siblings = (id(item.parent), type(item))
            if siblings not in shared:
                shared[siblings] = shared_file_of(item)
            file = shared[siblings] or file_of(item)
            index = self.counts.get(file, 0)
            self.counts[file] = index + 1
            self._places[id(item)] = (file, index)

    def of(self, item):
        # Items that a plugin made up later have no place: their id must do.
        return self._places.get(id(item), (file_of(item), -1))


def skip_message(report):
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].replace("Skipped: ", "", 1)
    return str(report.longrepr)


def text_of(report):
    """As `longreprtext`, which cuts the first line's indentation off."""
    try:
        from _pytest._io import TerminalWriter
    except ImportError:  # pytest < 5.4
        return report.longreprtext
    file = io.StringIO()
    writer = TerminalWriter(file)
    writer.hasmarkup = False
    report.toterminal(writer)
    return file.getvalue().strip("\n")


def flush_streams():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass


def leave(status):
    # Neither threads that a test left behind nor handlers at exit have anything to say about its verdict.
    flush_streams()
    os._exit(status)


class Verdict:
    """What the reports of an item's phases come to."""

    def __init__(self):
        self.outcome = "unfinished"
        self.message = ""
        self.place = ("", 0)
        self.text = ""
        self.captured = {"out": "", "err": ""}
        self.properties = []

    def add(self, report):
        self.keep_captured(report)
        self.properties = getattr(report, "user_properties", None) or self.properties
        if report.outcome == "failed":
            if self.outcome not in ("failed", "error"):
                self.outcome = "failed" if getattr(report, "when", None) == "call" else "error"
                self.message = self.crash_message(report)
                self.place = self.crash_place(report)
            self.text += text_of(report) + "\n"
        elif self.outcome != "unfinished":
            pass
        elif hasattr(report, "wasxfail"):
            self.outcome = "xfailed" if report.skipped else "xpassed"
            self.message = report.wasxfail.replace("reason: ", "", 1)
        elif report.skipped:
            # A part of a test (a sub-test) that is skipped does not skip the test.
            if not hasattr(report, "context"):
                self.outcome = "skipped"
                self.message = skip_message(report)
        elif report.when == "call" and report.passed and not hasattr(report, "context"):
            self.outcome = "passed"

    def keep_captured(self, report):
        for stream, word in (("out", "stdout"), ("err", "stderr")):
            text = "".join(content for name, content in report.sections if name.startswith("Captured " + word))
            if text:
                self.captured[stream] = text

    @staticmethod
    def crash_place(report):
        crash = getattr(report.longrepr, "reprcrash", None)
        try:
            return str(crash.path), int(crash.lineno)
        except (AttributeError, TypeError, ValueError):  # none, or one of a plugin's making
            return "", 0

    @staticmethod
    def crash_message(report):
        crash = getattr(report.longrepr, "reprcrash", None)
        if isinstance(getattr(crash, "message", None), str):
            return crash.message
        last = report.longreprtext.strip().rpartition("\n")[2]
        return last[1:].strip() if last.startswith("E  ") else last

    def as_report(self):
        report = {"outcome": self.outcome}
        texts = {
            "message": clean(self.message)[:2000],
            "crash_file": clean(self.place[0])[:4096],
            "crash_line": self.place[1],
            "text": clean(self.text)[:MOST_TEXT],
            "out": clean(self.captured["out"])[-MOST_TEXT:],
            "err": clean(self.captured["err"])[-MOST_TEXT:],
        }
        report.update((name, text) for name, text in texts.items() if text)
        if self.properties:
            report["properties"] = [
                {"name": clean(str(pair[0]))[:2000], "value": clean(str(pair[1]))[:MOST_TEXT]}
                for pair in self.properties
                if isinstance(pair, (list, tuple)) and len(pair) == 2
            ]
        return shortened(report)


def coverage_of(config):
    """What this process measures, if pytest-cov is at work."""
    if config.pluginmanager.getplugin("_cov") is None:
        return None
    parts = part("coverage")
    plugin = parts.plugin_of(config)
    return None if plugin is None else parts.Part(plugin)


def part(name):
    """A file beside this one, as a module. No byte code is written: it would look like the project's."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytest_%s.py" % name)
    module = type(sys)("%s_%s" % (NAME, name))
    module.__file__ = path
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    return module


def forget_broken(session):
    """What could not be collected is reported, and no fault of the items that follow."""
    if session.testsfailed:
        session.testsfailed = 0
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter.stats.pop("error", None)


class WorkingDirectory:
    """Where tests are, if pytest collects somewhere else: ids and its configuration depend on that."""

    def __init__(self, collecting):
        self._of_tests = None
        here = os.getcwd()
        try:
            if collecting is None or os.path.samefile(collecting, here):
                return
            os.chdir(collecting)
        except OSError:
            return  # this container does not have it
        self._of_tests = here
        named = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and not os.path.isabs(path)]
        moved = {os.path.normpath(os.path.join(here, path)): os.path.abspath(path) for path in named}
        sys.path[:] = [moved.get(os.path.normpath(path), path) for path in sys.path]

    def begin_tests(self):
        if self._of_tests is not None:
            os.chdir(self._of_tests)


def never_stop(session):
    """How many failures end a run is the runner's business: it retries, and knows of other processes."""
    session.config.option.maxfail = 0


class Job:
    """The items that one process runs, in order, named by their places in its order."""

    def __init__(self, channel, count, progress=None):
        self._channel = channel
        self.progress = progress
        self._waiting = list(range(count))
        self.is_shared = count > 1
        self.current = None
        self._verdict = None
        self._start = 0.0
        self._has_reported = False
        self._was_stopped = False

    def start(self):
        if self.current is None and self._waiting:  # else a plugin runs the same item again
            self.current = self._waiting.pop(0)
            self._verdict = Verdict()
            self._start = time.perf_counter()

    def add(self, report):
        self.start()
        if report.outcome != "rerun" and self._verdict is not None:
            self._verdict.add(report)
            if getattr(report, "when", None) in ("setup", "call"):
                self._say_so_far()

    def _say_so_far(self):
        """What the phases that have ended printed, in case the process does not reach the item's end."""
        captured = {name: clean(text)[-MOST_SO_FAR:] for name, text in self._verdict.captured.items() if text}
        if captured:
            self._channel.send({"item": self.current, "so_far": captured})

    def finish_item(self):
        if self.current is None:
            return
        report = self._verdict.as_report()
        report["item"] = self.current
        report["seconds"] = time.perf_counter() - self._start
        self._channel.send(report)
        self._has_reported = True
        self.current = None

    def say(self, item, outcome):
        self._channel.send({"item": item, "outcome": outcome})
        self._has_reported = True

    def waiting(self):
        return list(self._waiting)

    def drop(self, item, outcome):
        self._waiting.remove(item)
        self.say(item, outcome)

    def end_loop(self, outcome):
        """An exception is how a test (`pytest.exit`) or a plugin (`session.shouldstop`) ends the session before its last item."""
        self._was_stopped = outcome.excinfo is not None

    def finish(self, status):
        self.finish_item()
        if self._was_stopped and self._has_reported:
            self._channel.send({"stopped": True})  # those that wait have nothing to do with it, and run elsewhere
            return
        if status == INTERRUPTED:
            return
        for item in self._waiting:
            self.say(item, "deselected" if status in (0, 1, 5) else "unfinished")


class JobHooks:
    """What tells a job about its items. `job` is none where nothing runs."""

    job = None
    in_protocol = False

    def pytest_runtest_logstart(self, nodeid, location):
        if self.job is not None:
            if self.job.is_shared:
                os.environ["MAELSTROM_TEST"] = clean(nodeid).replace("\0", "")
            self.job.start()
            self.show("pytest_runtest_logstart", nodeid=nodeid, location=location)

    def pytest_runtest_logreport(self, report):
        if self.job is not None:
            self.job.add(report)
            self.show("pytest_runtest_logreport", report=report)

    def pytest_runtest_logfinish(self, nodeid):
        if self.job is not None:
            if not self.in_protocol:
                self.job.finish_item()
            self.show("pytest_runtest_logfinish", nodeid=nodeid)

    def protocol(self):
        """An item is finished when this is: plugins that run it again announce each attempt as a new item."""
        self.in_protocol = True
        yield
        self.in_protocol = False
        if self.job is not None:
            self.job.finish_item()

    def show(self, name, **arguments):
        if self.job.progress is not None:
            self.job.progress.add(name, **arguments)


def uncaptured_hooks(hooks):
    """Marks what an item prints past pytest: a terminal shows it between other things. text.hpp knows the marks."""
    import pytest

    def mark(word):
        flush_streams()
        os.write(2, ("\x1emaelstrom %s\x1e" % word).encode())

    def marked():
        place = None if hooks.job is None else hooks.job.current
        if place is not None:
            mark(place)
        yield
        if place is not None:
            mark("end")

    class Hooks:
        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_setup(self):
            yield from marked()

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_call(self):
            yield from marked()

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_teardown(self):
            yield from marked()

    return Hooks()


class Running:
    def __init__(self, channel, task):
        self._task = task
        self._channel = channel
        self._job = Job(channel, len(task["items"]))
        self._places = set()
        for item in task["items"]:
            names = [name for name in item["id"].partition("[")[0].split("::")[1:] if name != "()"]
            self._places.update(tuple(names[:count]) for count in range(1, len(names) + 1))

    def hooks(self):
        import pytest

        running = self

        class Hooks(JobHooks):
            job = running._job

            @pytest.hookimpl(tryfirst=True)
            def pytest_collection(self, session):
                if held_back is not None:
                    held_back.use(session.config)  # nothing is being captured at the moment

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_collection_modifyitems(self, items):
                chosen = running.choose_all(items)
                yield
                kept = set(map(id, items))
                items[:] = [item for item in chosen if id(item) in kept]
                running.forget_others(chosen, kept)

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtest_protocol(self):
                yield from self.protocol()

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self, session):
                never_stop(session)
                if session.config.option.continue_on_collection_errors:
                    forget_broken(session)
                coverage = coverage_of(session.config)
                if coverage is not None:
                    coverage.begin()
                working_directory.begin_tests()
                running._job.end_loop((yield))
                if coverage is not None:
                    running._channel.send(coverage.end())

        class OtherFiles:
            if int(pytest.__version__.split(".")[0]) >= 7:

                @pytest.hookimpl(tryfirst=True)
                def pytest_ignore_collect(self, collection_path):
                    return True if running.is_other(str(collection_path)) else None

            else:

                @pytest.hookimpl(tryfirst=True)
                def pytest_ignore_collect(self, path):
                    return True if running.is_other(str(path)) else None

        class AloneHooks(OtherFiles, Hooks):
            @pytest.hookimpl(tryfirst=True)
            def pytest_pycollect_makeitem(self, collector, name):
                classes = [node.name for node in collector.listchain() if isinstance(node, pytest.Class)]
                return [] if running.is_other_place(classes + [name]) else None

        return [AloneHooks() if self._task["alone"] else Hooks()]

    def is_other(self, path):
        """Whether the items' file can be collected without that file or directory."""
        wanted = self._task["file"]
        if os.path.basename(path) == "__init__.py":
            path = os.path.dirname(path)
        return clean(path) != wanted and not wanted.startswith(clean(path).rstrip("/") + "/")

    def is_other_place(self, names):
        """Whether the items can be collected without that function or class: it may have 60,000 items."""
        return tuple(names) not in self._places

    def choose_all(self, items):
        places = Places(items)
        here = [item for item in items if clean(places.of(item)[0]) == self._task["file"]]
        by_id = {}
        for item in items:
            by_id.setdefault(clean(item.nodeid), item)
        chosen = []
        for place, wanted in enumerate(self._task["items"]):
            item = self.choose(wanted, here, by_id)
            if item is None:
                self._job.drop(place, "lost")
            else:
                chosen.append(item)
        return chosen

    def choose(self, wanted, here, by_id):
        placed = here[wanted["index"]] if 0 <= wanted["index"] < len(here) else None
        if placed is not None and clean(placed.nodeid) == wanted["id"]:
            return placed
        if wanted["id"] in by_id:
            return by_id[wanted["id"]]
        # The id holds something that is different in each process: the place decides.
        if placed is not None and len(here) == self._task["count"]:
            if clean(placed.nodeid).partition("[")[0] == wanted["id"].partition("[")[0]:
                return placed
        return None

    def forget_others(self, chosen, kept):
        """What arguments or plugins have left out."""
        for place, item in zip(self._job.waiting(), chosen):
            if id(item) not in kept:
                self._job.drop(place, "deselected")

    def finish(self, status):
        self._job.finish(status)


task = None
working_directory = None
held_back = None


def without_workers(early_config, args):
    # One test needs no worker processes, and a collection none either; they would not know this plugin.
    if early_config.pluginmanager.hasplugin("xdist"):
        known = early_config.known_args_namespace
        if getattr(known, "numprocesses", None) or getattr(known, "tx", None):
            # As it is with worker processes: each runs what it could collect.
            args.append("--continue-on-collection-errors")
        args.extend(["-n0", "--dist=no"])
        # Plugins look here before those arguments are read.
        known.numprocesses = 0
        known.dist = "no"
    yield


def pytest_configure(config):
    every = task.hooks()
    # "tee-sys" prints again what it has captured.
    if config.option.capture in ("no", "sys") and not os.isatty(2):
        every.append(uncaptured_hooks(every[0]))
    for index, hooks in enumerate(every):
        config.pluginmanager.register(hooks, "%s_%d" % (NAME, index))


def fork_point(channel, control):
    """None where this process is not to become one, or cannot."""
    if control is None:
        return None
    try:
        parts = part("fork_point")
    except ImportError as error:
        channel.send({"cannot_fork": "the interpreter lacks the module %s" % error.name})
        return None
    return parts.ForkPoint(int(control))


def given_task():
    text = os.environ.pop("MAELSTROM_PYTEST_TASK")
    if text.startswith("/"):
        with open(text, encoding="utf-8") as file:
            return json.load(file)
    return json.loads(text)


def main():
    global held_back, task, working_directory
    sys.modules[NAME] = sys.modules["__main__"]
    channel = Channel()
    order = given_task()
    os.environ.update(order.get("env", {}))
    first = os.environ.pop("MAELSTROM_HELD_BACK", None)
    held_back = None if first is None else HeldBack(first)
    working_directory = WorkingDirectory(order.get("directory"))
    point = fork_point(channel, os.environ.pop("MAELSTROM_FORK_POINT", None))
    if order["do"] == "run":
        task = Running(channel, order)
    elif order["do"] == "coverage":
        task = part("coverage").Whole(channel, order)
    else:
        task = part("collecting").Collecting(channel, point, order["compile"])
    # As `python -m pytest` would have it: where it is started, not where this file lies.
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    sys.argv[1:1] = ["-p", NAME]
    try:
        import pytest

        # A wrapper comes before all others.
        globals()["pytest_load_initial_conftests"] = pytest.hookimpl(hookwrapper=True)(without_workers)
    except ImportError as error:
        if getattr(error, "name", None) == "pytest":
            channel.send({"problem": "no pytest"})
        raise
    try:
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = 0 if end.code is None else end.code if isinstance(end.code, int) else 1
    task.finish(int(status))
    leave(int(status))


if __name__ == "__main__":
    main()

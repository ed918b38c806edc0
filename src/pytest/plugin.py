"""Runs pytest inside a container of Maelstrom's: PYTEST_DONT_REWRITE (nothing here is a test).

Started as a script, with pytest's arguments, in place of `python -m pytest`. What to do stands in the variable
MAELSTROM_PYTEST_TASK, as JSON:

    {"do": "collect", "compile": …}     collect everything and report each item; then become a fork point, if the
                                        variable MAELSTROM_FORK_POINT says where its owner is; "compile": leave
                                        byte code behind and report it
    {"do": "run", "file": …, "count": …, "items": [{"index": …, "id": …}, …], "alone": …}
                                        run items, each at `index` of the `count` items that `file` gives;
                                        "alone": collect no other file
    {"do": "coverage", "measured": …, "failed": …}
                                        let pytest-cov report on what is in that file, after so many failures

Reports leave as lines of JSON through what was standard output when the program started. Everything that pytest,
plugins and tests print, to either stream, goes to standard error, so that nothing can get between the reports.

An item is named by its place in its file, not by its id: ids may hold the time, a random number, a temporary path
or nothing at all, and differ from one process to the next. Where the id is stable it must agree.

A collecting process that is a fork point has everything imported, and stands still in `pytest_runtestloop`, where a
plain run would begin to run tests. Each job is forked from it there and goes on with the items it is told to run:

    {"items": [[start, count], …], "env": {…}}
                                        ranges of collected items; variables of this job
"""

import fcntl
import gc
import json
import os
import runpy
import sys
import time

try:
    import ctypes
except ImportError:
    ctypes = None

NAME = "_maelstrom_pytest"
LIBRARY = "/.maelstrom/fork_point.so"
# Characters of each text of a report; at worst each takes six bytes, and a report has to fit into what the
# runner keeps of a stream.
MOST_TEXT = 40000
INTERRUPTED = 2  # pytest's exit status
MOST_COMPILED = 100 << 20
STARTED = int(time.time())


def clean(text):
    """The same text without what UTF-8 cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def hidden(descriptor):
    """The same file under a number that is out of everybody's way."""
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 500)
    except OSError:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


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
        data = "".join(json.dumps(report) + "\n" for report in reports).encode("ascii")
        while data:
            data = data[os.write(self._descriptor, data) :]


def path_of(node):
    return str(getattr(node, "path", None) or node.fspath)


def file_of(item):
    """The file that was collected to get the item, not where its function was written."""
    import pytest

    node = item.getparent(pytest.File)
    return path_of(item if node is None else node)


class Places:
    """Where items stand in their files, before any plugin deselects or sorts them."""

    def __init__(self, items):
        self._places = {}
        self.counts = {}
        for item in items:
            file = file_of(item)
            index = self.counts.get(file, 0)
            self.counts[file] = index + 1
            self._places[id(item)] = (file, index)

    def of(self, item):
        # Items that a plugin made up later have no place: their id must do.
        return self._places.get(id(item), (file_of(item), -1))


def reason_of(mark):
    reason = mark.kwargs.get("reason", mark.args[0] if mark.args else "")
    return str(reason) or "unconditional skip"


def compiled_files(items):
    """Byte code beside the modules and test files that were imported, pytest's rewritten one included; with the source."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files.extend(file_of(item) for item in items)
    for folder in sorted({os.path.dirname(os.path.abspath(file)) for file in files if file}):
        cache = os.path.join(folder, "__pycache__")
        try:
            names = sorted(os.listdir(cache))
        except OSError:
            continue
        for name in names:
            path = os.path.join(cache, name)
            # Only what this process has compiled: the rest is there for the tests as well.
            status = os.stat(path)
            if name.endswith(".pyc") and min(status.st_mtime, status.st_ctime) >= STARTED:
                stem = name.rpartition(".%s" % sys.implementation.cache_tag)[0]
                yield path, os.path.join(folder, stem + ".py")


class ForkPoint:
    """Where a process stands still and forks itself for each job (see the library's source for the protocol)."""

    def __init__(self, control):
        self._control = control
        self._library = ctypes.PyDLL(LIBRARY)  # keeps the interpreter's lock: jobs start with it
        self._keep_memory_together()

    def _keep_memory_together(self):
        """Large pages, which make forks cheap, need memory that is not scattered between libraries."""
        set_allocator = getattr(ctypes.pythonapi, "PyObject_SetArenaAllocator", None)
        if sys.implementation.name != "cpython" or set_allocator is None:
            return

        class ArenaAllocator(ctypes.Structure):
            _fields_ = [(name, ctypes.c_void_p) for name in ("context", "alloc", "free")]

        def address(name):
            return ctypes.cast(getattr(self._library, name), ctypes.c_void_p)

        allocator = ArenaAllocator(
            None, address("maelstrom_fork_point_new_arena"), address("maelstrom_fork_point_free_arena")
        )
        set_allocator(ctypes.byref(allocator))  # keeps a copy

    @staticmethod
    def obstacle():
        """Why this process cannot fork its jobs: threads, which a fork would lose."""
        if len(os.listdir("/proc/self/task")) == 1:
            return None
        # Some libraries end theirs before a fork and start them again when needed.
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        left = len(os.listdir("/proc/self/task")) - 1
        if left == 0:
            return None
        return "the imported modules have started %d thread%s" % (left, "s"[: left != 1])

    def serve(self, channel, private_files):
        """The order of the job that this process has become."""
        outputs = (ctypes.c_int * 1)(channel.descriptor)
        errors = self._same_as(2)
        private = (ctypes.c_int * len(private_files))(*private_files)
        task = ctypes.POINTER(ctypes.c_char)()
        size = ctypes.c_uint32()
        directory = os.fsencode(os.getcwd())
        gc.collect()
        gc.freeze()  # a collection in a job would touch, and so copy, every object
        ctypes.pythonapi.PyOS_BeforeFork()
        answer = self._library.maelstrom_fork_point_serve(
            self._control,
            outputs,
            1,
            errors,
            len(errors),
            private,
            len(private),
            directory,
            ctypes.byref(task),
            ctypes.byref(size),
        )
        if answer != 1:
            os._exit(0)
        ctypes.pythonapi.PyOS_AfterFork_Child()
        channel.become_jobs()
        return json.loads(ctypes.string_at(task, size.value))

    @staticmethod
    def _same_as(descriptor):
        """All descriptors of the same file, such as the ones that pytest keeps while it captures."""
        wanted = os.fstat(descriptor)
        found = []
        for name in os.listdir("/proc/self/fd"):
            try:
                if os.path.samestat(os.fstat(int(name)), wanted):
                    found.append(int(name))
            except OSError:
                pass  # the one that listed them
        return (ctypes.c_int * len(found))(*found)


class Capturing:
    """What pytest captures for the whole session, into files that jobs must not share."""

    def __init__(self, config):
        self._manager = config.pluginmanager.getplugin("capturemanager")
        self._files = []

    def start_anew(self):
        """Into files in memory; their descriptors. They spare each job a copy of the directory for temporary ones."""
        if self._manager is not None:
            import _pytest.capture

            self._manager.stop_global_capturing()
            on_disk = _pytest.capture.TemporaryFile
            _pytest.capture.TemporaryFile = self._file_in_memory
            try:
                self._manager.start_global_capturing()
                self._manager.suspend_global_capture()
            finally:
                _pytest.capture.TemporaryFile = on_disk
        return self._files

    def _file_in_memory(self, buffering=0):
        descriptor = os.memfd_create("capture")
        self._files.append(descriptor)
        return os.fdopen(descriptor, "w+b", buffering)


def forget_cache(config):
    """Spares each job writing down all ids, in a file system that goes away with it."""
    for name in ("lfplugin", "nfplugin"):
        if config.pluginmanager.hasplugin(name):
            config.pluginmanager.unregister(name=name)


def others_care_about_the_end(config):
    """Whether a plugin or conftest file does something at the end of a session."""
    for name in ("pytest_sessionfinish", "pytest_unconfigure", "pytest_terminal_summary"):
        for implementation in getattr(config.hook, name).get_hookimpls():
            plugin = implementation.plugin
            module = getattr(plugin, "__name__", None) or type(plugin).__module__
            if not module.startswith("_pytest.") and module != __name__:
                return True
    return False


class Progress:
    """What pytest's terminal says of a job's items: nothing while they pass, since nobody looks at it then."""

    HOOKS = ("pytest_runtest_logstart", "pytest_runtest_logreport", "pytest_runtest_logfinish")

    def __init__(self, config, hold):
        self._names = set()  # of hooks that we call in pytest's place
        self._held = []
        self._reporter = reporter = config.pluginmanager.getplugin("terminalreporter")
        if type(reporter).__module__ != "_pytest.terminal":
            return
        # A job has deselected nothing; the terminal goes through all of them each time it shows how far it is.
        reporter.stats.pop("deselected", None)
        if hold:
            self._hold(config)

    def _hold(self, config):
        callers = [getattr(config.hook, name) for name in self.HOOKS]
        if not all(hasattr(caller, "_remove_plugin") for caller in callers):
            return  # another pluggy: it only takes longer
        for caller in callers:
            # Each release of pytest has its own choice of these.
            if any(implementation.plugin is self._reporter for implementation in caller.get_hookimpls()):
                caller._remove_plugin(self._reporter)
                self._names.add(caller.name)

    def add(self, name, **arguments):
        if name not in self._names:
            return  # the terminal hears of it from pytest, or does not want to
        self._held.append((name, arguments))
        if getattr(arguments.get("report"), "failed", False):
            self.show()

    def show(self):
        """All of it so far."""
        held, self._held = self._held, []
        for name, arguments in held:
            getattr(self._reporter, name)(**arguments)


def leave(status):
    # Neither threads that a test left behind nor handlers at exit have anything to say about its verdict.
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    os._exit(status)


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

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self, session):
                errors = session.testsfailed
                if errors and not session.config.option.continue_on_collection_errors:
                    raise session.Interrupted("%d error%s during collection" % (errors, "s"[: errors != 1]))
                coverage = coverage_of(session.config)
                collecting.report(session)
                collecting._patience.end()
                if collecting._point is not None:
                    self.job = collecting.become_job(session, coverage)
                outcome = yield
                if collecting._job is not None and coverage is not None:
                    collecting._channel.send(coverage.end())
                if collecting._job is not None and outcome.excinfo is None:
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

    def become_job(self, session, coverage):
        forget_cache(session.config)
        if coverage is not None:
            coverage.put_down()
        private_files = Capturing(session.config).start_anew()
        # The list stays: giving it up would touch, and so copy, every item.
        self._items = items = session.items
        self._can_leave_early = not others_care_about_the_end(session.config)
        progress = Progress(session.config, hold=self._can_leave_early)
        order = self._point.serve(self._channel, private_files)
        os.environ.update(order["env"])
        if coverage is not None:
            coverage.begin()
        session.items = [items[index] for start, count in order["items"] for index in range(start, start + count)]
        session.testscollected = len(session.items)
        self._job = Job(self._channel, len(session.items), progress)
        return self._job

    def leave_early(self, session):
        """What pytest does at the end of a session is worth nothing to a job whose tests passed."""
        if self._can_leave_early and not (session.testsfailed or session.shouldfail or session.shouldstop):
            self.finish(0)  # says so if a plugin has left an item out
            leave(0)
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
        self._channel.send({"rootdir": clean(str(root)), "inifile": clean(str(ini)) if ini else ""})
        batch = []
        for item in session.items:
            batch.append(self.describe(item))
            if len(batch) == 1000:
                self._channel.send(*batch)
                batch = []
        self._channel.send(*batch)
        if self._leaves_byte_code:
            self.report_compiled(session.items)
            sys.dont_write_bytecode = not self._writes_byte_code

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
        return {
            "id": clean(item.nodeid),
            "name": clean(str(item.location[2])),
            "file": clean(file),
            "line": item.location[1] + 1 if isinstance(item.location[1], int) else 0,
            "index": index,
            "count": self._places.counts.get(file, 0),
            "markers": list(dict.fromkeys(clean(mark.name) for mark in item.iter_markers())),
            "skip": clean(reason_of(skips[0])) if skips else None,
        }

    def finish(self, status):
        if self._job is not None:
            self._job.finish(status)


class Verdict:
    """What the reports of an item's phases come to."""

    def __init__(self):
        self.outcome = "unfinished"
        self.message = ""
        self.place = ("", 0)
        self.text = ""
        self.captured = {"out": "", "err": ""}

    def add(self, report):
        self.keep_captured(report)
        if report.outcome == "failed":
            if self.outcome not in ("failed", "error"):
                self.outcome = "failed" if report.when == "call" else "error"
                self.message = self.crash_message(report)
                self.place = self.crash_place(report)
            self.text += report.longreprtext + "\n"
        elif self.outcome != "unfinished":
            pass
        elif hasattr(report, "wasxfail"):
            self.outcome = "xfailed" if report.skipped else "xpassed"
            self.message = report.wasxfail.replace("reason: ", "", 1)
        elif report.skipped:
            # A part of a test (a sub-test) that is skipped does not skip the test.
            if not hasattr(report, "context"):
                self.outcome = "skipped"
                self.message = self.skip_message(report)
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
        return (str(crash.path), int(crash.lineno)) if crash is not None else ("", 0)

    @staticmethod
    def crash_message(report):
        crash = getattr(report.longrepr, "reprcrash", None)
        return crash.message if crash is not None else report.longreprtext.strip().rpartition("\n")[2]

    @staticmethod
    def skip_message(report):
        if isinstance(report.longrepr, tuple):
            return report.longrepr[2].replace("Skipped: ", "", 1)
        return str(report.longrepr)

    def as_report(self):
        report = {"outcome": self.outcome}
        texts = {
            "message": clean(self.message)[:2000],
            "crash_file": clean(self.place[0]),
            "crash_line": self.place[1],
            "text": clean(self.text)[:MOST_TEXT],
            "out": clean(self.captured["out"])[-MOST_TEXT:],
            "err": clean(self.captured["err"])[-MOST_TEXT:],
        }
        report.update((name, text) for name, text in texts.items() if text)
        return report


def coverage_of(config):
    """What this process measures, if pytest-cov is at work."""
    if config.pluginmanager.getplugin("_cov") is None:
        return None
    parts = coverage_parts()
    plugin = parts.plugin_of(config)
    return None if plugin is None else parts.Part(plugin)


def coverage_parts():
    from importlib import util

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytest_coverage.py")
    spec = util.spec_from_file_location(NAME + "_coverage", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Job:
    """The items that one process runs, in order, named by their places in its order."""

    def __init__(self, channel, count, progress=None):
        self._channel = channel
        self.progress = progress
        self._waiting = list(range(count))
        self.is_shared = count > 1
        self._current = None
        self._verdict = None
        self._start = 0.0

    def start(self):
        if self._current is None and self._waiting:  # else a plugin runs the same item again
            self._current = self._waiting.pop(0)
            self._verdict = Verdict()
            self._start = time.perf_counter()

    def add(self, report):
        self.start()
        if report.outcome != "rerun" and self._verdict is not None:
            self._verdict.add(report)

    def finish_item(self):
        if self._current is None:
            return
        report = self._verdict.as_report()
        report["item"] = self._current
        report["seconds"] = time.perf_counter() - self._start
        self._channel.send(report)
        self._current = None

    def say(self, item, outcome):
        self._channel.send({"item": item, "outcome": outcome})

    def waiting(self):
        return list(self._waiting)

    def drop(self, item, outcome):
        self._waiting.remove(item)
        self.say(item, outcome)

    def finish(self, status):
        self.finish_item()
        if status == INTERRUPTED:
            return  # those that wait have nothing to do with it
        for item in self._waiting:
            self.say(item, "deselected" if status in (0, 1, 5) else "unfinished")


class JobHooks:
    """What tells a job about its items. `job` is none where nothing runs."""

    job = None

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
            self.job.finish_item()
            self.show("pytest_runtest_logfinish", nodeid=nodeid)

    def show(self, name, **arguments):
        if self.job.progress is not None:
            self.job.progress.add(name, **arguments)


class Running:
    def __init__(self, channel, task):
        self._task = task
        self._channel = channel
        self._job = Job(channel, len(task["items"]))

    def hooks(self):
        import pytest

        running = self

        class Hooks(JobHooks):
            job = running._job

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_collection_modifyitems(self, items):
                chosen = running.choose_all(items)
                yield
                kept = set(map(id, items))
                items[:] = [item for item in chosen if id(item) in kept]
                running.forget_others(chosen, kept)

            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self, session):
                coverage = coverage_of(session.config)
                if coverage is not None:
                    coverage.begin()
                yield
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
            pass

        return [AloneHooks() if self._task["alone"] else Hooks()]

    def is_other(self, path):
        """Whether the items' file can be collected without that file or directory."""
        wanted = self._task["file"]
        if os.path.basename(path) == "__init__.py":
            path = os.path.dirname(path)
        return clean(path) != wanted and not wanted.startswith(clean(path).rstrip("/") + "/")

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


def without_workers(early_config, args):
    # One test needs no worker processes, and a collection none either; they would not know this plugin.
    if early_config.pluginmanager.hasplugin("xdist"):
        args.extend(["-n0", "--dist=no"])
        # Plugins look here before those arguments are read.
        early_config.known_args_namespace.numprocesses = 0
        early_config.known_args_namespace.dist = "no"
    yield


def pytest_configure(config):
    for index, hooks in enumerate(task.hooks()):
        config.pluginmanager.register(hooks, "%s_%d" % (NAME, index))


def main():
    global task
    channel = Channel()
    order = json.loads(os.environ.pop("MAELSTROM_PYTEST_TASK"))
    control = os.environ.pop("MAELSTROM_FORK_POINT", None)
    point = None
    if control and ctypes:
        point = ForkPoint(hidden(int(control)))
    elif control:
        channel.send({"cannot_fork": "the interpreter lacks the module ctypes"})
    if order["do"] == "run":
        task = Running(channel, order)
    elif order["do"] == "coverage":
        task = coverage_parts().Whole(channel, order)
    else:
        task = Collecting(channel, point, order["compile"])
    # As `python -m pytest` would have it: the working directory, not where this file lies.
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    sys.modules[NAME] = sys.modules["__main__"]
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

"""A collecting process as a fork point: everything is imported, and each job is forked from it.

Loaded by plugin.py where the variable MAELSTROM_FORK_POINT says where the owner is. The process stands still in
`pytest_runtestloop`, where a plain run would begin to run tests. Each job is forked from it there and goes on with
the items that it is told to run:

    {"items": [[start, count], …], "env": {…}}
                                        ranges of collected items; variables of this job

What keeps a job from copying memory, or from doing what only a whole run needs, is prepared here, once for all jobs.
"""

import ctypes
import fcntl
import gc
import json
import os
import sys

from _maelstrom_pytest import NAME, capture_files, capture_streams

LIBRARY = "/.maelstrom/fork_point.so"


def hidden(descriptor):
    """The same file under a number that is out of everybody's way."""
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 500)
    except OSError:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


def file_in_memory():
    if hasattr(os, "memfd_create"):
        return os.memfd_create("capture")
    # Python 3.7 and before
    close_on_exec = 1
    descriptor = ctypes.CDLL(None, use_errno=True).memfd_create(b"capture", close_on_exec)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "memfd_create")
    return descriptor


def pythons_part_of_a_fork():
    """What it does before, and after where the program goes on as the same process: in each job, which has the same number,
    the same thread and all that has been collected. Libraries whose hooks (os.register_at_fork) look at the number would
    take themselves for a parent that is still waiting, and be locked for good."""
    python = ctypes.pythonapi
    if sys.version_info >= (3, 7):
        return python.PyOS_BeforeFork, python.PyOS_AfterFork_Parent
    return python._PyImport_AcquireLock, python.PyOS_AfterFork


def address(function):
    return ctypes.cast(function, ctypes.c_void_p)


class ForkPoint:
    """Where a process stands still and forks itself for each job (see the library's source for the protocol)."""

    def __init__(self, control):
        self._control = hidden(control)
        self._private_files = []
        self.can_leave_early = False  # a job whose tests have passed
        self.progress = None  # of a job
        self.meanwhile = None  # what a process does that waits for its order, if there is time
        self._library = ctypes.PyDLL(LIBRARY)  # keeps the interpreter's lock: jobs start with it
        self._keep_memory_together()

    def _keep_memory_together(self):
        """Large pages, which make forks cheap, need memory that is not scattered between libraries."""
        set_allocator = getattr(ctypes.pythonapi, "PyObject_SetArenaAllocator", None)
        if sys.implementation.name != "cpython" or set_allocator is None:
            return

        class ArenaAllocator(ctypes.Structure):
            _fields_ = [(name, ctypes.c_void_p) for name in ("context", "alloc", "free")]

        allocator = ArenaAllocator(
            None,
            address(self._library.maelstrom_fork_point_new_arena),
            address(self._library.maelstrom_fork_point_free_arena),
        )
        set_allocator(ctypes.byref(allocator))  # keeps a copy

    def fill_gaps(self):
        """What is made from now on lies together."""
        if sys.implementation.name == "cpython":
            python = ctypes.pythonapi
            self._library.maelstrom_fork_point_fill_gaps(address(python.PyObject_Malloc))

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

    def prepare(self, config):
        """The last things that can be done for all jobs."""
        forget_cache(config)
        self._private_files = move_capture_to_memory(config)
        self.can_leave_early = not others_care_about_the_end(config)
        self.progress = Progress(config, hold=self.can_leave_early)

    def serve(self, channel, jobs):
        """Stands still, for about so many jobs. Returns in each job that this process becomes, with its order."""
        outputs = (ctypes.c_int * 1)(channel.descriptor)
        errors = self._same_as(2)
        private = (ctypes.c_int * len(self._private_files))(*self._private_files)
        directory = os.fsencode(os.getcwd())
        before_fork, after_fork = pythons_part_of_a_fork()
        if hasattr(gc, "freeze"):  # Python 3.7
            gc.freeze()  # a collection in a job would touch, and so copy, every object
        self._library.maelstrom_fork_point_expect(ctypes.c_uint32(jobs))
        before_fork()
        answer = self._library.maelstrom_fork_point_serve(
            self._control,
            outputs,
            1,
            errors,
            len(errors),
            private,
            len(private),
            directory,
        )
        if answer not in (1, 2):
            os._exit(0)
        after_fork()
        channel.become_jobs()
        if answer == 2 and self.meanwhile is not None:
            self.meanwhile()
        return self._await_order()

    def _await_order(self):
        task = ctypes.POINTER(ctypes.c_char)()
        size = ctypes.c_uint32()
        self._library.maelstrom_fork_point_await(ctypes.byref(task), ctypes.byref(size))
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


def move_capture_to_memory(config):
    """Puts files in memory below the streams into which pytest captures, which stay: modules have kept them. Their
    descriptors: jobs must not share these files."""
    streams = capture_streams(config)
    if streams is not None:
        streams.pop_outerr_to_orig()
    descriptors = capture_files(config)
    for descriptor in descriptors:
        # They spare each job a copy of the directory for temporary ones.
        file = file_in_memory()
        os.dup2(file, descriptor, inheritable=False)
        os.close(file)
    return descriptors


def forget_cache(config):
    """Spares each job writing down all ids, in a file system that goes away with it."""
    for name in ("lfplugin", "nfplugin"):
        if config.pluginmanager.hasplugin(name):
            config.pluginmanager.unregister(name=name)


def others_care_about_the_end(config):
    """Whether a plugin or conftest file does something at the end of a session, beyond its summary."""
    for name in ("pytest_sessionfinish", "pytest_unconfigure"):
        for implementation in getattr(config.hook, name).get_hookimpls():
            plugin = implementation.plugin
            module = getattr(plugin, "__name__", None) or type(plugin).__module__
            if not module.startswith("_pytest.") and not implementation.plugin_name.startswith(NAME):
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

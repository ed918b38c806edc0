"""Warms a fork point up, so that each job need not.

CPython fits byte code to what it meets, but only after some calls (PEP 659), and a job calls most functions once: it
would always run code that is not fitted, and copy the pages of all that the slow way touches. So pytest's own protocol
runs here, for an item that does nothing; what CPython and pytest learn is there in each job. And since calling a
function writes to its code (the count of references), the code that every job calls is laid side by side.

Only pytest's own plugins hear of that item: nothing of the project's runs, and nobody reports it.
"""

import contextlib
import functools
import sys
import types

import pytest
from _maelstrom_pytest import NAME, Job

PAYS = 200  # jobs; all of it takes as long as it saves in forty
ENOUGH = 24  # rounds; CPython 3.11 has fitted what is called once in a round after 16

# Not what records or shows items, nor what starts threads.
PARTAKING = (
    "assertion capture fixtures logging main python reports runner skipping threadexception tmpdir unittest "
    "unraisableexception warnings"
).split()


class Nowhere:
    """The channel of a job that nobody waits for."""

    def send(self, *reports):
        pass


def partakes(implementation):
    plugin = implementation.plugin
    module = str(getattr(plugin, "__name__", None) or type(plugin).__module__).split(".")
    ours = implementation.plugin_name.startswith(NAME)
    return ours or (module[0] == "_pytest" and module[1:2] and module[1] in PARTAKING)


@contextlib.contextmanager
def only_pytest(config):
    """Takes all other plugins out of all hooks."""
    callers = vars(config.pluginmanager.hook)
    lists = []
    for caller in callers.values():
        # Before pluggy 1.1 there were two lists.
        for name in ("_hookimpls", "_nonwrappers", "_wrappers"):
            if isinstance(getattr(caller, name, None), list):
                lists.append(getattr(caller, name))
    before = [list(implementations) for implementations in lists]
    try:
        for implementations in lists:
            implementations[:] = filter(partakes, implementations)
        for name in callers:
            if name.startswith("pytest_runtest_") and not all(map(partakes, getattr(config.hook, name).get_hookimpls())):
                raise NotImplementedError("another pluggy")
        yield
    finally:
        for implementations, content in zip(lists, before):
            implementations[:] = content


def is_something_pending(config):
    """Errors that nobody could catch, to be told to the next test: one of the project's."""
    for module, key in (("unraisableexception", "unraisable_exceptions"), ("threadexception", "thread_exceptions")):
        keys = vars(sys.modules.get("_pytest.%s" % module) or pytest)
        if key in keys and config.stash.get(keys[key], None):
            return True
    return False


def parent_for_item(session):
    """As near to the project's first item as nothing of the project's runs."""
    from _pytest.nodes import Node

    parent = session
    for node in session.items[0].listchain()[1:-1]:
        is_plain = type(node).setup is Node.setup and type(node).teardown is Node.teardown
        if not is_plain or isinstance(node, pytest.Class) or node.own_markers:
            break
        parent = node
    return parent


class Warming:
    def __init__(self, session, hooks):
        self._parent = parent_for_item(session)
        self._hooks = hooks
        self._config = session.config
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        self._stack.enter_context(only_pytest(self._config))

    def __exit__(self, *error):
        self._hooks.job = None
        self._stack.close()

    def once_more(self):
        try:
            with self:
                self.run(1)
        except Exception:
            pass

    def run(self, rounds):
        from _pytest.fixtures import FuncFixtureInfo

        def nothing():
            pass

        for _ in range(rounds):
            no_fixtures = FuncFixtureInfo((), (), [], {})
            item = pytest.Function.from_parent(
                self._parent, name="warm_up", callobj=nothing, fixtureinfo=no_fixtures
            )
            self._hooks.job = Job(Nowhere(), 1)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)

    def codes(self):
        """Of all functions that a round calls."""
        codes = set()

        def on_event(frame, event, argument):
            if event == "call":
                codes.add(frame.f_code)

        sys.setprofile(on_event)
        try:
            self.run(1)
        finally:
            sys.setprofile(None)
        return codes


def functions_of(value):
    """Itself, if it is a function, or what a decorator has put away in it."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    elif isinstance(value, property):
        value = value.fget
    elif isinstance(value, getattr(functools, "cached_property", ())):
        value = value.func
    while isinstance(value, types.FunctionType):
        yield value
        value = vars(value).get("__wrapped__")


def functions_in(module):
    for value in list(vars(module).values()):
        yield from functions_of(value)
        if isinstance(value, type) and value.__module__ == module.__name__:
            for attribute in list(vars(value).values()):
                yield from functions_of(attribute)


def lay_together(codes):
    files = {code.co_filename for code in codes}
    copies = {}
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) not in files:
            continue
        for function in functions_in(module):
            code = function.__code__
            if code in codes:
                if id(code) not in copies:
                    copies[id(code)] = (code, code.replace(co_name=code.co_name))
                function.__code__ = copies[id(code)][1]


def warm_up(session, hooks, fill_gaps):
    """Returns what a forked process can do to copy beforehand the pages that it is going to write to, or none."""
    if len(session.items) < PAYS or sys.implementation.name != "cpython" or is_something_pending(session.config):
        return None
    try:
        warming = Warming(session, hooks)
        with warming:
            warming.run(1)  # imports what is imported late
            if hasattr(types.CodeType, "replace") and sys.getprofile() is None:  # Python 3.8
                codes = warming.codes()
                fill_gaps()
                lay_together(codes)
            warming.run(ENOUGH)
    except Exception:
        return None  # another pytest: it only takes longer
    return warming.once_more

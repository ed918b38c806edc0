"""Coverage of tests that run in processes of their own, as pytest-cov would have measured it in one.

Loaded by plugin.py where pytest-cov is at work. Each process of tests says what it has seen and reports nothing
(`Part`); at the end one more process, which collects like the others, gets all that together and lets pytest-cov
write its reports (`Whole`).

    {"coverage": {"arcs": …, "contexts": {context: {file: [line, …] or [from, to, from, to, …]}}, "tracers": {file: …}}}
    {"coverage_lost": why}

Reports leave as files, and as the text that pytest-cov shows at the end of a run:

    {"file": path, "content": hexadecimal}
    {"coverage_text": …, "below_minimum": …}
"""

import glob
import io
import json
import os


def plugin_of(config):
    """pytest-cov's plugin where it measures."""
    plugin = config.pluginmanager.getplugin("_cov")
    if plugin is None or getattr(plugin, "_disabled", False) or getattr(plugin, "cov_controller", None) is None:
        return None
    return plugin


def data_file(controller):
    return os.path.join(str(controller.topdir), controller.cov.config.data_file)


class Part:
    """What one process measures."""

    def __init__(self, plugin):
        self._plugin = plugin
        self._cov = plugin.cov_controller.cov
        self._data_file = data_file(plugin.cov_controller)
        self._known = frozenset()
        plugin._disabled = True  # it would report on this process alone

    def put_down(self):
        """What was seen so far is nothing that a fork of this process has to say again."""
        from coverage.misc import CoverageException

        try:
            self._cov.switch_context("")  # writes down, without a look at files that were not imported
        except CoverageException:
            pass  # a test has stopped it

    def begin(self):
        self._plugin.pid = os.getpid()  # older versions start measuring anew where it is another one
        self._known = frozenset(self._files())

    def end(self):
        """What to say about it. Never in the way of a verdict."""
        try:
            return {"coverage": self._measured()}
        except Exception as error:
            return {"coverage_lost": repr(error)}

    def _measured(self):
        self.put_down()
        self._cov.stop()
        own = self._cov.get_data()
        measured = {"arcs": False, "contexts": {}, "tracers": {}}
        self._add(measured, own)
        for path in self._files():
            # Of processes that the tests have started.
            if path not in self._known and path != own.data_filename():
                self._add_file(measured, path)
        return measured

    def _files(self):
        return glob.glob(glob.escape(self._data_file) + ".*")

    def _add_file(self, measured, path):
        from coverage import CoverageData
        from coverage.misc import CoverageException

        data = CoverageData(basename=path)
        try:
            data.read()
            self._add(measured, data)
        except CoverageException:
            pass  # it was killed while it wrote

    @staticmethod
    def _add(measured, data):
        arcs = data.has_arcs()
        measured["arcs"] = measured["arcs"] or arcs
        files = data.measured_files()
        for file in files:
            tracer = data.file_tracer(file)
            if tracer:
                measured["tracers"][file] = tracer
        contexts = data.measured_contexts()
        for context in contexts:
            if len(contexts) > 1:
                data.set_query_context(context)
            seen = measured["contexts"].setdefault(context, {})
            for file in files:
                numbers = [n for arc in data.arcs(file) or () for n in arc] if arcs else data.lines(file)
                if numbers:
                    seen.setdefault(file, []).extend(numbers)


class Whole:
    """A process that knows what all the others have measured."""

    def __init__(self, channel, order):
        self._channel = channel
        self._order = order

    def hooks(self):
        import pytest

        whole = self

        class Hooks:
            @pytest.hookimpl(hookwrapper=True, tryfirst=True)
            def pytest_runtestloop(self, session):
                plugin = plugin_of(session.config)
                reporter = session.config.pluginmanager.getplugin("terminalreporter")
                if plugin is None:
                    yield
                    return
                stream = whole.prepare(session, plugin, reporter)
                failed = session.testsfailed
                yield
                whole.send(session, plugin, reporter, stream, session.testsfailed > failed)

        class Loop:
            @pytest.hookimpl(tryfirst=True)
            def pytest_runtestloop(self):
                return True

        return [Hooks(), Loop()]

    def finish(self, status):
        pass

    def prepare(self, session, plugin, reporter):
        with open(self._order["measured"], encoding="utf-8") as file:
            self._write_data(json.load(file), data_file(plugin.cov_controller))
        session.testsfailed = self._order["failed"]
        stream = io.StringIO()
        if reporter is not None:
            from _pytest._io import TerminalWriter

            reporter._tw = TerminalWriter(stream)
        return stream

    @staticmethod
    def _write_data(measured, basename):
        """In a file beside the others, where pytest-cov will find it."""
        from coverage import CoverageData

        data = CoverageData(basename=basename, suffix="maelstrom")
        for context, files in measured["contexts"].items():
            data.set_context(context)
            if measured["arcs"]:
                data.add_arcs({file: list(zip(numbers[::2], numbers[1::2])) for file, numbers in files.items()})
            else:
                data.add_lines(files)
        data.add_file_tracers(measured["tracers"])
        data.write()

    def send(self, session, plugin, reporter, stream, below_minimum):
        if reporter is not None:
            known = {"terminalreporter": reporter, "exitstatus": session.exitstatus, "config": session.config}
            for implementation in session.config.hook.pytest_terminal_summary.get_hookimpls():
                if implementation.plugin is plugin:
                    implementation.function(*[known[name] for name in implementation.argnames])
        for path in self._written(plugin):
            with open(path, "rb") as file:
                self._channel.send({"file": path, "content": file.read().hex()})
        self._channel.send({"coverage_text": stream.getvalue(), "below_minimum": below_minimum})

    def _written(self, plugin):
        """The files of the reports that were asked for, and the data that they were made from."""
        controller = plugin.cov_controller
        config = controller.cov.config
        asked = plugin.options.cov_report
        asked = asked if isinstance(asked, dict) else dict.fromkeys(asked)
        usual = {
            "html": config.html_dir,
            "xml": config.xml_output,
            "json": getattr(config, "json_output", None),
            "lcov": getattr(config, "lcov_output", None),
        }
        places = [config.data_file]
        for kind, place in asked.items():
            if kind == "annotate" and not place:
                places.extend(file + ",cover" for file in controller.cov.get_data().measured_files())
            elif kind not in ("term", "term-missing"):
                places.append(place or usual.get(kind))
        for place in places:
            if place:
                yield from self._files_of(os.path.join(str(controller.topdir), place))

    @staticmethod
    def _files_of(path):
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            for name in sorted(names):
                yield os.path.join(folder, name)

#!/usr/bin/env python3
"""demo_test.py PROGRAMS: what `make demo` shows on a terminal, and what in a pipe.

The demo's own script runs, with these programs, on a small project that is there already: nothing is fetched.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/reports"))
from terminal import Terminal  # noqa: E402

PROGRAMS = Path(sys.argv.pop()).resolve()
DEMO = f"{TOP}/scripts/demo {PROGRAMS}"
TESTS = """\
def test_sum():
    assert 1 + 1 == 2

def test_word():
    print("said")
    assert "tide".upper() == "TIDE"
"""
# Each interface has its own rows and its own heading of the summary.
SIMPLE_ROW = r"^test_tide.py::test_sum\.{20,}OK +\d+\.\d{3}s$"
FANCY_ROW = r"^test_tide.py::test_sum {20,}OK +\d+\.\d{3}s$"
SIMPLE_HEADING = r"^=+ Test Summary =+$"
FANCY_HEADING = r"^ {20,}Test Summary$"
FANCY_PICTURE = "Running Tests"


class Demo(unittest.TestCase):
    def setUp(self):
        scratch = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="maelstrom-demo-", ignore_cleanup_errors=True)))
        project = scratch / "tide"
        project.mkdir()
        (project / "test_tide.py").write_text(TESTS)
        os.environ.clear()
        os.environ.update(
            PATH="/usr/bin:/bin:/usr/sbin:/sbin",
            HOME=str(scratch),
            LANG="C.UTF-8",
            PROJECT=str(project),
        )

    def assertIsWhole(self, text):
        self.assertRegex(text, "(?m)^2 passed in ")  # plain pytest
        self.assertRegex(text, "(?m)^Successful Tests: +2$")
        self.assertRegex(text, r"(?m)^tide: plain pytest took \d+\.\d s, maelstrom-pytest \d+\.\d s ")

    def test_a_terminal_shows_the_fancy_interface(self):
        terminal = Terminal(80, 50, DEMO)
        self.assertEqual(terminal.finish(), 0, terminal.text())
        self.assertIsWhole(terminal.text())
        self.assertIn(FANCY_PICTURE, terminal.bytes.decode())
        self.assertRegex(terminal.text(), f"(?m){FANCY_ROW}")
        self.assertRegex(terminal.text(), f"(?m){FANCY_HEADING}")
        self.assertNotRegex(terminal.text(), f"(?m){SIMPLE_ROW}|{SIMPLE_HEADING}")

    def test_a_pipe_gets_the_simple_interface(self):
        demo = subprocess.run(DEMO.split(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50)
        self.assertEqual(demo.returncode, 0, demo.stdout + demo.stderr)
        self.assertIsWhole(demo.stdout)
        self.assertRegex(demo.stdout, f"(?m){SIMPLE_ROW}")
        self.assertRegex(demo.stdout, f"(?m){SIMPLE_HEADING}")
        self.assertNotRegex(demo.stdout, f"(?m){FANCY_ROW}|{FANCY_HEADING}")
        self.assertNotIn(FANCY_PICTURE, demo.stdout)
        self.assertNotIn("\x1b", demo.stdout + demo.stderr)

    def test_make_runs_that_script_and_nothing_behind_it(self):
        recipe = subprocess.run(["make", "--dry-run", "demo"], cwd=TOP, capture_output=True, text=True, check=True)
        self.assertEqual(recipe.stdout.splitlines()[-1], "scripts/demo build/release/bin")


if __name__ == "__main__":
    unittest.main()

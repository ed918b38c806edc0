"""The checker finds what it is there to find: each rule is broken once in a small tree of its own."""

import tempfile
import unittest
from pathlib import Path

from check import Checker

TABLE = """
| Module | Uses | One line |
|---|---|---|
| `util` | – | |
| `sys` | util | |
| `testing` | sys, util | |
| `job` | util | |
| `programs` | all | |
"""
CMAKE = {
    "util": "add_module(NAME util SOURCES a.cpp)",
    "sys": "add_module(NAME sys\n    SOURCES a.cpp  # why\n    TESTS a_test.cpp\n    USES util)",
    "job": "add_module(NAME job SOURCES a.cpp USES util)",
}


class CheckTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("ARCHITECTURE.md", TABLE)
        self.write("tests/module_graph/exceptions.txt", "")
        for module, text in CMAKE.items():
            self.write(f"src/{module}/CMakeLists.txt", text)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def source(self, name: str, *lines: str) -> None:
        module = name.split("/")[0]
        self.write(f"src/{name}", "\n".join([*lines, f"namespace maelstrom::{module} {{}}", ""]))

    def problems(self) -> str:
        return "\n".join(Checker(self.root).run())

    def test_a_tree_that_follows_the_table_is_accepted(self) -> None:
        self.source("sys/a.cpp", '#include "sys/a.hpp"', '#include "util/a.hpp"', "#include <vector>")
        for name in ("sys/a_test.cpp", "sys/fake_a.hpp", "sys/testing/b.hpp"):
            self.source(name, "#pragma once", '#include "testing/temp_dir.hpp"')
        self.source("sys/a.hpp", "#pragma once")
        self.assertEqual(self.problems(), "")

    def test_an_include_of_a_higher_module_is_found(self) -> None:
        self.source("util/a.cpp", "", '#include "sys/fd.hpp"')
        self.assertIn("src/util/a.cpp:2: util must not use sys", self.problems())

    def test_a_program_that_is_no_library_needs_no_listing(self) -> None:
        self.write("ARCHITECTURE.md", TABLE.replace("| `job` | util |", "| `slot` | – | |\n| `job` | util, slot |"))
        self.source("slot/message.hpp", "#pragma once")
        self.source("job/a.cpp", '#include "slot/message.hpp"')
        self.assertEqual(self.problems(), "")

    def test_an_include_that_cmake_does_not_list_is_found(self) -> None:
        self.write("src/sys/CMakeLists.txt", "add_module(NAME sys SOURCES a.cpp)")
        self.source("sys/a.cpp", '#include "util/a.hpp"')
        self.assertIn("src/sys/CMakeLists.txt does not list util", self.problems())

    def test_a_cmake_list_beyond_the_table_is_found(self) -> None:
        self.write("src/job/CMakeLists.txt", "add_module(NAME job SOURCES a.cpp USES util sys)")
        self.assertIn("job must not use sys", self.problems())

    def test_a_cycle_in_the_table_is_found(self) -> None:
        self.write("ARCHITECTURE.md", TABLE.replace("| `util` | – |", "| `util` | job |"))
        self.assertIn("util uses itself", self.problems())

    def test_helpers_for_tests_stay_out_of_products(self) -> None:
        self.source("sys/a.cpp", '#include "testing/temp_dir.hpp"')
        self.assertIn("sys must not use testing", self.problems())

    def test_relative_and_bare_includes_are_found(self) -> None:
        self.source("sys/a.cpp", '#include "../util/a.hpp"', '#include "b.hpp"')
        self.assertIn('include of "../util/a.hpp"', self.problems())
        self.assertIn('"b.hpp" names no module', self.problems())

    def test_heavy_headers_are_found_in_headers_only(self) -> None:
        self.source("sys/a.hpp", "#pragma once", "#include <nlohmann/json.hpp>", "#include <sqlite3.h>")
        self.source("sys/a.cpp", "#include <nlohmann/json.hpp>")
        found = self.problems()
        self.assertIn("src/sys/a.hpp:2: nlohmann/json.hpp is heavy", found)
        self.assertIn("src/sys/a.hpp:3: sqlite3.h is heavy", found)
        self.assertNotIn("a.cpp", found)

    def test_long_files_need_an_entry_with_a_reason(self) -> None:
        self.source("sys/a.cpp", *["//"] * 600)
        self.assertIn("601 lines, expected at most 500", self.problems())
        self.write("tests/module_graph/exceptions.txt", "src/sys/a.cpp lines 610 one table\n")
        self.assertEqual(self.problems(), "")

    def test_an_entry_that_is_not_needed_is_found(self) -> None:
        self.write("tests/module_graph/exceptions.txt", "src/sys/a.cpp lines 610 one table\n")
        self.assertIn("src/sys/a.cpp lines is not needed", self.problems())

    def test_a_foreign_namespace_is_found(self) -> None:
        self.write("src/sys/a.cpp", "namespace maelstrom::util {}\n")
        self.assertIn("expected namespace maelstrom::sys", self.problems())

    def test_forbidden_words_are_found_in_code_not_in_comments(self) -> None:
        self.source("sys/a.cpp", "// std::regex is slow", "std::regex r;")
        self.assertIn("src/sys/a.cpp:2: std::regex is slow", self.problems())
        self.assertNotIn("a.cpp:1:", self.problems())


if __name__ == "__main__":
    unittest.main()

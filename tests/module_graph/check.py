#!/usr/bin/env python3
"""Holds the sources to the module table: CMake lists, includes, namespaces, sizes.

check.py [--root DIRECTORY]    prints each violation as FILE:LINE: what is wrong; exits 1 when there is one.
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

LINE_LIMITS = {".cpp": 500, ".hpp": 250}
# Foreign headers that take long to compile: each belongs in one .cpp behind a small header of ours.
HEAVY = re.compile(
    r"<(google/protobuf|grpc|grpcpp|CLI|nlohmann|toml|spdlog|curl|openssl|archive|archive_entry|sqlite3|re2|libelf|gelf)"
    r"[/.]|<(archive_entry|sqlite3)\.h>|\.pb\.h\""
)
FORBIDDEN = [
    (re.compile(r"std::regex"), "std::regex is slow and recursive: use RE2"),
    (re.compile(r"#include <(format|print)>"), "GCC 12 does not have it: use fmt"),
    (re.compile(r"\bco_(await|return|yield)\b"), "no coroutines: GCC 12 miscompiles some captures"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
MODULE_ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \|", re.MULTILINE)
# Programs without modules of ours beside them: they may be written without the shared namespace.
FREE_OF_NAMESPACE = {"programs"}


@dataclass
class Module:
    """What one CMakeLists.txt declares."""

    name: str
    uses: set[str] = field(default_factory=set)
    test_uses: set[str] = field(default_factory=set)


class Problems:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, place: str, text: str) -> None:
        self.lines.append(f"{place}: {text}")


def read_table(path: Path) -> dict[str, set[str]]:
    """Rows "| `MODULE` | what it uses | … |". "–" is nothing, "all" whatever has a row."""
    table = {}
    for name, uses in MODULE_ROW.findall(path.read_text()):
        table[name] = set(re.findall(r"\w+", uses))
    for name, uses in table.items():
        if uses == {"all"}:
            table[name] = set(table) - {name}
    return table


def closure(graph: dict[str, set[str]], start: str) -> set[str]:
    """Everything reachable from `start`, without `start` unless it lies on a cycle."""
    seen: set[str] = set()
    todo = list(graph.get(start, ()))
    while todo:
        module = todo.pop()
        if module not in seen:
            seen.add(module)
            todo.extend(graph.get(module, ()))
    return seen


def read_exceptions(path: Path) -> dict[tuple[str, str], str]:
    """(file, rule) -> value; what follows on the line is the reason, and it must be there."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        takes_value = len(words) > 1 and words[1] in ("lines", "heavy-header")
        if len(words) < (4 if takes_value else 3):
            sys.exit(f"{path}:{number}: expected FILE RULE [VALUE] reason")
        found[(words[0], words[1])] = words[2] if takes_value else ""
    return found


def parse_cmake(text: str) -> list[Module]:
    """The add_module calls of one file: names and what they use."""
    text = "\n".join(line.split("#", 1)[0] for line in text.splitlines())
    modules = []
    for call in re.finditer(r"\badd_module\s*\(([^)]*)\)", text):
        lists: dict[str, list[str]] = {}
        keyword = ""
        for word in call.group(1).split():
            if word in ("NAME", "SOURCES", "TESTS", "USES", "LIBRARIES", "TEST_USES", "TEST_LIBRARIES"):
                keyword = word
            else:
                lists.setdefault(keyword, []).append(word)
        modules.append(
            Module(lists["NAME"][0], set(lists.get("USES", ())), set(lists.get("TEST_USES", ())))
        )
    return modules


class Checker:
    def __init__(self, root: Path) -> None:
        self.root = root
        here = root / "tests" / "module_graph"
        self.table = read_table(root / "ARCHITECTURE.md")
        self.exceptions = read_exceptions(here / "exceptions.txt")
        self.used_exceptions: set[tuple[str, str]] = set()
        self.declared: dict[str, Module] = {}
        self.problems = Problems()

    def run(self) -> list[str]:
        self.check_table()
        self.check_cmake()
        for path in sorted((self.root / "src").glob("*/**/*")):
            if path.suffix in (".hpp", ".cpp"):
                self.check_source(path)
        for folder in ("bench", "fuzz"):
            for path in sorted((self.root / folder).glob("**/*.?pp")):
                self.check_sizes_and_words(path, path.read_text())
        for file, rule in sorted(set(self.exceptions) - self.used_exceptions):
            self.problems.add("tests/module_graph/exceptions.txt", f"{file} {rule} is not needed (any more)")
        return self.problems.lines

    def check_table(self) -> None:
        for name, uses in self.table.items():
            for unknown in sorted(uses - set(self.table)):
                self.problems.add("ARCHITECTURE.md", f"{name} uses {unknown}, which has no line")
            if name in closure(self.table, name):
                self.problems.add("ARCHITECTURE.md", f"{name} uses itself through others: a cycle")

    def check_cmake(self) -> None:
        for path in sorted((self.root / "src").glob("**/CMakeLists.txt")):
            place = str(path.relative_to(self.root))
            for module in parse_cmake(path.read_text()):
                self.declared[module.name] = module
                if module.name not in self.table:
                    self.problems.add(place, f"module {module.name} has no line in ARCHITECTURE.md")
                    continue
                allowed = closure(self.table, module.name)
                for extra in sorted(module.uses - allowed):
                    self.problems.add(place, f"{module.name} must not use {extra}; it may use: {' '.join(sorted(allowed))}")
                for extra in sorted((module.test_uses - allowed) - {"testing", module.name}):
                    self.problems.add(place, f"tests of {module.name} must not use {extra}")

    def declared_closure(self, name: str) -> set[str]:
        return closure({module.name: module.uses for module in self.declared.values()}, name)

    def check_source(self, path: Path) -> None:
        module = path.relative_to(self.root / "src").parts[0]
        place = str(path.relative_to(self.root))
        text = path.read_text()
        if module not in self.table:
            self.problems.add(place, f"folder src/{module} has no line in ARCHITECTURE.md")
            return
        self.check_includes(path, module, place, text)
        self.check_sizes_and_words(path, text)
        if not self.for_tests(path):
            self.check_namespace(place, module, text)

    def check_includes(self, path: Path, module: str, place: str, text: str) -> None:
        may_use = closure(self.table, module) | {module}
        declares = self.declared_closure(module) | {module}
        if module in self.declared and self.for_tests(path):
            more = {"testing"} | self.declared[module].test_uses
            may_use |= more
            declares |= more
            for extra in self.declared[module].test_uses:
                declares |= self.declared_closure(extra)
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            where = f"{place}:{number}"
            quote, name = found.groups()
            if "../" in name:
                self.problems.add(where, f'include of "{name}": write it from src/ ("module/file.hpp")')
            if path.suffix == ".hpp" and HEAVY.search(line) and not self.excused(place, "heavy-header"):
                self.problems.add(where, f"{name} is heavy: include it in one .cpp behind a small header of ours")
            if quote != '"':
                continue
            used = name.split("/")[0] if "/" in name else ""
            if used not in self.table:
                if not self.beside(path, name):
                    self.problems.add(where, f'"{name}" names no module: write "module/file.hpp"')
            elif used not in may_use:
                self.problems.add(where, f"{module} must not use {used} (ARCHITECTURE.md)")
            elif module in self.declared and used in self.declared and used not in declares:
                self.problems.add(where, f"src/{module}/CMakeLists.txt does not list {used} in USES")

    @staticmethod
    def for_tests(path: Path) -> bool:
        """Tests, fakes, and what stands in a folder `testing` of a module."""
        return path.stem.endswith("_test") or path.stem.startswith("fake_") or "testing" in path.parts[:-1]

    @staticmethod
    def beside(path: Path, name: str) -> bool:
        """Programs without a module (the slot) include their own files; generated code has no folder."""
        return name.endswith((".pb.h", ".inc")) or (path.parent / name).exists()

    def check_sizes_and_words(self, path: Path, text: str) -> None:
        place = str(path.relative_to(self.root))
        lines = text.count("\n")
        limit = LINE_LIMITS.get(path.suffix, 0)
        if limit and lines > limit:
            allowed = int(self.exceptions.get((place, "lines"), 0))
            if lines > allowed:
                self.problems.add(place, f"{lines} lines, expected at most {allowed or limit}: two ideas in one file?")
            self.excused(place, "lines")
        if path.suffix == ".hpp" and "#pragma once" not in text:
            self.problems.add(place, "header without #pragma once")
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("//"):
                continue
            for pattern, reason in FORBIDDEN:
                if pattern.search(line):
                    self.problems.add(f"{place}:{number}", reason)
            if path.suffix == ".hpp" and re.match(r"\s*using namespace\b", line):
                self.problems.add(f"{place}:{number}", "using namespace in a header reaches everyone who includes it")

    def check_namespace(self, place: str, module: str, text: str) -> None:
        if module in FREE_OF_NAMESPACE or self.excused(place, "namespace"):
            return
        if re.search(r"\bint main\(", text) and f"namespace maelstrom::{module}" not in text:
            return
        if not re.search(rf"namespace maelstrom::{module}\b", text):
            self.problems.add(place, f"expected namespace maelstrom::{module}")

    def excused(self, place: str, rule: str) -> bool:
        if (place, rule) in self.exceptions:
            self.used_exceptions.add((place, rule))
            return True
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    problems = Checker(parser.parse_args().root).run()
    for line in problems:
        print(line)
    print(f"{len(problems)} violations" if problems else "the module graph is as the table says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""run.py --programs FOLDER --as root|user SCENARIO: one whole-program scenario, see README.md beside this file.

Exits 0 when everything was as expected, 77 when this machine cannot run it, 1 otherwise with the differences.
"""

import argparse
import ctypes
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
SKIPPED = 77
# No account has it, so nothing but the mode bits "other" lets it in anywhere.
ORDINARY_USER = 64321
PR_SET_CHILD_SUBREAPER = 36
SECONDS = 90
# How long what the programs left running may take to notice that they are gone.
GRACE = 5.0


class Scratch:
    """A folder outside the checkout: home, cache, temporary files and a project that is a copy of the scenario's files."""

    def __init__(self, scenario: Path, uid: int) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="maelstrom-scenario-", dir="/tmp"))
        self.path.chmod(0o755)
        self.project = self.path / "project"
        files = scenario / "files"
        if files.is_dir():
            shutil.copytree(files, self.project, symlinks=True)
        else:
            self.project.mkdir()
        for name in ("home", "cache", "tmp"):
            (self.path / name).mkdir()
        shutil.copytree(HERE.parent / "reports", self.path / "reports")
        shutil.copy(TOP / "docs/formats/events.schema.json", self.path / "reports")
        if uid != os.geteuid():
            for folder, folders, names in os.walk(self.path):
                for name in [".", *folders, *names]:
                    os.chown(Path(folder) / name, uid, uid, follow_symlinks=False)

    def remove(self) -> None:
        subprocess.run(["chmod", "-R", "u+rwX", self.path], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.path, ignore_errors=True)


def reachable_by_others(folder: Path) -> bool:
    """Whether every folder above may be passed by anyone (a checkout below /root may not)."""
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents])


def programs_for(folder: Path, uid: int, scratch: Scratch) -> Path:
    if uid == os.geteuid() or reachable_by_others(folder):
        return folder
    copies = scratch.path / "bin"
    copies.mkdir()
    for program in folder.iterdir():
        if program.is_file() and os.access(program, os.X_OK):
            shutil.copy2(program, copies)
    return copies


def environment(programs: Path, scratch: Scratch, uid: int) -> dict[str, str]:
    """Everything that a scenario's command sees; nothing of the caller's."""
    values = {
        "PATH": f"{programs}:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(scratch.path / "home"),
        "XDG_CACHE_HOME": str(scratch.path / "cache"),
        "TMP": str(scratch.path / "tmp"),
        "LANG": "C.UTF-8",
        "BASH_ENV": str(scratch.path / "lib.sh"),
        "SCENARIO_UID": str(uid),
        "REPORTS": str(scratch.path / "reports"),
        "SECRET_TOKEN": "hunter2",
    }
    # Sanitizers read their options from the environment. Programs that put the terminal in order when they crash have
    # their own handlers, and end by the signal.
    values["ASAN_OPTIONS"] = values["TSAN_OPTIONS"] = "handle_segv=0"
    values.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})
    return values


def become_reaper() -> None:
    """Whatever the programs leave behind becomes a child of this process, and is seen."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> list[int]:
    return [int(word) for task in Path("/proc/self/task").iterdir() for word in (task / "children").read_text().split()]


def describe(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        return f"{pid} {command or Path(f'/proc/{pid}/comm').read_text().strip()}"
    except OSError:
        return str(pid)


def leftovers() -> list[str]:
    """Processes that still run after the grace period; they are killed."""
    deadline = time.monotonic() + GRACE
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.01)
        except ChildProcessError:
            return []
    found = [describe(pid) for pid in children()]
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    return found


def mounts_below(folder: Path) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(folder) in line]


def pattern_of(expected: str) -> re.Pattern[str]:
    """Literal text with {{regular expressions}}; a line {{ANY}} stands for any number of lines."""
    result = ""
    for line in expected.splitlines(keepends=True):
        if line.strip() == "{{ANY}}":
            result += r"(?:.*\n)*(?:.+\Z)?"
            continue
        for index, piece in enumerate(re.split(r"\{\{(.*?)\}\}", line)):
            result += f"(?:{piece})" if index % 2 else re.escape(piece)
    return re.compile(result)


def fill_in(expected: str, scratch: Scratch, uid: int) -> str:
    values = {"PROJECT": scratch.project, "SCRATCH": scratch.path, "UID": uid, "HOST": os.uname().nodename}
    for name, value in values.items():
        expected = expected.replace(f"@{name}@", str(value))
    return expected


def difference(name: str, expected: str, actual: str) -> str:
    if pattern_of(expected).fullmatch(actual):
        return ""
    lines = difflib.unified_diff(
        expected.splitlines(keepends=True), actual.splitlines(keepends=True), f"expected.{name}", f"actual {name}"
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines)


def run(scenario: Path, programs: Path, uid: int, accept: bool) -> list[str]:
    scratch = Scratch(scenario, uid)
    try:
        become_reaper()
        identity = {} if uid == os.geteuid() else {"user": uid, "group": uid, "extra_groups": []}
        command = scratch.path / "cmd"
        shutil.copy(scenario / "cmd", command)
        shutil.copy(HERE / "lib.sh", scratch.path)
        problems = []
        # Files, not pipes: what is left behind may hold a pipe open, and is to be found, not waited for.
        with (scratch.path / "stdout").open("wb") as output, (scratch.path / "stderr").open("wb") as errors:
            process = subprocess.Popen(
                ["bash", str(command)],
                cwd=scratch.project,
                env=environment(programs_for(programs, uid, scratch), scratch, uid),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
                **identity,
            )
            try:
                process.wait(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                problems.append(f"did not end within {SECONDS} seconds")
        problems += [f"still runs: {left}" for left in leftovers()]
        actual = {
            "stdout": (scratch.path / "stdout").read_text(errors="backslashreplace"),
            "stderr": (scratch.path / "stderr").read_text(errors="backslashreplace"),
            "status": f"{process.returncode}\n",
        }
        for name, text in actual.items():
            path = scenario / f"expected.{name}"
            default = "0\n" if name == "status" else ""
            if accept and text != default:
                path.write_text(text)
            expected = fill_in(path.read_text() if path.exists() else default, scratch, uid)
            problems.append(difference(name, expected, text))
        problems += [f"still mounted: {line}" for line in mounts_below(scratch.path)]
        return [problem for problem in problems if problem]
    finally:
        scratch.remove()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=Path, required=True, help="folder of maelstrom-run and the others")
    parser.add_argument("--as", dest="identity", choices=("root", "user"), required=True)
    parser.add_argument("--accept", action="store_true", help="write what was seen as what is expected")
    parser.add_argument("scenario", type=Path)
    arguments = parser.parse_args()

    root = os.geteuid() == 0
    if arguments.identity == "root" and not root:
        print("needs root")
        return SKIPPED
    uid = ORDINARY_USER if arguments.identity == "user" and root else os.geteuid()
    problems = run(arguments.scenario.resolve(), arguments.programs.resolve(), uid, arguments.accept)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

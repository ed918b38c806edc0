#!/usr/bin/env python3
"""run_test.py --kernel FOLDER --script NAME [--at FILE] PROGRAM…: boots the machine, runs guest/NAME, prints its report.

Succeeds when the guest reported at least one `ok`, no `not ok`, and reached its last line. The console is shown otherwise.
"""

import argparse
import sys
from pathlib import Path

from machine import boot


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", type=Path, required=True)
    parser.add_argument("--script", required=True)
    parser.add_argument("--seconds", type=float, default=280)
    parser.add_argument("--at", type=Path, action="append", default=[], help="a file that keeps its absolute path")
    parser.add_argument("programs", type=Path, nargs="*", help="programs for /usr/local/bin")
    arguments = parser.parse_args()

    report, console = boot(arguments.kernel, arguments.script, arguments.programs, arguments.at, arguments.seconds)
    lines = report.replace("\r", "").splitlines()
    print("\n".join(lines))
    passed = sum(line.startswith("ok ") for line in lines)
    failed = sum(line.startswith("not ok ") for line in lines)
    complete = "the end" in lines
    if passed and not failed and complete:
        return 0
    if not complete:
        print(f"The guest did not reach its end within {arguments.seconds:.0f} seconds.")
    print("--- console ---", console.replace("\r", ""), sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

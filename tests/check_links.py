#!/usr/bin/env python3
"""Every relative link of a Markdown page leads to something, and every decision is listed."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def main() -> int:
    problems = []
    pages = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        pages += [Path(folder, name) for name in files if name.endswith(".md")]
    for page in sorted(pages):
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for target in LINK.findall(line):
                if "://" not in target and not (page.parent / target).exists():
                    problems.append(f"{page.relative_to(ROOT)}:{number}: {target} does not exist")
    decisions = ROOT / "docs" / "decisions"
    index = (decisions / "README.md").read_text()
    for page in sorted(decisions.glob("[0-9]*.md")):
        if f"({page.name})" not in index:
            problems.append(f"docs/decisions/README.md does not list {page.name}")
    print("\n".join(problems) or f"the links of {len(pages)} pages lead somewhere")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

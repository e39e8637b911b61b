"""Reruns the command of every promise in docs/evidence.md, and says which no longer hold.

python -m benchmarks.evidence [WORD]     only those whose promise has the word
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "evidence.md"
LIMIT_S = 900
_CELL = r"([^|]*?)"
_ROW = re.compile(rf"^\| {_CELL} \| `([^`]+)` \| {_CELL} \| {_CELL} \|$", re.MULTILINE)


class Promise(NamedTuple):
    promise: str
    command: str
    seen: str
    date: str


def promises(text: str) -> list[Promise]:
    """The rows of the table that have a command."""
    return [Promise(*match.groups()) for match in _ROW.finditer(text)]


def rerun(command: str) -> int:
    """Its exit code, with this environment's programs first on the path; 3 when it cannot be run or does not end."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(["bash", "-c", command], cwd=ROOT, env={**os.environ, "PATH": path}, timeout=LIMIT_S)
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        print(error)
        return 3
    return done.returncode


def main() -> int:
    """0 when every command ended well."""
    word = sys.argv[1].lower() if len(sys.argv) > 1 else ""
    failed = 0
    for promise in promises(DOCUMENT.read_text(encoding="utf-8")):
        if word in promise.promise.lower():
            print(f"\n== {promise.promise}\n$ {promise.command}", flush=True)
            begun = time.monotonic()
            code = rerun(promise.command)
            failed += code != 0
            word_for = "holds" if code == 0 else f"exit code {code}"
            print(f"-- {word_for} after {time.monotonic() - begun:.0f} s; last seen: {promise.seen}")
    print(f"\n{failed} of the commands failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Claims: two tables of 100,000 routes with 500 added, removed and changed each are compared in 0.3 s from records in
memory, and `statetrace diff A.log B.log` from the raw files in 6 s; exactly those 1,500 changes are told.

    python -m benchmarks.differences [--routes 100000]

The workload: `show ip route` of IOS, generated; the second table is the first with every age another. `difflib` (the
standard library's) on the lines of the same two texts stands beside it: it has no keys, so that every age is a
change to it. CPU time of this process, the best of three, and of the command's process. Prints one JSON document;
exit code 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.shows import ios_routes
from statetrace_engine.diff import compare
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask

CHANGES = 500
MEMORY_S, COMMAND_S = 0.3, 6.0
_PEER_LINES = 2_000
"""difflib's time grows with the square of what differs."""
_AGE = re.compile(r"\d+w\dd|1d02h")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, default=100_000)
    options = parser.parse_args()
    before = ios_routes(options.routes)
    after = changed(before)
    counts = {"Added": CHANGES, "Removed": CHANGES, "Changed": CHANGES}
    memory_s, told = _in_memory(before, after)
    command_s, document = _command(before, after)
    found = {
        "routes": options.routes,
        "memory_s": round(memory_s, 3),
        "memory_told": told,
        "command_s": round(command_s, 2),
        "command_told": document["Counts"],
        "difflib_2000_lines_s": round(_peer(before, after), 2),
    }
    by_command = {name: document["Counts"][name] for name in ("Added", "Removed")}
    is_right = told == counts and by_command == {"Added": CHANGES, "Removed": CHANGES}
    is_right = is_right and document["Counts"]["ChangedRoutes"] == CHANGES
    found["holds"] = is_right and memory_s <= MEMORY_S and command_s <= COMMAND_S
    print(json.dumps(found, indent=2))
    return 0 if found["holds"] else 1


def changed(text: str) -> str:
    """Every age another; of the routes with one next hop, some gone, some by another hop; some new ones at the end."""
    lines = _AGE.sub("3d04h", text).splitlines(keepends=True)
    single = [at for at in range(len(lines) - 1) if lines[at].startswith("O E2") and lines[at + 1].startswith("O E2")]
    step = len(single) // (2 * CHANGES)
    chosen = single[::step][: 2 * CHANGES]
    for at in chosen[::2]:
        lines[at] = ""
    for at in chosen[1::2]:
        lines[at] = re.sub(r"via 10\.0\.\d+\.2", "via 10.9.9.9", lines[at])
    new = (f"O E2     99.{n // 256}.{n % 256}.0/24 [110/20] via 10.0.1.2, 1d02h, Gi0/1\n" for n in range(CHANGES))
    return "".join((*lines, *new))


def _in_memory(before: str, after: str) -> tuple[float, dict[str, int]]:
    show = shows.find("cisco_ios", "show ip route")
    assert show is not None
    assert show.parse is not None
    tables = [
        Table(Kind.ROUTES, "show ip route", show.parse(text, Ask("show ip route", "cisco_ios")).rows)
        for text in (before, after)
    ]
    best, changes = float("inf"), []
    for _ in range(3):
        start = time.process_time()
        changes = compare.tables(*tables)
        best = min(best, time.process_time() - start)
    told: dict[str, int] = {}
    for change in changes:
        told[change.change_type.value] = told.get(change.change_type.value, 0) + 1
    return best, told


def _command(before: str, after: str) -> tuple[float, dict[str, dict[str, int]]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("a.log", "b.log")]
        for path, text in zip(paths, (before, after), strict=True):
            path.write_text(f"R1#show ip route\n{text}R1#", encoding="utf-8")
        spent = _children_s()
        command = [sys.executable, "-m", "statetrace_tui", "diff", "--json", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, check=True)
        return _children_s() - spent, json.loads(done.stdout)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peer(before: str, after: str) -> float:
    start = time.process_time()
    one, other = (text.splitlines()[:_PEER_LINES] for text in (before, after))
    list(difflib.unified_diff(one, other, n=0))
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())

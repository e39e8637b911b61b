"""Claims: two tables of 100,000 routes with 500 added, removed and changed each are compared in 0.3 s from records in
memory, and `statetrace diff A.log B.log` from the raw files in 6 s; exactly those 1,500 changes are told.

    python -m benchmarks.differences [--routes 100000] [--no-peers]

The workload: `show ip route` of IOS, generated; the second table is the first with every age another. CPU time of this
process, the best of three, and of the command's process. Prints one JSON document; exit code 1 when a claim does not
hold.

Beside it, once each, on the same two tables, each as it serves the peer best: DeepDiff (the `bench` extra; `null` where
it is not installed) on dictionaries by vrf and prefix without the ages, and the standard library's `difflib` on the
lines without the ages, of which it gets the first 10,000, because its time grows with their square.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any  # a peer's own

from benchmarks.shows import ios_routes
from benchmarks.spent import children_s
from statetrace_engine.diff import compare
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask

CHANGES = 500
MEMORY_S, COMMAND_S = 0.3, 6.0
_PEER_LINES = 10_000
_AGE = re.compile(r"\d+w\dd|1d02h")
_ANY_AGE = re.compile(r"\d+w\dd|\dd\d\dh")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--routes", type=int, default=100_000)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    before = ios_routes(options.routes)
    after = changed(before)
    counts = {"Added": CHANGES, "Removed": CHANGES, "Changed": CHANGES}
    tables = [Table(Kind.ROUTES, "show ip route", _rows(text)) for text in (before, after)]
    memory_s, told = _in_memory(*tables)
    command_s, document = _command(before, after)
    found: dict[str, Any] = {
        "routes": options.routes,
        "memory_s": round(memory_s, 3),
        "memory_told": told,
        "command_s": round(command_s, 2),
        "command_told": document["Counts"],
    }
    if not options.no_peers:
        found |= {"deepdiff": _deepdiff(*tables), "difflib": _difflib(before, after)}
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


def _rows(text: str) -> list[Any]:
    show = shows.find("cisco_ios", "show ip route")
    assert show is not None
    assert show.parse is not None
    return list(show.parse(text, Ask("show ip route", "cisco_ios")).rows)


def _in_memory(before: Table, after: Table) -> tuple[float, dict[str, int]]:
    taken = [_timed(lambda: compare.tables(before, after)) for _ in range(3)]
    told = Counter(change.change_type.value for change in taken[0][1])
    return min(seconds for seconds, _ in taken), dict(told)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


def _command(before: str, after: str) -> tuple[float, dict[str, dict[str, int]]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("a.log", "b.log")]
        for path, text in zip(paths, (before, after), strict=True):
            path.write_text(f"R1#show ip route\n{text}R1#", encoding="utf-8")
        spent = children_s()
        command = [sys.executable, "-m", "statetrace_tui", "diff", "--json", *map(str, paths)]
        done = subprocess.run(command, capture_output=True, check=True)
        return children_s() - spent, json.loads(done.stdout)


def _deepdiff(before: Table, after: Table) -> dict[str, Any] | None:
    """What it took and told; None, with a word, where it is not installed."""
    if find_spec("deepdiff") is None:
        print("DeepDiff is not installed: pip install 'statetrace[bench]'", file=sys.stderr)
        return None
    deepdiff = import_module("deepdiff")
    one, other = (_plain(table.rows) for table in (before, after))
    seconds, found = _timed(lambda: deepdiff.DeepDiff(one, other))
    told = {name: len(those) for name, those in found.items()}
    return {"version": deepdiff.__version__, "seconds": round(seconds, 2), "told": told}


def _plain(rows: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        fields = {name: getattr(row, name) for name in row.__struct_fields__ if name != "age_seconds"}
        found.setdefault(f"{row.vrf} {row.prefix}", []).append(fields)
    return found


def _difflib(before: str, after: str) -> dict[str, Any]:
    one, other = (_ANY_AGE.sub("", text).splitlines()[:_PEER_LINES] for text in (before, after))
    seconds, found = _timed(lambda: list(difflib.unified_diff(one, other, n=0)))
    return {"lines": len(one), "seconds": round(seconds, 2), "told": len(found)}


if __name__ == "__main__":
    sys.exit(main())

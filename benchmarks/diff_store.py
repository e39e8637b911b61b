"""Claims: 50 runs of one device with 1 % drift cost at most 3 times one run; the last 5 changes of a host are there in
20 ms with 1,000,000 changes stored; unchanged tables are known by their hash in 50 ms; two stored runs of 100,000
routes, the newest or the oldest, are compared in 1 s; of captures that have one before them, `statetrace ingest` takes
at most 20 % more, by the clock and of CPU, than of the first ones: 40,000 routes of as many devices as that takes.

    python -m benchmarks.diff_store [--routes 1000,10000,100000] [--runs 50] [--changes 1000000]
    python -m benchmarks.diff_store --month [--routes 1000]     what 30 days of hourly captures cost, pruned daily

The workload is `benchmarks.drift`: `show ip route` of so many routes, 48 interfaces with their counters, a
configuration; 5.4 h lie between two captures, every age is another, 1 % of the routes come, go or change. Sizes are
those of the database file after a checkpoint, as it is and after VACUUM. Times are CPU of this process; what is held to
milliseconds is by the clock. Shares are of reading and writing in this process, which starts no other. Prints one JSON
document; exit code 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any  # JSON

from msgspec import structs

from benchmarks import ingest
from benchmarks.drift import Device
from benchmarks.drift import filed as filed_of
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import (
    ChangeType,
    DiffChange,
    DiffMetadata,
    DiffObject,
    DiffRun,
    FieldChange,
    FiledRun,
)
from statetrace_engine.model.filed import FiledFile
from statetrace_engine.model.packed_changes import pack
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing

TIMES, LAST_MS, HASH_MS, BETWEEN_S = 3.0, 20.0, 50.0, 1.0
_TOGETHER = 40_000
_PER_RUN = 1000
_ASK = """
import sys, time
from pathlib import Path
import sqlalchemy, statetrace_engine.store.run_queries
from statetrace_engine.store.runs import Runs
began = time.perf_counter()
found = Runs(Path(sys.argv[1])).last_changes(sys.argv[2], 5)
print(len(found), (time.perf_counter() - began) * 1e3)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", default="1000,10000,100000")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--month", action="store_true")
    options = parser.parse_args()
    if options.month:
        with tempfile.TemporaryDirectory(prefix="statetrace-diff-store-") as name:
            print(json.dumps(_month(Path(name), int(options.routes.split(",")[0])), indent=2))
        return 0
    with tempfile.TemporaryDirectory(prefix="statetrace-diff-store-") as name:
        place = Path(name)
        stored = [_drifting(place, int(routes), options.runs) for routes in options.routes.split(",")]
        asked = _asked(place / "changes.db", options.changes)
        ingested = [_ingested(place, int(routes)) for routes in options.routes.split(",")]
    largest = stored[-1]
    claims = {
        "stored": all(one["times_one_run"] <= TIMES and one["times_one_run_vacuumed"] <= TIMES for one in stored),
        "last_changes": asked["first_ms"] <= LAST_MS and asked["warm_ms"] <= LAST_MS,
        "unchanged": largest["unchanged_ms"] <= HASH_MS,
        "overhead": all(one["ok"] for one in ingested),
        "between": max(largest["between_s"][pair] for pair in ("newest", "oldest")) <= BETWEEN_S,
    }
    holds = all(claims.values())
    found = {"stored": stored, "asked": asked, "ingested": ingested, "claims": claims, "holds": holds}
    print(json.dumps(found, indent=2))
    return 0 if holds else 1


def _ingested(place: Path, routes: int) -> dict[str, Any]:
    home = place / f"ingest-{routes}"
    home.mkdir()
    return ingest.second(home, max(1, _TOGETHER // routes), routes, times=3)


def _drifting(place: Path, routes: int, runs: int) -> dict[str, Any]:
    store = place / f"drift-{routes}.db"
    session = Session(store, time.time)
    spent = dict.fromkeys(("read", "write", "compare", "compare_and_tell"), 0.0)
    changes, ids, one, at = 0, list[int](), (0, 0), 0.0
    filed: FiledFile | None = None
    for at, raw in Device(routes).captures(runs):
        filed = _timed(spent, "read", lambda raw=raw, at=at: filed_of(raw, at))  # type: ignore[misc]  # bound now
        stored = _timed(spent, "write", lambda filed=filed: session.write_captures([filed]))  # type: ignore[misc]
        ids.append(stored.captures[0].capture_id)
        if len(ids) > 1:
            _timed(spent, "compare", lambda: comparing.between(store, *ids[-2:]))
        run = _timed(spent, "compare_and_tell", lambda at=at: comparing.with_previous(store, ids[-1], at))  # type: ignore[misc]
        _timed(spent, "write", lambda run=run: session.write_runs([run]))  # type: ignore[misc]
        changes += run.run.total
        one = _sizes(store) if len(ids) == 1 else one
    all_runs = _sizes(store)
    pairs = {"newest": (ids[-2], ids[-1]), "oldest": (ids[0], ids[1]), "first_and_last": (ids[0], ids[-1])}
    between = {name: round(_between(store, *pair), 3) for name, pair in pairs.items()}
    assert filed is not None
    unchanged_ms = _unchanged_ms(session, store, filed, at)
    session.close()
    ingesting = spent["read"] + spent["write"]
    return {
        "routes": routes,
        "runs": runs,
        "changes": changes,
        "one_run_mb": round(one[0] / 1e6, 3),
        "all_runs_mb": round(all_runs[0] / 1e6, 3),
        "times_one_run": round(all_runs[0] / one[0], 2),
        "times_one_run_vacuumed": round(all_runs[1] / one[1], 2),
        "s_per_run": {name: round(seconds / runs, 4) for name, seconds in spent.items()},
        "comparing_share": round(spent["compare"] / ingesting, 3),
        "comparing_and_telling_share": round(spent["compare_and_tell"] / ingesting, 3),
        "unchanged_ms": round(unchanged_ms, 1),
        "between_s": between,
    }


def _month(place: Path, routes: int) -> dict[str, Any]:
    """720 captures, an hour and 0.2 % of the routes apart; compared as they come, pruned once a day."""
    store = place / "month.db"
    session = Session(store, time.time)
    spent = dict.fromkeys(("compare", "prune"), 0.0)
    one = (0, 0)
    for number, (at, raw) in enumerate(Device(routes, hours=1.0, drift=0.002).captures(720)):
        session.write_captures([filed_of(raw, at)])
        _timed(spent, "compare", lambda at=at: _compare(session, store, at))  # type: ignore[misc]  # bound now
        if number % 24 == 23:
            _timed(spent, "prune", lambda at=at: list(session.prune(at, Retention())))  # type: ignore[misc]
            _timed(spent, "prune", lambda at=at: _compare(session, store, at))  # type: ignore[misc]
        one = _sizes(store) if not number else one
    session.close()
    kept = len(Runs(store).recent(limit=1000))
    return {
        "routes": routes,
        "captures": 720,
        "kept": kept,
        "one_run_mb": round(one[0] / 1e6, 3),
        "month_mb": round(_sizes(store)[0] / 1e6, 3),
        "s": {name: round(seconds, 1) for name, seconds in spent.items()},
    }


def _compare(session: Session, store: Path, at: float) -> None:
    metrics = DiffMetrics(store.parent / "logs", store)
    for _ in comparison.run(store, session.write_runs, lambda *_, **__: None, lambda: at, metrics=metrics):
        pass


def _timed(spent: dict[str, float], name: str, run: Callable[[], Any]) -> Any:
    began = time.process_time()
    try:
        return run()
    finally:
        spent[name] += time.process_time() - began


def _sizes(store: Path) -> tuple[int, int]:
    """Bytes after a checkpoint, and in a copy after VACUUM."""
    copy = store.with_suffix(".vacuumed")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"VACUUM INTO '{copy}'")
    return os.path.getsize(store), os.path.getsize(copy)  # noqa: PTH202


def _unchanged_ms(session: Session, store: Path, filed: FiledFile, at: float) -> float:
    """The same tables again, by the clock."""
    capture = structs.replace(filed.captures[0], captured_at=at + 60)
    again = structs.replace(filed, file_key="again", captures=(capture,))
    [summary] = session.write_captures([again]).captures
    before = Runs(store).previous(summary.capture_id)
    assert before is not None
    took = []
    for _ in range(5):
        began = time.perf_counter()
        diff = comparing.between(store, before, summary.capture_id)
        took.append((time.perf_counter() - began) * 1e3)
        assert diff is not None
        assert not diff.changes
    return min(took)


def _between(store: Path, before: int, after: int) -> float:
    began = time.process_time()
    assert comparing.between(store, before, after) is not None
    return time.process_time() - began


def _asked(store: Path, changes: int) -> dict[str, Any]:
    """Runs of 20 hosts in turn, 1,000 changes each."""
    session = Session(store, time.time)
    body = structs.replace(filed_of(Device(4).capture(), time.time()), file_key="")
    ids = []
    for number in range(max(20, changes // _PER_RUN)):
        capture = structs.replace(body.captures[0], hostname=f"WLLS-A{number % 20:02}-AR-01", captured_at=float(number))
        [summary] = session.write_captures([structs.replace(body, file_key=str(number), captures=(capture,))]).captures
        ids.append(summary)
    packed = pack(_changes())
    for start in range(0, len(ids), 20):
        session.write_runs([_run(summary, packed) for summary in ids[start : start + 20]])
    session.close()
    answers = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", _ASK, str(store), "WLLS-A07-AR-01"], capture_output=True, check=True, text=True
        )
        told, took = done.stdout.split()
        assert told == "5"
        answers.append(float(took))
    return {
        "changes": len(ids) * _PER_RUN,
        "bytes_a_change": round(sum(len(one.body) for one in packed) / _PER_RUN, 1),
        "first_ms": round(min(answers), 1),
        "warm_ms": round(min(_asking(Runs(store))), 1),
    }


def _asking(runs: Runs) -> Iterator[float]:
    for _ in range(20):
        began = time.perf_counter()
        assert len(runs.last_changes("WLLS-A07-AR-01", 5)) == 5
        yield (time.perf_counter() - began) * 1e3


def _run(summary: Any, packed: Any) -> FiledRun:
    run = DiffRun(
        run_id=summary.capture_id,
        previous_id=None,
        site=summary.site,
        hostname=summary.hostname,
        captured_at=summary.captured_at,
        previous_at=None,
        compared_at=summary.captured_at,
        counts=(),
        metadata=DiffMetadata(compared=("show ip route",)),
    )
    return FiledRun(run, packed)


def _changes() -> list[DiffChange]:
    def route(number: int, hop: int) -> DiffObject:
        fields = (
            ("next_hop", f"10.0.{hop}.1"), ("interface", f"Gi0/{hop}"), ("protocol", "ospf"), ("protocol_code", "O E2"),
            ("admin_distance", 110), ("metric", 20), ("tag", None), ("active", True),
        )  # fmt: skip
        key = ("default", f"20.{number // 256 % 256}.{number % 256}.0/24")
        return DiffObject(Kind.ROUTES, key, fields, ((number * 70, number * 70 + 69),))

    found = []
    for number in range(_PER_RUN):
        before, after = route(number * 97, number % 48), route(number * 97, number * 7 % 48)
        pairs = zip(before.fields, after.fields, strict=True)
        fields = tuple(FieldChange(name, old, new) for (name, old), (_, new) in pairs if old != new)
        found.append(DiffChange(ChangeType.CHANGED, Kind.ROUTES, "show ip route", before.key, before, after, fields))
    return found


if __name__ == "__main__":
    sys.exit(main())

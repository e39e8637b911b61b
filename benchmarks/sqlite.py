"""What the disk costs, as one JSON object: journal rows a second, a 91-row batch, a burst of 5,000 transitions.

`python benchmarks/sqlite.py [--seconds N] [--folder DIR]`. The journal is measured alone and beside a thread that is
busy all the time, as the pump is in a storm. `worst_append_ms` and `worst_submit_ms` are what the caller's thread
pays; `burst_worst_pause_ms` is the longest that a thread that wakes every millisecond was held up by the
burst, beside the same of a calm second: on a shared machine others hold it up too.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from statetrace_engine.model import ids
from statetrace_engine.model.change import Change, HealthChanged, OutageChanged, OutageStep
from statetrace_engine.model.health import Failover, HealthState, RouteHealth, RouteHealthSnapshot, Severity
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from statetrace_engine.model.signal import LogLine, Signal, Source
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.writer import StoreWriter

ROUTES = 10_000
BATCH = 91
BURST = 5_000
SLICE = 500
LINE = b"<189>1 2026-11-23T14:03:27.123Z WLLS-A01-AR-01 bgpd - - - %BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down"
WAIT_S = 60.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=2.0, help="of journal writing, alone and busy each")
    options.add_argument("--folder", type=Path, help="on the disk to measure; default: the temporary folder")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        figures = {
            "journal": journal(Path(folder) / "alone", given.seconds),
            "journal_beside_busy_thread": beside_busy(lambda: journal(Path(folder) / "busy", given.seconds)),
            "store": store(Path(folder) / "statetrace.db"),
        }
    print(json.dumps(figures, indent=2))


def journal(folder: Path, seconds: float) -> dict[str, float]:
    """Appends in slices as the pump does, never more than 20,000 signals ahead of the disk."""
    kept, worst, began = Journal(folder), 0.0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        first, at = kept.next_seq, time.time()
        signals = [Signal(first + n, at, at, Source.SYSLOG_UDP, "10.0.0.1", LogLine(LINE)) for n in range(SLICE)]
        worst = max(worst, timed(lambda chunk=signals: kept.append(chunk)))  # type: ignore[misc]
        if kept.pending > 20_000:
            kept.wait_written(kept.last_seq - 10_000, WAIT_S)
    assert kept.flush(WAIT_S), kept.error
    took = time.perf_counter() - began
    rows = kept.last_seq
    kept.close()
    return {"rows_per_s": round(rows / took), "rows": rows, "worst_append_ms": round(worst * 1e3, 2)}


def store(path: Path) -> dict[str, float]:
    routes, at = [route(number) for number in range(ROUTES)], time.time()
    writer = StoreWriter(path, settle_s=0)
    write(writer, [change(each, HealthState.HEALTHY, at, 1) for each in routes], 1)
    took = []
    for seq in range(2, 102):
        first = seq * BATCH % ROUTES
        state = HealthState.DOWN if seq % 2 else HealthState.HEALTHY
        rows = [change(routes[(first + number) % ROUTES], state, at + 60 * seq, seq) for number in range(BATCH)]
        took.append(write(writer, rows, seq)[1] * 1e3)
    burst: list[Change] = []
    for each in routes[:BURST]:
        burst += [change(each, HealthState.DEGRADED, at + 9_000, 200), opened(each, at + 9_000)]
    gc.collect()  # the burst was made here at once, which the engine never does: that garbage is not the store's
    with longest_pause() as calm:
        time.sleep(1)
    with longest_pause() as pause:
        submit_s, burst_s = write(writer, burst, 200)
    writer.close()
    p50, p95 = statistics.quantiles(took, n=20)[9::9]
    return {
        "batch_rows": BATCH,
        "batch_p50_ms": round(p50, 2),
        "batch_p95_ms": round(p95, 2),
        "burst_transitions": BURST,
        "burst_ms": round(burst_s * 1e3, 1),
        "worst_submit_ms": round(submit_s * 1e3, 1),
        "burst_worst_pause_ms": round(pause[0] * 1e3, 1),
        "calm_worst_pause_ms": round(calm[0] * 1e3, 1),
    }


def write(writer: StoreWriter, changes: Sequence[Change], seq: int) -> tuple[float, float]:
    """Seconds that `submit` held the caller, and until the batch was on disk."""
    began = time.perf_counter()
    writer.submit(changes, seq)
    submitted = time.perf_counter() - began
    assert writer.flush(WAIT_S), writer.error
    return submitted, time.perf_counter() - began


def timed(action: Callable[[], None]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def beside_busy(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            sum(range(1_000))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        return measure()
    finally:
        stop.set()
        thread.join()


@contextmanager
def longest_pause() -> Iterator[list[float]]:
    """The longest, in seconds, that a thread asleep for a millisecond at a time woke too late."""
    stop, worst = threading.Event(), [0.0]

    def wake() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            time.sleep(0.001)
            worst[0] = max(worst[0], time.perf_counter() - began - 0.001)

    thread = threading.Thread(target=wake)
    thread.start()
    yield worst
    stop.set()
    thread.join()


def route(number: int) -> RouteRecord:
    host, prefix = f"WLLS-A{number // 100:03}-AR-01", f"10.{number // 256 % 256}.{number % 256}.0/24"
    name = ids.route_id("WLLS", host, "default", prefix)
    paths = tuple(
        RoutePath(
            path_id=ids.path_id(name, "bgp", f"10.1.{n}.2", f"GigabitEthernet0/{n}"), role=role,
            next_hop=f"10.1.{n}.2", interface=f"GigabitEthernet0/{n}", protocol="bgp",
        )
        for n, role in ((1, Role.PRIMARY), (2, Role.SECONDARY))
    )  # fmt: skip
    return RouteRecord(
        route_id=name, site="WLLS", hostname=host, vrf="default", prefix=prefix, owner="Network Core",
        contact="netcore@example.net", paths=paths,
    )  # fmt: skip


def change(record: RouteRecord, state: HealthState, at: float, seq: int) -> HealthChanged:
    snapshot = RouteHealthSnapshot(
        snapshot_id=f"hs-{seq}-{record.route_id}", route_id=record.route_id, taken_at=at, state=state, severity=None,
        failover=Failover.NONE, overlays=0, outage_id="", cause="link-failure", seq=seq,
    )  # fmt: skip
    return HealthChanged(health=RouteHealth(route=record, state=state, since_at=at), snapshot=snapshot)


def opened(record: RouteRecord, at: float) -> OutageChanged:
    outage = OutageEvent(
        outage_id=f"OUT-{record.route_id}", route_id=record.route_id, site=record.site, hostname=record.hostname,
        vrf=record.vrf, prefix=record.prefix, route_class=record.route_class.value, owner=record.owner,
        contact=record.contact, state=HealthState.DEGRADED, severity=Severity.MAJOR, worst=Severity.MAJOR,
        cause=CauseKind.LINK_FAILURE, occurred_at=at, first_signal_at=at, detected_at=at,
    )  # fmt: skip
    return OutageChanged(step=OutageStep.OPENED, outage=outage)


if __name__ == "__main__":
    main()

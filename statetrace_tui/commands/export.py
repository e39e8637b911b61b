"""`statetrace export route-records|health-snapshots`: interchange of schema version 1.0 (SPEC 7), from captures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.errors import StoreError
from statetrace_engine.model.health import Failover
from statetrace_engine.reports import interchange
from statetrace_engine.reports.interchange import Group, Lived, RouteHealthSnapshots, RouteRecord, RouteRecords
from statetrace_engine.runtime import interchanging
from statetrace_engine.store.captures import Captures
from statetrace_tui.commands import answers, homes, writing


def run(options: argparse.Namespace) -> int:
    """0; the document is empty for a home without captures."""
    home = homes.of(options).path
    captures = Captures(answers.data_dir(home) / answers.STORE)
    try:
        watched = interchanging.watched(config.load(home).inventory)
        records = tuple(interchanging.records(captures, watched, (options.site or "").upper()))
    except ValueError as error:
        raise StoreError(f"a capture cannot be exported: {error}") from error
    raw = interchange.encode(
        RouteRecords(interchange.VERSION, records)
        if options.action == "route-records"
        else RouteHealthSnapshots(interchange.VERSION, interchange.snapshots(records, _lived(home, records)))
    )
    if options.out:
        writing.whole(Path(options.out), raw)
    else:
        sys.stdout.write(raw.decode("utf-8"))
        sys.stdout.flush()
    return 0


def _lived(home: Path, records: Iterable[RouteRecord]) -> dict[Group, Lived]:
    """What the engine knows of the groups that are exported."""
    wanted = {(record.site, record.hostname, record.vrf) for record in records}
    found: dict[Group, Lived] = {}
    for health in answers.routes(home):
        group = (health.route.site, health.route.hostname, health.route.vrf)
        if group in wanted and health.failover is not Failover.NONE:
            found[group] = Lived(failover=health.failover)
    opened = [outage for outage in answers.outages(home) if outage.resolved_at is None]
    for outage in sorted(opened, key=lambda outage: outage.detected_at, reverse=True):  # the one open longest is last
        group = (outage.site, outage.hostname, outage.vrf)
        if group in wanted:
            found[group] = Lived(
                detection_latency_ms=round(outage.detection_s * 1000, 1),
                failover=outage.failover,
                sources=tuple(sorted({str(item.source) for item in outage.evidence} | {"capture"})),
            )
    return found

"""What an explanation costs when one link takes many routes with it: CPU of the whole of it, built anew each time.

    python benchmarks/explanation.py [--routes 5000]

Prints one JSON object: `live_ms` of an open outage by the pipeline, `settled_ms` after its causes became final, and
`counted`, which must be all of the routes. Times are of the process (CPU), the median of twenty.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from statetrace_engine.model import ids
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.model.signal import LogLine, Signal, Source, Tick
from statetrace_engine.pipeline import Pipeline

START, HOST = 1_764_000_000.0, "WLLS-A01-AR-01"
DOWN = f"<189>1 - {HOST} - - - - %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down".encode()


def network(routes: int) -> Inventory:
    """One access router, all of whose routes share a link."""
    return Inventory(
        devices=(Device(hostname=HOST, site="WLLS", vendor="cisco_ios", addresses=("10.255.1.1",)),),
        routes=tuple(_route(f"10.{100 + n // 256}.{n % 256}.0/24") for n in range(routes)),
    )


def _route(prefix: str) -> RouteRecord:
    ident = ids.route_id("WLLS", HOST, "default", prefix)
    path = RoutePath(
        path_id=ids.path_id(ident, "bgp", "10.1.1.2", "GigabitEthernet0/1"),
        role=Role.PRIMARY,
        next_hop="10.1.1.2",
        interface="GigabitEthernet0/1",
        protocol="bgp",
    )
    return RouteRecord(
        route_id=ident,
        site="WLLS",
        hostname=HOST,
        vrf="default",
        prefix=prefix,
        route_class=RouteClass.CRITICAL,
        paths=(path,),
    )


def measure(routes: int) -> dict[str, float | int]:
    """Raises AssertionError when the radius is not all of the routes."""
    pipeline = Pipeline(network(routes))
    pipeline.feed(Signal(1, START, START, Source.SYSLOG_UDP, "10.255.1.1", LogLine(DOWN)))
    _tick(pipeline, 2, START + 10.0)
    live_ms, counted = _explain(pipeline)
    _tick(pipeline, 3, START + 60.0)
    settled_ms, _ = _explain(pipeline)
    assert counted == routes
    return {"routes": routes, "counted": counted, "live_ms": live_ms, "settled_ms": settled_ms}


def _tick(pipeline: Pipeline, seq: int, steady: float) -> None:
    pipeline.feed(Signal(seq, steady, steady, Source.ENGINE, "", Tick()))


def _explain(pipeline: Pipeline) -> tuple[float, int]:
    """Milliseconds, and how many routes the radius counts."""
    outage_id = pipeline.outages()[0].outage_id
    times, counted = [], 0
    for _ in range(20):
        began = time.process_time()
        found = pipeline.explanation(outage_id)
        times.append((time.process_time() - began) * 1e3)
        assert found is not None
        assert found.radius is not None
        counted = found.radius.route_count
    return round(statistics.median(times), 2), counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=5000)
    print(json.dumps(measure(parser.parse_args().routes), indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

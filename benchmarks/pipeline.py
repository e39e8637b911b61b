"""What `pipeline.feed` costs on one core: signals a second by kind, in a mix, and with ten times the routes.

    python benchmarks/pipeline.py [--routes 10000] [--signals 40000]

Prints one JSON object. The mix is 90 % messages about something else, 9 % repeats, 1 % transitions (a link that goes
down or comes back); every watched route has its own link. `cost_ratio` is what a signal of the mix costs with ten
times the routes, as a multiple. What waits for its turn (`health/turns.py`) is part of the cost: Ticks are fed until
every route has been evaluated. `burst` is 5,000 links lost at once: seconds until all are evaluated, and the longest
time for which one signal or Tick held the loop. `checkpoint` is what the loop gives to one with those outages open.
Memory is what the process grew by while the larger pipeline was made. Times are of the process (CPU), so that other
work on the machine counts less; `reference_ms` is a fixed piece of work, for comparing machines.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from statetrace_engine.health.turns import SLICE_S
from statetrace_engine.model import ids
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.model.signal import LogLine, Payload, ProbeResult, Signal, Source, Tick
from statetrace_engine.pipeline import Pipeline

START = 1_764_000_000.0
PER_DEVICE = 10
UNRELATED = (
    "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: jsm] [Source: 10.9.9.9] [localport: 22]",
    "%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 10.9.9.9 port 514 started - CLI initiated",
    "%SEC-6-IPACCESSLOGP: list 101 denied tcp 10.4.4.4(2034) -> 10.5.5.5(23), 1 packet",
    "%CDP-4-DUPLEX_MISMATCH: duplex mismatch discovered on GigabitEthernet0/9 (not full duplex)",
    "%DHCPD-4-PING_CONFLICT: DHCP address conflict: server pinged 10.7.7.7.",
    "%SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 10.9.9.8",
)


def network(routes: int) -> Inventory:
    """Access routers with ten uplinks each, a watched route on every one, and a probe of every next hop."""
    devices, records, probes = [], [], []
    for number in range(routes // PER_DEVICE):
        host = f"S{number % 100:03}-A{number:05}-AR-01"
        own = f"10.{128 + number // 65536}.{number // 256 % 256}.{number % 256}"
        devices.append(Device(hostname=host, site=host[:4], vendor="cisco_ios", addresses=(own,)))
        probes.append(_probe(host, ProbeTests.CONTROL, own))
        for link in range(PER_DEVICE):
            prefix, hop = f"10.{link}.{number // 256}.0/24", f"172.{16 + link}.{number // 256}.{number % 256}"
            ident = ids.route_id(host[:4], host, "default", prefix)
            path = RoutePath(
                path_id=ids.path_id(ident, "bgp", hop, f"GigabitEthernet0/{link}"),
                role=Role.PRIMARY,
                next_hop=hop,
                interface=f"GigabitEthernet0/{link}",
                protocol="bgp",
            )
            records.append(
                RouteRecord(
                    route_id=ident,
                    site=host[:4],
                    hostname=host,
                    vrf="default",
                    prefix=prefix,
                    route_class=RouteClass.CRITICAL,
                    owner="Network Core",
                    paths=(path,),
                )
            )
            probes.append(_probe(host, ProbeTests.NEXT_HOP, hop))
    return Inventory(devices=tuple(devices), routes=tuple(records), probes=tuple(probes))


def _probe(host: str, tests: ProbeTests, target: str) -> Probe:
    ident = f"{host}/{tests.value}/icmp/{target}"
    return Probe(probe_id=ident, hostname=host, kind=ProbeKind.ICMP, tests=tests, target=target, interval_ms=1000)


class Bench:
    """A pipeline whose routes are healthy, and the messages of its devices."""

    def __init__(self, routes: int, seed: int) -> None:
        self.inventory = network(routes)
        self.pipeline = Pipeline(self.inventory)
        self.steady = START
        self._seq = 0
        self._random = random.Random(seed)
        self._down: set[tuple[Device, int]] = set()
        self._one_down: dict[int, tuple[Device, int]] = {}
        for _ in range(3):
            self.steady += 1.0
            for probe in self.inventory.probes:
                result = ProbeResult(probe.probe_id, 1, 1, 5.0, self.steady, self.steady)
                self.feed(self.signal(result, Source.PROBE_ICMP, probe.target))
        for _ in range(500):
            self.feed(self.transition())

    def signal(self, payload: Payload, source: Source, peer: str) -> Signal:
        self._seq += 1
        return Signal(self._seq, self.steady, self.steady, source, peer, payload)

    def feed(self, signal: Signal) -> None:
        self.pipeline.feed(signal)

    def turns(self) -> Iterator[Signal]:
        """Ticks until no route waits for its turn."""
        while True:
            due, (latest, _) = self.pipeline.next_deadline(), self.pipeline.machine.assessor.turns.given
            if due is None or due > latest * SLICE_S:
                return
            self.steady = max(self.steady, due)
            yield self.signal(Tick(), Source.ENGINE, "")

    def said(self, device: Device, text: str) -> Signal:
        self.steady += 1e-5
        when = datetime.fromtimestamp(self.steady, UTC).strftime("%b %d %H:%M:%S.%f")[:-3]
        raw = f"<189>{self._seq}: {when} UTC: {text}".encode()
        return self.signal(LogLine(raw), Source.SYSLOG_UDP, device.addresses[0])

    def unrelated(self) -> Signal:
        return self.said(self._random.choice(self.inventory.devices), self._random.choice(UNRELATED))

    def repeat(self) -> Signal:
        device, link = self._one_down[self._random.randrange(len(self._one_down))]
        return self.said(device, f"%LINK-3-UPDOWN: Interface GigabitEthernet0/{link}, changed state to down")

    def transition(self) -> Signal:
        device, link = self._random.choice(self.inventory.devices), self._random.randrange(PER_DEVICE)
        is_down = (device, link) in self._down
        if is_down:
            self._down.discard((device, link))
        else:
            self._down.add((device, link))
            self._one_down[len(self._one_down)] = (device, link)
        state = "up" if is_down else "down"
        return self.said(device, f"%LINK-3-UPDOWN: Interface GigabitEthernet0/{link}, changed state to {state}")

    def mixed(self) -> Signal:
        share = self._random.random()
        return self.unrelated() if share < 0.90 else self.repeat() if share < 0.99 else self.transition()

    def cost_s(self, make: Callable[[], Signal], count: int) -> float:
        """CPU seconds of a signal: the best of three turns."""
        best = float("inf")
        for _ in range(3):
            signals = [make() for _ in range(count // 3)]
            gc.collect()
            before = time.process_time()
            for signal in signals:
                self.feed(signal)
            for signal in self.turns():
                self.feed(signal)
            best = min(best, (time.process_time() - before) / len(signals))
        return best


def burst(bench: Bench, count: int) -> dict[str, float]:
    """So many links lost at one instant."""
    pairs = [(device, link) for device in bench.inventory.devices for link in range(PER_DEVICE)][:count]
    text = "%LINK-3-UPDOWN: Interface GigabitEthernet0/{}, changed state to administratively down"
    signals = [bench.said(device, text.format(link)) for device, link in pairs]
    spent = []
    for signal in chain(signals, bench.turns()):
        before = time.process_time()
        bench.feed(signal)
        spent.append(time.process_time() - before)
    return {"transitions": len(signals), "seconds": round(sum(spent), 3), "longest_ms": round(max(spent) * 1e3, 2)}


def checkpoint(bench: Bench) -> dict[str, float]:
    """One with what is open now."""
    before = time.process_time()
    frozen = bench.pipeline.freeze()
    spent = time.process_time() - before
    is_open = [o.closed_at is None for o in bench.pipeline.outages()]
    return {"open": sum(is_open), "bytes": len(frozen), "ms": round(spent * 1e3, 1)}


def reference_ms() -> float:
    """What this machine takes for the same work anywhere: 200,000 small objects made and kept in turn."""
    before, kept = time.process_time(), {}
    for number in range(200_000):
        kept[number & 255] = (number, str(number))
    return round((time.process_time() - before) * 1e3, 1)


def rss_mb() -> float:
    """Resident memory; 0.0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS"))


def measure(routes: int, signals: int) -> dict[str, object]:
    """All figures."""
    small = Bench(routes, seed=1)
    before = rss_mb()
    large = Bench(routes * 10, seed=1)
    growth = round(rss_mb() - before)
    gc.collect()
    gc.freeze()  # what is watched stays: the collector need not walk it again and again
    turns = [(small.cost_s(small.mixed, signals), large.cost_s(large.mixed, signals)) for _ in range(3)]
    mix, mix_large = (min(costs) for costs in zip(*turns, strict=True))
    return {
        "routes": routes,
        "signals_per_s": {
            "mix": round(1 / mix),
            "unrelated": round(1 / small.cost_s(small.unrelated, signals)),
            "repeats": round(1 / small.cost_s(small.repeat, signals)),
            "transitions": round(1 / small.cost_s(small.transition, signals // 10)),
        },
        "signals_per_s_at_ten_times": round(1 / mix_large),
        "cost_ratio": round(mix_large / mix, 2),
        "memory_mb": {"routes": routes * 10, "rss_growth": growth},
        "burst": burst(small, 5000),
        "checkpoint": checkpoint(small),
        "reference_ms": reference_ms(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=10_000)
    parser.add_argument("--signals", type=int, default=40_000)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.routes, arguments.signals), indent=2))


if __name__ == "__main__":
    main()

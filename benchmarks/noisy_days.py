"""Noisy days in virtual time: does anything open that should not, and is every real loss found?

    python benchmarks/noisy_days.py [--days 20] [--processes 2] [--seed 1]

Prints one JSON object. A device with 20 watched routes over two uplinks is lived through for so many route-days:
flaps of access ports, repeats, 1 % of all packets lost, graceful restarts, BFD AdminDown, backlogs of reconnecting
senders, pauses of this machine. Real losses are injected into it: a cut (of whose messages half are lost), a
blackhole, and a failure that only the other end speaks of. The script keeps the truth; the engine is not asked for
it. `false_outages` are those that no injected loss of their route explains; `missed` are injected losses that no
outage of each of their routes was opened for within `FOUND_S`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec import Struct, field

from statetrace_engine.health.policy import Policy
from statetrace_engine.model import ids
from statetrace_engine.model.health import Severity
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.model.signal import Source
from tests.virtual import VirtualNetwork

DAY_S = 86400.0
ROUTES = 20
HOST, FAR = "WLLS-A01-AR-01", {"A": "WLLS-B01-CR-01", "B": "WLLS-B01-CR-02"}
HOP = {"A": "10.1.1.2", "B": "10.1.2.2"}
OWN = {"A": "10.1.1.1", "B": "10.1.2.1"}
PORT = {"A": "GigabitEthernet0/1", "B": "GigabitEthernet0/2"}
FAR_PORT = "TenGigabitEthernet1/1"
FOUND_S = 10.0
"""A loss is found within it, or within it after a pause of this machine."""
A_HAIR_S = 1e-3
AFTER_S = 3.0
"""What a loss did may still be found so long after it healed."""


class Loss(Struct):
    """One injected loss: the truth."""

    kind: str
    side: str
    start: float
    end: float
    words: int = 0
    """Messages of it that arrived and name something known here: without any, only probes can see it."""


class Day(Struct):
    """What came of one device's day."""

    route_days: float
    losses: list[Loss] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    outages: int = 0
    signals: int = 0


def network() -> Inventory:
    """Twenty routes, half of them by each uplink; one of each half has a destination probe."""
    classes = (RouteClass.CRITICAL, RouteClass.STANDARD, RouteClass.BEST_EFFORT)
    routes, probes = [], [_probe(ProbeTests.CONTROL, "10.255.1.1")]
    for side in "AB":
        probes.append(_probe(ProbeTests.NEXT_HOP, HOP[side]))
        probes.append(_probe(ProbeTests.DESTINATION, f"10.{100 + ord(side)}.0.1"))
        for number in range(ROUTES // 2):
            prefix = f"10.{100 + ord(side)}.{number}.0/24"
            ident = ids.route_id("WLLS", HOST, "default", prefix)
            other = "B" if side == "A" else "A"
            paths = (_path(ident, side, Role.PRIMARY), _path(ident, other, Role.SECONDARY))
            routes.append(
                RouteRecord(
                    route_id=ident,
                    site="WLLS",
                    hostname=HOST,
                    vrf="default",
                    prefix=prefix,
                    route_class=classes[number % 3],
                    paths=paths,
                )
            )
    devices = (
        Device(hostname=HOST, site="WLLS", vendor="cisco_ios", addresses=("10.255.1.1", *OWN.values())),
        *(Device(hostname=FAR[side], site="WLLS", addresses=(HOP[side],)) for side in "AB"),
    )
    return Inventory(devices=devices, routes=tuple(routes), probes=tuple(probes))


def _probe(tests: ProbeTests, target: str) -> Probe:
    ident = f"{HOST}/{tests.value}/icmp/{target}"
    return Probe(probe_id=ident, hostname=HOST, kind=ProbeKind.ICMP, tests=tests, target=target, interval_ms=1000)


def _path(ident: str, side: str, role: Role) -> RoutePath:
    path_id = ids.path_id(ident, "bgp", HOP[side], PORT[side])
    return RoutePath(path_id=path_id, role=role, next_hop=HOP[side], interface=PORT[side], protocol="bgp")


def _log(virtual: VirtualNetwork, text: str) -> None:
    virtual.log(HOST, text)


class Script:
    """Draws a day and writes it into a network."""

    def __init__(self, virtual: VirtualNetwork, seed: int, seconds: float) -> None:
        self.network = virtual
        self.seconds = seconds
        self.losses: list[Loss] = []
        self.pauses: list[tuple[float, float]] = []
        self._random = random.Random(seed)

    def write(self) -> None:
        self.network.lose(1.0, "*")
        hours = self.seconds / 3600.0
        self._losses(max(1, round(hours / 4)))
        for kind, per_hour in (
            (self._access_flap, 12.0), (self._repeats, 6.0), (self._bfd_admin, 0.3), (self._backlog, 0.5),
            (self._pause, 0.3),
        ):  # fmt: skip
            for _ in range(max(1, round(per_hour * hours))):
                kind(self._random.uniform(60.0, self.seconds - 900.0))
        for _ in range(max(1, round(hours / 6))):
            self._graceful_restart()

    def _losses(self, count: int) -> None:
        """One in each slice of the day: they do not overlap, and each has healed long before the next."""
        width = (self.seconds - 1800.0) / count
        for number in range(count):
            start = 600.0 + number * width + self._random.uniform(0.0, width / 4)
            length = self._random.uniform(30.0, min(600.0, width / 4))
            side = self._random.choice("AB")
            kind = self._random.choice(("cut", "blackhole", "far end only"))
            loss = Loss(kind, side, start, start + length)
            self.losses.append(loss)
            self.network.at(start, partial(self._break, loss=loss))
            self.network.at(start + length, partial(self._heal, kind=kind, side=side))

    def _break(self, virtual: VirtualNetwork, loss: Loss) -> None:
        side = loss.side
        virtual.silence(f"*/next-hop/icmp/{HOP[side]}")
        if loss.kind == "blackhole":
            virtual.silence(f"*/destination/icmp/10.{100 + ord(side)}.0.1")
        elif loss.kind == "cut":
            loss.words += self._say(HOST, 0.5, f"%LINK-3-UPDOWN: Interface {PORT[side]}, changed state to down")
            loss.words += self._say(HOST, 0.5, f"%BGP-5-ADJCHANGE: neighbor {HOP[side]} Down Interface flap")
        if loss.kind != "blackhole":
            self._say(FAR[side], 0.9, f"%LINK-3-UPDOWN: Interface {FAR_PORT}, changed state to down")
            loss.words += self._say(FAR[side], 0.9, f"%BGP-5-ADJCHANGE: neighbor {OWN[side]} Down Interface flap")

    def _heal(self, virtual: VirtualNetwork, kind: str, side: str) -> None:
        virtual.answer(f"*/next-hop/icmp/{HOP[side]}", f"*/destination/icmp/10.{100 + ord(side)}.0.1")
        if kind != "blackhole":
            self._say(HOST, 1.0, f"%LINK-3-UPDOWN: Interface {PORT[side]}, changed state to up")
            self._say(HOST, 1.0, f"%BGP-5-ADJCHANGE: neighbor {HOP[side]} Up")
            self._say(FAR[side], 1.0, f"%LINK-3-UPDOWN: Interface {FAR_PORT}, changed state to up")
            self._say(FAR[side], 1.0, f"%BGP-5-ADJCHANGE: neighbor {OWN[side]} Up")

    def _say(self, host: str, chance: float, text: str) -> bool:
        is_heard = self._random.random() < chance
        if is_heard:
            self.network.log(host, text)
        return is_heard

    def _access_flap(self, at: float) -> None:
        port = f"GigabitEthernet0/{self._random.randrange(10, 48)}"
        for turn in range(self._random.randrange(1, 6)):
            for word, delay in (("down", 0.0), ("up", 1.5)):
                text = f"%LINK-3-UPDOWN: Interface {port}, changed state to {word}"
                self.network.at(at + 3.0 * turn + delay, partial(_log, text=text))

    def _repeats(self, at: float) -> None:
        """What holds anyway, again and again."""
        side = self._random.choice("AB")
        if any(loss.start - 60 <= at <= loss.end + 60 for loss in self.losses):
            return
        for turn in range(self._random.randrange(1, 10)):
            text = f"%BGP-5-ADJCHANGE: neighbor {HOP[side]} Up"
            self.network.at(at + 2.0 * turn, partial(_log, text=text))

    def _bfd_admin(self, at: float) -> None:
        side = self._random.choice("AB")
        where = f"BFD session to neighbor {HOP[side]} on interface {PORT[side]}"
        down = f"%BFD-5-SESSION_STATE_DOWN: {where} has gone down. Reason: Administratively Down."
        self.network.at(at, lambda n: n.log(HOST, down))
        self.network.at(at + 60.0, lambda n: n.log(HOST, f"%BFD-5-SESSION_STATE_UP: {where} is up."))

    def _backlog(self, at: float) -> None:
        def reconnect(virtual: VirtualNetwork, side: str) -> None:
            for word, age_s in (("down", 300.0), ("up", 280.0), ("down", 200.0)):
                text = f"%LINK-3-UPDOWN: Interface {PORT[side]}, changed state to {word}"
                virtual.log(HOST, text, age_s=age_s, is_backlog=True, source=Source.SYSLOG_TCP)

        self.network.at(at, partial(reconnect, side=self._random.choice("AB")))

    def _pause(self, at: float) -> None:
        seconds = self._random.choice((0.4, 0.9, 2.0, 8.0, 45.0, 200.0))
        self.pauses.append((at, at + seconds))
        self.network.at(at, lambda n: n.pause(seconds))

    def _graceful_restart(self) -> None:
        at, side = self._random.uniform(60.0, self.seconds - 900.0), self._random.choice("AB")
        if any(loss.start - 300 <= at <= loss.end + 300 for loss in self.losses):
            return
        down = f"%BGP-5-ADJCHANGE: neighbor {HOP[side]} Down NSF peer closed the session"
        self.network.at(at, lambda n: n.log(HOST, down))
        self.network.at(
            at + self._random.uniform(5.0, 100.0),
            lambda n: n.log(HOST, f"%BGP-5-ADJCHANGE: neighbor {HOP[side]} Up"),
        )


def live(seed: int, hours: float = 24.0) -> Day:
    """One device's day: everything that happened and everything that was made of it."""
    virtual = VirtualNetwork(network(), policy=Policy(), seed=seed)
    virtual.keep_journal = False
    script = Script(virtual, seed, hours * 3600.0)
    script.write()
    virtual.run_to(script.seconds)
    outages = virtual.outages()
    day = Day(route_days=ROUTES * hours / 24.0, losses=script.losses, outages=len(outages))
    day.signals = virtual.fed
    day.false = [_words(o, virtual.start) for o in outages if not _is_explained(o, script, virtual.start)]
    day.missed = [_words_of(loss, route) for loss in script.losses for route in _missed(loss, outages, script, virtual)]
    return day


def _side(outage: OutageEvent) -> str:
    return chr(int(outage.prefix.split(".")[1]) - 100)


def _is_explained(outage: OutageEvent, script: Script, start: float) -> bool:
    """By an injected loss of its uplink, or as the warning that a graceful restart is by SPEC 2."""
    if outage.worst is Severity.WARNING and outage.cause is CauseKind.NEIGHBOUR_LOSS:
        return True
    at, side = outage.detected_at - start, _side(outage)
    return any(x.side == side and x.start - A_HAIR_S <= at <= _delayed(x.end, script) + AFTER_S for x in script.losses)


def _delayed(at: float, script: Script) -> float:
    """When this machine could see what happened then."""
    return max([at, *(end for begin, end in script.pauses if begin <= at + FOUND_S and end >= at)])


def _missed(loss: Loss, outages: list[OutageEvent], script: Script, virtual: VirtualNetwork) -> list[str]:
    limit = _delayed(loss.start, script) + FOUND_S
    if loss.end < limit:
        return []  # over before this machine could see it
    prefixes = [r.prefix for r in virtual.inventory.routes if chr(int(r.prefix.split(".")[1]) - 100) == loss.side]
    if loss.kind != "blackhole" and not loss.words:
        del prefixes[0]  # its destination answers by the other uplink, and nobody said a word: no witness survives
    found = {o.prefix for o in outages if -A_HAIR_S <= o.detected_at - virtual.start - loss.start <= limit - loss.start}
    again = {o.prefix for o in outages if o.flaps > 1}  # re-opened inside its hold: no outage of its own
    return [p for p in prefixes if p not in found and p not in again]


def _words(outage: OutageEvent, start: float) -> str:
    at = outage.detected_at - start
    return f"{at:.1f} s {outage.prefix} {outage.worst.value} {outage.cause.value} {outage.cause_detail}".strip()


def _words_of(loss: Loss, prefix: str) -> str:
    return f"{loss.start:.1f} s {prefix} {loss.kind}"


def measure(days: float, processes: int, seed: int) -> dict[str, Any]:
    """Route-days lived, false outages and missed losses, and the truth they are counted against."""
    count = max(1, round(days / ROUTES))
    hours = 24.0 * days / (count * ROUTES)
    before = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        lived = list(pool.map(partial(live, hours=hours), range(seed, seed + count)))
    kinds: dict[str, int] = {}
    for loss in (loss for day in lived for loss in day.losses):
        kinds[loss.kind] = kinds.get(loss.kind, 0) + 1
    return {
        "route_days": round(sum(day.route_days for day in lived), 2),
        "signals": sum(day.signals for day in lived),
        "injected_losses": kinds,
        "routes_lost": sum(kinds.values()) * ROUTES // 2,
        "outages": sum(day.outages for day in lived),
        "false_outages": sum(len(day.false) for day in lived),
        "missed": sum(len(day.missed) for day in lived),
        "false": [text for day in lived for text in day.false][:20],
        "missed_losses": [text for day in lived for text in day.missed][:20],
        "seconds": round(time.perf_counter() - before, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=20.0, help="route-days; 1000 for the figure of record")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = measure(arguments.days, arguments.processes, arguments.seed)
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["false_outages"] or found["missed"] else 0)


if __name__ == "__main__":
    main()

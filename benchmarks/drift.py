"""Captures of one device that drifts: the same seed, the same bytes. Benchmarks and tests read them.

Between two captures some hours pass, so that every age is another, and a share of the routes (1 %) changes its next
hop, vanishes or appears; a line of the configuration and the counters of the interfaces change as well. A route's age
counts from its last change; at the beginning the ages are what such drift leaves in the long run.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from msgspec import Struct

from statetrace_engine.model.filed import FiledFile
from statetrace_engine.workers import captures, reading

HOUR_S = 3600.0
START = 1_795_442_400.0
"""2026-11-23T14:00:00Z."""
_HEAD = "Codes: L - local, C - connected, S - static, R - RIP, O - OSPF, IA - OSPF inter area, B - BGP\r\n\r\n"


class _Route(Struct):
    prefix: str
    hop: str
    metric: int
    interface: str
    since: float


class Device:
    """`routes` of them, 48 interfaces and their configuration; `captures(n)` are n of its captures, (time, bytes)."""

    def __init__(self, routes: int, *, seed: int = 1, drift: float = 0.01, hours: float = 5.4, host: str = "") -> None:
        self._chance = Random(seed)
        self._drift, self._gap_s = drift, hours * HOUR_S
        self.host = host or f"WLLS-A{seed:02}-AR-01"
        self.at = START
        self._born = START - 400 * 24 * HOUR_S
        self._next = routes
        self.routes = [self._route(number, self._aged()) for number in range(routes)]
        self._descriptions = {n: f"to access switch {n}" for n in range(48)}
        self._counters = [self._chance.randrange(1 << 34) for _ in range(96)]

    def captures(self, count: int) -> Iterator[tuple[float, bytes]]:
        for number in range(count):
            if number:
                self.drift()
            yield self.at, self.capture()

    def drift(self) -> None:
        """Some hours pass."""
        chance = self._chance
        self.at += self._gap_s * chance.uniform(0.9, 1.1)
        changing = max(2, round(len(self.routes) * self._drift))
        for at in chance.sample(range(len(self.routes)), changing // 2):
            route = self.routes[at]
            route.hop, route.interface = self._hop()
            route.metric += 1
            route.since = self.at - chance.uniform(0, self._gap_s)
        gone = set(chance.sample(range(len(self.routes)), changing // 4))
        self.routes = [route for at, route in enumerate(self.routes) if at not in gone]
        for _ in gone:
            new = self._route(self._next, self.at - chance.uniform(0, self._gap_s))
            self.routes.insert(chance.randrange(len(self.routes)), new)
            self._next += 1
        self._descriptions[chance.randrange(48)] = f"changed at {self.at:.0f}"
        self._counters = [count + chance.randrange(1 << 24) for count in self._counters]

    def capture(self) -> bytes:
        shown = {
            "show version": self._version(),
            "show running-config": self._config(),
            "show interfaces": self._interfaces(),
            "show ip route": self._table(),
        }
        text = "".join(f"{self.host}#{command}\r\n{output}" for command, output in shown.items())
        return f"{text}{self.host}#exit\r\n".encode()

    def _aged(self) -> float:
        long_ago = self._chance.expovariate(self._drift / self._gap_s)
        return max(self._born, START - long_ago)

    def _route(self, number: int, since: float) -> _Route:
        hop, interface = self._hop()
        prefix = f"{20 + number // 65536}.{number // 256 % 256}.{number % 256}.0/24"
        return _Route(prefix, hop, 20 + self._chance.randrange(3), interface, since)

    def _hop(self) -> tuple[str, str]:
        port = self._chance.randrange(48)
        return f"10.0.{port}.{self._chance.choice((1, 2))}", f"GigabitEthernet0/{port}"

    def _version(self) -> str:
        minutes = int(self.at - self._born) // 60
        weeks, days, hours = minutes // 10080, minutes // 1440 % 7, minutes // 60 % 24
        return (
            "Cisco IOS Software, C3900e Software (C3900e-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)\r\n"
            f"{self.host} uptime is {weeks} weeks, {days} days, {hours} hours, {minutes % 60} minutes\r\n"
            "Processor board ID FTX1840ALBY\r\n"
        )

    def _config(self) -> str:
        faces = "".join(
            f"interface GigabitEthernet0/{n}\r\n description {words}\r\n ip address 10.0.{n}.254 255.255.255.0\r\n"
            " ip ospf cost 20\r\n no shutdown\r\n!\r\n"
            for n, words in self._descriptions.items()
        )
        lists = "".join(
            f"ip access-list extended LIST-{n}\r\n"
            + "".join(f" {10 * k} permit ip host 10.{n}.{k}.1 any\r\n" for k in range(1, 20))
            for n in range(20)
        )
        return (
            f"Building configuration...\r\n\r\nversion 15.4\r\nhostname {self.host}\r\n!\r\n{faces}{lists}end\r\n\r\n"
        )

    def _interfaces(self) -> str:
        return "".join(
            f"GigabitEthernet0/{n} is up, line protocol is up\r\n"
            f"  Hardware is iGbE, address is 0062.ec29.{n:04x} (bia 0062.ec29.{n:04x})\r\n"
            f"  Description: {words}\r\n  Internet address is 10.0.{n}.254/24\r\n"
            "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,\r\n"
            "  Full Duplex, 1Gbps, media type is RJ45\r\n"
            f"     {self._counters[2 * n]} packets input, {self._counters[2 * n] * 91} bytes, 0 no buffer\r\n"
            f"     {self._counters[2 * n + 1]} packets output, {self._counters[2 * n + 1] * 77} bytes, 0 underruns\r\n"
            for n, words in self._descriptions.items()
        )

    def _table(self) -> str:
        return _HEAD + "".join(
            f"O E2     {route.prefix} [110/{route.metric}] via {route.hop}, {age(self.at - route.since)}, "
            f"{route.interface}\r\n"
            for route in self.routes
        )


def filed(raw: bytes, at: float) -> FiledFile:
    """A capture as it goes into a store: what a worker makes of its file."""
    job = reading.Job(path=b"-", modified_at=at, site="", site_hint="", vendor="", key=b"k" * 32, content=raw)
    found = reading.decode(captures.read(reading.encode(job)))
    assert isinstance(found, FiledFile)
    return found


def age(seconds: float) -> str:
    """As IOS prints it."""
    whole = int(seconds)
    days = whole // 86400
    if days < 1:
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    if days < 7:
        return f"{days}d{whole // 3600 % 24:02}h"
    return f"{days // 7}w{days % 7}d" if days < 365 else f"{days // 365}y{days % 365 // 7}w"

"""What one fault makes everybody say, and the truth of it: decided by what was broken, never by an engine.

Times are seconds after the fault, as measured on real routers: a log line after 0.03 s, linkDown's trap after 0.5 to
2.6 s, BFD after 0.9 s, hold and dead timers long after (their fault began as long before).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.simulate.messages import Event
from statetrace_engine.simulate.network import Link
from tests.labelled import words
from tests.labelled.ground import End, Ground, beyond
from tests.labelled.words import Word

BFD_S = 0.9
FAILOVER_S = 0.3
OSPF_DEAD_S, BGP_HOLD_S = 38.0, 173.0
FOREVER = 1e9
LEARN_S = 65.0
"""Latency has no median before."""


class Clue(StrEnum):
    """What a signal shows of the device that it speaks of."""

    LINK = "link down, and not by an operator"
    DOWN = "link down"
    """From one that prints the same of a port that was shut."""
    SHUT = "link down by an operator"
    SESSION = "session down"
    REASON = "session down, and why"
    COMMAND = "command that names what broke"
    RESTART = "restart"
    ROUTE = "route gone"
    CAPTURED = "captures between which what broke was configured"


@dataclass(frozen=True)
class Said:
    """Something that a device says unasked."""

    after_s: float
    host: str
    clue: Clue | None
    what: Word | Event | None = None
    fields: dict[str, str] = field(default_factory=dict)
    trap: tuple[object, ...] = ()
    """(`link`, interface, is shut), (`bgp`, neighbour, (code, subcode)), (`ospf`, neighbour, router id)."""
    bmp: tuple[object, ...] = ()
    """(`down`, neighbour, reason, code, subcode), (`withdraw`, neighbour, prefixes)."""
    captured: tuple[str, ...] = ()
    """A capture is taken: what it shows otherwise than the one before it, as `journey_compared` writes it."""
    since_s: float = 0.0
    """How long before it that one was taken."""


@dataclass(frozen=True)
class Polled:
    """What polls of a device show from then on."""

    after_s: float
    host: str
    interface: str = ""
    is_shut: bool = False
    neighbour: str = ""
    protocol: str = ""
    is_admin: bool = False
    routes: tuple[str, ...] = ()
    """Ids of those that its second path carries now."""


@dataclass(frozen=True)
class Silence:
    after_s: float
    probe: str
    """A pattern of probe ids."""
    until_s: float = FOREVER
    loss_percent: float = 100.0
    rtt_ms: float = 0.0
    """Instead of a loss: so slow."""


@dataclass
class Fault:
    kind: str
    cause: CauseKind | None
    """None: nothing that is watched is lost, and no outage may open."""
    routes: dict[str, str] = field(default_factory=dict)
    """Route id → the detail that the cause must have there, or empty."""
    hosts: set[str] = field(default_factory=set)
    """All that may be heard of it."""
    ends: tuple[End, ...] = ()
    at: float = 0.0
    learn_s: float = 0.0
    """What is usual must have been seen for so long before."""
    said: list[Said] = field(default_factory=list)
    polled: list[Polled] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    dead: dict[str, float] = field(default_factory=dict)
    """Devices that answer nothing, and until when."""
    site: str = ""
    """Lost altogether."""
    source_lost: tuple[str, ...] = ()
    is_isolation: bool = False
    shown: set[str] = field(default_factory=set)
    """Why, as the rows of routes that nobody can see said while it lasted."""


class Telling:
    """Writes down what a fault makes the network say."""

    def __init__(self, ground: Ground, rng: Random, kind: str, cause: CauseKind | None) -> None:
        self.ground = ground
        self.rng = rng
        self.fault = Fault(kind, cause)

    # What ends say ------------------------------------------------------------------------------------------------

    def fields(self, end: End) -> dict[str, str]:
        here, there = self.ground.node(end.here.hostname), self.ground.node(end.there.hostname)
        return {
            "interface": end.here.interface,
            "port": end.here.interface.partition(".")[0],
            "local": end.here.address,
            "neighbour": end.there.address,
            "peer": there.hostname,
            "router_id": there.router_id,
            "asn": str(there.asn),
            "local_asn": str(here.asn),
            "user": "jsm",
            "from": "10.99.0.10",
        }

    def says(self, after_s: float, end: End, what: Word | Event, clue: Clue | None, **more: str) -> None:
        self.fault.hosts.add(end.here.hostname)
        said = Said(after_s, end.here.hostname, clue, what, self.fields(end) | more)
        self.fault.said.append(said)

    def link_down(self, end: End, after_s: float = 0.03, is_shut: bool = False) -> None:
        """The port of this end goes down, by itself or by an operator."""
        host = end.here.hostname
        vendor = self.ground.node(host).vendor
        clue = Clue.SHUT if is_shut else Clue.LINK
        in_log = clue if vendor in words.NAMES_ADMIN else Clue.DOWN
        self.says(after_s, end, Word.PORT_SHUT if is_shut else Event.LINK_DOWN, in_log)
        trap_s = after_s + self.rng.uniform(0.5, 2.6)
        self.fault.said.append(Said(trap_s, host, clue, trap=("link", end.here.interface, is_shut)))
        self.fault.polled.append(Polled(after_s, host, interface=end.here.interface, is_shut=is_shut))

    def session_down(
        self,
        end: End,
        after_s: float,
        bgp: Word | Event,
        ospf: Word | Event,
        error: tuple[int, int] | None = None,
        bmp: tuple[int, int, int] = (2, 0, 0),
        has_reason: bool = True,
        is_admin: bool = False,
    ) -> None:
        """`error` is the NOTIFICATION that ended it, else bgpPeerLastError is one of an earlier session."""
        protocol, host = self.ground.protocol(end.link), end.here.hostname
        if protocol == "static":
            return
        self.says(after_s, end, bgp if protocol == "bgp" else ospf, Clue.REASON if has_reason else Clue.SESSION)
        trap_s = after_s + self.rng.uniform(0.0, 0.05)
        neighbour = end.there.address
        if protocol == "bgp":
            last = error or self.rng.choice(((0, 0), (0, 0), (0, 0), (4, 0), (6, 2), (6, 4)))
            self.fault.said.append(Said(trap_s, host, Clue.SESSION, trap=("bgp", neighbour, last)))
            self.fault.said.append(Said(after_s + 0.03, host, Clue.SESSION, bmp=("down", neighbour, *bmp)))
        else:
            router_id = self.ground.node(end.there.hostname).router_id
            self.fault.said.append(Said(trap_s, host, Clue.SESSION, trap=("ospf", neighbour, router_id)))
        self.fault.polled.append(Polled(after_s, host, neighbour=neighbour, protocol=protocol, is_admin=is_admin))

    def sessions_flap(self, end: End, after_s: float = 0.06) -> None:
        """Both protocols notice a port that is down at once."""
        self.session_down(end, after_s, Event.BGP_DOWN, Event.OSPF_DOWN)

    def bfd_down(self, end: End, after_s: float) -> None:
        if end.link.name in self.ground.bfd:
            self.says(after_s, end, Event.BFD_DOWN, Clue.SESSION)

    def commands(self, end: End, after_s: float, *typed: str) -> None:
        """What was typed, each as the vendor logs it, and that the configuration was left."""
        for number, command in enumerate(typed):
            self.says(after_s + 1.5 * number, end, Word.COMMAND, Clue.COMMAND, command=command)
        self.says(after_s + 1.5 * len(typed) + self.rng.uniform(2.0, 20.0), end, Event.CONFIG, None)

    # What nobody says ---------------------------------------------------------------------------------------------

    def hop_silent(self, end: End, after_s: float = 0.0, until_s: float = FOREVER) -> None:
        probe = f"{end.here.hostname}/next-hop/icmp/{end.there.address}"
        self.fault.silences.append(Silence(after_s, probe, until_s))

    def beyond_silent(self, end: End, until_s: float, after_s: float = 0.0) -> None:
        """Until its routes go another way."""
        for route in self.ground.routes_at(end):
            self.fault.silences.append(Silence(after_s, behind(route), until_s))

    def fails_over(self, end: End, after_s: float) -> None:
        lost = tuple(route.route_id for route in self.ground.routes_at(end))
        self.fault.polled.append(Polled(after_s, end.here.hostname, routes=lost))
        if self.ground.node(end.here.hostname).vendor == "cisco_ios":  # the applet of the IOS parser's docstring
            for route in self.ground.routes_at(end):
                spare = route.paths[1]
                fields = {"prefix": route.prefix, "next_hop": spare.next_hop or "", "out": spare.interface or ""}
                self.says(after_s, end, Event.ROUTE, Clue.ROUTE, protocol=spare.protocol or "", **fields)

    # The truth ----------------------------------------------------------------------------------------------------

    def loses(self, end: End, detail: str = "") -> None:
        for route in self.ground.routes_at(end):
            self.fault.routes[route.route_id] = detail

    def over(self, *ends: End) -> Fault:
        self.fault.ends = ends
        for end in ends:
            self.fault.hosts |= {end.here.hostname, end.there.hostname}
        return self.fault


def behind(route: RouteRecord) -> str:
    return f"{route.hostname}/destination/icmp/{beyond(route)}"


Make = Callable[[Ground, Random, Link], Fault | None]
"""None: not on this link."""


def both(link: Link) -> tuple[End, End]:
    near = End(link, link.near, link.far)
    return near, near.other

"""Pure. What is watched and who depends on whom: derived from the inventory, with the mutable state of each.

The states themselves are in `tracks`; what stands here is never saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from statetrace_engine.health.probe_window import ProbeWindow
from statetrace_engine.health.tracks import DeviceState, Offer, ProbeState, RouteState, SubjectState
from statetrace_engine.model.inventory import Device, Probe
from statetrace_engine.model.observation import Observation, SubjectKind, Verdict
from statetrace_engine.model.route import RoutePath, RouteRecord

SubjectKey = tuple[str, SubjectKind, str, str]
"""(hostname, kind, name, protocol); a session inside a vrf is named `VRF|address`."""
ONE_MOMENT_S = 0.05
"""What is no further apart was at the same time, as far as anybody can tell."""


class Subject:
    """One interface, session, adjacency or BFD session that some path or witness depends on."""

    __slots__ = ("key", "routes", "state", "witnesses")

    def __init__(self, key: SubjectKey) -> None:
        self.key = key
        self.state = SubjectState()
        self.routes: dict[str, RouteTrack] = {}
        self.witnesses: dict[str, DeviceTrack] = {}
        """Devices that it speaks for from outside."""

    @property
    def is_down(self) -> bool:
        return self.state.verdict is Verdict.DOWN

    def down_after(self, earliest: float, now: float) -> Observation | None:
        """The word that it went down no earlier than that, and is, or was until this very moment: of two polls of one
        moment either may be read first."""
        state = self.state
        if self.is_down:
            return state.observation if state.since >= earliest else None
        is_just_over = now - state.since <= ONE_MOMENT_S
        return state.was_down if is_just_over and state.was_down_since >= earliest else None


class ProbeTrack:
    __slots__ = ("device", "listeners", "probe", "routes", "state", "window")

    def __init__(self, probe: Probe, device: DeviceTrack | None) -> None:
        self.probe = probe
        self.device = device
        self.state = ProbeState()
        self.window = ProbeWindow()
        self.routes: dict[str, RouteTrack] = {}
        self.listeners: dict[str, RouteTrack] = {}
        """Those of its routes that wait for every report: all that are not plainly healthy."""


class WatchedOn(NamedTuple):
    """What of a device is watched, by name."""

    destinations: frozenset[tuple[str, str]] = frozenset()
    """(vrf, prefix)."""
    names: frozenset[str] = frozenset()
    """Interfaces, neighbours and next hops on which primary paths depend."""


class DeviceTrack:
    __slots__ = ("controls", "device", "outside", "probes", "routes", "state")

    def __init__(self, device: Device) -> None:
        self.device = device
        self.state = DeviceState()
        self.controls: list[ProbeTrack] = []
        self.probes: list[ProbeTrack] = []
        self.routes: dict[str, RouteTrack] = {}
        self.outside: list[Subject] = []
        """Subjects of other devices that lead here: outside witnesses."""

    def watched(self) -> WatchedOn:
        routes = self.routes.values()
        names = (name for route in routes for path in route.primaries for name in path.depends_on())
        return WatchedOn(frozenset((route.record.vrf, route.record.prefix) for route in routes), frozenset(names))


class PathTrack:
    """A path and everything that can say it is lost."""

    __slots__ = ("adjacencies", "bfd", "interfaces", "members", "neighbours", "path", "probes", "remote")

    def __init__(self, path: RoutePath) -> None:
        self.path = path
        self.interfaces: tuple[Subject, ...] = ()
        self.members: tuple[Subject, ...] = ()
        """BGP neighbours that offer it: all must be gone."""
        self.neighbours: tuple[str, ...] = ()
        """Their addresses, in the order of `members`; a link-local one without its interface, as BMP knows it."""
        self.adjacencies: tuple[Subject, ...] = ()
        """Any of them gone is enough."""
        self.bfd: tuple[Subject, ...] = ()
        self.probes: tuple[ProbeTrack, ...] = ()
        self.remote: tuple[Subject, ...] = ()
        """The same link and sessions as the other end sees them: evidence in pairs."""

    def depends_on(self) -> Iterator[str]:
        """Names of its interfaces, its sessions and its next hop."""
        yield from (subject.key[2] for subject in (*self.interfaces, *self.members, *self.adjacencies))
        if self.path.next_hop:
            yield self.path.next_hop


class PathVerdict(Struct, frozen=True):
    """What the evidence says of a path."""

    is_lost: bool
    is_impaired: bool
    word: str
    """For people: `lost`, `impaired`, `carries`, `not installed`."""
    subjects: tuple[Subject, ...] = ()
    """Those that say so."""
    probes: tuple[ProbeTrack, ...] = ()
    withdrawn: tuple[Offer, ...] = ()
    """Neighbours that no longer offer it."""

    @property
    def is_told(self) -> bool:
        """By the device itself, or the other end: no probe is needed to know."""
        return bool(self.subjects or self.withdrawn)


class RouteTrack:
    __slots__ = (
        *("record", "named", "device", "state", "primaries", "secondaries", "destinations"),
        *("is_listening", "verdicts", "lost"),
    )

    def __init__(self, record: RouteRecord, device: DeviceTrack) -> None:
        self.record = record
        self.named = record.paths
        """The paths of the inventory; those of `record` may be learnt."""
        self.device = device
        self.state = RouteState()
        self.primaries: tuple[PathTrack, ...] = ()
        self.secondaries: tuple[PathTrack, ...] = ()
        self.destinations: tuple[ProbeTrack, ...] = ()
        self.is_listening = False
        self.verdicts: tuple[PathVerdict, ...] = ()
        """On each primary path, as of the last evaluation."""
        self.lost = 0
        """How many of them are lost."""

    def listen(self, wanted: bool) -> None:
        """Whether every probe report is news for it."""
        if wanted is self.is_listening:
            return
        self.is_listening = wanted
        for probe in self.probes():
            if wanted:
                probe.listeners[self.record.route_id] = self
            else:
                probe.listeners.pop(self.record.route_id, None)
                if not probe.listeners:  # an emptied table keeps its size
                    probe.listeners = {}

    @property
    def is_captured(self) -> bool:
        """Basis `captured`: nothing watches it but captures and what the device may say of itself."""
        if self.state.captured <= 0:
            return False
        is_live = self.state.polled_at >= 0 or self.report_interval_s > 0 or any(True for _ in self.probes())
        return not is_live

    @property
    def report_interval_s(self) -> float:
        """Seconds between the BMP statistics of its device, where BMP also tells what is installed; 0.0 without."""
        offers, interval_s = self.state.offers, self.device.state.report_interval_s
        return interval_s if offers and interval_s > 0 and any(offer.has_led for offer in offers) else 0.0

    @property
    def is_offered(self) -> bool:
        """A neighbour offers it, as the BMP of its device says and keeps saying: available, installed or not."""
        offers = self.state.offers if self.device.state.report_interval_s > 0 else ()
        return any(offer.neighbour and any(held.is_sure for held in offer.decides) for offer in offers)

    def probes(self) -> Iterator[ProbeTrack]:
        """Every periodic source that keeps it fresh."""
        for path in self.primaries:
            yield from path.probes
        yield from self.destinations

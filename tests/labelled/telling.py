"""What a fault makes the network say, as signals: log lines, notifications, polls, BMP, probes that fall silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from random import Random

from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpPeer,
    BmpRouter,
    BmpSession,
    BmpTableComplete,
    InstalledPath,
    LogLine,
    Polled,
    PolledInterface,
    PolledSession,
    RouteReport,
    Source,
    SourceLost,
    Trap,
)
from statetrace_engine.simulate import messages
from statetrace_engine.simulate.messages import Line
from statetrace_engine.wire.bgp import Notification
from statetrace_engine.wire.bmp_messages import Peer, PeerDown, PeerKind
from tests import journey_compared
from tests.labelled import account, traps, words
from tests.labelled.account import Fault, Said
from tests.labelled.ground import Ground, Voice
from tests.virtual import Script, VirtualNetwork

UPTIME_S = 4e6
POLL_S, HURRIED_S, HURRY_S, WALK_S = 10.0, 1.0, 10.0, 60.0
CACHE_S = 3.0
"""An agent's, of its interfaces."""
Hear = Callable[[float, str, str, object], None]
"""Told when, by which source and of which device a signal came, and the signal; not of probes."""


@dataclass
class Shown:
    """What polls of a device show."""

    interfaces: dict[str, tuple[bool, bool, float]] = field(default_factory=dict)
    """Name → admin up, oper up, since."""
    sessions: dict[tuple[str, str], tuple[bool, bool]] = field(default_factory=dict)
    """(protocol, neighbour) → up, shut by an operator."""
    moved: set[str] = field(default_factory=set)
    """Routes that their second path carries."""
    next_s: float = 0.0
    hurried_until: float = 0.0
    walk_s: float = 0.0


class Network:
    """A pipeline, and the network that speaks to it."""

    def __init__(self, ground: Ground, active: set[str], rng: Random, hear: Hear | None = None) -> None:
        self.ground = ground
        self.rng = rng
        self.virtual = VirtualNetwork(ground.inventory(active), seed=rng.randrange(2**31))
        self.virtual.keep_journal = False
        self._tell = hear
        self._active = sorted(active)
        self._sequence = 0
        self._dead: dict[str, float] = {}
        self._lost: set[str] = set()
        self._is_cut_off = False
        self._shown = {host: self._first(host) for host in self._active}
        self._probe_ids = [p.probe_id for p in self.virtual.inventory.probes]

    def _first(self, host: str) -> Shown:
        ground, shown = self.ground, Shown(next_s=self.rng.uniform(0.5, 3.0), walk_s=self.rng.uniform(0.5, WALK_S))
        for end in ground.ends_of.get(host, ()):
            shown.interfaces[end.here.interface] = (True, True, 0.0)
            if (protocol := ground.protocol(end.link)) != "static":
                shown.sessions[protocol, end.there.address] = (True, False)
        return shown

    # The script ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Polls begin, and routers tell their BGP neighbours' tables."""
        self.virtual.at(0.5, self._poll)
        for host in self._active:
            if self.ground.voice(host).has_bmp:
                self.virtual.at(0.4, partial(self._begin_bmp, host))

    def play(self, fault: Fault) -> None:
        """Writes a fault into the script."""
        at, virtual = fault.at, self.virtual
        for said in fault.said:
            self._schedule(at + said.after_s, said, fault)
        for polled in fault.polled:
            virtual.at(at + polled.after_s, _calling(self._show, polled))
        for silence in fault.silences:
            virtual.at(at + silence.after_s, _calling(self._fall_silent, silence))
            if silence.until_s < account.FOREVER:
                virtual.at(at + silence.until_s, _calling(self._answer, silence))
        for host, until_s in fault.dead.items():
            virtual.at(at, _calling(self._dead.update, {host: at + until_s}))
        if fault.is_isolation:
            until_s = at + fault.silences[0].until_s
            virtual.at(at, lambda n: self._cut_off(True))
            virtual.at(until_s, lambda n: self._cut_off(False))
            virtual.at(until_s - 0.1, lambda n: fault.shown.update(self._unseen()))
        for source in fault.source_lost:
            virtual.at(at, _calling(self._lose, source))

    def _schedule(self, at: float, said: Said, fault: Fault) -> None:
        voice = self.ground.voice(said.host)
        payloads = self._payloads(said, voice, at)
        is_lost = voice.loses_events and at >= fault.at and not said.bmp and not said.captured and not voice.late_s
        if not payloads or is_lost:
            return
        for payload in payloads:
            times = [at + self.rng.uniform(0.0, voice.jitter_s)]
            if self.rng.random() < voice.repeats:
                times.append(times[0] + self.rng.uniform(0.001, 2.0))
            for when in times:
                if said.what is not None:
                    when += voice.late_s
                self.virtual.at(when, partial(self._hear, said=said, payload=payload))

    def _payloads(self, said: Said, voice: Voice, at: float) -> list[object]:
        if said.what is not None and voice.has_syslog:
            return list(self._lines(said, voice, at))
        if said.captured:
            value = {"changes": said.captured, "from_s": said.since_s}
            return [journey_compared.comparison(self.virtual, value, {"device": said.host}, self.virtual.start + at)]
        vendor = self.ground.node(said.host).vendor
        if said.trap and voice.has_traps and vendor in traps.SENDING:
            return [self._trap(said)]
        return [self._bmp(said)] if said.bmp and voice.has_bmp else []

    def _hear(self, virtual: VirtualNetwork, said: Said, payload: object) -> None:
        is_log = isinstance(payload, LogLine)
        is_tcp = is_log and self.ground.voice(said.host).late_s
        source = Source.SYSLOG_TCP if is_tcp else Source.SYSLOG_UDP if is_log else Source.TRAP
        self._feed(said.host, Source.BMP if said.bmp else Source.CAPTURE if said.captured else source, payload)

    def _feed(self, host: str, source: Source, payload: object) -> None:
        if self._is_cut_off or source.value in self._lost:
            return
        if self._tell is not None:
            self._tell(self.virtual.now - self.virtual.start, source.value, host, payload)
        self.virtual.feed(payload, source, self.ground.node(host).router_id)  # type: ignore[arg-type]

    # Log lines, notifications, BMP --------------------------------------------------------------------------------

    def _lines(self, said: Said, voice: Voice, at: float) -> list[LogLine]:
        vendor = self.ground.node(said.host).vendor
        found = []
        assert said.what is not None
        for number, line in enumerate(words.lines(vendor, said.what, said.fields)):
            self._sequence += 1
            clock = self.virtual.start + at + voice.clock_s + 0.001 * number
            found.append(LogLine(_encode(vendor, said.host, line, clock, self._sequence, voice.stamp)))
        return found

    def _trap(self, said: Said) -> Trap:
        kind, *values = said.trap
        if kind == "link":
            name, is_shut = values
            return Trap(traps.link_down(self._index(said.host, str(name)), str(name), bool(is_shut), UPTIME_S))
        make: dict[object, Callable[..., bytes]] = {"bgp": traps.bgp_backward, "ospf": traps.ospf_changed}
        return Trap(make[kind](*values, UPTIME_S))

    def _index(self, host: str, interface: str) -> int:
        return sorted(self._first(host).interfaces).index(interface) + 1

    def _bmp(self, said: Said) -> BmpSession | BmpPaths:
        kind, neighbour, *rest = said.bmp
        peer = BmpPeer(str(neighbour))
        if kind == "withdraw":
            return BmpPaths("", peer, "post", withdrawn=tuple(BmpPath(p) for p in rest[0]))  # type: ignore[attr-defined]
        reason, code, sub = (int(str(value)) for value in rest)
        note = Notification(code, sub) if code else None
        whole = Peer(kind=PeerKind.GLOBAL, address=peer.address, asn=65010, bgp_id="10.255.1.2")
        return BmpSession("", peer, False, reason, code, sub, 0, PeerDown(whole, reason, note).words)

    def _begin_bmp(self, host: str, virtual: VirtualNetwork) -> None:
        bgp = [e for e in self.ground.ends_of.get(host, ()) if self.ground.protocol(e.link) == "bgp"]
        if not bgp:
            return
        self._feed(host, Source.BMP, BmpRouter("", True, "a router"))
        for end in bgp:
            peer = BmpPeer(end.there.address)
            self._feed(host, Source.BMP, BmpSession("", peer, True))
            offered = [r for r in self.ground.routes if r.hostname == host]
            offered = [r for r in offered if any(p.next_hop == peer.address for p in r.paths)]
            paths = tuple(BmpPath(r.prefix, next_hop=peer.address) for r in offered)
            if paths:
                self._feed(host, Source.BMP, BmpPaths("", peer, "post", announced=paths))
            self._feed(host, Source.BMP, BmpTableComplete("", peer, "post", False))

    # Polls --------------------------------------------------------------------------------------------------------

    def _show(self, polled: account.Polled) -> None:
        shown = self._shown.get(polled.host)
        if shown is None:
            return
        if polled.interface:
            shown.interfaces[polled.interface] = (not polled.is_shut, False, self.virtual.now)
        if polled.neighbour:
            shown.sessions[polled.protocol, polled.neighbour] = (False, polled.is_admin)
        shown.moved.update(polled.routes)

    def _poll(self, virtual: VirtualNetwork) -> None:
        """Twice a second: whoever is due is asked, sooner where something was heard."""
        now = virtual.now - virtual.start
        for host in virtual.pipeline.take_stirred():
            if host in self._shown and now > 5.0:
                self._shown[host].hurried_until = now + HURRY_S
                self._shown[host].next_s = min(self._shown[host].next_s, now)
        for host, shown in self._shown.items():
            if self.ground.voice(host).is_polled and shown.next_s <= now:
                shown.next_s = now + (HURRIED_S if now < shown.hurried_until else POLL_S)
                self._ask(host, shown, now)
        virtual.at(now + 0.5, self._poll)

    def _ask(self, host: str, shown: Shown, now: float) -> None:
        if self._dead.get(host, 0.0) > now or self._is_cut_off:
            if Source.SNMP.value not in self._lost:
                self.virtual.feed(Polled(host, False), Source.SNMP, host)
            return
        sessions = tuple(
            PolledSession(
                protocol=protocol,
                neighbour=neighbour,
                router_id="",
                state=("established" if protocol == "bgp" else "full") if is_up else "idle",
                is_up=is_up,
                is_admin_down=is_admin,
            )
            for (protocol, neighbour), (is_up, is_admin) in shown.sessions.items()
        )
        self._feed(host, Source.SNMP, Polled(host, True, UPTIME_S + now, sessions=sessions, interval_s=POLL_S))
        age_s = self.rng.uniform(0.0, CACHE_S)
        interfaces = tuple(
            PolledInterface(number, name, *((admin, oper) if since <= self.virtual.now - age_s else (True, True)))
            for number, (name, (admin, oper, since)) in enumerate(sorted(shown.interfaces.items()), 1)
        )
        polled = Polled(host, True, UPTIME_S + now, interfaces, cache_s=CACHE_S, interval_s=POLL_S)
        self._feed(host, Source.SNMP, polled)
        if shown.walk_s <= now:
            shown.walk_s = now + WALK_S
            self._walk(host, shown)

    def _walk(self, host: str, shown: Shown) -> None:
        for route in self.ground.routes:
            if route.hostname != host:
                continue
            path = route.paths[1 if route.route_id in shown.moved else 0]
            installed = (InstalledPath(path.next_hop, path.interface, path.protocol),)
            report = RouteReport(host, "default", route.prefix, installed, interval_s=WALK_S)
            self._feed(host, Source.SNMP, report)

    # Probes and sources -------------------------------------------------------------------------------------------

    def _matching(self, pattern: str) -> list[str]:
        start = pattern.removesuffix("*")
        return [i for i in self._probe_ids if i == pattern or (start != pattern and i.startswith(start))]

    def _fall_silent(self, silence: account.Silence) -> None:
        for ident in self._matching(silence.probe):
            if silence.rtt_ms:
                self.virtual.delay(silence.rtt_ms, ident)
            elif silence.loss_percent < 100.0:
                self.virtual.lose(silence.loss_percent, ident)
            else:
                self.virtual.silence(ident)

    def _answer(self, silence: account.Silence) -> None:
        if found := self._matching(silence.probe):
            self.virtual.answer(*found)

    def _unseen(self) -> set[str]:
        """Of routes that are probed, what they are and why."""
        active = (self.virtual.pipeline.health(r.route_id) for r in self.ground.routes if r.hostname in self._shown)
        return {f"{health.state.value} {health.cause}" for health in active if health is not None}

    def _cut_off(self, is_cut_off: bool) -> None:
        self._is_cut_off = is_cut_off

    def _lose(self, source: str) -> None:
        self._lost.add(source)
        if source == Source.PROBE_ICMP.value:
            self.virtual.mute(source, True)
        self.virtual.feed(SourceLost(source, True, "it stopped"), Source.ENGINE)


def _encode(vendor: str, host: str, line: Line, clock: float, sequence: int, stamp: str) -> bytes:
    """As the vendor frames it; `star` and `bare` are IOS's, whose header tells the state of its clock."""
    if not stamp or vendor != "cisco_ios":
        return messages.encode(vendor, host, line, clock, sequence)
    at = datetime.fromtimestamp(clock, UTC)
    mark = "*" if stamp == "star" else ""
    time = f"{at:%b} {at.day:>2} {at:%H:%M:%S}.{at.microsecond // 1000:03}"
    return f"<{184 + line.severity}>{sequence}: {host}: {mark}{time}: {line.text}".encode()


def _calling(deed: Callable[..., None], *given: object) -> Script:
    """Of what a loop is at now, and not at its end."""
    return lambda _: deed(*given)

"""Pure. From what came in to what it says: a signal is read, its device is found, its facts reach the health machine.

What leads nowhere is counted in the tally: unknown senders, what nobody could read, what is about nothing watched.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from math import inf

from statetrace_engine.anomalies import hearing
from statetrace_engine.anomalies.desk import Heard
from statetrace_engine.anomalies.hearing import Line
from statetrace_engine.explain.case import RESTARTED_S
from statetrace_engine.explain.explainer import Explainer
from statetrace_engine.health import clocks, vrfs
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.polling import Polls
from statetrace_engine.health.said import by_itself
from statetrace_engine.health.tracks import Done
from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model import Epoch, names
from statetrace_engine.model.captured import Captured, Kind
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.observation import (
    DeviceEvent,
    DeviceEventKind,
    Fact,
    LogMessage,
    Plane,
    SubjectKind,
    TrapMessage,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.model.signal import (
    BmpPaths,
    BmpRouter,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    LogLine,
    Malformed,
    Polled,
    RouteReport,
    Signal,
    Source,
    Trap,
)
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import bmp, syslog_text, traps
from statetrace_engine.runbooks.working import Working
from statetrace_engine.tally import Tally
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import BerError

_USUAL = frozenset((Source.SYSLOG_UDP, Source.SYSLOG_TCP, Source.SYSLOG_FILE))
"""What a device repeats in its log is a repeat, whichever way its log comes."""
CHANGES_S = 1800.0
"""Changes of configuration are remembered so long before an outage (SPEC 4)."""
AGAIN, AGAIN_S = 8, 2.0
"""One of the last changes told again so soon is the same one, by another channel or a repeat."""
NEWS_S = 86400.0
"""What an older capture shows is history."""
_SYS_NAME = "1.3.6.1.2.1.1.5.0"
_BMP = (BmpRouter, BmpSession, BmpPaths, BmpTableComplete, BmpStatistics)


class Intake:
    def __init__(
        self,
        machine: Machine,
        explainer: Explainer,
        tally: Tally,
        working: Working,
        hear: Callable[[Heard], None] = lambda _: None,
    ) -> None:
        """`hear` is told what rules are to look at."""
        self._hear = hear
        self._machine = machine
        self._topology = machine.topology
        self._explainer = explainer
        self._tally = tally
        self._working = working
        self._polls = Polls(machine.topology, machine.observer)

    def log(self, signal: Signal, relays: frozenset[str]) -> None:
        """A syslog line; the messages of `relays` are those of the device that their header names."""
        payload = signal.payload
        assert isinstance(payload, LogLine)
        device = None
        if signal.peer not in relays:
            device = self._topology.addresses.owner(signal.peer)
        vendor = device.device.vendor if device is not None else ""
        read = syslog_text.read(payload.raw, signal.received_at, vendor)
        if device is None:
            device = self._topology.device_by_name.get(read.hostname) if read.hostname else None
            if device is None:
                self._tally.count_unknown(read.hostname or signal.peer)
        if device is not None:
            is_held_back = payload.is_backlog and signal.peer not in device.device.addresses
            self._machine.measurer.told(device, signal.source, is_held_back)
        if not payload.is_backlog:
            self._hear_line(signal, payload, device)
        if type(read) is Unrelated:
            self._tally.unrelated += 1
        elif type(read) is Unparsed:
            self._tally.count_unparsed(read.hostname or signal.peer, read.why)
        elif isinstance(read, LogMessage) and device is not None:
            is_direct = signal.source is Source.SYSLOG_UDP and signal.peer in device.device.addresses
            self._take_message(signal, read, device, is_direct and signal.peer not in relays)

    def _hear_line(self, signal: Signal, payload: LogLine, device: DeviceTrack | None) -> None:
        """What rules look at: any message that is no history, of anybody."""
        host, history_s = "", inf
        if device is not None:
            host = device.device.hostname
            history_s = self._machine.policy.clock.history_s if device.state.has_agreed_clock else inf
        self._hear(
            Line(
                payload.raw, signal.steady, signal.received_at, host, signal.peer, signal.seq, signal.source, history_s
            )
        )

    def _take_message(self, signal: Signal, read: LogMessage, device: DeviceTrack, is_direct: bool) -> None:
        """`is_direct`: nobody can have held it back on its way."""
        state, policy = device.state, self._machine.policy.clock
        read = clocks.placed(state, read, signal.received_at, policy)
        first = clocks.misdated(state, read, signal, policy) if is_direct else None
        if first is not None:
            self._take_again(first, device)
        occurred, is_history = clocks.date(state, read, signal.received_at, policy)
        until = clocks.latest(state, read, signal.received_at, policy, is_direct)
        assert isinstance(signal.payload, LogLine)
        is_history = is_history or signal.payload.is_backlog
        self._tally.history += is_history
        for event in read.events:
            if not is_history:
                self._take_event(signal, event, device, occurred)
            elif event.kind is not DeviceEventKind.RESTART and occurred is not None:
                self._note_change(signal, event, device, occurred)
        self._take_facts(signal, read.facts, device, occurred, is_history, until)

    def _take_again(self, signal: Signal, device: DeviceTrack) -> None:
        """It was taken for history by a clock that turned out to be wrong."""
        assert isinstance(signal.payload, LogLine)
        read = syslog_text.read(signal.payload.raw, signal.received_at, device.device.vendor)
        if isinstance(read, LogMessage):
            for event in read.events:
                if event.kind is DeviceEventKind.RESTART:
                    self._take_event(signal, event, device)
            self._take_facts(signal, read.facts, device, None, False)

    def _take_facts(
        self, signal: Signal, facts: tuple[Fact, ...], device: DeviceTrack, occurred: float | None, is_history: bool,
        until: Epoch | None = None,
    ) -> None:  # fmt: skip
        observer, host = self._machine.observer, device.device.hostname
        is_wanted = self._working.wants(host)
        for fact in facts:
            is_repeat = not is_history and observer.is_repeat(host, fact, occurred)
            if is_repeat and signal.source in _USUAL and not is_wanted:
                continue
            observation = by_itself(host, fact, signal, occurred, is_history=is_history, until=until)
            if is_wanted:
                self._working.hear(observation)
            if is_repeat:
                if signal.source not in _USUAL:
                    observer.echo(observation)
            elif not observer.observe(observation):
                self._tally.unbound += 1

    def _take_event(
        self, signal: Signal, event: DeviceEvent, device: DeviceTrack, occurred: Epoch | None = None
    ) -> None:
        if event.kind is DeviceEventKind.RESTART:
            device.state.restart = Done(signal.steady, signal.seq, event, signal.source.value)
            if signal.source is not Source.SNMP and not device.state.began_within(signal.steady, RESTARTED_S):
                device.state.forget_interfaces()
            self._machine.observer.stir(device.device.hostname)
            self._explainer.look_again(device)
        else:
            self._note_change(signal, event, device, occurred)
            self._hear_change(signal, device, " ".join(filter(None, (event.text, event.who and f"by {event.who}"))))

    def _hear_change(self, signal: Signal, device: DeviceTrack, text: str) -> None:
        """A configuration was changed just now: in a maintenance window, or in none."""
        at, host = signal.received_at, device.device.hostname
        is_covered = self._machine.windows.overlaps(host, device.device.site, at, at)
        tag = hearing.CONFIG_IN_WINDOW if is_covered else hearing.CONFIG_NO_WINDOW
        self._hear(hearing.told(tag, host, text, signal.steady, at, signal.seq))

    def hear_capture(self, signal: Signal, captured: Captured) -> None:
        """There is another capture of a device, and what it shows that rules may be about."""
        host, at, ident = names.hostname(captured.hostname), signal.received_at, captured.capture_id
        self._hear(hearing.told(hearing.CAPTURED, host, f"capture {ident}", signal.steady, at, signal.seq))
        if host and at - captured.captured_at <= NEWS_S:
            for reading in captured.readings:
                self._hear(hearing.fact(reading, host, signal.steady, at, signal.seq, ident))

    def hear_compared(self, signal: Signal, compared: Compared) -> None:
        """Captures show that a configuration was changed of late: in a maintenance window, or in none."""
        at, host = signal.received_at, names.hostname(compared.hostname)
        changed = [change for change in compared.changes if change.kind is Kind.CONFIG]
        if not changed or at - compared.captured_at > NEWS_S:
            return
        device = self._topology.devices.get(host)
        windows, site = self._machine.windows, device.device.site if device is not None else compared.site.upper()
        bounds = ((compared.previous_at, compared.captured_at) if c.at is None else (c.at, c.at) for c in changed)
        is_covered = all(windows.overlaps(host, site, since, until) for since, until in bounds)
        tag = hearing.CONFIG_IN_WINDOW if is_covered else hearing.CONFIG_NO_WINDOW
        text = f"captures show {len(changed)} changed, the first: {changed[0].text}"
        self._hear(hearing.told(tag, host, text, signal.steady, at, signal.seq))

    @staticmethod
    def _note_change(signal: Signal, event: DeviceEvent, device: DeviceTrack, occurred: Epoch | None) -> None:
        """Something was done to the device when its own clock says, whenever we hear of it."""
        changes, steady = device.state.changes, clocks.steady_of(occurred, signal.received_at, signal.steady)
        if any(abs(steady - d.steady) <= AGAIN_S and d.event == event for d in changes[-AGAIN:]):
            return
        insort(changes, Done(steady, signal.seq, event, signal.source.value), key=lambda done: done.steady)
        while changes and (signal.steady - changes[0].steady > CHANGES_S or len(changes) > 500):
            del changes[0]

    def polled(self, signal: Signal) -> None:
        """What a device answered to a round of polling, or that it did not."""
        polled = signal.payload
        assert isinstance(polled, Polled)
        device = self._topology.devices.get(names.hostname(polled.hostname))
        if device is None:
            return
        if not polled.is_answered:
            if not polled.error:
                self._unanswered(device, signal)
            return
        self._machine.measurer.heard(device)
        for reading in polled.readings:
            self._hear(hearing.fact(reading, device.device.hostname, signal.steady, signal.received_at, signal.seq))
        if self._polls.take(device, polled, signal):
            text = f"sysUpTime began anew {polled.uptime_s:.0f} s ago"
            self._take_event(signal, DeviceEvent(kind=DeviceEventKind.RESTART, text=text), device)
        if self._working.wants(device.device.hostname):
            for _, observation in self._polls.known(device, polled, signal):
                self._working.hear(observation, signal.steady - polled.cache_s)

    def _unanswered(self, device: DeviceTrack, signal: Signal) -> None:
        self._polls.unanswered(device, signal)
        self._machine.measurer.look_at(device)
        self._machine.observer.join_silence(device)

    def trap(self, signal: Signal) -> None:
        """An SNMP notification: of the device that its agent address or sysName names, else of its sender."""
        assert isinstance(signal.payload, Trap)
        try:
            told = _notification(signal.payload.message)
        except BerError as error:
            self._unreadable(signal.peer, str(error))
            return
        device = self._teller(told, signal.peer)
        if device is None:
            self._tally.count_unknown(signal.peer)
            return
        self._machine.measurer.told(device, signal.source)
        names_by_index = device.state.interfaces if device.state.are_interfaces_known else None
        read = traps.read(told.trap_oid, told.values, names_by_index)
        self._hear_trap(signal, told, device, read)
        if isinstance(read, Unparsed):
            self._tally.count_unparsed(device.device.hostname, read.why)
        elif isinstance(read, TrapMessage) and (read.facts or read.events):
            for event in read.events:
                self._take_event(signal, event, device)
            placed = (vrfs.placed(fact, device, self._topology, signal.payload.context) for fact in read.facts)
            self._take_facts(signal, tuple(placed), device, None, False)
        else:
            self._tally.unrelated += 1

    def _hear_trap(self, signal: Signal, told: snmp.Notification, device: DeviceTrack, read: traps.TrapRead) -> None:
        name, said = traps.name_of(told.trap_oid), traps.words(told.values) + traps.sentences(read)
        host, at = device.device.hostname, signal.received_at
        self._hear(hearing.trap(name or "trap", said, host, signal.steady, at, signal.seq))

    def _teller(self, told: snmp.Notification, peer: str) -> DeviceTrack | None:
        """Nobody where several devices claim the address and the notification names none."""
        topology, agent = self._topology, str(told.agent_address)
        address = agent if topology.addresses.is_known(agent) else peer
        return topology.speaker(address, _name(told))

    def malformed(self, signal: Signal) -> None:
        """Something that nobody can read: kept as a word, counted."""
        assert isinstance(signal.payload, Malformed)
        self._unreadable(signal.peer, signal.payload.why)

    def _unreadable(self, peer: str, why: str) -> None:
        device = self._topology.addresses.owner(peer)
        if device is None:
            self._tally.count_unknown(peer)
        self._tally.count_unparsed(device.device.hostname if device else peer, why)

    def bmp(self, signal: Signal) -> None:
        """What a router tells of its BGP: of the device that it speaks from, else of its sysName."""
        told = signal.payload
        assert isinstance(told, _BMP)
        device = self._topology.speaker(signal.peer, told.name)
        if device is None:
            self._tally.count_unknown(signal.peer)
            return
        if not isinstance(told, BmpRouter) or told.is_connected:
            self._machine.measurer.heard(device)
        offers = self._machine.offers
        if isinstance(told, BmpRouter):
            offers.connected(device, told.is_connected)
        elif isinstance(told, BmpSession):
            offers.session(device, told, signal)
            fact = bmp.fact(told)
            if fact is not None and told.peer.distinguisher and not told.peer.vrf:
                fact = vrfs.distinguished(fact, device, self._topology)
            self._take_facts(signal, (fact,) if fact is not None else (), device, None, False)
        elif isinstance(told, BmpPaths):
            self._tally.unbound += not offers.take(device, told, signal)
        elif isinstance(told, BmpTableComplete):
            offers.complete(device, told, signal)
        else:
            offers.reported(device)

    def bmp_stopped(self) -> None:
        """Nobody listens for BMP, or not yet: no router is connected."""
        for device in self._topology.devices.values():
            if device.state.bmp_at >= 0 and not device.state.is_bmp_lost:
                self._machine.offers.connected(device, False)

    def report(self, signal: Signal) -> None:
        """What a device has installed for a prefix."""
        report = signal.payload
        assert isinstance(report, RouteReport)
        host = names.hostname(report.hostname)
        route = self._topology.route_of(host, names.vrf(report.vrf), report.prefix)
        if route is None:
            return
        self._machine.measurer.heard(route.device)
        if not report.is_complete and not report.installed:
            return
        verdict = Verdict.UP if report.installed else Verdict.DOWN
        fact = Fact(
            plane=Plane.ROUTE,
            kind=SubjectKind.PREFIX,
            name=report.prefix,
            verdict=verdict,
            vrf=report.vrf,
            installed=report.installed,
        )
        observation = by_itself(host, fact, signal)
        self._machine.observer.report_route(route, report.installed, observation, report.interval_s)
        if self._working.wants(host):
            self._working.hear(observation, signal.steady - report.interval_s)


def _name(told: snmp.Notification) -> str:
    """sysName, which some devices and relays send along; else empty."""
    found = next((value for oid, value in told.values if oid == _SYS_NAME), b"")
    return sanitise(found.decode("utf-8", "replace"), 255) if isinstance(found, bytes) else ""


def _notification(message: bytes) -> snmp.Notification:
    """Raises BerError."""
    decoded = snmp.decode(message)
    if not isinstance(decoded, snmp.Message):
        raise BerError("SNMPv3")
    return snmp.notification(decoded)

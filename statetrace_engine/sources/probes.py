"""Asks targets whether they answer: one schedule, one prober a kind, and reports for the pipeline."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn

from statetrace_engine.model import Epoch
from statetrace_engine.model.inventory import Probe, ProbeKind
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address, probe_icmp
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.probe_schedule import ProbeSettings, Schedule
from statetrace_engine.sources.probe_stamp import StampProber
from statetrace_engine.sources.probe_tcp import TcpProber
from statetrace_engine.sources.prober import Prober
from statetrace_engine.sources.status import EVERY_S, Report, Reporter

SLICE_S = 0.004
"""How long sending may hold the loop before others get their turn."""
_REST_S = 0.001
"""The shortest sleep: probes due within a millisecond are sent together."""
_SOURCES = {
    ProbeKind.ICMP: Source.PROBE_ICMP,
    ProbeKind.TCP: Source.PROBE_TCP,
    ProbeKind.STAMP: Source.PROBE_STAMP,
}


class Probing:
    """Sends the probes in force; a `prober.Outcomes` for its probers.

    `on_gap(seconds)` is called when this process did not run for longer than the settings allow.
    """

    def __init__(
        self,
        probes: tuple[Probe, ...],
        settings: ProbeSettings,
        inbox: Inbox,
        report: Report,
        on_gap: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._inbox = inbox
        self._clock = inbox.clock
        self._on_gap = on_gap
        self._reporter = Reporter(report)
        self._report_at = 0.0
        self._schedule = Schedule(settings, probes, self._clock.steady(), secrets.randbits(32))
        self._probers: dict[ProbeKind, Prober] = {}
        self._answers = dict.fromkeys(ProbeKind, 0)
        self._unsent = dict.fromkeys(ProbeKind, 0)
        self._answered_at: dict[ProbeKind, Epoch] = {}
        self._sleep: asyncio.Future[None] | None = None

    def replace(self, probes: tuple[Probe, ...], settings: ProbeSettings | None = None) -> None:
        """Puts other probes in force at once; what is known of those that stay is kept. On the loop of `run`."""
        self._schedule.settings = settings or self._schedule.settings
        self._schedule.replace(probes, self._clock.steady())
        self.wake()

    async def run(self) -> NoReturn:
        """Probes until cancelled; may be run again, with new sockets and what the schedule knows."""
        loop = asyncio.get_running_loop()
        with ExitStack() as stack:
            stack.callback(self._close)
            while True:
                self._take_turn(loop)
                await self._rest(loop)

    def answered(self, token: int, rtt_ms: float | None = None) -> None:
        probe = self._schedule.probe_of(token)
        if self._schedule.answered(token, self._clock.steady(), rtt_ms) and probe is not None:
            self._answers[probe.kind] += 1
            self._answered_at[probe.kind] = self._clock.wall()

    def missed(self, token: int) -> None:
        self._schedule.missed(token, self._clock.steady())

    def unsent(self, token: int, error: str = "") -> None:
        probe = self._schedule.probe_of(token)
        if probe is not None:
            self._unsent[probe.kind] += 1
        self._schedule.unsent(token, self._clock.steady(), error)

    def probe_of(self, token: int) -> Probe | None:
        return self._schedule.probe_of(token)

    def wake(self) -> None:
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def _take_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        for prober in self._probers.values():
            prober.drain()
        steady = self._clock.steady
        until = steady() + SLICE_S
        while (now := steady()) < until and (send := self._schedule.due(now)) is not None:
            self._send(send.probe, send.token, loop)
        for probe, result in self._schedule.take_reports():
            self._inbox.put(_SOURCES[probe.kind], probe.target, result)
        gap_s = self._schedule.take_gap_s()
        if gap_s:
            self._on_gap(gap_s)
        if now >= self._report_at:
            self._report_at = now + EVERY_S
            self._reporter.say(self._statuses())

    def _send(self, probe: Probe, token: int, loop: asyncio.AbstractEventLoop) -> None:
        if not address.is_numeric(probe.target):
            self.unsent(token, f"{probe.target!r} is not an address")
            return
        prober = self._probers.get(probe.kind)
        if prober is None:
            prober = self._probers[probe.kind] = self._open(probe.kind, loop)
        prober.send(probe, token)

    def _open(self, kind: ProbeKind, loop: asyncio.AbstractEventLoop) -> Prober:
        if kind is ProbeKind.ICMP:
            return probe_icmp.open_prober(loop, self)
        if kind is ProbeKind.TCP:
            return TcpProber(loop, self)
        return StampProber(loop, self, self._clock)

    async def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self._clock.steady()
        delay = max(self._schedule.next_at(now) - now, _REST_S)
        self._sleep = loop.create_future()
        timer = loop.call_later(delay, self.wake)
        try:
            await self._sleep
        finally:
            timer.cancel()

    def _statuses(self) -> Iterator[SourceStatus]:
        for kind, prober in self._probers.items():
            source = _SOURCES[kind]
            yield SourceStatus(
                name=source,
                detail=prober.detail,
                state="running",
                received=self._answers[kind],
                dropped=self._inbox.dropped[source],
                errors=self._unsent[kind],
                last_at=self._answered_at.get(kind),
            )

    def _close(self) -> None:
        for prober in self._probers.values():
            prober.close()
        self._probers.clear()

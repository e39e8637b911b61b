"""Asks many devices, each on its schedule and a bounded number at a time; what they say goes into the inbox."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from random import Random
from typing import NoReturn

from statetrace_engine import descriptors
from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import Polled, RouteReport, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.snmp.client import Clients, Trouble, best_clients
from statetrace_engine.sources.snmp.device import Device
from statetrace_engine.sources.snmp.target import PollSettings, Target
from statetrace_engine.sources.status import EVERY_S, Report, Reporter

_OTHER_FILES = 256
"""Sockets and files that the rest of the engine needs."""
_NAMED = 3
"""Devices whose trouble the status names."""


class Polling:
    """Polls the targets in force; everything on the loop of `run`."""

    def __init__(
        self,
        targets: Iterable[Target],
        settings: PollSettings,
        inbox: Inbox,
        report: Report,
        make_clients: Callable[[], Clients] = best_clients,
    ) -> None:
        self._settings = settings
        self._inbox = inbox
        self._clock = inbox.clock
        self._reporter = Reporter(report)
        self._make_clients = make_clients
        self._rng = Random()
        self._targets = {target.hostname: target for target in targets}
        self._clients: Clients | None = None
        self._devices: dict[str, Device] = {}
        self._running: dict[Device, bool] = {}
        """Those whose round is under way → whether they did not answer the one before."""
        self._heap: list[tuple[float, int, Device]] = []
        self._held: list[Device] = []
        """Silent devices that wait until another silent one has had its turn."""
        self._order = count()
        self._sleep: asyncio.Future[None] | None = None
        self._received = 0
        self._failed = 0
        self._elsewhere = 0
        self._last_at: Epoch | None = None

    def replace(self, targets: Iterable[Target], settings: PollSettings | None = None) -> None:
        """Puts other targets in force at once; what is known of those that stay is kept."""
        self._settings = settings or self._settings
        self._targets = {target.hostname: target for target in targets}
        if self._clients is not None:
            self._take_targets(self._clients)
            self._wake()

    def hurry(self, hostname: str) -> None:
        """Asks a device of which something was heard otherwise at once, however long it has been silent."""
        device = self._devices.get(hostname)
        if device is not None and device.hurry():
            self._push(device)
            self._wake()

    async def run(self) -> NoReturn:
        """Polls until cancelled; may be run again, and then begins anew."""
        self._clients = await asyncio.to_thread(self._make_clients)  # importing a library takes its time
        report_at = 0.0
        try:
            self._take_targets(self._clients)
            async with asyncio.TaskGroup() as rounds:
                while True:
                    now = self._clock.steady()
                    self._launch(rounds, now)
                    if now >= report_at:
                        report_at = now + EVERY_S
                        self._reporter.say([self._status(self._clients.name)])
                    await self._rest(report_at)
        finally:
            self._close()

    def _take_targets(self, clients: Clients) -> None:
        descriptors.allowed(len(self._targets) + self._settings.at_once + _OTHER_FILES)
        for hostname in self._devices.keys() - self._targets.keys():
            self._remove(self._devices.pop(hostname))
        for hostname, target in self._targets.items():
            device = self._devices.get(hostname)
            if device is None or not device.retarget(target):
                if device is not None:
                    self._remove(device)
                put = partial(self._put, target.address)
                device = self._devices[hostname] = Device(target, clients, self._clock, put, self._rng)
            self._push(device)

    def _remove(self, device: Device) -> None:
        device.is_removed = True
        if device not in self._running:
            device.close()

    def _push(self, device: Device) -> None:
        if device not in self._running:
            heapq.heappush(self._heap, (device.next_at, next(self._order), device))

    def _launch(self, rounds: asyncio.TaskGroup, now: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= now and len(self._running) < self._settings.at_once:
            at, _, device = heapq.heappop(heap)
            if at != device.next_at or device in self._running or device.is_removed:
                continue  # pushed again since, with another time
            if device.is_silent and sum(self._running.values()) >= max(1, self._settings.at_once // 2):
                self._held.append(device)
                continue
            self._running[device] = device.is_silent
            rounds.create_task(self._round(device), name=f"snmp {device.target.hostname}")

    async def _round(self, device: Device) -> None:
        try:
            await device.round()
        finally:
            was_silent = self._running.pop(device)
            if was_silent and self._held:
                self._push(self._held.pop())
            if device.is_removed:
                device.close()
            else:
                self._push(device)
        self._failed += device.is_silent
        self._elsewhere += device.is_silent and device.error is not None and device.error.trouble is Trouble.ELSEWHERE
        self._wake()

    def _put(self, address: str, payload: Polled | RouteReport) -> None:
        self._received += not isinstance(payload, Polled) or payload.is_answered
        self._last_at = self._clock.wall()
        self._inbox.put(Source.SNMP, address, payload)

    async def _rest(self, report_at: float) -> None:
        is_full = len(self._running) >= self._settings.at_once
        until = report_at if is_full or not self._heap else min(report_at, self._heap[0][0])
        loop = asyncio.get_running_loop()
        self._sleep = loop.create_future()
        timer = loop.call_later(max(until - self._clock.steady(), 0.0), self._wake)
        try:
            await self._sleep
        finally:
            timer.cancel()

    def _wake(self) -> None:
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def _status(self, library: str) -> SourceStatus:
        return SourceStatus(
            name=Source.SNMP,
            detail=f"polling ({library})",
            state="running",
            received=self._received,
            dropped=self._inbox.dropped[Source.SNMP],
            errors=self._failed,
            refused={Trouble.ELSEWHERE.value: self._elsewhere} if self._elsewhere else {},
            last_at=self._last_at,
            error="; ".join(self._troubles()),
        )

    def _troubles(self) -> Iterator[str]:
        silent, told = [], []
        for device in self._devices.values():
            if device.error is not None and device.error.is_silence and device.is_silent:
                silent.append(device.target.hostname)
            elif device.error is not None:
                told.append(f"{device.target.hostname}: {device.error}")
        if silent:
            more = ", …" if len(silent) > _NAMED else ""
            yield f"{len(silent)} of {len(self._devices)} devices do not answer: {', '.join(silent[:_NAMED])}{more}"
        yield from told[:_NAMED]
        if len(told) > _NAMED:
            yield f"{len(told) - _NAMED} more in trouble"

    def _close(self) -> None:
        for device in self._devices.values():
            device.close()
        if self._clients is not None:
            self._clients.close()
        self._clients = self._sleep = None
        self._devices.clear()
        self._heap.clear()
        self._held.clear()
        self._running.clear()

"""What listens and follows: syslog over UDP, over TCP, and log files, each a task that can be replaced by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec.structs import replace

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.runtime.supervisor import Supervisor, stopped
from statetrace_engine.sources import log_files, syslog
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report
from statetrace_engine.sources.syslog import SyslogSettings

READY_S = 10.0


class Listeners:
    """`report` hears the status of each; `forget(name)` that a source is no longer there."""

    def __init__(
        self,
        inbox: Inbox,
        report: Report,
        forget: Callable[[str], None],
        supervisor: Supervisor,
        positions: Path,
    ) -> None:
        self.addresses: dict[str, str] = {}
        """Source → `ADDRESS:PORT` that it listens on."""
        self._inbox = inbox
        self._report = report
        self._forget = forget
        self._supervisor = supervisor
        self._positions = positions
        self._tasks: dict[str, tuple[SyslogSettings, asyncio.Task[None]]] = {}
        self._heard = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None

    async def open(self, settings: SyslogSettings, group: asyncio.TaskGroup) -> None:
        """Listens when it returns. A listener that cannot, ends the group with what it raised: PortTaken, OSError."""
        self._group = group
        wanted = _parts(settings)
        for name, part in wanted.items():
            self._start(name, part, is_first=True)
        try:
            async with asyncio.timeout(READY_S):
                while any(n not in self.addresses for n in wanted if n != Source.SYSLOG_FILE):
                    await self._heard.wait()
                    self._heard.clear()
        except TimeoutError:
            raise StateTraceError(f"the listeners did not open within {READY_S:.0f} s") from None

    async def replace(self, settings: SyslogSettings) -> None:
        """Puts other addresses and files in force; what stays the same is not interrupted."""
        wanted = _parts(settings)
        for name, (part, task) in list(self._tasks.items()):
            if wanted.get(name) != part:
                del self._tasks[name]
                await stopped(task)
                self.addresses.pop(name, None)
                self._forget(name)
        for name, part in wanted.items():
            if name not in self._tasks:
                self._start(name, part, is_first=False)

    def close(self) -> None:
        for _, task in self._tasks.values():
            task.cancel()

    def _start(self, name: str, part: SyslogSettings, *, is_first: bool) -> None:
        assert self._group is not None, "open comes first"
        run = self._runner(name, part)
        may_fail = is_first and name != Source.SYSLOG_FILE
        keep = self._supervisor.keep(name, run, lambda: may_fail and name not in self.addresses)
        self._tasks[name] = part, self._group.create_task(keep, name=name)

    def _runner(self, name: str, part: SyslogSettings) -> Callable[[], Awaitable[object]]:
        if name == Source.SYSLOG_FILE:
            files = log_files.LogFileSettings(files=part.files, positions=str(self._positions))
            return lambda: log_files.run(files, self._inbox, self._report)
        return lambda: syslog.run(part, self._inbox, self._hear)

    def _hear(self, status: SourceStatus) -> None:
        if self.addresses.get(status.name) != status.detail:
            self._forget(status.name)
            self.addresses[status.name] = status.detail
        self._report(status)
        self._heard.set()


def _parts(settings: SyslogSettings) -> dict[str, SyslogSettings]:
    """What each source needs of the section, so that a change of one leaves the others alone."""
    bare = replace(settings, udp="", tcp="", files=(), relays=())
    parts: dict[str, SyslogSettings] = {}
    if settings.udp:
        parts[Source.SYSLOG_UDP] = replace(bare, udp=settings.udp)
    if settings.tcp:
        parts[Source.SYSLOG_TCP] = replace(bare, tcp=settings.tcp)
    if settings.files:
        parts[Source.SYSLOG_FILE] = replace(bare, files=settings.files)
    return parts

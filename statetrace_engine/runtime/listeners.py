"""What listens and follows: syslog, log files, traps, BMP, each a task that can be replaced by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec.structs import replace

from statetrace_engine.config.secrets import Secret
from statetrace_engine.config.settings import Revealing, Settings, SnmpProfile, SnmpSecrets
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.runtime.supervisor import Supervisor, stopped
from statetrace_engine.sources import bmp, log_files, syslog, traps
from statetrace_engine.sources.bmp import BmpSettings
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.log_files import LogFileSettings
from statetrace_engine.sources.status import Report
from statetrace_engine.sources.syslog import SyslogSettings
from statetrace_engine.sources.trap_secrets import TrapUser

Part = SyslogSettings | LogFileSettings | traps.Listening | BmpSettings
"""What one source needs of the settings: while it is equal, the source is left alone."""

READY_S = 10.0


class Listeners:
    """`report` hears the status of each; `forget(name)` that a source is no longer there."""

    def __init__(
        self,
        inbox: Inbox,
        report: Report,
        forget: Callable[[str], None],
        supervisor: Supervisor,
        home: Path,
    ) -> None:
        self.addresses: dict[str, str] = {}
        """Source → `ADDRESS:PORT` that it listens on."""
        self.watch = bmp.Watch()
        """To be told what is watched on which router: before, none is read."""
        self._inbox = inbox
        self._report = report
        self._forget = forget
        self._supervisor = supervisor
        self._home = home
        self._tasks: dict[str, tuple[Part, asyncio.Task[None]]] = {}
        self._heard = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None

    async def open(self, settings: Settings, group: asyncio.TaskGroup) -> None:
        """Listens when it returns. A listener that cannot, ends the group with what it raised: PortTaken, OSError."""
        self._group = group
        wanted = self._parts(settings)
        for name, part in wanted.items():
            self._start(name, part, is_first=True)
        try:
            async with asyncio.timeout(READY_S):
                while any(n not in self.addresses for n in wanted if n != Source.SYSLOG_FILE):
                    await self._heard.wait()
                    self._heard.clear()
        except TimeoutError:
            raise StateTraceError(f"the listeners did not open within {READY_S:.0f} s") from None

    async def replace(self, settings: Settings) -> None:
        """Puts other addresses and files in force; what stays the same is not interrupted."""
        wanted = self._parts(settings)
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

    def _start(self, name: str, part: Part, *, is_first: bool) -> None:
        assert self._group is not None, "open comes first"
        run = self._runner(part)
        may_fail = is_first and name != Source.SYSLOG_FILE
        keep = self._supervisor.keep(name, run, lambda: may_fail and name not in self.addresses)
        self._tasks[name] = part, self._group.create_task(keep, name=name)

    def _runner(self, part: Part) -> Callable[[], Awaitable[object]]:
        match part:
            case LogFileSettings():
                return lambda: log_files.run(part, self._inbox, self._report)
            case traps.Listening():
                return lambda: traps.run(part, self._inbox, self._hear)
            case BmpSettings():
                return lambda: bmp.run(part, self.watch, self._inbox, self._hear)
            case SyslogSettings():
                return lambda: syslog.run(part, self._inbox, self._hear)

    def _hear(self, status: SourceStatus) -> None:
        if self.addresses.get(status.name) != status.detail:
            self._forget(status.name)
            self.addresses[status.name] = status.detail
        self._report(status)
        self._heard.set()

    def _parts(self, settings: Settings) -> dict[str, Part]:
        asked = settings.syslog
        bare = replace(asked, udp="", tcp="", files=(), relays=())
        parts: dict[str, Part] = {}
        if asked.udp:
            parts[Source.SYSLOG_UDP] = replace(bare, udp=asked.udp)
        if asked.tcp:
            parts[Source.SYSLOG_TCP] = replace(bare, tcp=asked.tcp)
        if asked.files:
            positions = self._home / "data" / "positions.json"
            parts[Source.SYSLOG_FILE] = LogFileSettings(files=asked.files, positions=str(positions))
        if settings.traps.udp:
            parts[Source.TRAP] = for_traps(settings, self._home)
        if settings.bmp.tcp:
            parts[Source.BMP] = settings.bmp
        return parts


def for_traps(settings: Settings, home: Path) -> traps.Listening:
    """Whoever may be asked under version 3 may send under it too."""
    users = tuple(
        TrapUser(
            profile=name,
            name=profile.user,
            auth_protocol=profile.auth_protocol,
            priv_protocol=profile.priv_protocol,
            reveal=SnmpSecrets(SnmpProfile(auth=profile.auth, priv=profile.priv), home),
        )
        for name, profile in sorted(settings.snmp.items())
        if profile.version == "3" and profile.user
    )
    communities = tuple(Revealing(Secret(reference), home) for reference in settings.traps.communities)
    return traps.Listening(udp=settings.traps.udp, communities=communities, users=users, data=home / "data")

"""The engine's own ingestion: what stands still in `data/inbox`, in a thread beside the loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from typing import NoReturn

from statetrace_engine.config import local_key
from statetrace_engine.config.settings import Settings
from statetrace_engine.model import Epoch
from statetrace_engine.model.filed import FiledFile, Moved, Stored
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.model.text import sanitise, writable
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.ingesting import run as ingesting
from statetrace_engine.runtime.ingesting.files import File
from statetrace_engine.runtime.ingesting.inbox import Inbox
from statetrace_engine.runtime.ingesting.run import Event, Place, Planned, Settled, Settlement, Waiting
from statetrace_engine.sources.status import Report
from statetrace_engine.store.captures import Captures

log = logging.getLogger("statetrace.engine")
LOOK_S = 0.5


class Keeper:
    """`stored` is called, on the loop, after every batch that this brings into the store."""

    def __init__(
        self, ground: Ground, settings: Callable[[], Settings], report: Report, stored: Callable[[], None]
    ) -> None:
        self._ground = ground
        self._settings = settings
        self._report = report
        self._stored = stored
        self._inbox = Inbox(ground.data / "inbox")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved: list[Moved] = []
        """What the store is still to be told."""
        self._stored_files = self._rejected = self._planned = self._settled = 0
        self._last_at: Epoch | None = None
        self._began_at: Epoch | None = None

    async def run(self) -> NoReturn:
        """Until it is cancelled; then what is being read is given up, and read again by the next engine."""
        self._loop = asyncio.get_running_loop()
        self._say()
        while True:
            found = await asyncio.to_thread(self._inbox.ready, self._ground.clock.steady())
            if found:
                await self._ingest(found)
            await asyncio.sleep(LOOK_S)

    async def _ingest(self, found: Sequence[File]) -> None:
        stop = threading.Event()
        try:
            await asyncio.to_thread(self._read, found, stop)
        finally:
            stop.set()

    def _read(self, found: Sequence[File], stop: threading.Event) -> None:
        """In a thread."""
        settings = self._settings()
        self._inbox.after = settings.ingest.inbox_after
        place = Place(
            captures=Captures(self._ground.data / "statetrace.db"),
            file=self._file,
            key=local_key.load(self._ground.home),
            settings=settings.ingest,
            emit=self._ground.telemetry.emit,
            sites=ingesting.sites_of((device.hostname, device.site) for device in settings.inventory.devices),
        )
        try:
            for event in ingesting.run(place, found, should_stop=stop.is_set):
                if isinstance(event, Waiting):
                    continue
                if isinstance(event, Settled):
                    self._settle(event)
                else:
                    self._tell_moved()
                self._on_loop(lambda event=event: self._note(event))  # type: ignore[misc]  # bound now
        finally:
            self._tell_moved()

    def _settle(self, event: Settled) -> None:
        for remark in (event.reason, *event.remarks):
            if remark:
                log.warning("%s: %s", sanitise(event.file.path, 300), sanitise(remark, 500))
        moved = self._inbox.settle(event)
        if moved is not None and event.file_key:
            self._moved.append(Moved(event.file_key, writable(event.file.path), writable(str(moved.absolute()))))

    def _tell_moved(self) -> None:
        """Captures are named where their files lie now, so that their bytes can be opened; a batch at once."""
        if self._moved:
            self._ground.writer.file_moves(self._moved).result()
            self._moved = []

    def _file(self, files: Sequence[FiledFile]) -> Stored:
        stored = self._ground.writer.file_captures(files).result()
        self._on_loop(self._stored)
        return stored

    def _on_loop(self, what: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def _note(self, event: Event) -> None:
        if isinstance(event, Planned):
            self._planned, self._settled = event.files, 0
            self._began_at = self._ground.clock.wall()
        elif isinstance(event, Settled):
            self._settled += 1
            self._stored_files += event.settlement is Settlement.STORED
            self._rejected += event.settlement is Settlement.REJECTED
            self._last_at = self._ground.clock.wall()
        self._say()

    def _say(self) -> None:
        is_reading = self._settled < self._planned
        self._report(
            SourceStatus(
                name=Source.CAPTURE,
                detail=str(self._inbox.folder),
                state="running",
                received=self._stored_files,
                errors=self._rejected,
                last_at=self._last_at,
                planned=self._planned if is_reading else 0,
                done=self._settled if is_reading else 0,
                began_at=self._began_at if is_reading else None,
            )
        )

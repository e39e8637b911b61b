"""What the engine says about itself: one JSON line an event in logs/telemetry-YYYY-MM-DD.jsonl (SPEC 8).

A failure here never stops the engine: what cannot be written is counted, and said in the file as soon as it can be.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import SEEK_END, BytesIO, FileIO
from pathlib import Path

import msgspec

from statetrace_engine.model import Epoch

BOUND = 10_000
"""Lines that wait for the disk; beyond it the oldest are lost."""
RECENT_BYTES = 256 << 10


class Telemetry:
    """`emit` from the engine's loop, which it costs next to nothing; `write` from a thread, once a second."""

    def __init__(self, folder: Path, wall: Callable[[], Epoch]) -> None:
        self.lost = 0
        """Events that are in no file."""
        self._folder = folder
        self._wall = wall
        self._events: deque[tuple[Epoch, str, dict[str, object]]] = deque()
        self._lines: deque[tuple[str, bytes]] = deque()
        """Events as they are written, behind which the others come."""
        self._changing = threading.Lock()
        self._writing = threading.Lock()
        self._told = 0

    def emit(self, event: str, **fields: object) -> None:
        """`event` in PascalCase; fields with their unit in the name: `DetectionLatencyMs`, `RowsCount`."""
        at = self._wall()
        with self._changing:
            self._events.append((at, event, fields))
            self._shed()

    def recent(self, event: str) -> list[dict[str, object]]:
        """The events of that name near the end of the newest file, oldest first; none when it cannot be read."""
        newest = max(self._folder.glob("telemetry-*.jsonl"), default=None)
        try:
            with newest.open("rb") if newest is not None else BytesIO() as file:
                file.seek(max(0, file.seek(0, SEEK_END) - RECENT_BYTES))
                lines = file.read().split(b"\n")
        except OSError:
            return []
        return [
            found for line in lines if event.encode() in line and (found := _decoded(line)).get("EventName") == event
        ]

    def days(self) -> set[str]:
        """`2026-11-28`: those of which there is a file, UTC."""
        return {path.stem.removeprefix("telemetry-") for path in self._folder.glob("telemetry-*.jsonl")}

    def events(self, names: Collection[str], since_at: Epoch) -> Iterator[dict[str, object]]:
        """The events of these names since then, oldest first, a line at a time; a file that cannot be read has none."""
        since_at = max(since_at, 0.0)  # no calendar has what may be asked for
        first = f"telemetry-{datetime.fromtimestamp(since_at, UTC):%Y-%m-%d}.jsonl"
        since = datetime.fromtimestamp(since_at, UTC).isoformat(timespec="milliseconds")
        wanted = tuple(f'"{name}"'.encode() for name in names)
        for path in sorted(path for path in self._folder.glob("telemetry-*.jsonl") if path.name >= first):
            with suppress(OSError), path.open("rb") as file:
                for line in file:
                    found = _decoded(line) if any(name in line for name in wanted) else {}
                    if found.get("EventName") in names and str(found.get("Timestamp", "")) >= since:
                        yield found

    def write(self) -> None:
        """Appends what waits; a disk that cannot be written keeps it waiting."""
        with self._writing:
            if self.lost > self._told:
                self.emit("TelemetryLost", LostCount=self.lost - self._told)
                self._told = self.lost
            with self._changing:
                lines, self._lines = self._lines, deque()
                events, self._events = self._events, deque()
            lines.extend(_line(*event) for event in events)
            by_day: dict[str, list[bytes]] = {}
            for day, line in lines:
                by_day.setdefault(day, []).append(line)
            kept = [(day, line) for day, those in by_day.items() if not self._put(day, those) for line in those]
            with self._changing:
                self._lines.extendleft(reversed(kept))
                self._shed()

    def _put(self, day: str, lines: list[bytes]) -> bool:
        return append(self._folder / f"telemetry-{day}.jsonl", b"\n".join(lines) + b"\n")

    def _shed(self) -> None:
        while len(self._lines) + len(self._events) > BOUND:
            if self._lines:
                self._lines.popleft()
            else:
                self._events.popleft()
            self.lost += 1


def _line(at: Epoch, event: str, fields: dict[str, object]) -> tuple[str, bytes]:
    """Its UTC day and itself."""
    moment = datetime.fromtimestamp(at, UTC)
    words: dict[str, object] = {"EventName": event, "Timestamp": moment.isoformat(timespec="milliseconds")}
    return f"{moment:%Y-%m-%d}", msgspec.json.encode(words | fields)


def append(path: Path, content: bytes) -> bool:
    """True when all of it is in the file; else nothing is, so that nothing comes twice."""
    try:
        with path.open("ab", buffering=0) as file:
            start = file.tell()
            if not _all_written(file, content):
                file.truncate(start)
                return False
    except OSError:
        return False
    return True


def _decoded(line: bytes) -> dict[str, object]:
    """Empty for the rest of a line that was cut off."""
    try:
        return msgspec.json.decode(line, type=dict[str, object])
    except ValueError:
        return {}


def _all_written(file: FileIO, content: bytes) -> bool:
    while content:
        try:
            content = content[file.write(content) :]
        except OSError:
            return False
    return True

"""What the engine says about itself: one JSON line an event in logs/telemetry-YYYY-MM-DD.jsonl (SPEC 8).

A failure here never stops the engine: what cannot be written is counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from statetrace_engine.model import Epoch

BOUND = 10_000


class Telemetry:
    """`emit` from the engine's loop; `write` from a thread, once a second."""

    def __init__(self, folder: Path, wall: Callable[[], Epoch]) -> None:
        self.lost = 0
        self._folder = folder
        self._wall = wall
        self._lines: deque[tuple[str, bytes]] = deque(maxlen=BOUND)

    def emit(self, event: str, **fields: object) -> None:
        """`event` in PascalCase; fields with their unit in the name: `DetectionLatencyMs`, `RowsCount`."""
        at = datetime.fromtimestamp(self._wall(), UTC)
        if len(self._lines) == BOUND:
            self.lost += 1
        words: dict[str, object] = {"EventName": event, "Timestamp": at.isoformat(timespec="milliseconds")}
        self._lines.append((f"{at:%Y-%m-%d}", msgspec.json.encode(words | fields)))

    def write(self) -> None:
        """Appends what waits; a disk that cannot be written costs the lines and nothing else."""
        by_day: dict[str, list[bytes]] = {}
        while self._lines:
            day, line = self._lines.popleft()
            by_day.setdefault(day, []).append(line)
        for day, lines in by_day.items():
            try:
                with (self._folder / f"telemetry-{day}.jsonl").open("ab") as file:
                    file.write(b"\n".join(lines) + b"\n")
            except OSError:
                self.lost += len(lines)

"""What the store knows of captures, for whoever asks: read-only, and empty answers from a store that is not there yet.

Importing this is cheap; every question but `known`, `sizes` and `unbased` imports SQLAlchemy. Every method reads the
disk.
"""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.model import Epoch
from statetrace_engine.model.filed import CapturedRows, CapturedText, CaptureSummary, SectionSummary
from statetrace_engine.store.reader import Reader

_PART = 500
_FILES = "captured_file"
_UNBASED = """
SELECT told.capture_id FROM captured_delta AS told JOIN capture USING (capture_id)
WHERE told.base_id NOT IN (SELECT capture_id FROM capture) ORDER BY told.capture_id
"""


class Captures(Reader):
    """The store at `path`. Every method raises StoreError when it is there and cannot be read."""

    def known(self, keys: Sequence[str], reading: str) -> set[str]:
        """Of these files, by `file_key`, those that are in the store by this very reading."""
        found: set[str] = set()
        for start in range(0, len(keys), _PART):
            part = keys[start : start + _PART]
            marks = ", ".join("?" * len(part))
            query = f"SELECT file_key FROM captured_file WHERE reading = ? AND file_key IN ({marks})"
            found.update(file_key for (file_key,) in self._plainly(_FILES, query, (reading, *part)))
        return found

    def sizes(self) -> set[int]:
        """Of all files that are in the store: one of another size need not be hashed to know that it is new."""
        return {size for (size,) in self._plainly(_FILES, "SELECT DISTINCT size_bytes FROM captured_file")}

    def since(self, capture_id: int, limit: int = 1000) -> tuple[CaptureSummary, ...]:
        """Captures that were stored after that one, in the order of storing."""
        from statetrace_engine.store import capture_queries

        return self._ask(capture_queries.since, capture_id, limit)

    def capture(self, capture_id: int) -> CaptureSummary | None:
        from statetrace_engine.store import capture_queries

        return next(iter(self._ask(capture_queries.capture, capture_id)), None)

    def newest(self) -> tuple[CaptureSummary, ...]:
        """The last capture of every device, by site and hostname."""
        from statetrace_engine.store import capture_queries

        return self._ask(capture_queries.newest)

    def of_device(self, hostname: str, since_at: Epoch = 0.0) -> tuple[CaptureSummary, ...]:
        """Newest first."""
        from statetrace_engine.store import capture_queries

        return self._ask(capture_queries.of_device, hostname, since_at)

    def sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        """In the order of the capture."""
        from statetrace_engine.store import capture_queries

        return self._ask(capture_queries.sections, capture_id)

    def rows(self, capture_id: int, position: int) -> CapturedRows | None:
        """What one section shows, packed, for `capture_delta`; None when there is no such section."""
        from statetrace_engine.store import capture_queries

        return next(iter(self._ask(capture_queries.rows, capture_id, position)), None)

    def text(self, capture_id: int) -> CapturedText | None:
        """The redacted text of one capture, packed, for `capture_delta`; None when there is no such capture."""
        from statetrace_engine.store import capture_queries

        return next(iter(self._ask(capture_queries.text, capture_id)), None)

    def is_whole(self, capture_id: int) -> bool:
        """It is not told by another capture."""
        from statetrace_engine.store import capture_queries

        return next(iter(self._ask(capture_queries.is_whole, capture_id)), True)

    def unbased(self) -> tuple[int, ...]:
        """Captures that are told by one that is gone, and should be by another."""
        return tuple(capture_id for (capture_id,) in self._plainly("captured_delta", _UNBASED))

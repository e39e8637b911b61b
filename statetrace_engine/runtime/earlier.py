"""What the captures before one show by the same commands: by it a part that fails is news, and a counter grows."""

from __future__ import annotations

from collections.abc import Set

from statetrace_engine.model import capture_delta
from statetrace_engine.model.identity import Identity, judge
from statetrace_engine.parsing.readings import Earlier, Key
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs

_NOTHING = Identity()


class EarlierShowings:
    def __init__(self, captures: Captures) -> None:
        self._captures, self._runs = captures, Runs(captures.path)

    def of(self, capture_id: int, wanted: Set[Key]) -> dict[Key, Earlier]:
        """Each of these commands as the nearest of the last few captures of the same device shows it; none of another
        device with its hostname. Raises StoreError, and ValueError for rows that cannot be read."""
        found: dict[Key, Earlier] = {}
        if not wanted:
            return found
        before, known = self._runs.namesakes(capture_id)
        own = known.get(capture_id, _NOTHING)
        for ident in before:
            if len(found) == len(wanted):
                break
            if not judge(known.get(ident, _NOTHING), own).is_other:
                self._take(ident, wanted, found)
        return found

    def _take(self, capture_id: int, wanted: Set[Key], found: dict[Key, Earlier]) -> None:
        summary = self._captures.capture(capture_id)
        for section in self._captures.sections(capture_id) if summary is not None else ():
            key = next((each for each in wanted if each == (section.kind, section.command)), None)
            packed = self._captures.rows(capture_id, section.position) if key is not None else None
            if summary is not None and key is not None and key not in found and packed is not None:
                rows, _, _ = capture_delta.rows(packed)
                found[key] = Earlier(rows, summary.captured_at)

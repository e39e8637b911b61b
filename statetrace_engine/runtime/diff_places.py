"""Where changes stand in the files that were captured: bytes, where the store has characters of its redacted texts."""

from __future__ import annotations

from msgspec import structs

from statetrace_engine.model import capture_delta
from statetrace_engine.model.diff import Diff, DiffObject
from statetrace_engine.parsing.transcript.offsets import Offsets
from statetrace_engine.store.captures import Captures


def in_files(captures: Captures, diff: Diff, before_id: int | None, after_id: int) -> Diff:
    """The same with the bytes of either file; without places where a text is gone. Raises StoreError."""
    if not diff.changes:
        return diff
    old, new = (_offsets(captures, each) for each in (before_id, after_id))
    changes = tuple(
        structs.replace(change, before=_placed(change.before, old), after=_placed(change.after, new))
        for change in diff.changes
    )
    return structs.replace(diff, changes=changes)


def _offsets(captures: Captures, capture_id: int | None) -> Offsets | None:
    stored = captures.text(capture_id) if capture_id is not None else None
    try:
        numbers = capture_delta.text_of(stored)[1] if stored is not None else []
    except ValueError:
        return None
    return Offsets(numbers[::2], numbers[1::2]) if numbers else None


def _placed(side: DiffObject | None, offsets: Offsets | None) -> DiffObject | None:
    if side is None:
        return None
    spans = tuple(offsets.span(*span) for span in side.spans) if offsets is not None else ()
    return structs.replace(side, spans=spans)

"""Where changes stand in the files that were captured: bytes, where the store has characters of its redacted texts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from statetrace_engine.diff import lines
from statetrace_engine.diff.lines import Spans
from statetrace_engine.model import capture_delta
from statetrace_engine.model.diff import Diff, DiffObject
from statetrace_engine.parsing.transcript.offsets import Offsets
from statetrace_engine.runtime import config_lines
from statetrace_engine.store.captures import Captures

_OPEN = 8
"""Older captures of whose texts the places are kept: each is some megabytes."""


def in_files(captures: Captures, diff: Diff, before_id: int | None, after_id: int) -> Diff:
    """The same with the bytes of either file; without places where a text is gone. What the capture before does not
    show has its place in the file of the older one that does. Raises StoreError."""
    authors = diff.metadata.authors
    if not diff.changes and not authors:
        return diff

    @lru_cache(maxsize=_OPEN)
    def text(capture_id: int | None) -> _Text | None:
        return _text(captures, capture_id)

    @lru_cache(maxsize=_OPEN)
    def lines_of(capture_id: int | None, command: str) -> Spans:
        found = text(capture_id)
        if capture_id is None or found is None:
            return {}
        return config_lines.of_command(captures, capture_id, command, found.text)

    older = {each.command: each.capture_id for each in diff.metadata.elsewhere}
    new = text(after_id)
    shown = lines.placed(
        diff.changes,
        lambda command: lines_of(older.get(command, before_id), command),
        lambda command: lines_of(after_id, command),
    )
    changes = tuple(
        structs.replace(
            change,
            before=_placed(change.before, text(older.get(change.command, before_id))),
            after=_placed(change.after, new),
        )
        for change in shown
    )
    told = tuple(
        structs.replace(each, span=new.offsets.span(*each.span) if new is not None and each.span != (0, 0) else (0, 0))
        for each in authors
    )
    return structs.replace(diff, changes=changes, metadata=structs.replace(diff.metadata, authors=told))


class _Text(NamedTuple):
    text: str
    offsets: Offsets


def _text(captures: Captures, capture_id: int | None) -> _Text | None:
    stored = captures.text(capture_id) if capture_id is not None else None
    try:
        text, numbers = capture_delta.text_of(stored) if stored is not None else ("", [])
    except ValueError:
        return None
    return _Text(text, Offsets(numbers[::2], numbers[1::2])) if numbers else None


def _placed(side: DiffObject | None, text: _Text | None) -> DiffObject | None:
    if side is None:
        return None
    spans = tuple(text.offsets.span(*span) for span in side.spans) if text is not None else ()
    return structs.replace(side, spans=spans)

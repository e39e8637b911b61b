"""Captures for whoever reads them: lists, sections, pages of the text, and where a route stands in it.

Everything here reads the disk and unpacks what may be large: call it on a thread of its own. The text that was read
last is kept, because its next page is asked for next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from threading import Lock

from msgspec import Struct

from statetrace_engine.model import capture_delta, names
from statetrace_engine.model.capture_view import CaptureLine, CapturePage, CaptureSpot
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_engine.model.line_search import next_line, next_marked
from statetrace_engine.model.outage import BetweenCaptures
from statetrace_engine.model.packed import unpack_numbers
from statetrace_engine.model.text import sanitise
from statetrace_engine.runtime import config_lines
from statetrace_engine.store.captures import Captures

MOST_LINES = 500
"""Of one page."""
_LINE_LIMIT = 1000


class _Text(Struct):
    """One capture's text, ready to be cut into pages."""

    capture_id: int
    text: str
    starts: list[int]
    """Where each line begins, in characters."""
    places: list[int]
    """Characters from which another offset holds …"""
    raw: list[int]
    """… and the bytes of the file that these characters came from."""
    missed: list[int]
    """Starts of lines that no parser understood."""


class CaptureReader:
    """Every method raises StoreError when the store is there and cannot be read."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._last: _Text | None = None
        self._lock = Lock()

    def newest(self) -> tuple[CaptureSummary, ...]:
        """The last capture of every device."""
        return self._captures.newest()

    def sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return self._captures.sections(capture_id)

    def page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        """Lines from `first` on (from 1; at most 500), those that `mark` touches marked: characters of the text, the
        end excluded. None when there is no such capture, or its text cannot be read any more."""
        text = self._text(capture_id)
        if text is None:
            return None
        begin, end = mark
        first = min(max(first, 1), max(len(text.starts), 1))
        last = min(first - 1 + min(max(count, 0), MOST_LINES), len(text.starts))
        marked = bisect_right(text.starts, begin) if end > begin else 0
        return CapturePage(
            capture_id=capture_id,
            total_lines=len(text.starts),
            first=first,
            lines=tuple(_line(text, index, begin, end) for index in range(first - 1, last)),
            marked=marked,
        )

    def find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        """The next line after (or before) `line` with these words, in any case, else the first from the other end;
        without words, the next that no parser understood. 0: there is none, or no such capture."""
        text = self._text(capture_id)
        if text is None:
            return 0
        if not words:
            return next_marked(text.text, text.starts, text.missed, line, is_back=is_back)
        return next_line(text.text, text.starts, line, words, is_back=is_back)

    def spot(self, hostname: str, vrf: str, prefix: str, capture_id: int = 0) -> CaptureSpot | None:
        """Where that capture, or else the newest that shows this route, shows it."""
        for summary in self._captures.of_device(hostname):
            if capture_id not in (0, summary.capture_id):
                continue
            for section in self._captures.sections(summary.capture_id):
                if section.kind == Kind.ROUTES and (found := self._rows_of(section, vrf, prefix)) is not None:
                    return self._spot(summary, section, *found)
        return None

    def place(self, capture_id: int, span: tuple[int, int]) -> CaptureSpot | None:
        """Those characters of a capture; (0, 0): all that it shows. None when it is no longer there."""
        summary = self._captures.capture(capture_id)
        sections = self._captures.sections(capture_id) if summary is not None else ()
        start, end = span
        holding = (s for s in sections if span == (0, 0) or s.text_start <= start < max(s.text_end, start + 1))
        section = next(holding, None)
        if summary is None or section is None:
            return None
        return self._spot(summary, section, start, end or sections[-1].text_end)

    def change_spot(self, change: BetweenCaptures) -> CaptureSpot | None:
        """Where the capture that shows a change shows it; a line of a configuration is looked for by its path."""
        summary = self._captures.capture(change.shown_by)
        if summary is None:
            return None
        for section in self._captures.sections(change.shown_by):
            if section.kind == change.kind and section.command == change.command:
                start, end = self._line_of(section, change.key) if change.span == (0, 0) else change.span
                return self._spot(summary, section, start, end) if end else None
        return None

    def _line_of(self, section: SectionSummary, path: tuple[str, ...]) -> tuple[int, int]:
        """Characters of the line; (0, 0): it is not there."""
        text = self._text(section.capture_id)
        found = config_lines.of_section(self._captures, section, text.text) if text is not None else {}
        return found.get(path, [(0, 0)])[0]

    def _rows_of(self, section: SectionSummary, vrf: str, prefix: str) -> tuple[int, int] | None:
        packed = self._captures.rows(section.capture_id, section.position)
        if packed is None:
            return None
        try:
            rows, starts, ends = capture_delta.rows(packed)
        except ValueError:
            return None
        spans = [
            (start, end)
            for row, start, end in zip(rows, starts, ends, strict=True)
            if isinstance(row, RouteRow) and row.prefix == prefix and names.vrf(row.vrf) == vrf
        ]
        return (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None

    def _spot(self, summary: CaptureSummary, section: SectionSummary, start: int, end: int) -> CaptureSpot:
        text = self._text(summary.capture_id)
        return CaptureSpot(
            capture_id=summary.capture_id,
            name=summary.file,
            text_start=start,
            text_end=end,
            start=_byte(text, start) if text is not None else section.start,
            end=_byte(text, end) if text is not None else section.end,
            command=section.command,
        )

    def _text(self, capture_id: int) -> _Text | None:
        with self._lock:
            if self._last is not None and self._last.capture_id == capture_id:
                return self._last
            stored = self._captures.text(capture_id)
            if stored is None:
                return None
            try:
                text, offsets = capture_delta.text_of(stored)
            except ValueError:
                return None
            starts = list(_line_starts(text))
            self._last = _Text(capture_id, text, starts, offsets[::2], offsets[1::2], self._missed(capture_id))
            return self._last

    def _missed(self, capture_id: int) -> list[int]:
        found: list[int] = []
        for section in self._captures.sections(capture_id):
            packed = self._captures.rows(capture_id, section.position) if section.unparsed else None
            if packed is not None:
                found += unpack_numbers(packed.missed)[::2]
        return sorted(found)


def _line_starts(text: str) -> Iterator[int]:
    start = 0
    while start < len(text):
        yield start
        newline = text.find("\n", start)
        start = len(text) if newline < 0 else newline + 1


def _line(text: _Text, index: int, begin: int, end: int) -> CaptureLine:
    start = text.starts[index]
    stop = text.starts[index + 1] if index + 1 < len(text.starts) else len(text.text)
    missed = bisect_right(text.missed, stop - 1)
    return CaptureLine(
        number=index + 1,
        text=sanitise(text.text[start:stop].rstrip("\n").expandtabs(8), _LINE_LIMIT),
        start=_byte(text, start),
        is_marked=start < end and begin < stop,
        is_missed=missed > 0 and text.missed[missed - 1] >= start,
    )


def _byte(text: _Text, character: int) -> int:
    """The byte of the file that a character came from."""
    at = bisect_right(text.places, character) - 1
    return text.raw[at] + character - text.places[at] if at >= 0 else 0

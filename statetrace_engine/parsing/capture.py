"""Pure. The entry for captures: raw bytes → devices, sections, rows; each row with the way back to its original bytes.

Secrets leave the text before anything is read in it. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from msgspec import Struct, field

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask, Show, Shown, Span, missed
from statetrace_engine.parsing.transcript import commands, leaving, sections, trial, voting
from statetrace_engine.parsing.transcript.commands import Command
from statetrace_engine.parsing.transcript.decoding import decode
from statetrace_engine.parsing.transcript.encoding import is_binary
from statetrace_engine.parsing.transcript.offsets import Offsets, applied
from statetrace_engine.parsing.transcript.sections import Raw

_CONSOLE_LINE = re.compile(
    r"^[^\n%]{0,80}%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+ ?:[^\n]*(?:\n|\Z)", re.MULTILINE
)
_XR_CLOCK = re.compile(r"\s*(?:[A-Z][a-z]{2} ){2} ?\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)? \w+(?: \d{4})?[ \t]*\n")
_HEADER_SPAN = 1 << 16
_VOTERS = 600
"""Of one device: no session needs more to say whose it is."""


class Edited(Protocol):
    """What a redactor answers: `redact.Redacted`."""

    @property
    def text(self) -> str: ...
    @property
    def edits(self) -> list[tuple[int, int, int]]: ...
    @property
    def kinds(self) -> dict[str, int]: ...


class Redactor(Protocol):
    """`redact.Redactor`."""

    def text(self, text: str, /) -> Edited: ...


class Fallen(Struct, frozen=True):
    """What a fallback made of a section."""

    rows: list[dict[str, Any]]  # whatever its template names
    reason: str = ""
    """Why there are none; empty: it understood."""


Fallback = Callable[[str, str, str], Fallen]
"""(vendor, command in full words, clean text) → rows of kind `table`."""


class Section(Struct):
    """One command and what came of it. Places are characters of `Capture.text`."""

    hostname: str
    vendor: str
    """Empty: unknown."""
    command: str
    """In full words, without its pipe."""
    pipe: str
    kind: Kind
    records: list[Any]
    starts: array[int]
    ends: array[int]
    """Of the lines that gave a record."""
    unparsed: list[Span]
    is_truncated: bool
    """It may go on where the capture ends."""
    is_filtered: bool
    """A part was asked for. What a truncated or filtered section does not show may exist nevertheless."""
    text_start: int
    text_end: int
    start: int
    """Byte of the original file, as `end`."""
    end: int
    remark: str = ""
    """Why a fallback gave nothing."""


class Slice(Struct):
    """One device in a capture."""

    hostname: str
    """As its prompt prints it; empty where nothing named it."""
    vendor: str
    votes: dict[str, int]
    spans: list[Span]
    """Where its commands and outputs stand in the text; nested sessions leave gaps."""
    start: int
    """Byte of the original file, as `end`."""
    end: int
    is_truncated: bool


class Capture(Struct):
    text: str
    """Clean, and redacted when there was a redactor."""
    offsets: Offsets
    slices: list[Slice]
    sections: list[Section]
    remarks: list[str] = field(default_factory=list)
    """What a person should know: binary content, an unknown vendor, a fallback that was stopped."""
    redacted: dict[str, int] = field(default_factory=dict)
    """How many secrets of each kind were replaced."""

    def byte_range(self, start: int, end: int) -> tuple[int, int]:
        """The original bytes of some characters."""
        return self.offsets.span(start, end)

    def lines(self, raw: bytes, spans: Iterable[Span]) -> list[tuple[int, str]]:
        """Line number in the original file (from 1) and clean text of each span, which are in order."""
        found: list[tuple[int, str]] = []
        at, line = 0, 1
        for start, end in spans:
            place = self.offsets.original(start)
            if place < at:
                at, line = 0, 1
            line += raw.count(b"\n", at, place) if self.offsets.unit == 1 else _lines16(raw, at, place)
            at = place
            found.append((line, self.text[start:end].rstrip("\n")))
        return found


def read(
    raw: bytes | Callable[[], bytes],
    *,
    name: str = "",
    vendor: str | None = None,
    command: str | None = None,
    redactor: Redactor | None = None,
    fallback: Fallback | None = None,
) -> Capture:
    """Everything in the bytes of one capture.

    `name`, a file's, tells the command where no prompt does; `vendor` wins over every vote; `command` is what was typed
    where no prompt says so. Without `fallback`, sections without a parser of ours are returned unparsed. Bytes that
    are handed over by a function are let go before the sections are parsed.
    """
    raw = raw if isinstance(raw, bytes) else raw()
    if is_binary(raw):
        return Capture("", Offsets(), [], [], ["this is no text: its first 4 kB are full of control characters"])
    decoded = decode(raw)
    text, offsets, kinds = decoded.text, decoded.offsets, {}
    if redactor is not None:
        redacted = redactor.text(text)
        text, kinds = redacted.text, dict(redacted.kinds)
        offsets = offsets.edited(redacted.edits) if redacted.edits else offsets
    reading = _Reading(raw, text, offsets, name, vendor or "", command or "", fallback)
    del raw, decoded
    capture = reading.capture()
    capture.redacted = kinds
    return capture


class _Reading:
    """One capture as it is read."""

    def __init__(
        self,
        raw: bytes,
        text: str,
        offsets: Offsets,
        name: str,
        vendor: str,
        command: str,
        fallback: Fallback | None,
    ) -> None:
        self._raw, self._text, self._offsets = raw, text, offsets
        self._name, self._vendor, self._command = name, vendor, command
        self._fallback = fallback
        self._remarks: list[str] = []

    def capture(self) -> Capture:
        found = sections.find(self._text)
        raws = found.sections
        if not found.has_commands:
            raws = [
                each for each in [self._promptless(sections.prelude(self._text, found), bool(found.prompts))] if each
            ]
        slices = self._slices(raws)
        self._mark_left(raws)
        made = [section for each in raws if (section := self._section(each, slices[each.hostname].vendor)) is not None]
        for each in slices.values():
            each.start, each.end = self._offsets.span(each.spans[0][0], each.spans[-1][1])
            if not each.vendor:
                self._remarks.append(f"the vendor of {each.hostname or 'a device'} is not known: kept, and not parsed")
        return Capture(self._text, self._offsets, list(slices.values()), made, self._remarks)

    def _promptless(self, end: int, is_closed: bool) -> Raw | None:
        """A file of one command, or of none that it names: a collector's, which ends where its output ended."""
        if not self._text[:end].strip():
            return None
        hostname = sections.named(self._text, 0, end) or commands.host_of_file_name(self._name)
        typed = self._command or commands.of_file_name(self._name)
        is_whole = is_closed or self._text.endswith("\n")
        return Raw(hostname, typed, None, 0, end, not is_whole)

    def _slices(self, raws: list[Raw]) -> dict[str, Slice]:
        votes: dict[str, list[dict[str, int]]] = {}
        slices: dict[str, Slice] = {}
        typed: set[tuple[str, str]] = set()
        for each in raws:
            of_host = votes.setdefault(each.hostname, [])
            if each.prompt is not None and len(of_host) < _VOTERS:
                of_host.append(voting.of_prompt(each.prompt))
            if each.typed and (each.hostname, each.typed) not in typed and len(of_host) < _VOTERS:
                typed.add((each.hostname, each.typed))  # the same again says no more
                of_host.append(voting.of_command(commands.understood(each.typed, "").text))
            is_wanted = not self._vendor and len(of_host) < _VOTERS  # every vendor's headings would have to be known
            if is_wanted and self._text[each.start : each.end].strip():
                of_host.append(voting.of_output(self._text[each.start : min(each.end, each.start + _HEADER_SPAN)]))
            begin = each.prompt.start if each.prompt is not None else each.start
            known = slices.setdefault(each.hostname, Slice(each.hostname, "", {}, [], 0, 0, False))
            _join(known.spans, begin, each.end)
            known.is_truncated = each.is_truncated
        for hostname, each_slice in slices.items():
            each_slice.votes = voting.together(votes[hostname])
            each_slice.vendor = self._vendor or self._elected(raws, each_slice)
        return slices

    def _elected(self, raws: list[Raw], of: Slice) -> str:
        """Nobody's where it was cut off and votes and parsers differ: the beginning may read like another's."""
        own = [each for each in raws if each.hostname == of.hostname]
        voted = voting.winner(of.votes)
        tried = trial.reader(((each.typed, self._text[each.start : each.end]) for each in own), of.votes)
        return voted if tried in ("", voted) else "" if of.is_truncated else tried

    def _mark_left(self, raws: list[Raw]) -> None:
        """Answers that were left before their end are truncated; after this the original bytes are needed no more."""
        for each in raws:
            if each.prompt is not None and not each.is_truncated:
                each.is_truncated = leaving.is_left(self._text, each.start, each.end, self._raw, self._offsets)
        self._raw = b""

    def _section(self, raw: Raw, vendor: str) -> Section | None:
        meant = commands.understood(raw.typed, vendor)
        show = commands.known(meant, vendor) if meant.text else None
        if not raw.typed and (headed := self._headed(raw, vendor)) is not None:
            show = headed
            meant = commands.understood(headed.command, vendor)
        is_empty = not self._text[raw.start : raw.end].strip()
        if is_empty and (show is None or show.parse is None):
            return None
        start, end = self._body(raw)
        shown, kind, remark = self._read(meant, show, vendor, start, end, raw)
        is_table = show is not None and show.parse is not None
        says_nothing = is_table and not shown.rows and leaving.says_nothing(self._text, start, end, shown.unparsed)
        begin, stop = self._offsets.span(raw.prompt.start if raw.prompt else raw.start, raw.end)
        return Section(
            hostname=raw.hostname,
            vendor=vendor,
            command=meant.text or raw.typed,
            pipe=meant.pipe,
            kind=kind,
            records=shown.rows,
            starts=shown.starts,
            ends=shown.ends,
            unparsed=shown.unparsed,
            is_truncated=raw.is_truncated or says_nothing,
            is_filtered=commands.narrows(meant, show) if show is not None else meant.filters,
            text_start=raw.start,
            text_end=raw.end,
            start=begin,
            end=stop,
            remark=remark,
        )

    def _headed(self, raw: Raw, vendor: str) -> Show | None:
        """By the first table header that is somebody's own."""
        head = self._text[raw.start : min(raw.end, raw.start + _HEADER_SPAN)]
        found = [
            (match.start(), -len(show.command), show)
            for show in shows.SHOWS.get(vendor, ())
            if show.header is not None and (match := show.header.search(head))
        ]
        return min(found, key=lambda each: each[:2])[2] if found else None

    def _body(self, raw: Raw) -> Span:
        clock = _XR_CLOCK.match(self._text, raw.start, raw.end)
        return (clock.end() if clock else raw.start), raw.end

    def _read(
        self, meant: Command, show: Show | None, vendor: str, start: int, end: int, raw: Raw
    ) -> tuple[Shown, Kind, str]:
        """Rows and places in the whole text, their kind, and why a fallback gave none."""
        is_session = raw.prompt is not None
        cut = self._cut(start, end) if raw.is_truncated and is_session else end
        body = self._text[start:cut]
        kind = show.kind if show is not None else Kind.TABLE
        asked = Ask(meant.text, vendor, raw.is_truncated and is_session)
        remark = ""
        if show is not None and show.parse is not None:
            shown = self._parsed(show, body, asked)
        else:
            kind = Kind.TABLE
            shown, remark = self._fallen(meant, vendor, body)
        if start:
            shown.starts = array("q", (place + start for place in shown.starts))
            shown.ends = array("q", (place + start for place in shown.ends))
            shown.unparsed = [(first + start, last + start) for first, last in shown.unparsed]
        if cut < end:
            missed(self._text, cut, end, shown.unparsed)
        return shown, kind, remark

    def _cut(self, start: int, end: int) -> int:
        """A last line without a newline may be half a line."""
        return end if self._text.endswith("\n", start, end) else max(start, self._text.rfind("\n", start, end) + 1)

    def _parsed(self, show: Show, body: str, asked: Ask) -> Shown:
        assert show.parse is not None
        noise = [] if show.kind in (Kind.LOG, Kind.CONFIG) or "%" not in body else _console_lines(body)
        if not noise:
            return show.parse(body, asked)
        way_back = Offsets().edited((first, last, 0) for first, last in noise)
        shown = show.parse(applied(body, [(first, last, "") for first, last in noise]), asked)
        shown.starts, shown.ends = _moved(way_back, shown.starts, shown.ends)
        spans = [way_back.span(first, last) for first, last in shown.unparsed]
        shown.unparsed = sorted([*spans, *((first, last - (body[last - 1] == "\n")) for first, last in noise)])
        return shown

    def _fallen(self, meant: Command, vendor: str, body: str) -> tuple[Shown, str]:
        shown = Shown()
        remark = ""
        if self._fallback is not None and vendor and meant.text and not meant.reshapes and body.strip():
            fallen = self._fallback(vendor, meant.text, body)
            for row in fallen.rows:
                shown.add(row, 0, len(body))
            remark = fallen.reason
        if not shown.rows:
            missed(body, 0, len(body), shown.unparsed)
        if remark:
            self._remarks.append(f"{meant.text}: {remark}")
        return shown, remark


def _console_lines(body: str) -> list[Span]:
    """Messages that a device wrote across its own answer."""
    return [found.span() for found in _CONSOLE_LINE.finditer(body)]


def _moved(way_back: Offsets, starts: array[int], ends: array[int]) -> tuple[array[int], array[int]]:
    spans = [way_back.span(start, end) for start, end in zip(starts, ends, strict=True)]
    return array("q", (start for start, _ in spans)), array("q", (end for _, end in spans))


def _join(spans: list[Span], start: int, end: int) -> None:
    if spans and start - spans[-1][1] < 256 and start >= spans[-1][1]:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))


def _lines16(raw: bytes, start: int, end: int) -> int:
    return raw.count(b"\n\x00", start, end) or raw.count(b"\x00\n", start, end)


__all__ = ["Capture", "Fallback", "Fallen", "Section", "Slice", "read"]

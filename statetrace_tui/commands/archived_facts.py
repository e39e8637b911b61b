"""Captures in files → the facts that rules hear, each with what the capture before it showed: no store is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from msgspec import Struct

from statetrace_engine.anomalies import hearing
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import Event
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.names import hostname
from statetrace_engine.parsing import capture_time, readings
from statetrace_engine.parsing.capture import Capture, Section
from statetrace_engine.parsing.captured_facts import Shown
from statetrace_engine.parsing.readings import Earlier, Key


class Shows(Struct):
    """What one capture shows of one device."""

    hostname: str
    vendor: str
    captured_at: Epoch
    sections: list[tuple[Shown, bool]]
    """With whether each is whole."""


def devices(read: Capture, modified_at: Epoch) -> list[Shows]:
    """Those of which rules hear something; by the device's own clock where that can be."""
    found: dict[str, list[Section]] = {}
    for section in read.sections:
        found.setdefault(section.hostname, []).append(section)
    made = (
        Shows(
            hostname(name),
            sections[0].vendor,
            _time(read, sections, modified_at),
            [_told(section) for section in sections if section.kind in readings.TOLD],
        )
        for name, sections in found.items()
    )
    return [shows for shows in made if shows.sections]


def events(shown: Iterable[Shows]) -> Iterator[Event]:
    """In the order of time."""
    earlier: dict[str, dict[Key, Earlier]] = {}
    for shows in sorted(shown, key=attrgetter("captured_at")):
        before = earlier.setdefault(shows.hostname, {})
        for reading in readings.of(shows.sections, shows.vendor, shows.captured_at, before):
            yield hearing.fact(reading, shows.hostname, shows.captured_at, shows.captured_at)
        for section, _ in shows.sections:
            if section.kind in (Kind.VITALS, Kind.INTERFACES):
                before[section.kind, section.command] = Earlier(section.rows, shows.captured_at)


def _time(read: Capture, sections: Iterable[Section], modified_at: Epoch) -> Epoch:
    asked = (section for section in sections if section.command.startswith(capture_time.COMMANDS))
    said = (capture_time.read(read.text[section.text_start : section.text_end]) for section in asked)
    return next((at for at in said if at is not None and capture_time.is_credible(at, modified_at)), modified_at)


def _told(section: Section) -> tuple[Shown, bool]:
    span = (section.text_start, section.text_end)
    rows, starts, ends = section.records, section.starts, section.ends
    shown = Shown(section.command, section.kind, len(rows), span, rows, starts, ends)
    return shown, not (section.is_truncated or section.is_filtered)

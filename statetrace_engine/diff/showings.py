"""Pure. A capture as it was read → the tables of one device that can be compared, and who changed its configuration."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from statetrace_engine.diff import lines
from statetrace_engine.diff.compare import Table
from statetrace_engine.model import Epoch, names
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ConfigAuthor, Span
from statetrace_engine.model.identity import Identity
from statetrace_engine.parsing import authors as told_authors
from statetrace_engine.parsing import capture_time
from statetrace_engine.parsing import identity as identities
from statetrace_engine.parsing.capture import Capture, Section


def devices(capture: Capture) -> tuple[str, ...]:
    """The canonical hostnames in it, in the order of their first command; empty where nothing named the device."""
    return tuple(dict.fromkeys(names.hostname(each.hostname) for each in capture.slices))


def vendor(capture: Capture, hostname: str) -> str:
    """Whose system the device runs; empty where nobody can tell."""
    return next((each.vendor for each in capture.slices if names.hostname(each.hostname) == hostname), "")


def of_device(capture: Capture, hostname: str) -> list[Table]:
    """What it shows of one device, in the order of the capture. Places are bytes of the original file."""
    return [_table(capture, section) for section in _of(capture, hostname)]


def config_lines(captures: Sequence[Capture], hostname: str, command: str) -> dict[lines.Path, list[Span]]:
    """Bytes of the original file of each line of the configuration that a command shows, by its path."""
    shown = [
        (capture, section)
        for capture in captures
        for section in _of(capture, hostname)
        if section.kind is Kind.CONFIG and section.command == command and section.starts
    ]
    whole = [each for each in shown if not each[1].is_truncated] or shown
    if not whole:
        return {}
    capture, section = whole[-1]
    start, end = section.starts[-1], section.ends[-1]
    found = lines.spans(capture.text[start:end], start)
    return {path: [capture.byte_range(*span) for span in spans] for path, spans in found.items()}


def identity(captures: Sequence[Capture], hostname: str) -> Identity:
    """By what the device can be told from another of its name."""
    vendors = (said for capture in captures if (said := vendor(capture, hostname)))
    taken = (at for capture in captures if (at := taken_at(capture, hostname)) is not None)
    shown = ((section.kind, section.records) for capture in captures for section in _of(capture, hostname))
    return identities.of(shown, next(vendors, ""), next(taken, None))


def taken_at(capture: Capture, hostname: str) -> Epoch | None:
    """When it was taken, by the device's own clock; None where it shows none that can be read."""
    said = (each for each in _of(capture, hostname) if each.command.startswith(capture_time.COMMANDS))
    return next((at for each in said if (at := capture_time.read(_text(capture, each))) is not None), None)


def authors(capture: Capture, hostname: str, latest: Epoch | None = None) -> tuple[ConfigAuthor, ...]:
    """Who changed the device's configuration, as the capture tells it, by time; places are bytes of the original file.

    `latest` is when it was taken at the latest, where its own clock does not say when.
    """
    said = [
        told_authors.Said(
            each.kind,
            each.command,
            each.vendor,
            _text(capture, each),
            each.text_start,
            each.records,
            each.starts,
            each.ends,
        )
        for each in _of(capture, hostname)
    ]
    at = taken_at(capture, hostname)
    return tuple(
        msgspec.structs.replace(each, span=capture.byte_range(*each.span))
        for each in told_authors.authors(said, latest if at is None else at)
    )


def _of(capture: Capture, hostname: str) -> list[Section]:
    return [each for each in capture.sections if names.hostname(each.hostname) == hostname]


def _text(capture: Capture, section: Section) -> str:
    return capture.text[section.text_start : section.text_end]


def _table(capture: Capture, section: Section) -> Table:
    def place(at: int) -> Span:
        return capture.byte_range(section.starts[at], section.ends[at])

    return Table(
        section.kind,
        section.command,
        section.records,
        place,
        is_whole=not section.is_truncated and not section.is_filtered,
        is_read=not section.unparsed,
        vendor=section.vendor,
    )

"""Pure. A capture as it was read → the tables of one device that can be compared."""

from __future__ import annotations

from statetrace_engine.diff.compare import Table
from statetrace_engine.model import names
from statetrace_engine.model.diff import Span
from statetrace_engine.parsing.capture import Capture, Section


def devices(capture: Capture) -> tuple[str, ...]:
    """The canonical hostnames in it, in the order of their first command; empty where nothing named the device."""
    return tuple(dict.fromkeys(names.hostname(each.hostname) for each in capture.slices))


def vendor(capture: Capture, hostname: str) -> str:
    """Whose system the device runs; empty where nobody can tell."""
    return next((each.vendor for each in capture.slices if names.hostname(each.hostname) == hostname), "")


def of_device(capture: Capture, hostname: str) -> list[Table]:
    """What it shows of one device, in the order of the capture. Places are bytes of the original file."""
    return [_table(capture, section) for section in capture.sections if names.hostname(section.hostname) == hostname]


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
    )

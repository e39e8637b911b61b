"""Pure. Captures as lines: a device and how old what we know of it is, and the sections of one capture."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_engine.model.status import SourceStatus
from statetrace_tui.present.capture_age import cell as age_cell
from statetrace_tui.present.text import Line, dur, fit, on_tone, spread


class Column(NamedTuple):
    name: str
    width: int
    from_width: int
    """Shown on screens at least so wide."""
    how: str = "l"


_COLUMNS = (
    Column("SITE", 8, 0),
    Column("HOST", 20, 0, "m"),
    Column("CAPTURED", 14, 0),
    Column("VENDOR", 16, 96),
    Column("MODEL", 18, 116, "m"),
    Column("SECT", 5, 0, "r"),
    Column("ROWS", 9, 0, "r"),
    Column("NOT READ", 9, 0, "r"),
)


def _columns(width: int) -> list[Column]:
    return [column for column in _COLUMNS if width >= column.from_width]


def heading(width: int) -> Line:
    out: Line = [("   ", "")]
    out += [
        (fit(column.name, column.width, "r" if column.how == "r" else "l") + "  ", "dim") for column in _columns(width)
    ]
    return [*out, ("FILE", "dim")] if width >= 120 else out


def line(capture: CaptureSummary, width: int, now: Epoch, *, is_here: bool) -> Line:
    """One device; what could not be read stands out only where there is some."""
    age, role = age_cell(capture.captured_at, now)
    cells = {
        "SITE": (capture.site or "-", ""),
        "HOST": (capture.hostname or "(no name)", "strong" if capture.hostname else "unk"),
        "CAPTURED": (age, role),
        "VENDOR": (capture.vendor or "unknown", "" if capture.vendor else "unk"),
        "MODEL": (capture.model or "-", "dim"),
        "SECT": (f"{capture.sections:,}", ""),
        "ROWS": (f"{capture.rows:,}", ""),
        "NOT READ": (f"{capture.unparsed:,}" if capture.unparsed else "-", "warn" if capture.unparsed else "dim"),
    }
    out: Line = [(" > " if is_here else "   ", "accent!")]
    for column in _columns(width):
        text, cell_role = cells[column.name]
        out.append((fit(text, column.width, column.how) + "  ", cell_role))
    if width >= 120:
        out.append((fit(capture.file, max(width - sum(len(text) for text, _ in out) - 1, 0), "m"), "dim"))
    return on_tone(out, "sel") if is_here else out


_KIND, _COUNTS = 16, 19
_BYTES_FROM = 100
"""Columns from which there is room for the bytes."""


def section_heading(width: int) -> Line:
    tail = f"{'KIND':<{_KIND}}{'ROWS':>9}{'NOT READ':>10}{'   BYTES OF THE FILE' if width >= _BYTES_FROM else ''}"
    return [("   ", ""), (fit("COMMAND", _command_width(width)), "dim"), (tail, "dim")]


def section_line(section: SectionSummary, width: int, *, is_here: bool) -> Line:
    """One command: what it is, how much of it was read, and where it stands in the file."""
    missed = f"{section.unparsed:,}" if section.unparsed else "-"
    command = fit(section.command or "(no command)", _command_width(width) - 2)
    out: Line = [
        (" > " if is_here else "   ", "accent!"),
        (f"{command}  ", "strong"),
        (f"{section.kind:<{_KIND}}{section.rows:>9,}", ""),
        (f"{missed:>10}", "warn" if section.unparsed else "dim"),
    ]
    if width >= _BYTES_FROM:
        out.append((f"   {section.start:,}-{section.end:,}", "dim"))
    if section.is_truncated:
        out.append((" part" if width < _BYTES_FROM else "  only a part", "major"))
    return on_tone(out, "sel") if is_here else out


def progress(source: SourceStatus, width: int, now: Epoch) -> Line:
    """What is being read of the inbox: a bar, how fast, how long yet. Empty when nothing is."""
    if not source.planned:
        return []
    elapsed = max(now - (source.began_at or now), 0.001)
    rate = source.done / elapsed
    left = f", {dur((source.planned - source.done) / rate)} left" if source.done else ""
    words = f"  {source.done:,} of {source.planned:,} files, {rate:.0f}/s{left}"
    room = max(min(width - len(words) - 14, 40), 0)
    full = room * source.done // source.planned
    bar: Line = [("█" * full, "accent"), ("─" * (room - full), "faint")]
    return [("   reading  ", "strong"), *bar, (words, "")]


def title(capture: CaptureSummary, width: int) -> Line:
    """Whose sections these are, and of which file."""
    left: Line = [(capture.hostname or "(no name)", "strong"), (f"  {capture.vendor or 'unknown vendor'}", "")]
    left += [(f"  {capture.version}", "dim")] if capture.version else []
    return spread(left, [(fit(capture.file, max(width // 2, 1), "m").rstrip(), "dim")], width, 3)


def search_text(capture: CaptureSummary) -> str:
    words = (capture.site, capture.hostname, capture.vendor, capture.model, capture.version, capture.file)
    return " ".join(words).lower()


def _command_width(width: int) -> int:
    return max(16, min(48, width - 3 - _KIND - _COUNTS - (30 if width >= _BYTES_FROM else 11)))

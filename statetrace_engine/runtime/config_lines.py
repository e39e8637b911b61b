"""Where the lines of a stored configuration stand in the text of its capture: the rows of the store have lines only."""

from __future__ import annotations

from statetrace_engine.diff import lines
from statetrace_engine.diff.lines import Path
from statetrace_engine.model import capture_delta
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import Span
from statetrace_engine.model.filed import SectionSummary
from statetrace_engine.store.captures import Captures


def of_command(captures: Captures, capture_id: int, command: str, text: str) -> dict[Path, list[Span]]:
    """Of the configuration that a command showed, characters by path; `text`: the capture's. Raises StoreError."""
    shown = [s for s in captures.sections(capture_id) if s.kind == Kind.CONFIG and s.command == command]
    whole = [section for section in shown if not section.is_truncated] or shown
    return of_section(captures, whole[-1], text) if whole else {}


def of_section(captures: Captures, section: SectionSummary, text: str) -> dict[Path, list[Span]]:
    """The same; nothing where its rows are gone or no longer decode."""
    packed = captures.rows(section.capture_id, section.position)
    try:
        starts, ends = capture_delta.rows(packed)[1:] if packed is not None else ([], [])
    except ValueError:
        return {}
    return lines.spans(text[starts[-1] : ends[-1]], starts[-1]) if starts else {}

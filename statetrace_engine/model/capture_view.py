"""Pure. A capture as a reader sees it: a few lines of its text at a time, each with the way back to the raw bytes."""

from __future__ import annotations

from msgspec import Struct


class CaptureSpot(Struct, frozen=True, kw_only=True):
    """Where a capture shows something: characters of its redacted text, and bytes of the file they came from."""

    capture_id: int
    name: str
    """The file, and its member inside an archive."""
    text_start: int
    text_end: int
    start: int
    end: int
    command: str = ""


class CaptureLine(Struct, frozen=True, array_like=True):
    number: int
    """From 1."""
    text: str
    """Sanitised for a terminal, without secrets."""
    start: int
    """Byte of the file at which it began."""
    is_marked: bool = False
    """It is part of what was asked for."""
    is_missed: bool = False
    """No parser understood it."""


class CapturePage(Struct, frozen=True, kw_only=True):
    """Some lines of one capture."""

    capture_id: int
    total_lines: int
    first: int
    """Number of the first line here, from 1."""
    lines: tuple[CaptureLine, ...]
    marked: int = 0
    """Number of the first line that is part of what was asked for, wherever it is; 0: none."""

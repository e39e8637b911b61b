"""Pure. The last hour of a route in one line: a byte a minute becomes a glyph a cell."""

from __future__ import annotations

from statetrace_tui.present.text import Line, merge

DOWN_BY_EVENT = 101
UNKNOWN = 254
NONE = 255
_IMPAIRED_PERCENT = 5


def strip(minutes: bytes, width: int, is_new: bool) -> Line:
    """Oldest left: a thin line where nothing was lost, `.` a little, `%` impaired, `X` all, `?` unknown.

    Filled while nobody has the outage. Blank where nothing was measured.
    """
    if not minutes or width <= 0:
        return []
    return merge(_cell(_worst(minutes, at, width), is_new) for at in range(width))


def _worst(minutes: bytes, at: int, width: int) -> int:
    first = at * len(minutes) // width
    last = max(first + 1, (at + 1) * len(minutes) // width)
    return max(minutes[first:last], key=lambda value: {NONE: -2, UNKNOWN: 50}.get(value, value))


def _cell(value: int, is_new: bool) -> tuple[str, str]:
    if value == NONE:
        return " ", "faint"
    if value == UNKNOWN:
        return "?", "unk"
    if value >= 100:
        return "X", "crit*" if is_new else "crit"
    if value >= _IMPAIRED_PERCENT:
        return "%", "warn"
    return (".", "dim") if value else ("─", "faint")


def has_any(minutes: bytes) -> bool:
    """Something was measured."""
    return any(value != NONE for value in minutes)

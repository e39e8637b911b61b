"""Pure. One row of the Routes table: which columns fit, their headings, and a row's cells."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_tui.present import capture_age, loss
from statetrace_tui.present.outage_row import person
from statetrace_tui.present.route_order import HEALTHY, NEW, RECOVERED, UNMEASURED, group_of
from statetrace_tui.present.text import Line, Span, brief_dur, dur, fit

GUTTER = 2
"""Cursor and mark."""
_GLYPHS = {
    HealthState.DOWN: "X",
    HealthState.DEGRADED: "!",
    HealthState.UNKNOWN: "?",
    HealthState.RECOVERED: "+",
    HealthState.HEALTHY: "o",
}
_ROLES = {
    HealthState.DOWN: "crit",
    HealthState.DEGRADED: "major",
    HealthState.UNKNOWN: "unk",
    HealthState.RECOVERED: "ok",
    HealthState.HEALTHY: "dim",
}


class Column(NamedTuple):
    key: str
    title: str
    width: int
    gap: int
    align: str


_COLUMNS = (
    # key, title, cells, gap after, alignment, least table width that shows it, cells at most, share of spare cells
    ("state", "STATE", 12, 1, "l", 0, 13, 1),
    ("age", "AGE", 6, 2, "r", 0, 6, 0),
    ("device", "DEVICE", 14, 2, "m", 0, 22, 2),
    ("vrf", "VRF", 8, 2, "l", 150, 14, 0),
    ("prefix", "PREFIX", 15, 1, "m", 0, 19, 3),
    ("via", "VIA", 15, 2, "m", 112, 22, 0),
    ("cause", "CAUSE", 17, 1, "l", 0, 34, 3),
    ("class", "CLASS", 11, 2, "l", 160, 11, 0),
    ("hour", "LAST HOUR", 20, 2, "l", 130, 20, 0),
    ("owner", "OWNER", 12, 2, "l", 134, 20, 1),
    ("ack", "ACK", 7, 0, "l", 0, 14, 1),
)
CHOICES = (
    ("t", "age"),
    ("v", "vrf"),
    ("n", "via"),
    ("c", "cause"),
    ("h", "hour"),
    ("l", "class"),
    ("o", "owner"),
    ("k", "ack"),
)
"""Columns that `c` and a letter hide and show."""


@lru_cache(maxsize=64)
def columns(width: int, hidden: frozenset[str] = frozenset()) -> tuple[Column, ...]:
    """Those that fit into a table of `width` cells, widened to use what is left."""
    shown = [c for c in _COLUMNS if width >= c[5] and c[0] not in hidden]
    widths = {c[0]: c[2] for c in shown}
    spare = width - GUTTER - sum(c[2] + c[3] for c in shown)
    while spare > 0 and any(c[7] and widths[c[0]] < c[6] for c in shown):
        for key, _, _, _, _, _, most, share in shown:
            grow = min(share, most - widths[key], spare)
            widths[key] += max(grow, 0)
            spare -= max(grow, 0)
    return tuple(Column(c[0], c[1], widths[c[0]], c[3], c[4]) for c in shown)


def heading(shown: tuple[Column, ...], is_was: bool, by: str = "", is_reversed: bool = False) -> Line:
    """Titles; STATE reads WAS while nothing is measured; the sorted column is marked."""
    line: Line = [(" " * GUTTER, "")]
    for column in shown:
        title = column.title
        if column.key == "state":
            title = " WAS" if is_was else " STATE"
        is_sorted = column.key == by
        text = f"{title} {'^' if is_reversed else 'v'}" if is_sorted else title
        align = "r" if column.align == "r" else "l"
        line.append((fit(text, column.width, align) + " " * column.gap, "accent" if is_sorted else "dim"))
    return line


def glyph(row: RouteHealth) -> str:
    """`X ! % ? + o`: the state without its colour; an impairment is `%`."""
    if row.severity is Severity.WARNING and row.state is HealthState.DEGRADED:
        return "%"
    return _GLYPHS[row.state]


def role(row: RouteHealth) -> str:
    """The colour of the state; filled (`*`) while nobody has it."""
    group = group_of(row)
    if group == RECOVERED:
        return "ok"
    found = _ROLES[row.state]
    if found == "major" and row.severity is Severity.WARNING:
        found = "warn"
    return f"{found}*" if group == NEW else found


def age(row: RouteHealth, now: Epoch) -> str:
    """How long it is so; healthy in hours, unmeasured or unseen in minutes: little moves on a quiet glass."""
    if row.since_at <= 0:
        return "-"
    group = group_of(row)
    seconds = max(now - row.since_at, 0)
    if group == HEALTHY and seconds < 3600:
        return "<1h"
    if group == HEALTHY and seconds < 86400:
        return f"{int(seconds // 3600)}h"
    is_slow = group == UNMEASURED or row.is_latched
    if is_slow and seconds < 3600:
        return f"{int(seconds // 60)}m" if seconds >= 60 else "<1m"
    return dur(seconds)


def ack(row: RouteHealth, now: Epoch) -> str:
    """`NEW`, `unseen`, or who has it and for how long."""
    if row.acknowledged_by:
        name = person(row.acknowledged_by)
        if row.acknowledged_at is None:
            return name
        seconds = now - row.acknowledged_at
        return f"{name} {brief_dur(seconds) if seconds >= 60 else '<1m'}"
    group = group_of(row)
    return "NEW" if group == NEW else "unseen" if row.is_latched else ""


def cause(row: RouteHealth, now: Epoch) -> str:
    """What the operator most needs to know after the state: a remark beats the cause. What only captures tell of
    says how old it is."""
    said = _cause(row, now)
    if row.captured_at is None:
        return said
    age = max(now - row.captured_at, 0)
    word = capture_age.freshness(row.captured_at, now).word
    captured = f"capture {brief_dur(age) if age >= 3600 else '<1h'} {word}"
    return f"{said}, {captured}" if said else captured


def _cause(row: RouteHealth, now: Epoch) -> str:
    if row.state is HealthState.RECOVERED and row.hold_ends_at:
        left = row.hold_ends_at - now
        return f"hold {int(left)} s left" if left > 0 else "hold ends"
    if row.remark:
        return row.remark
    if row.overlays & Overlay.MAINTENANCE:
        return "maintenance"
    if row.overlays & Overlay.FLAPPING:
        return "flapping"
    if row.overlays & Overlay.CONFLICTING:
        return "sources conflict"
    return row.cause or ("unprobed" if row.overlays & Overlay.UNPROBED else "")


def moving(row: RouteHealth, now: Epoch) -> tuple[str, str, str]:
    """The texts that time alone changes: age, acknowledgement, cause. A painted row is right while these are."""
    return age(row, now), ack(row, now), cause(row, now)


class Flags(NamedTuple):
    """What a row shows beside its health."""

    is_cursor: bool = False
    is_marked: bool = False
    is_was: bool = False
    is_changed: bool = False
    """While they were away."""
    minutes: bytes = b""
    """The route's last hour, where it is known; see `loss`."""


def line(
    row: RouteHealth,
    texts: tuple[str, str, str],
    shown: tuple[Column, ...],
    flags: Flags,
) -> Line:
    """One row; `texts` as `moving` gives them."""
    sign = "*" if flags.is_marked else "│" if flags.is_changed else " "
    out: Line = [(">" if flags.is_cursor else " ", "accent!"), (sign, "accent!")]
    group = group_of(row)
    for column in shown:
        out += _cell(row, group, texts, column, flags)
        out.append((" " * column.gap, ""))
    return out


def _cell(row: RouteHealth, group: int, texts: tuple[str, str, str], column: Column, flags: Flags) -> list[Span]:
    key, width = column.key, column.width
    if key == "state":
        mark = "?" if flags.is_was else glyph(row)
        return [(fit(f" {mark} {row.state}", width), role(row))]
    if key == "hour":
        return loss.strip(flags.minutes, width, group == NEW) or [(" " * width, "")]
    if key == "device":
        return _device(row, group, width)
    text = _text(row, texts, key)
    if key == "ack" and row.acknowledged_by:
        text = _short_ack(text, width)
    if key == "cause" and row.captured_at is not None and group == HEALTHY:
        return [(fit(text, width, column.align), capture_age.role_of(text.rpartition(" ")[2]))]
    return [(fit(text, width, column.align), _role_of(key, group, row))]


def _text(row: RouteHealth, texts: tuple[str, str, str], key: str) -> str:
    match key:
        case "age":
            return texts[0]
        case "ack":
            return texts[1]
        case "cause":
            return texts[2]
        case "prefix":
            return row.route.prefix
        case "vrf":
            return row.route.vrf
        case "via":
            return row.via or ("none" if row.state is HealthState.DOWN else "")
        case "class":
            return row.route.route_class
        case _:
            return row.route.owner or "unowned"


def _role_of(key: str, group: int, row: RouteHealth) -> str:
    if group == HEALTHY:
        return "dim"
    if key == "ack":
        return "strong" if group == NEW else "ok" if row.is_latched else "dim"
    if key in ("age", "prefix"):
        return "strong" if group == NEW else ""
    return "dim" if key in ("owner", "class", "vrf") else ""


def _device(row: RouteHealth, group: int, width: int) -> list[Span]:
    """The site is the dim prefix of the name."""
    name = fit(row.route.hostname, width, "m")
    if group == HEALTHY:
        return [(name, "dim")]
    site, dash, rest = name.partition("-")
    return [(site + dash, "dim"), (rest, "strong" if group == NEW else "")] if dash else [(name, "")]


def _short_ack(text: str, width: int) -> str:
    """The name gives way to the time: `wolf 24m`."""
    name, _, since = text.rpartition(" ")
    return text if len(text) <= width or not name else f"{name[: max(width - len(since) - 1, 1)]} {since}"

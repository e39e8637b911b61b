"""The painted rows of the table, kept by id: one is built again only when something that it shows has changed."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import RouteHealth
from statetrace_tui.present import route_row
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.line import segments
from statetrace_tui.present.route_row import Flags

_LIMIT = 2000


class Look(NamedTuple):
    """What every row depends on."""

    width: int
    ink: Theme
    columns: tuple[route_row.Column, ...]
    is_veiled: bool


class _Painting(NamedTuple):
    """What a strip was made of."""

    row: RouteHealth
    texts: tuple[str, str, str]
    flags: Flags
    strip: Strip


class RowStrips:
    """`strip` gives a row's; `is_right` says whether the one on the screen still is."""

    def __init__(self) -> None:
        self._look: Look | None = None
        self._kept: dict[str, _Painting] = {}

    def strip(self, row: RouteHealth, flags: Flags, now: Epoch, look: Look) -> Strip:
        if look != self._look or len(self._kept) > _LIMIT:
            self._look = look
            self._kept.clear()
        texts = route_row.moving(row, now)
        kept = self._kept.get(row.route.route_id)
        if kept is None or kept.row is not row or kept.texts != texts or kept.flags != flags:
            line = route_row.line(row, texts, look.columns, flags)
            made = segments(line, look.width, look.ink, "sel" if flags.is_cursor else "bg", look.is_veiled)
            kept = self._kept[row.route.route_id] = _Painting(row, texts, flags, Strip(made, look.width))
        return kept.strip

    def is_right(self, row: RouteHealth, flags: Flags, now: Epoch) -> bool:
        """True also for a row that was never painted."""
        kept = self._kept.get(row.route.route_id)
        if kept is None:
            return True
        return kept.row is row and kept.flags == flags and kept.texts == route_row.moving(row, now)

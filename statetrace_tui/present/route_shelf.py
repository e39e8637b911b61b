"""Pure. The shelf of routes: in the order that was chosen, those that a filter lets through."""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.model.health import RouteHealth
from statetrace_tui.present import shelf
from statetrace_tui.present.route_order import GROUPS, group_of, name_key, sorter
from statetrace_tui.present.shelf import Place


class Shelf(shelf.Shelf[RouteHealth]):
    """Order by `by` (see `route_order.SORTS`), of the rows that `matches` lets through."""

    def __init__(
        self,
        by: str = "x",
        is_reversed: bool = False,
        matches: Callable[[RouteHealth], bool] | None = None,
        before: Shelf | None = None,
    ) -> None:
        """`before`: the shelf that this one takes the place of; name keys are read off it, not made again."""
        super().__init__(len(GROUPS), before)
        self.by = by
        self._sort = sorter(by)
        self.is_reversed = is_reversed
        self.matches = matches

    def place_of(self, row_id: str, row: RouteHealth) -> Place | None:
        """What it is sorted by, NUL, its name key, which ends in the id."""
        if self.matches is not None and not self.matches(row):
            return None
        known = self.known(row_id)
        name = known[1].partition("\0")[2] if known else name_key(row.route)
        return group_of(row), f"{self._sort(row)}\0{name}"

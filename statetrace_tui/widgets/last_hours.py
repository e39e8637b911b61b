"""The last hour of the troubled rows in sight, asked for one by one while nobody presses a key, and kept a minute."""

from __future__ import annotations

from collections.abc import Iterable

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.outage import RouteDetail
from statetrace_tui.widgets.stage import Stage

KEPT_S = 60.0
LIMIT = 500


class LastHours:
    """`minutes_of` is what is known; `tick` asks for what is not."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, bytes]] = {}
        self._is_asking = False

    def minutes_of(self, route_id: str) -> bytes:
        """A minute a byte, as `RouteDetail.strip`; empty until it has come."""
        found = self._found.get(route_id)
        return found[1] if found else b""

    def take(self, detail: RouteDetail, now: float) -> None:
        """What was asked for another reason serves here too."""
        if len(self._found) >= LIMIT:
            self._found.clear()
        self._found[detail.health.route.route_id] = (now, detail.strip)

    def tick(self, stage: Stage, route_ids: Iterable[str]) -> None:
        """Asks for one that is missing or old; one question at a time."""
        if self._is_asking or stage.is_was:
            return
        now = stage.monotonic()
        wanted = next((i for i in route_ids if i not in self._found or now - self._found[i][0] > KEPT_S), None)
        if wanted is not None:
            self._is_asking = True
            stage.start(self._ask(stage, wanted), "last hour")

    async def _ask(self, stage: Stage, route_id: str) -> None:
        try:
            detail = await stage.engine.route_detail(route_id)
        except StateTraceError:
            return  # the banner says that the engine is silent
        finally:
            self._is_asking = False
        if detail is not None:
            self.take(detail, stage.monotonic())

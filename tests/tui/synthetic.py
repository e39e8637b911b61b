"""Any number of routes, and so many changes a second: what `benchmarks/console.py` drives the console with."""

from __future__ import annotations

import time
from random import Random

from fake_engine import FakeEngine, FakeSubscription
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState, RouteHealth, Severity
from statetrace_engine.model.route import RouteClass, RouteRecord
from statetrace_engine.model.status import Frame

FAILING = 9


class Synthetic(FakeEngine):
    """`rows` routes, nine of them failing unless it is quiet; `updates` rows a second get another remark.

    With `has_moves` a fifth of the updates fail or heal their route: rows change places.
    """

    def __init__(self, rows: int, updates: int, is_quiet: bool, chance: Random, has_moves: bool = False) -> None:
        now = time.time()
        super().__init__((), time.time)
        made = [_row(i, now, is_quiet) for i in range(rows)]
        self.rows = {row.route.route_id: row for row in made}
        self._order = [row.route.route_id for row in made]
        self._updates = updates
        self._has_moves = has_moves
        self._chance = chance
        self._last = time.monotonic()
        self.state = replace(self.state, at=now, started_at=now - 3600, last_change_at=now - 600, routes=rows)

    def subscribe(self) -> FakeSubscription:
        subscription = super().subscribe()
        plain = subscription.pull

        def pull() -> Frame | None:
            self._churn()
            return plain()

        subscription.pull = pull  # type: ignore[method-assign]
        return subscription

    def _churn(self) -> None:
        """Half of the changes hit the first forty rows, which are on the screen; some fail and recover if asked."""
        now = time.monotonic()
        due = int((now - self._last) * self._updates)
        if not due:
            return
        self._last = now
        for _ in range(due):
            high = 40 if self._chance.random() < 0.5 else len(self._order)
            row = self.rows[self._order[self._chance.randrange(high)]]
            if self._has_moves and self._chance.random() < 0.2:
                is_up = row.state is HealthState.HEALTHY
                row = replace(
                    row,
                    state=HealthState.DOWN if is_up else HealthState.HEALTHY,
                    severity=Severity.CRITICAL if is_up else None,
                    outage_id=f"OUT-{row.route.route_id[-6:]}" if is_up else "",
                    since_at=time.time(),
                )
            self.put(replace(row, remark=f"loss {self._chance.random() * 20:.1f} %"))

    def put(self, *rows: RouteHealth) -> None:
        for row in rows:
            self.rows[row.route.route_id] = row
            for subscription in self._subscriptions:
                subscription.routes[row.route.route_id] = row
                subscription.has_news = True


def _row(i: int, now: float, is_quiet: bool) -> RouteHealth:
    host = f"{('WLLS', 'BOYO', 'LAB')[i % 3]}-{'ABCD'[i % 4]}{i // 40:04}-AR-{i % 2 + 1:02}"
    route = RouteRecord(
        route_id=f"rt-{i:016x}",
        site=host.partition("-")[0],
        hostname=host,
        vrf="default",
        prefix=f"10.{i >> 8 & 255}.{i & 255}.0/24",
        route_class=RouteClass.CRITICAL if i % 10 == 0 else RouteClass.STANDARD,
        owner=("Network Core", "Edge team", "Lab desk")[i % 3],
    )
    if i < FAILING and not is_quiet:
        return RouteHealth(
            route=route,
            state=HealthState.DOWN,
            severity=Severity.CRITICAL,
            since_at=now - 60 * i - 5,
            outage_id=f"OUT-1123-{i:04}",
            cause="link-failure",
        )
    return RouteHealth(route=route, state=HealthState.HEALTHY, since_at=now - 7200 - i, via="10.1.1.2")

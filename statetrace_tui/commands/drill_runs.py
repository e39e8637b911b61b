"""What a drill saw: outages after an injection, their clocks from it, their causes as they were told, their radius.

All moments are wall time of this machine, on which the engine runs too. An injection is an interval: the command that
breaks did so somewhere between its start and its end, and not after the first signal of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, field

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.reports.ingestion import Spread, spread
from statetrace_tui.commands.lab import Ran

LOOKS_S = (0.0, 5.0, 30.0)
"""After its opening, when a cause is noted down."""
EARLY_S = 0.05
"""The engine's clock and ours read the same one, not in the same moment."""


class Verdict(StrEnum):
    FOUND = "found"
    LATE = "late"
    MISSED = "missed"
    WRONG_CAUSE = "wrong cause"
    NOT_RECOVERED = "not recovered"
    UNFINISHED = "not finished"


class Scope(Struct, frozen=True, kw_only=True):
    """Whose outages are asked for."""

    words: str
    route_ids: frozenset[str]
    is_each: bool
    """Every one of them must fail, and not only one."""

    def is_met(self, found: Iterable[str]) -> bool:
        ids = set(found)
        return self.route_ids <= ids if self.is_each else bool(ids)


class Moment(Struct, frozen=True):
    """An interval in which something happened."""

    at: Epoch
    """Its middle."""
    uncertainty_s: float
    """Half its width."""


class Seen(Struct):
    """One outage, as it stood when last told of, and its causes in the order of their telling."""

    outage: OutageEvent
    causes: list[tuple[Epoch, str]] = field(default_factory=list)

    def tell(self, outage: OutageEvent, now: Epoch) -> None:
        self.outage = outage
        if not self.causes or self.causes[-1][1] != outage.cause:
            self.causes.append((now, str(outage.cause)))

    def cause_after(self, seconds: float, until: Epoch) -> str | None:
        """The cause so long after it opened; None when the fault was healed, `until`, before that."""
        at = self.outage.detected_at + seconds
        if at > until:
            return None
        told = [cause for when, cause in self.causes if when <= at]
        return told[-1] if told else self.causes[0][1]


class Run(Struct):
    """One injection, from the break to the recovery."""

    number: int
    scope: Scope
    broken: Ran | None = None
    healed: Ran | None = None
    began_at: Epoch = 0.0
    seen: dict[str, Seen] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    verdict: Verdict = Verdict.UNFINISHED

    def tell(self, outages: Iterable[OutageEvent], incidents: Iterable[Incident], now: Epoch) -> None:
        """What changed; outages from before the break are none of it."""
        for outage in outages:
            if outage.detected_at >= self.began_at - EARLY_S:
                self.seen.setdefault(outage.outage_id, Seen(outage)).tell(outage, now)
        self.incidents.update((incident.incident_id, incident) for incident in incidents)

    @property
    def found(self) -> list[Seen]:
        """Those of the scope, the first of every route."""
        first: dict[str, Seen] = {}
        for seen in sorted(self.seen.values(), key=lambda seen: seen.outage.detected_at):
            if seen.outage.route_id in self.scope.route_ids:
                first.setdefault(seen.outage.route_id, seen)
        return list(first.values())

    @property
    def others(self) -> list[Seen]:
        """What else opened meanwhile: of other routes, or once more."""
        mine = {seen.outage.outage_id for seen in self.found}
        return [seen for ident, seen in self.seen.items() if ident not in mine]

    @property
    def is_found(self) -> bool:
        return self.scope.is_met(seen.outage.route_id for seen in self.found)

    @property
    def is_over(self) -> bool:
        """Every one of them has recovered, and its recovery was announced."""
        return all(seen.outage.closed_at is not None for seen in self.found)

    @property
    def radius(self) -> list[Incident]:
        idents = {seen.outage.incident_id for seen in self.found}
        return [incident for ident, incident in self.incidents.items() if ident in idents]

    @property
    def is_healed_at(self) -> Epoch:
        """Before this the fault was there."""
        return self.healed.began_at if self.healed else float("inf")

    def injected(self) -> Moment:
        first = min((seen.outage.first_signal_at for seen in self.found), default=float("inf"))
        return _between(self.broken, first)

    def recovering(self) -> Moment:
        first = min((seen.outage.resolved_at for seen in self.found if seen.outage.resolved_at), default=float("inf"))
        return _between(self.healed, first)

    def judge(self, within_s: float, expected: Sequence[str]) -> Verdict:
        """Of a run that came to its end."""
        if not self.is_found:
            return Verdict.MISSED
        if self._slowest() > self.injected().at + within_s:
            return Verdict.LATE
        if expected and not all(self._is_right(seen, expected) for seen in self.found):
            return Verdict.WRONG_CAUSE
        return Verdict.FOUND if self.is_over else Verdict.NOT_RECOVERED

    def _slowest(self) -> Epoch:
        moments = [seen.outage.detected_at for seen in self.found]
        return max(moments) if self.scope.is_each else min(moments)

    def _is_right(self, seen: Seen, expected: Sequence[str]) -> bool:
        """From 5 s after it opened on, as long as the fault was there; before, its cause may be revised."""
        told = [seen.cause_after(seconds, self.is_healed_at) for seconds in LOOKS_S]
        settled = [cause for cause in told[1:] if cause is not None]
        return set(settled or told[:1]) <= set(expected)


class Clocks(Struct, frozen=True):
    """Of one outage, milliseconds since the injection, and since the heal; None: it did not come to that."""

    occurred_ms: float
    signal_ms: float
    detected_ms: float
    notified_ms: float | None
    shown_ms: float | None
    resolved_ms: float | None
    announced_ms: float | None


def clocks(run: Run, seen: Seen) -> Clocks:
    injected, healed, outage = run.injected().at, run.recovering().at, seen.outage
    return Clocks(
        occurred_ms=_ms(injected, outage.occurred_at),
        signal_ms=_ms(injected, outage.first_signal_at),
        detected_ms=_ms(injected, outage.detected_at),
        notified_ms=_known_ms(injected, outage.notified_at),
        shown_ms=_known_ms(injected, outage.shown_at),
        resolved_ms=_known_ms(healed, outage.resolved_at),
        announced_ms=_known_ms(healed, outage.closed_at),
    )


def parts(of: Clocks) -> dict[str, float | None]:
    """How long each stage took: occurrence, signal and evaluation are `detected_ms`; the other two come behind it."""
    return {
        "occurrence": of.occurred_ms,
        "signal": round(of.signal_ms - of.occurred_ms, 1),
        "evaluation": round(of.detected_ms - of.signal_ms, 1),
        "notice": None if of.notified_ms is None else round(of.notified_ms - of.detected_ms, 1),
        "glass": None if of.shown_ms is None else round(of.shown_ms - of.detected_ms, 1),
    }


FIGURES: dict[str, Callable[[Clocks], float | None]] = {
    "occurred_ms": lambda clock: clock.occurred_ms,
    "signal_ms": lambda clock: clock.signal_ms,
    "detected_ms": lambda clock: clock.detected_ms,
    "notified_ms": lambda clock: clock.notified_ms,
    "shown_ms": lambda clock: clock.shown_ms,
    "resolved_ms": lambda clock: clock.resolved_ms,
    "announced_ms": lambda clock: clock.announced_ms,
}


def spreads(runs: Sequence[Run]) -> dict[str, Spread | None]:
    """Over every outage of the scope in every run."""
    found = [clocks(run, seen) for run in runs for seen in run.found]
    return {
        name: spread([value for clock in found if (value := figure(clock)) is not None])
        for name, figure in FIGURES.items()
    }


def why_not_ready(routes: Iterable[RouteHealth], outages: Iterable[OutageEvent], seen: Collection[str] = ()) -> str:
    """Why nobody could tell what a break of these routes would do; empty: it can begin. `seen` are outages that the
    drill itself made."""
    for outage in outages:
        if outage.closed_at is None:
            has = "still has its outage" if outage.outage_id in seen else "has an outage already"
            return f"{outage.hostname} {outage.prefix} {has}, {outage.outage_id}"
    for row in routes:
        if row.state in ("UNKNOWN", "DOWN"):
            return f"{row.route.hostname} {row.route.prefix} is {row.state}"
    return ""


def _between(ran: Ran | None, first: Epoch) -> Moment:
    if ran is None:
        return Moment(0.0, 0.0)
    end = max(ran.began_at, min(ran.ended_at, first))
    return Moment((ran.began_at + end) / 2, (end - ran.began_at) / 2)


def _ms(since: Epoch, at: Epoch) -> float:
    return round((at - since) * 1000, 1)


def _known_ms(since: Epoch, at: Epoch | None) -> float | None:
    return _ms(since, at) if at is not None and since else None

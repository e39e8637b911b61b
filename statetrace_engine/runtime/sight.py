"""The Monitors: what the running engine says of its own sight, put together when somebody asks.

Everything is counted where it changes; an answer costs what it names, and a look at each device.
"""

from __future__ import annotations

from collections import Counter

from statetrace_engine.checkpoint import conflicts_of
from statetrace_engine.health.conflict_rate import ConflictDay
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.monitors import (
    NAMED,
    Backlog,
    Concern,
    ConflictsToday,
    Disagreement,
    Monitors,
    Voice,
)
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.reports.guidance import Guidance
from statetrace_engine.reports.lateness import DAY_S, Delays
from statetrace_engine.reports.pace import SPANS_S, Pace
from statetrace_engine.reports.sight import Sight
from statetrace_engine.runtime import rebuild
from statetrace_engine.runtime.board import Board
from statetrace_engine.runtime.gauges import Gauges
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.pump import Pump
from statetrace_engine.store.history import History


class Lookout:
    """Asked on the engine's loop."""

    def __init__(self, ground: Ground, gauges: Gauges, board: Board, pump: Pump) -> None:
        self._ground = ground
        self._gauges = gauges
        self._board = board
        self._pump = pump
        self._pace = Pace()

    def read(self) -> None:
        """The counters, if their second is over."""
        now = self._ground.clock.steady()
        if self._pace.is_due(now):
            parts = {f"{s.name} {s.detail}": s.received for s in self._gauges.sources.values()}
            self._pace.read(now, {**parts, **self._ground.inbox.received})

    def monitors(self, pipeline: Pipeline) -> Monitors:
        ground, tally, at = self._ground, pipeline.tally, self._ground.clock.wall()
        statuses = tuple(self._gauges.statuses())
        parts = Counter(status.name for status in statuses)
        unheard = [host for host, device in pipeline.topology.devices.items() if device.state.last_heard < 0]
        addresses = pipeline.topology.addresses
        loudest = sorted(tally.unknown_senders.items(), key=lambda item: (-item[1], item[0]))[:NAMED]
        today, recent, last = self._board.delays.told(at)
        return Monitors(
            at=at,
            is_live=True,
            voices=tuple(self._voice(status, parts[status.name] == 1) for status in statuses),
            unheard=len(unheard),
            unheard_devices=tuple(unheard[:NAMED]),
            concerns=self._board.sight.concerns(),
            conflicts=self._conflicts(pipeline, at),
            cards=tuple(pipeline.desk.own()[:NAMED]),
            rules_off=dict(pipeline.desk.watch.slow),
            rules_skipped=pipeline.desk.ear.skipped,
            unknown=sum(tally.unknown_senders.values()),
            unknown_senders=dict(loudest),
            senders=len(tally.unknown_senders),
            shared=addresses.shared,
            shared_addresses=addresses.some_shared(NAMED),
            unparsed=tally.unparsed,
            last_unparsed=tuple(tally.last_unparsed),
            runbooks=self._board.guidance.told(pipeline.working.books),
            backlog=Backlog(
                waiting=ground.inbox.depth,
                evaluation_ms=self._pump.lag_ms,
                journal=ground.journal.pending,
                store=ground.writer.behind,
                dropped={name: n for name, n in ground.inbox.dropped.items() if n},
            ),
            today=today,
            recent=recent,
            last=last,
        )

    def _voice(self, status: SourceStatus, is_whole: bool) -> Voice:
        """`is_whole`: all that comes from this source, which is counted to the moment."""
        name = status.name if is_whole else f"{status.name} {status.detail}"
        per_s, per_s_minute = (self._pace.per_s(name, span) for span in SPANS_S)
        return Voice(
            name=status.name,
            detail=status.detail,
            state=status.state,
            error=status.error,
            received=status.received,
            dropped=status.dropped,
            errors=status.errors,
            last_at=status.last_at,
            per_s=per_s,
            per_s_minute=per_s_minute,
        )

    def _conflicts(self, pipeline: Pipeline, at: Epoch) -> ConflictsToday:
        machine, routes = pipeline.machine, pipeline.topology.routes
        named = [routes[i] for i in self._board.sight.some(Concern.CONFLICTING) if i in routes]
        now = tuple(_disagreement(route, machine.moment) for route in named)
        return _today(machine.assessor.conflicts.rate.today(at), now)


def _disagreement(route: RouteTrack, moment: Moment) -> Disagreement:
    state, since = route.state, route.state.conflicting_since
    since_at = moment.wall(moment.now if since is None else since)
    return Disagreement(route_id=route.record.route_id, since_at=since_at, text=state.disagreement)


def of_store(history: History, at: Epoch) -> Monitors:
    """What the store knows while no engine runs. Raises StoreError."""
    outages = history.outages(at - DAY_S)
    today, recent, last = Delays(outages).told(at)
    saved = rebuild.saved(history.restore())
    days = conflicts_of(saved.frozen) if saved is not None else {}
    return Monitors(
        at=at,
        is_live=False,
        concerns=Sight(history.current()).concerns(),
        conflicts=_today(days.get(int(at // DAY_S)) or ConflictDay(), ()),
        runbooks=Guidance(outages).told(),
        today=today,
        recent=recent,
        last=last,
    )


def _today(day: ConflictDay, now: tuple[Disagreement, ...]) -> ConflictsToday:
    return ConflictsToday(windows=day.windows, conflicting=day.conflicting, on_healthy=day.on_healthy, now=now)

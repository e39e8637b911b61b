"""Pure. "Why not yet?": what is pending for a route, by which rule, what is missing, and when it fires.

Each question is a row of a table that asks the machine, and never guesses; `not_down` has those of "why not down?".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from statetrace_engine.health import evidence
from statetrace_engine.health.agenda import Due
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.policy import ClassPolicy
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import ProbeTrack, RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.health import WhyNot
from statetrace_engine.model.observation import Verdict


class Asked:
    """One route, at one moment."""

    def __init__(self, machine: Machine, route: RouteTrack) -> None:
        self.machine = machine
        self.route = route
        self.ident = route.record.route_id
        self.record: OutageRecord | None = machine.life.open_of(route)
        self.policy: ClassPolicy = machine.policy.of(route.record.route_class)

    def due(self, kind: Due, key: str = "") -> Epoch | None:
        """When that deadline fires, by wall time; of the route itself without a key."""
        at = self.machine.agenda.at(kind, key or self.ident)
        return None if at is None else self.machine.moment.wall(at)

    def at(self, steady: float) -> Epoch | None:
        """A moment to come, by wall time; None when it has passed and nothing happened."""
        return self.machine.moment.wall(steady) if steady > self.machine.now else None


Question = Callable[[Asked], Iterator[WhyNot]]


def answer(table: Iterable[Question], machine: Machine, route: RouteTrack) -> tuple[WhyNot, ...]:
    """What the questions of the table find, in their order."""
    asked = Asked(machine, route)
    return tuple(found for question in table for found in question(asked))


def why_not_yet(machine: Machine, route: RouteTrack) -> tuple[WhyNot, ...]:
    """What is pending for the route, which rule decides it, what is missing, and when it fires."""
    return answer(_NOT_YET, machine, route)


def lost_bursts(asked: Asked, what: str) -> Iterator[WhyNot]:
    """A burst that was lost and does not count yet, or one that is running."""
    probe_policy = asked.machine.policy.probe
    burst_s = (probe_policy.burst_count * probe_policy.burst_spacing_ms + probe_policy.timeout_max_ms) / 1e3
    for track in asked.route.probes():
        state = track.state
        if state.verdict is Verdict.DOWN or track.probe.is_silent:
            continue
        if state.lost_burst is not None:
            yield _held(asked, track, what)
        elif state.suspect_since is not None:
            rule = "a miss starts a burst; all lost is down, any reply is not"
            yield WhyNot(
                what=what, rule=rule, missing="the end of the burst", fires_at=asked.at(state.suspect_since + burst_s)
            )


def _held(asked: Asked, track: ProbeTrack, what: str) -> WhyNot:
    if not track.state.has_answered:
        rule = f"{track.probe.target} never answered: a target that never did proves nothing"
        return WhyNot(what=what, rule=rule, missing="its first answer", fires_at=None)
    rule = f"{track.probe.tests.value} probe lost its burst; it counts only with the control probe good"
    missing = "the device's control probe to answer after the first miss"
    return WhyNot(what=what, rule=rule, missing=missing, fires_at=asked.due(Due.CONTROL, track.probe.probe_id))


def _loss(asked: Asked) -> Iterator[WhyNot]:
    return lost_bursts(asked, "loss")


def _down(asked: Asked) -> Iterator[WhyNot]:
    if (at := asked.due(Due.UNPROVEN)) is not None:
        rule = f"survival must be proven within {asked.machine.assessor.unproven_s(asked.route):.0f} s"
        yield WhyNot(what="DOWN", rule=rule, missing="proof that the secondary carries prevents it", fires_at=at)


def _notice(asked: Asked) -> Iterator[WhyNot]:
    record = asked.record
    if record is None or record.is_silent:
        return
    if (at := asked.due(Due.NOTICE, record.outage_id)) is not None:
        rule = f"the grace of its class is {asked.policy.grace_s:.0f} s"
        yield WhyNot(what="notice", rule=rule, missing="recovery within it prevents it", fires_at=at)


def _recovered(asked: Asked) -> Iterator[WhyNot]:
    record, route = asked.record, asked.route
    if record is None or record.resolved is not None:
        return
    if not route.state.is_failed:
        rule = "an up in every plane that reported down, and route or data evidence newer than it"
        yield WhyNot(what="RECOVERED", rule=rule, missing=missing_proof(route), fires_at=_next_walk(asked))
    elif _is_walked(route) and evidence.is_only_displaced(route):
        rule = "a walk that shows what it showed before may be an agent's old copy: the device's word since then stands"
        yield WhyNot(what="RECOVERED", rule=rule, missing=_newer_table(route), fires_at=_next_walk(asked))


def missing_proof(route: RouteTrack) -> str:
    """What would prove that the route carries again."""
    if not evidence.can_be_proven(route):
        return "no probe or poll can prove it: add a probe"
    probes = evidence.proving(route)
    silent = [p for p in probes if p.state.verdict is Verdict.DOWN]
    targets = ", ".join(dict.fromkeys(p.probe.target for p in silent or probes))
    ways = [f"two answers in a row of {targets}"] if targets else []
    if route.state.installed is not None and not silent:
        ways.append(_newer_table(route))
    return ", or ".join(ways)


def _newer_table(route: RouteTrack) -> str:
    if route.state.polled_at < 0:
        return "the device's own word that the primary is installed"
    return "a walk of its route table that is newer than what the device said last and shows the primary"


def _is_walked(route: RouteTrack) -> bool:
    """The last walk shows the primary."""
    return any(evidence.is_primary(route, path) for path in route.state.walked or ())


def _next_walk(asked: Asked) -> Epoch | None:
    """When the table is believed that walks show already, if they go on to do so: it may be an old copy until then."""
    state, route = asked.route.state, asked.route
    if not state.poll_interval_s or not _is_walked(route):
        return None
    if any(probe.state.verdict is Verdict.DOWN for probe in evidence.proving(route)):
        return None
    limit, at = max(state.installed_at, state.proof_after), state.polled_at + state.poll_interval_s
    is_displaced = evidence.is_only_displaced(route)
    while is_displaced and at - state.poll_interval_s < limit:
        at += state.poll_interval_s
    return asked.at(at)


def _healthy(asked: Asked) -> Iterator[WhyNot]:
    record = asked.record
    if (at := asked.due(Due.HOLD)) is not None:
        rule = f"the recovery hold of its class is {asked.policy.recovery_hold_s:.0f} s"
        what = "end of the outage" if record is not None and record.is_withdrawn else "HEALTHY"
        yield WhyNot(what=what, rule=rule, missing="a loss before then re-opens it", fires_at=at)


def _release(asked: Asked) -> Iterator[WhyNot]:
    if (at := asked.due(Due.RELEASE)) is not None:
        reuse = asked.machine.policy.flap.reuse
        rule = f"flap penalty {asked.route.state.penalty:.0f}; released below {reuse:.0f}"
        yield WhyNot(what="release from flapping", rule=rule, missing="no loss until then", fires_at=at)


def _primary(asked: Asked) -> Iterator[WhyNot]:
    if asked.machine.assessor.baselines.is_other(asked.route):
        rule = "another best path than the learnt one is a failover until it is accepted, or has carried for a day"
        missing = "`:accept` makes what carries now the primary"
        yield WhyNot(what="the primary path", rule=rule, missing=missing, fires_at=asked.due(Due.BASELINE))


def _silence(asked: Asked) -> Iterator[WhyNot]:
    """A child of an incident that has been announced (SPEC 4)."""
    record = asked.record
    if record is None or not record.is_silent:
        return
    at, rule = asked.due(Due.NOTICE, record.outage_id), "its incident has already been announced as severely"
    if at is not None:
        rule += f"; what was announced recovered, and the hold of its class is {asked.policy.recovery_hold_s:.0f} s"
        missing = "recovery within the hold prevents it"
    else:
        missing = "it must become worse than its incident, or outlive its recovery by the hold"
    yield WhyNot(what="notice", rule=rule, missing=missing, fires_at=at)


_NOT_YET: tuple[Question, ...] = (_loss, _down, _notice, _recovered, _healthy, _release, _primary, _silence)

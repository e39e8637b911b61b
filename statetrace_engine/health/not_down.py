"""Pure. "Why not down?": what keeps an open outage from DOWN, or a healthy route of which something bad was said.

Each row of the table is one rule of SPEC 2 that holds back: what it waits for, and when that comes if nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.health import context, evidence
from statetrace_engine.health.agenda import Due
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.questions import Asked, Question, answer, lost_bursts
from statetrace_engine.health.table import Destination, Secondary
from statetrace_engine.health.tracks import SubjectState
from statetrace_engine.health.watched import PathTrack, RouteTrack, Subject
from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Overlay, WhyNot
from statetrace_engine.model.observation import Reason, SubjectKind, Verdict

DOWN = "DOWN"


def why_not_down(machine: Machine, route: RouteTrack) -> tuple[WhyNot, ...]:
    """Empty when it is down, or when nothing speaks against it."""
    if route.state.state is HealthState.DOWN:
        return ()
    return answer(_NOT_DOWN, machine, route)


def _not(rule: str, missing: str, fires_at: Epoch | None = None) -> WhyNot:
    return WhyNot(what=DOWN, rule=rule, missing=missing, fires_at=fires_at)


# What nobody can see ----------------------------------------------------------------------------------------------


def _blind(asked: Asked) -> Iterator[WhyNot]:
    if asked.machine.watcher.is_isolated:
        yield _not("we are cut off: nobody can see", "our own gateway to answer")
    elif asked.route.device.state.is_unreachable:
        rule = "its device does not answer; that alone says nothing of its routes"
        yield _not(rule, "a neighbour's word that its link or session towards it is down")
    elif asked.route.state.overlays & Overlay.STALE:
        stopped = ", ".join(sorted(asked.machine.lost_sources))
        rule = "nothing has measured it for too long: that is neither good nor bad"
        yield _not(rule, f"news of it; {stopped} stopped" if stopped else "news of it")


# What carries -----------------------------------------------------------------------------------------------------


def _unproven(asked: Asked) -> Iterator[WhyNot]:
    if (at := asked.due(Due.UNPROVEN)) is not None:
        rule = "the primary is lost, and a known secondary has its time to prove that it carries"
        yield _not(rule, "a proof until then prevents it", at)


def _installed(asked: Asked) -> Iterator[WhyNot]:
    route = asked.route
    if route.state.is_lost and evidence.secondary(route) is Secondary.INSTALLED:
        rule = f"the primary is lost, and the device shows another path installed: {evidence.taken(route)}"
        yield _not(rule, "the loss of that path too, or a destination probe that loses a burst")


def _destination(asked: Asked) -> Iterator[WhyNot]:
    route = asked.route
    if route.state.is_lost and evidence.destination(route) in (Destination.PASSING, Destination.IMPAIRED):
        targets = ", ".join(dict.fromkeys(p.probe.target for p in route.destinations))
        rule = f"the primary is lost, and what lies beyond it has answered since: {targets}"
        yield _not(rule, "a lost burst of that destination, with the device's control probe good")


def _some_members(asked: Asked) -> Iterator[WhyNot]:
    route = asked.route
    lost = sum(verdict.is_lost for verdict in route.verdicts)
    if 0 < lost < len(route.verdicts):
        left = ", ".join(
            evidence.words(path.path)
            for path, verdict in zip(route.primaries, route.verdicts, strict=False)
            if not verdict.is_lost
        )
        yield _not(
            f"{lost} of {len(route.verdicts)} primary paths lost: one that carries is enough", f"the loss of {left}"
        )


def _impaired(asked: Asked) -> Iterator[WhyNot]:
    route = asked.route
    probes = [p for p in route.probes() if p.state.verdict is Verdict.IMPAIRED]
    if probes and not route.state.is_lost:
        rule = "packets are lost or late, and others come through: that is impaired, whatever the loss below 100 %"
        yield _not(rule, "a burst that nobody answers, or the device's own word that the path is lost")


def _no_longer(asked: Asked) -> Iterator[WhyNot]:
    record = asked.record
    if record is None or asked.route.state.is_failed:
        return
    if record.resolved is not None:
        is_over = "its evidence was taken back, recovery is not proven" if record.is_withdrawn else "it carries again"
        rule = f"{is_over}; a loss within the hold re-opens the outage"
        yield _not(rule, "another loss", asked.due(Due.HOLD))
    elif asked.route.state.state is HealthState.DEGRADED and not _is_spoken_against(asked.route):
        yield _not("nothing speaks against the primary any more; its recovery is not proven", "another loss")


def _is_spoken_against(route: RouteTrack) -> bool:
    is_impaired = any(probe.state.verdict is Verdict.IMPAIRED for probe in route.destinations)
    return is_impaired or any(verdict.is_lost or verdict.is_impaired for verdict in route.verdicts)


# What does not count yet, or never does alone -----------------------------------------------------------------------


def _bursts(asked: Asked) -> Iterator[WhyNot]:
    return lost_bursts(asked, DOWN)


def _silent_next_hop(asked: Asked) -> Iterator[WhyNot]:
    """SPEC 4, row 11."""
    route = asked.route
    if route.state.is_lost:
        return
    for track in (probe for path in route.primaries for probe in path.probes):
        if track.state.verdict is not Verdict.DOWN or track.probe.is_silent:
            continue
        if track.probe.probe_id in route.state.silent_targets:
            rule = f"{track.probe.target} is silent, and what lies beyond it answers: a silent target is no loss"
            yield _not(rule, "the destination to fall silent too, or the device's own word")
        elif route.destinations:
            rule = f"{track.probe.target} is silent, and the destination beyond it has not"
            yield _not(rule, "the destination's next answers: it decides")


def _one_end(asked: Asked) -> Iterator[WhyNot]:
    for path, down in _one_sided(asked.route):
        far = down[0]
        said = ", ".join(dict.fromkeys(" ".join(filter(None, (s.key[3] or s.key[1].value, s.key[2]))) for s in down))
        rule = f"only {far.key[0]} says that it is down ({said}): the other end is one witness"
        missing = "another plane or protocol of it, the device itself, or the silence of its next hop"
        if any(probe.state.verdict is Verdict.UP for probe in path.probes):
            missing += ", which answers"
        yield _not(rule, missing)


def _one_sided(route: RouteTrack) -> Iterator[tuple[PathTrack, list[Subject]]]:
    """Paths that are not lost although the other end says so, each other end once."""
    told: set[str] = set()
    for path, verdict in zip(route.primaries, route.verdicts, strict=False):
        down = [subject for subject in path.remote if subject.is_down]
        if down and not verdict.is_lost and down[0].key[0] not in told:
            told.add(down[0].key[0])
            yield path, down


def _polled_once(asked: Asked) -> Iterator[WhyNot]:
    for subject in dict.fromkeys(_own_subjects(asked.route)):
        state = subject.state
        if state.polled is not None and state.polled.fact.verdict is Verdict.DOWN and not subject.is_down:
            rule = f"one poll says that {_named(subject)} is down: it takes two in a row, or another plane that agrees"
            yield _not(rule, "the next poll", asked.at(_next_poll(state)))


def _next_poll(state: SubjectState) -> float:
    polled_at = state.polled.steady if state.polled is not None else state.polled_at
    return polled_at + state.poll_interval_s


def _absent_once(asked: Asked) -> Iterator[WhyNot]:
    state = asked.route.state
    if state.absent_walks and not state.is_lost:
        rule = "absent in one complete walk: it takes two, or one and another plane"
        yield _not(rule, "the next walk", asked.at(state.polled_at + state.poll_interval_s))


def _other_neighbours(asked: Asked) -> Iterator[WhyNot]:
    for path in asked.route.primaries:
        down = [s for s in path.members if s.is_down]
        if down and len(down) < len(path.members):
            others = ", ".join(_named(s) for s in path.members if not s.is_down)
            yield _not(
                f"{', '.join(map(_named, down))} is gone, and others offer the path still", f"the loss of {others}"
            )


def _withdrawn(asked: Asked) -> Iterator[WhyNot]:
    for offer in asked.route.state.offers:
        if offer.waiting:
            rule = f"withdrawn counts when it has not been announced again for {asked.machine.policy.withdrawn_s} s"
            at = asked.at(offer.waiting[0][1] + asked.machine.policy.withdrawn_s)
            yield _not(rule, "that time", at)


def _restarting(asked: Asked) -> Iterator[WhyNot]:
    for subject in dict.fromkeys(s for path in asked.route.primaries for s in (*path.members, *path.adjacencies)):
        if subject.state.verdict is Verdict.IMPAIRED:
            rule = f"{_named(subject)} restarts gracefully: its routes stay meanwhile"
            yield _not(rule, "the end of that time without it", asked.due(Due.RESTART, "|".join(subject.key)))


def _bfd_admin(asked: Asked) -> Iterator[WhyNot]:
    for subject in dict.fromkeys(s for path in asked.route.primaries for s in path.bfd):
        said = subject.state.observation
        if subject.is_down and said is not None and said.fact.reason is Reason.ADMIN:
            yield _not(f"{_named(subject)} was shut down: that is configuration, and no loss", "a loss of its path")


def _conflict(asked: Asked) -> Iterator[WhyNot]:
    state = asked.route.state
    if state.disagrees_since is not None and not state.is_failed:
        rule = f"fresh sources contradict each other: {state.disagreement}"
        yield _not(rule, "one of them to give way, or evidence of another plane", asked.due(Due.CONFLICT))


def _surroundings(asked: Asked) -> Iterator[WhyNot]:
    said = context.before(asked.route.device.state, asked.machine.now)
    bad = [o for o in said if o.fact.verdict is Verdict.DOWN]
    if bad and not asked.route.state.is_failed:
        newest = bad[-1].fact
        rule = f"{newest.protocol} {newest.name}: {newest.detail}; what surrounds a route never decides alone"
        yield _not(rule, "a word on its link, session, route or data")


def _own_subjects(route: RouteTrack) -> Iterator[Subject]:
    for path in route.primaries:
        yield from (*path.interfaces, *path.members, *path.adjacencies)


def _named(subject: Subject) -> str:
    """`GigabitEthernet0/1`, `bgp 10.1.1.2`, `bfd 10.1.1.2`."""
    kind = "bfd" if subject.key[1] is SubjectKind.BFD else subject.key[3]
    return f"{kind} {subject.key[2].rpartition('|')[2]}".strip()


_NOT_DOWN: tuple[Question, ...] = (
    *(_blind, _unproven, _installed, _destination, _some_members, _impaired, _no_longer),
    *(_bursts, _silent_next_hop, _one_end, _polled_once, _absent_once, _other_neighbours, _withdrawn, _restarting),
    *(_bfd_admin, _conflict, _surroundings),
)

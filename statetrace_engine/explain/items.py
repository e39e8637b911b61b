"""Pure. What was seen of an outage, as pieces of evidence for people: what each is about, and for what it speaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from statetrace_engine.explain import case, following
from statetrace_engine.health.evidence import matches
from statetrace_engine.health.life import describe
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem

DONE_ABOUT_IT = "done"
"""A shutdown by which somebody answered the failure: it speaks for no cause and against none."""
STANDBY = "standby"
"""Of a secondary path alone: that fails or carries too, and says nothing of why the primary one failed."""
NOTHING: Mapping[str, set[case.Named]] = MappingProxyType({})
MOVED = "moved"
"""What a table is about that lacks a primary path: another carries, or fewer do."""


def of(
    seen: Iterable[Observation], route: RouteTrack | None = None, apart: Mapping[str, set[case.Named]] = NOTHING
) -> tuple[EvidenceItem, ...]:
    """Evidence for people: what still holds supports, what was taken back opposes, history is stale, and what only
    surrounds it or was done about it is context, as is that the device itself answers.

    `route`: whose primary paths a table is held against. `apart`: paths that have a cause of their own, and what
    belongs to each alone.
    """
    known = tuple(seen)
    paths = [next((path for path, named in apart.items() if case.is_of(o, named)), "") for o in known]
    answers = [
        o
        for group in ("", *apart)
        for o in following.answers_of_people([o for o, path in zip(known, paths, strict=True) if path == group])
    ]
    standby = case.standby(route) if route is not None else set()
    return tuple(
        _item(o, DONE_ABOUT_IT if o in answers else STANDBY if case.is_of(o, standby) else _about(o.fact, route), path)
        for o, path in zip(known, paths, strict=True)
    )


@lru_cache(maxsize=2048)
def _item(o: Observation, about: str, path: str) -> EvidenceItem:
    """One for all the routes that the same word touches."""
    return EvidenceItem(
        source=o.source.value,
        plane=o.fact.plane,
        verdict=o.fact.verdict,
        at=o.received_at,
        text=describe(o),
        witness=o.witness,
        seq=o.seq,
        hostname=o.hostname,
        about=about,
        path=path,
        reason=o.fact.reason if o.fact.is_reason_sure else Reason.NONE,
        agreement=Agreement.STALE
        if o.is_history
        else Agreement.CONTEXT
        if o.fact.plane is Plane.CONTEXT or about == DONE_ABOUT_IT or _is_only_alive(o.fact)
        else Agreement.OPPOSES
        if o.fact.verdict is Verdict.UP
        else Agreement.SUPPORTS,
    )


def _is_only_alive(fact: Fact) -> bool:
    """The device itself answers: that is no word on its route."""
    return fact.protocol == "control" and fact.verdict is Verdict.UP


def _about(fact: Fact, route: RouteTrack | None) -> str:
    if fact.kind is SubjectKind.PROBE:
        return fact.protocol
    if fact.kind is SubjectKind.PREFIX and route is not None:
        is_whole = all(any(matches(path, row) for row in fact.installed) for path in route.primaries)
        return MOVED if fact.installed and not is_whole else fact.kind.value
    return fact.kind.value

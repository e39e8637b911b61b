"""Pure. Clusters: what belongs together among cards, incidents and outages, by the sequences that are known.

Each member looks for the one that it follows: the first row of `SEQUENCES` that fits says which, and of several the
one that was heard of last. Whatever hangs on one beginning is one cluster. The answer depends on what is given and not
on its order; the work is that of sorting it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from msgspec import Struct

from statetrace_engine.anomalies.places import Place
from statetrace_engine.anomalies.sequences import LAST_STAGE, SEQUENCES, STAGES, Sequence, Touch
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.cluster import Cluster, Tie
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident, OutageEvent

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_CARD, _INCIDENT = "CARD-", "INC-"
_NAMED = 3
"""Followers that the sentence of a cluster names."""


class Ground(Protocol):
    """Where things are: `places.Places`."""

    def of_card(self, card: AnomalyCard) -> Place: ...
    def of_outage(self, outage: OutageEvent) -> Place: ...
    def of_incident(self, incident: Incident, outages: Iterable[OutageEvent]) -> Place: ...


class _Item(Struct, frozen=True, gc=False):
    """Something that may be a member."""

    stage: int
    first_at: Epoch
    ident: str
    last_at: Epoch
    kind: str
    what: str
    """`A power supply failed, R1 2`."""
    place: Place
    severity: Severity
    is_over: bool
    outage_ids: tuple[str, ...]


class _Openers:
    """What may come before others in one sequence, at one place, in one stage."""

    __slots__ = ("_keys", "_loudest")

    def __init__(self) -> None:
        self._keys: list[tuple[Epoch, str]] = []
        self._loudest: list[_Item] = []
        """Of those up to here, the one that was heard of last."""

    def add(self, item: _Item) -> None:
        """In the order of their beginnings."""
        self._keys.append((item.first_at, item.ident))
        before = self._loudest[-1] if self._loudest else item
        self._loudest.append(item if item.last_at >= before.last_at else before)

    def before(self, key: tuple[Epoch, str], at_least: Epoch) -> _Item | None:
        """Of those that stand before it, the one heard of last, unless that is too long ago."""
        at = bisect_left(self._keys, key)
        found = self._loudest[at - 1] if at else None
        return found if found is not None and found.last_at >= at_least else None


_Index = dict[tuple[int, str, int], _Openers]
"""(row, place, stage)."""


class _Link(NamedTuple):
    sequence: Sequence
    opener: _Item


def of(
    cards: Iterable[AnomalyCard], incidents: Iterable[Incident], outages: Iterable[OutageEvent], ground: Ground
) -> tuple[Cluster, ...]:
    """Those of two members and more, in the order of their beginnings."""
    items = sorted(_items(cards, incidents, outages, ground), key=lambda item: (item.stage, item.first_at, item.ident))
    index = _indexed(items)
    found = {item.ident: link for item in items if (link := _link_of(item, index)) is not None}
    roots: dict[str, str] = {}
    members: dict[str, list[_Item]] = {}
    for item in items:  # what it follows stands before it
        link = found.get(item.ident)
        root = roots[item.ident] = roots[link.opener.ident] if link is not None else item.ident
        members.setdefault(root, []).append(item)
    made = (_cluster(group, found) for group in members.values() if len(group) > 1)
    return tuple(sorted(made, key=lambda cluster: (cluster.first_at, cluster.cluster_id)))


def _items(
    cards: Iterable[AnomalyCard], incidents: Iterable[Incident], outages: Iterable[OutageEvent], ground: Ground
) -> Iterator[_Item]:
    for card in {card.card_id: card for card in cards}.values():
        yield _of_card(card, ground)
    known = {outage.outage_id: outage for outage in outages}
    taken: set[str] = set()
    for incident in {incident.incident_id: incident for incident in incidents}.values():
        of_it = [known[ident] for ident in sorted(incident.outage_ids) if ident in known and ident not in taken]
        taken.update(outage.outage_id for outage in of_it)
        if of_it or incident.devices:
            yield _of_incident(incident, of_it, ground)
    for outage in known.values():
        if outage.outage_id not in taken:
            yield _of_outage(outage, ground)


def _of_card(card: AnomalyCard, ground: Ground) -> _Item:
    stage = STAGES.get(card.rule, LAST_STAGE)
    what = f"{card.title}, {card.subject}"
    return _Item(
        stage, card.first_at, card.card_id, card.last_at, card.rule, what, ground.of_card(card), card.severity,
        card.is_over, (),
    )  # fmt: skip


def _of_outage(outage: OutageEvent, ground: Ground) -> _Item:
    kind = outage.cause.value
    is_over = outage.closed_at is not None or outage.resolved_at is not None
    what = f"{kind}, {outage.hostname} {outage.prefix}"
    return _Item(
        STAGES.get(kind, LAST_STAGE), outage.occurred_at, outage.outage_id, outage.occurred_at, kind, what,
        ground.of_outage(outage), outage.worst if is_over else outage.severity, is_over, (outage.outage_id,),
    )  # fmt: skip


def _of_incident(incident: Incident, outages: list[OutageEvent], ground: Ground) -> _Item:
    kind, is_over = incident.cause.value, incident.closed_at is not None
    first_at = min((outage.occurred_at for outage in outages), default=incident.opened_at)
    alike = [o for o in outages if is_over or o.resolved_at is None] or outages
    severity = min((o.worst if is_over else o.severity for o in alike), key=_RANK.__getitem__, default=Severity.MAJOR)
    ids = tuple(outage.outage_id for outage in outages)
    return _Item(
        STAGES.get(kind, LAST_STAGE), first_at, incident.incident_id, max(first_at, incident.opened_at), kind,
        f"{kind}, {incident.element}", ground.of_incident(incident, outages), severity, is_over, ids,
    )  # fmt: skip


_OPENING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(row for row, sequence in enumerate(SEQUENCES) if kind in sequence.first)
    for kind in frozenset().union(*(sequence.first for sequence in SEQUENCES))
}
_FOLLOWING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(row for row, sequence in enumerate(SEQUENCES) if kind in sequence.then or not sequence.then)
    for kind in frozenset().union(*(sequence.then for sequence in SEQUENCES))
}
_FOLLOWING_ANYTHING = tuple(row for row, sequence in enumerate(SEQUENCES) if not sequence.then)
_STAGES_OF = tuple(sorted({STAGES.get(kind, LAST_STAGE) for kind in sequence.first}) for sequence in SEQUENCES)


def _at(item: _Item, touch: Touch, *, is_opener: bool) -> frozenset[str]:
    """Where openers and followers of a row meet."""
    place = item.place
    if touch is Touch.LINK:
        return place.links
    if touch is Touch.SITE:
        return place.sites
    return place.over if touch is Touch.OVER and not is_opener else place.hosts


def _indexed(items: list[_Item]) -> _Index:
    index: _Index = {}
    for item in items:  # sorted by stage and time: each list is in the order of time
        for row in _OPENING.get(item.kind, ()):
            for where in _at(item, SEQUENCES[row].touch, is_opener=True):
                key = (row, where, item.stage)
                openers = index.get(key)
                if openers is None:
                    openers = index[key] = _Openers()
                openers.add(item)
    return index


def _link_of(item: _Item, index: _Index) -> _Link | None:
    for row in _FOLLOWING.get(item.kind, _FOLLOWING_ANYTHING):
        sequence = SEQUENCES[row]
        found = [
            opener
            for where in _at(item, sequence.touch, is_opener=False)
            for stage in _STAGES_OF[row]
            if stage <= item.stage
            and (openers := index.get((row, where, stage))) is not None
            and (opener := _before(item, stage, openers, sequence)) is not None
        ]
        if found:
            return _Link(sequence, max(found, key=lambda each: (each.last_at, each.first_at, each.ident)))
    return None


def _before(item: _Item, stage: int, openers: _Openers, sequence: Sequence) -> _Item | None:
    until = (item.first_at, item.ident) if stage == item.stage else (item.first_at + sequence.early_s, "")
    return openers.before(until, item.first_at - sequence.window_s)


def _cluster(group: list[_Item], found: Mapping[str, _Link]) -> Cluster:
    first, *others = group
    others.sort(key=lambda item: (item.first_at, item.ident))
    why = found[others[0].ident].sequence if others else SEQUENCES[0]
    open_ones = [item for item in group if not item.is_over] or group
    return Cluster(
        cluster_id=f"CL-{first.ident}",
        sequence=why.name,
        title=why.title,
        because=_sentence(first, others, found),
        severity=min((item.severity for item in open_ones), key=_RANK.__getitem__),
        first_at=min(item.first_at for item in group),
        last_at=max(item.last_at for item in group),
        ties=(Tie(member=first.ident), *(_tie(item, found[item.ident]) for item in others)),
        card_ids=tuple(item.ident for item in group if item.ident.startswith(_CARD)),
        incident_ids=tuple(item.ident for item in group if item.ident.startswith(_INCIDENT)),
        outage_ids=tuple(dict.fromkeys(ident for item in group for ident in item.outage_ids)),
        hosts=tuple(sorted(frozenset().union(*(item.place.hosts for item in group)))),
        is_over=all(item.is_over for item in group),
    )


def _tie(item: _Item, link: _Link) -> Tie:
    opener = link.opener
    when = _apart(item.first_at - opener.first_at)
    return Tie(member=item.ident, behind=opener.ident, because=f"{when} {opener.what}: {link.sequence.why}")


def _sentence(first: _Item, others: list[_Item], found: Mapping[str, _Link]) -> str:
    """`because a device that loses power goes silent: A power supply failed, R1 2; 40s later device-unreachable, …`."""
    told = [f"{_later(item.first_at - first.first_at)} {item.what}" for item in others[:_NAMED]]
    more = len(others) - len(told)
    tail = f"; and {more:,} more" if more > 0 else ""
    return f"because {found[others[0].ident].sequence.why}: {first.what}; {'; '.join(told)}{tail}"


def _apart(seconds: float) -> str:
    return f"{_span(seconds)} after" if seconds >= 0 else f"{_span(-seconds)} before"


def _later(seconds: float) -> str:
    return f"{_span(seconds)} later" if seconds >= 0 else f"{_span(-seconds)} earlier"


def _span(seconds: float) -> str:
    """`40s`, `12m`, `3h`."""
    whole = int(seconds)
    return f"{whole}s" if whole < 120 else f"{whole // 60}m" if whole < 7200 else f"{whole // 3600}h"

"""Pure. Clusters: what belongs together among cards, incidents and outages, by the sequences that are known.

Each member looks for the one that it follows: the first row of `SEQUENCES` that fits says which, and of several the
one that was heard of last. Whatever hangs on one beginning is one cluster. The answer depends on what is given and not
on its order; the work is that of sorting it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Protocol

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
    place: Place
    severity: Severity
    is_over: bool
    outage_ids: tuple[str, ...]
    of: AnomalyCard | Incident | OutageEvent

    @property
    def what(self) -> str:
        """`A power supply failed, R1 2`."""
        match self.of:
            case AnomalyCard() as card:
                return f"{card.title}, {card.subject}"
            case Incident() as incident:
                return f"{self.kind}, {incident.element}"
            case outage:
                return f"{self.kind}, {outage.hostname} {outage.prefix}"


class _Openers(Struct, gc=False):
    """What may come before others in one sequence, at one place, in one stage."""

    items: list[_Item]
    """In the order of their beginnings."""
    loudest: list[_Item] | None = None
    """Of those up to here, the one that was heard of last; None: it is each itself, as where there is only one."""

    def add(self, item: _Item) -> None:
        before = self.items[-1] if self.loudest is None else self.loudest[-1]
        self.items.append(item)
        if self.loudest is None and item.last_at < before.last_at:
            self.loudest = self.items[:-1]
        if self.loudest is not None:
            self.loudest.append(item if item.last_at >= before.last_at else before)

    def before(self, key: tuple[Epoch, str], at_least: Epoch) -> _Item | None:
        """Of those that stand before it, the one heard of last, unless that is too long ago."""
        at = bisect_left(self.items, key, key=_beginning)
        found = (self.loudest or self.items)[at - 1] if at else None
        return found if found is not None and found.last_at >= at_least else None


def _beginning(item: _Item) -> tuple[Epoch, str]:
    return item.first_at, item.ident


_Index = dict[str, dict[tuple[int, int], _Openers]]
"""Place → (one of `_OPENINGS`, stage): few and near for whoever looks at one place."""


class _Link(Struct, frozen=True, gc=False):
    sequence: Sequence
    opener: _Item


def of(
    cards: Iterable[AnomalyCard], incidents: Iterable[Incident], outages: Iterable[OutageEvent], ground: Ground
) -> tuple[Cluster, ...]:
    """Those of two members and more, in the order of their beginnings."""
    items = sorted(_items(cards, incidents, outages, ground), key=lambda item: (item.stage, item.first_at, item.ident))
    index = _indexed(items)
    found = {item.ident: link for item in items if (link := _link_of(item, index)) is not None}
    groups: dict[str, list[_Item]] = {}
    """By every member: one list for all."""
    roots: list[_Item] = []
    for item in items:  # what it follows stands before it
        link = found.get(item.ident)
        if link is None:
            continue
        group = groups.get(link.opener.ident)
        if group is None:
            group = groups[link.opener.ident] = [link.opener]
            roots.append(link.opener)
        group.append(item)
        groups[item.ident] = group
    made = (_cluster(groups[root.ident], found) for root in roots)
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
    return _Item(
        stage, card.first_at, card.card_id, card.last_at, card.rule, ground.of_card(card), card.severity,
        card.is_over, (), card,
    )  # fmt: skip


def _of_outage(outage: OutageEvent, ground: Ground) -> _Item:
    kind = outage.cause.value
    is_over = outage.closed_at is not None or outage.resolved_at is not None
    return _Item(
        STAGES.get(kind, LAST_STAGE), outage.occurred_at, outage.outage_id, outage.occurred_at, kind,
        ground.of_outage(outage), outage.worst if is_over else outage.severity, is_over, (outage.outage_id,), outage,
    )  # fmt: skip


def _of_incident(incident: Incident, outages: list[OutageEvent], ground: Ground) -> _Item:
    kind, is_over = incident.cause.value, incident.closed_at is not None
    first_at = min((outage.occurred_at for outage in outages), default=incident.opened_at)
    alike = [o for o in outages if is_over or o.resolved_at is None] or outages
    severity = min((o.worst if is_over else o.severity for o in alike), key=_RANK.__getitem__, default=Severity.MAJOR)
    ids = tuple(outage.outage_id for outage in outages)
    return _Item(
        STAGES.get(kind, LAST_STAGE), first_at, incident.incident_id, max(first_at, incident.opened_at), kind,
        ground.of_incident(incident, outages), severity, is_over, ids, incident,
    )  # fmt: skip


_MET: Mapping[Touch, Touch] = {Touch.OVER: Touch.DEVICE}
"""Where what came before is looked for: what leads over a device touches that device."""


def _opening(sequence: Sequence) -> tuple[frozenset[str], Touch]:
    return sequence.first, _MET.get(sequence.touch, sequence.touch)


_OPENINGS = tuple(dict.fromkeys(map(_opening, SEQUENCES)))
"""What may come first, and where: once for all rows that have it alike."""
_OPENING_OF = tuple(_OPENINGS.index(_opening(sequence)) for sequence in SEQUENCES)
_OPENING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(number for number, (first, _) in enumerate(_OPENINGS) if kind in first)
    for kind in frozenset().union(*(first for first, _ in _OPENINGS))
}
_FOLLOWING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(row for row, sequence in enumerate(SEQUENCES) if kind in sequence.then or not sequence.then)
    for kind in frozenset().union(*(sequence.then for sequence in SEQUENCES))
}
_FOLLOWING_ANYTHING = tuple(row for row, sequence in enumerate(SEQUENCES) if not sequence.then)
_STAGES_OF = tuple(sorted({STAGES.get(kind, LAST_STAGE) for kind in sequence.first}) for sequence in SEQUENCES)


_AT: Mapping[Touch, Callable[[Place], frozenset[str]]] = {
    Touch.DEVICE: attrgetter("hosts"),
    Touch.LINK: attrgetter("links"),
    Touch.OVER: attrgetter("over"),
    Touch.SITE: attrgetter("sites"),
}
"""Where what follows is looked up, and, by `_MET`, what came before."""


def _indexed(items: list[_Item]) -> _Index:
    index: _Index = {}
    for item in items:  # sorted by stage and time: each list is in the order of time
        for number in _OPENING.get(item.kind, ()):
            for where in _AT[_OPENINGS[number][1]](item.place):
                here = index.get(where)
                if here is None:
                    here = index[where] = {}
                openers = here.get((number, item.stage))
                if openers is None:
                    here[number, item.stage] = _Openers([item])
                else:
                    openers.add(item)
    return index


def _link_of(item: _Item, index: _Index) -> _Link | None:
    for row in _FOLLOWING.get(item.kind, _FOLLOWING_ANYTHING):
        sequence = SEQUENCES[row]
        found = [
            opener
            for where in _AT[sequence.touch](item.place)
            if (here := index.get(where)) is not None
            for stage in _STAGES_OF[row]
            if stage <= item.stage
            and (openers := here.get((_OPENING_OF[row], stage))) is not None
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

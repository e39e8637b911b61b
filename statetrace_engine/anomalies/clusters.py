"""Pure. Clusters: what belongs together among cards, incidents and outages, by the sequences that are known.

Each member looks for the one that it follows: the first row of `SEQUENCES` that fits says which, and of several the
one that was heard of last. Whatever hangs on one beginning is one cluster. The answer depends on what there is, and
neither on its order nor on what there was before. What a change costs grows with what is near in place and time and
with the clusters that it touches.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import chain

from statetrace_engine.anomalies import members
from statetrace_engine.anomalies.members import RANK, Ground, Member
from statetrace_engine.anomalies.openings import Link, Openings
from statetrace_engine.anomalies.sequences import SEQUENCES
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.cluster import Cluster, Tie
from statetrace_engine.model.outage import Incident, OutageEvent

_CARD, _INCIDENT = "CARD-", "INC-"
_NAMED = 3
"""Followers that the sentence of a cluster names."""


class Clusters:
    """`take` what is new, then `settle`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._cards: dict[str, AnomalyCard] = {}
        self._incidents: dict[str, Incident] = {}
        self._outages: dict[str, OutageEvent] = {}
        self._claims: dict[str, set[str]] = {}
        """Incidents that an outage is of; it counts as one of the first of them, by id."""
        self._members: dict[str, Member] = {}
        self._openings = Openings()
        self._links: dict[str, Link] = {}
        self._behind: dict[str, set[str]] = {}
        """By a member: those that follow it."""
        self._ties: dict[str, Tie] = {}
        self._of: dict[str, Cluster] = {}
        """By member."""
        self._order: list[tuple[Epoch, str, str]] = []
        """First time, id and first member of each cluster."""
        self._of_outage: dict[str, Cluster] = {}
        # What waits, in the order in which it is done.
        self._new: dict[str, None] = {}
        self._unlinked: dict[str, None] = {}
        self._stale: dict[str, None] = {}
        self._is_mostly_new = False
        """Each looks for what it follows, and nobody for those that may follow."""
        self._is_other = False
        self.all: tuple[Cluster, ...] = ()
        """Those of two members and more, in the order of their beginnings, as `settle` left them."""

    def of_outage(self, outage_id: str) -> Cluster | None:
        return self._of_outage.get(outage_id)

    # What is new ------------------------------------------------------------------------------------------------------

    def take(self, ident: str, thing: AnomalyCard | Incident | OutageEvent | None) -> None:
        """As it is now; None: it is gone."""
        if not isinstance(thing, Incident) and ident in self._incidents:
            self._claim(ident, ())
        match thing:
            case AnomalyCard():
                self._cards[ident] = thing
            case OutageEvent():
                self._outages[ident] = thing
            case Incident():
                self._claim(ident, thing.outage_ids)
                self._incidents[ident] = thing
            case None:
                for kept in (self._cards, self._outages, self._incidents):
                    kept.pop(ident, None)
        self._new.update(dict.fromkeys((ident, *self._claims.get(ident, ()))))

    def _claim(self, incident_id: str, outage_ids: Iterable[str]) -> None:
        before = self._incidents.get(incident_id)
        was, now = frozenset(before.outage_ids if before is not None else ()), frozenset(outage_ids)
        for outage_id in was ^ now:
            claims = self._claims.setdefault(outage_id, set())
            claims.symmetric_difference_update((incident_id,))
            self._new.update(dict.fromkeys((outage_id, *claims)))
            if not claims:
                del self._claims[outage_id]

    def move(self, ground: Ground) -> None:
        """Things may be elsewhere: each is looked up again, and those that are where they were cost no more."""
        self._ground = ground
        self._new.update(dict.fromkeys(self.known()))

    def known(self) -> Iterator[str]:
        return chain(self._cards, self._outages, self._incidents)

    # What becomes of it -----------------------------------------------------------------------------------------------

    def settle(self) -> Iterator[None]:
        """Does the work a little at a time, and may be left at any of its steps: the next one goes on there."""
        self._is_mostly_new |= len(self._new) > len(self._members)
        while self._new:
            ident, _ = self._new.popitem()
            self._place(ident, self._made(ident))
            yield
        if self._is_mostly_new:
            self._unlinked.update(dict.fromkeys(self._members))
            self._is_mostly_new = False
        while self._unlinked:
            ident, _ = self._unlinked.popitem()
            self._link(ident)
            yield
        while self._stale:
            ident, _ = self._stale.popitem()
            self._gather(self._piece(ident))
            self._is_other = True
            yield
        if self._is_other:
            self.all = tuple(self._of[first] for _, _, first in self._order)
            self._is_other = False

    def _made(self, ident: str) -> Member | None:
        if ident in self._cards:
            return members.of_card(self._cards[ident], self._ground)
        if ident in self._outages:
            return members.of_outage(self._outages[ident], self._ground) if ident not in self._claims else None
        incident = self._incidents.get(ident)
        return members.of_incident(incident, self._outages_of(incident), self._ground) if incident is not None else None

    def _outages_of(self, incident: Incident) -> list[OutageEvent]:
        ident, known = incident.incident_id, self._outages
        of_it = sorted(set(incident.outage_ids))
        return [known[one] for one in of_it if one in known and min(self._claims[one]) == ident]

    def _place(self, ident: str, new: Member | None) -> None:
        old = self._members.get(ident)
        if old == new:
            return
        self._stale[ident] = None
        is_alike = old is not None and new is not None and new.opens_like(old)
        if old is not None:
            self._openings.drop(old)
            del self._members[ident]
            if new is None or not is_alike or new.last_at < old.last_at:
                self._unlink(self._behind.get(ident, ()))
        if new is None:
            self._leave(ident)
            return
        self._members[ident] = new
        self._openings.put(new)
        if not is_alike:
            self._unlink((ident,))
        if not self._is_mostly_new and (not is_alike or (old is not None and new.last_at > old.last_at)):
            self._call(new)

    def _unlink(self, idents: Iterable[str]) -> None:
        """What they follow, and what is said of it, may be another."""
        for ident in idents:
            self._ties.pop(ident, None)
            self._unlinked[ident] = self._stale[ident] = None

    def _call(self, new: Member) -> None:
        """Whoever may follow it rather than what they follow now."""
        for row, ident in self._openings.may_follow(new):
            if ident in self._unlinked or ident == new.ident:
                continue
            link = self._links.get(ident)
            if link is None or row < link.row or (row == link.row and self._is_louder(new, link.opener)):
                self._unlinked[ident] = None

    def _is_louder(self, new: Member, opener: str) -> bool:
        known = self._members.get(opener)
        return opener != new.ident and (known is None or new.heard > known.heard)

    def _link(self, ident: str) -> None:
        item, before = self._members.get(ident), self._links.get(ident)
        link = self._openings.link_of(item) if item is not None else None
        if item is None or link == before:
            return
        self._leave(ident)
        self._stale[ident] = None
        self._ties.pop(ident, None)
        if link is not None:
            self._links[ident] = link
            self._behind.setdefault(link.opener, set()).add(ident)

    def _leave(self, ident: str) -> None:
        """It follows nothing any more."""
        link = self._links.pop(ident, None)
        if link is None:
            return
        others = self._behind[link.opener]
        others.discard(ident)
        if not others:
            del self._behind[link.opener]

    # Clusters ---------------------------------------------------------------------------------------------------------

    def _piece(self, ident: str) -> set[str]:
        """All that hangs together with it, or did; they are others to nobody else."""
        found, waiting = {ident}, [ident]
        while waiting:
            one = waiting.pop()
            link, before = self._links.get(one), self._of.get(one)
            near = set(self._behind.get(one, ()))
            if link is not None:
                near.add(link.opener)
            if before is not None:
                near.update(tie.member for tie in before.ties)
                self._disband(before)
            near -= found
            found |= near
            waiting.extend(near)
        return found

    def _disband(self, cluster: Cluster) -> None:
        at = bisect_left(self._order, (cluster.first_at, cluster.cluster_id, ""))
        del self._order[at]
        for tie in cluster.ties:
            del self._of[tie.member]
        for outage_id in cluster.outage_ids:
            if self._of_outage.get(outage_id) is cluster:  # else another has it by now
                del self._of_outage[outage_id]

    def _gather(self, piece: set[str]) -> None:
        for ident in piece:
            self._stale.pop(ident, None)
            if ident in self._members and ident not in self._links and ident in self._behind:
                cluster = self._cluster(ident)
                insort(self._order, (cluster.first_at, cluster.cluster_id, ident))
                self._of.update(dict.fromkeys((tie.member for tie in cluster.ties), cluster))
                self._of_outage.update(dict.fromkeys(cluster.outage_ids, cluster))

    def _cluster(self, root: str) -> Cluster:
        idents = [root]
        for ident in idents:  # it grows meanwhile
            idents.extend(self._behind.get(ident, ()))
        first, *others = (self._members[ident] for ident in idents)
        others.sort(key=lambda item: item.began)
        group = [first, *others]
        why = SEQUENCES[self._links[others[0].ident].row]
        open_ones = [item for item in group if not item.is_over] or group
        return Cluster(
            cluster_id=f"CL-{root}",
            sequence=why.name,
            title=why.title,
            because=self._sentence(first, others),
            severity=min((item.severity for item in open_ones), key=RANK.__getitem__),
            first_at=min(first.first_at, others[0].first_at),
            last_at=max(item.last_at for item in group),
            ties=(Tie(member=root), *map(self._tie, others)),
            card_ids=tuple(item.ident for item in group if item.ident.startswith(_CARD)),
            incident_ids=tuple(item.ident for item in group if item.ident.startswith(_INCIDENT)),
            outage_ids=tuple(ident for item in group for ident in item.outage_ids),
            hosts=tuple(sorted(frozenset().union(*(item.place.hosts for item in group)))),
            is_over=all(item.is_over for item in group),
        )

    def _tie(self, item: Member) -> Tie:
        found = self._ties.get(item.ident)
        if found is None:
            link = self._links[item.ident]
            opener = self._members[link.opener]
            told = f"{_apart(item.first_at - opener.first_at)} {opener.what}: {SEQUENCES[link.row].why}"
            found = self._ties[item.ident] = Tie(member=item.ident, behind=opener.ident, because=told)
        return found

    def _sentence(self, first: Member, others: list[Member]) -> str:
        """`because a device that loses power …: A power supply failed, R1 2; 40s later device-unreachable, …`."""
        why = SEQUENCES[self._links[others[0].ident].row].why
        told = [f"{_later(item.first_at - first.first_at)} {item.what}" for item in others[:_NAMED]]
        more = len(others) - len(told)
        tail = f"; and {more:,} more" if more > 0 else ""
        return f"because {why}: {first.what}; {'; '.join(told)}{tail}"


def of(
    cards: Iterable[AnomalyCard], incidents: Iterable[Incident], outages: Iterable[OutageEvent], ground: Ground
) -> tuple[Cluster, ...]:
    """All at once."""
    made = Clusters(ground)
    for card in cards:
        made.take(card.card_id, card)
    for incident in incidents:
        made.take(incident.incident_id, incident)
    for outage in outages:
        made.take(outage.outage_id, outage)
    for _ in made.settle():
        pass
    return made.all


def _apart(seconds: float) -> str:
    return f"{_span(seconds)} after" if seconds >= 0 else f"{_span(-seconds)} before"


def _later(seconds: float) -> str:
    return f"{_span(seconds)} later" if seconds >= 0 else f"{_span(-seconds)} earlier"


def _span(seconds: float) -> str:
    """`40s`, `12m`, `3h`."""
    whole = int(seconds)
    return f"{whole}s" if whole < 120 else f"{whole // 60}m" if whole < 7200 else f"{whole // 3600}h"

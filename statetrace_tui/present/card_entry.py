"""Pure. What the Cards screen lists: a card, a cluster, or a member of a cluster that is unfolded; and what a filter
finds of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from ipaddress import ip_address
from typing import NamedTuple

from msgspec import Struct, structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.text import sanitise

GROUPS = ("NOT LOOKED AT", "LOOKED AT", "SNOOZED", "OVER")
NEW, LOOKED_AT, SNOOZED, OVER = range(len(GROUPS))
_PORT = re.compile(r"[A-Za-z][A-Za-z-]*\d[\d/.:]*|\d+/\d[\d/]*")


class Kind(Enum):
    CARD = auto()
    CLUSTER = auto()
    OUTAGE = auto()
    """An incident, or an outage without one, that is part of a cluster."""


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One row; its id is the card's, the cluster's, or the incident's or outage's."""

    ident: str
    kind: Kind
    group: int
    severity: Severity
    title: str
    subject: str
    text: str
    count: int
    """Messages of a card, members of a cluster, outages of an incident."""
    first_at: Epoch
    last_at: Epoch
    said: str
    """What an operator said of it, in a word."""
    inside: str = ""
    """The cluster that it is shown under."""
    is_open: bool = False
    """A cluster whose members are shown."""
    card: AnomalyCard | None = None
    cluster: Cluster | None = None
    outage_ids: tuple[str, ...] = ()


class Known(NamedTuple):
    """What entries are made of."""

    cards: Mapping[str, AnomalyCard]
    clusters: tuple[Cluster, ...]
    """Those with a card at least."""
    incidents: Mapping[str, Incident]
    outages: Mapping[str, OutageEvent]
    inside: Mapping[str, Cluster]
    """By card, the cluster that it belongs to."""


def known(
    cards: Iterable[AnomalyCard],
    clusters: Iterable[Cluster],
    incidents: Mapping[str, Incident],
    outages: Mapping[str, OutageEvent],
) -> Known:
    by_id = {card.card_id: card for card in cards}
    with_cards = tuple(each for each in clusters if any(ident in by_id for ident in each.card_ids))
    inside = {ident: cluster for cluster in with_cards for ident in cluster.card_ids}
    return Known(by_id, with_cards, incidents, outages, inside)


def entries(known: Known, unfolded: Iterable[str] = ()) -> dict[str, Entry]:
    """Every row there is, by id: clusters, their members where they are unfolded, and cards that are in none."""
    shown, out = set(unfolded), dict[str, Entry]()
    for cluster in known.clusters:
        is_open = cluster.cluster_id in shown
        made = of_cluster(cluster, known, is_open=is_open)
        out[made.ident] = made
        if is_open:
            out.update((member.ident, member) for member in _members(cluster, known, made.group))
    out.update((ident, of_card(card)) for ident, card in known.cards.items() if ident not in known.inside)
    return out


def group_of(card: AnomalyCard) -> int:
    if card.is_over:
        return OVER
    if card.snooze is not None:
        return SNOOZED
    return LOOKED_AT if card.feedback is not None else NEW


def of_card(card: AnomalyCard) -> Entry:
    more = card.more + max(len(card.subjects) - 1, 0)
    subject = sanitise(card.subject) + (f" +{more:,}" if more else "")
    return Entry(
        ident=card.card_id, kind=Kind.CARD, group=group_of(card), severity=card.severity, title=sanitise(card.title),
        subject=subject, text=sanitise(card.text), count=card.count, first_at=card.first_at, last_at=card.last_at,
        said=said_of(card), card=card,
    )  # fmt: skip


def fills(card: AnomalyCard) -> dict[str, str]:
    """What its runbook's commands can be filled in with: its device, and the port or neighbour that it is about."""
    of, known = card.subject.removeprefix(card.hostname).strip(), {"hostname": card.hostname}
    if _is_address(of):
        return known | {"neighbour": of}
    return known | {"interface": of} if _PORT.fullmatch(of) else known


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def said_of(card: AnomalyCard) -> str:
    """`true`, `false`, `snoozed`, or nothing yet."""
    if card.snooze is not None and not card.is_over:
        return "snoozed"
    if card.feedback is None:
        return ""
    return "true" if card.feedback.verdict is CardVerdict.TRUE else "false"


def of_cluster(cluster: Cluster, known: Known, *, is_open: bool = False) -> Entry:
    """In the group of whichever of its cards asks for most; once its cards are over and an outage is not, looked at."""
    cards = [known.cards[ident] for ident in cluster.card_ids if ident in known.cards]
    least = min((group_of(card) for card in cards), default=OVER)
    group = LOOKED_AT if least == OVER and not cluster.is_over else least
    hosts = sanitise(cluster.hosts[0]) if cluster.hosts else ""
    more = f" +{len(cluster.hosts) - 1:,}" if len(cluster.hosts) > 1 else ""
    return Entry(
        ident=cluster.cluster_id, kind=Kind.CLUSTER, group=group, severity=cluster.severity,
        title=sanitise(cluster.title), subject=f"{hosts}{more}", text=sanitise(cluster.because), is_open=is_open,
        count=len(cluster.ties), first_at=cluster.first_at, last_at=cluster.last_at, said="", cluster=cluster,
        outage_ids=cluster.outage_ids,
    )  # fmt: skip


def _members(cluster: Cluster, known: Known, group: int) -> Iterable[Entry]:
    """In the order of the cluster, whatever group each would stand in alone."""
    for tie in cluster.ties:
        card, because = known.cards.get(tie.member), sanitise(tie.because)
        if card is not None:
            made = of_card(card)
            text = f"{made.text}  {because}" if because else made.text
            yield structs.replace(made, group=group, inside=cluster.cluster_id, text=text)
        elif tie.member in known.incidents:
            yield _of_incident(known.incidents[tie.member], known, because, cluster.cluster_id, group)
        elif tie.member in known.outages:
            yield _of_outage(known.outages[tie.member], because, cluster.cluster_id, group)


def _of_incident(incident: Incident, known: Known, because: str, inside: str, group: int) -> Entry:
    outages = [known.outages[ident] for ident in incident.outage_ids if ident in known.outages]
    worst = min((o.severity for o in outages), key=RANK.__getitem__, default=Severity.MAJOR)
    return Entry(
        ident=incident.incident_id, kind=Kind.OUTAGE, group=group, severity=worst, title=incident.cause.value,
        subject=sanitise(incident.element), text=because, count=len(incident.outage_ids),
        first_at=incident.opened_at, last_at=incident.closed_at or incident.opened_at, inside=inside,
        said="over" if incident.closed_at is not None else "outage", outage_ids=incident.outage_ids,
    )  # fmt: skip


def _of_outage(outage: OutageEvent, because: str, inside: str, group: int) -> Entry:
    ended_at = outage.resolved_at or outage.closed_at
    return Entry(
        ident=outage.outage_id, kind=Kind.OUTAGE, group=group, severity=outage.severity, title=outage.cause.value,
        subject=sanitise(f"{outage.hostname} {outage.prefix}"), text=because, count=1, first_at=outage.occurred_at,
        last_at=ended_at or outage.occurred_at, inside=inside, said="over" if ended_at is not None else "outage",
        outage_ids=(outage.outage_id,),
    )  # fmt: skip


RANK = {severity: rank for rank, severity in enumerate(Severity)}

_FIELDS: dict[str, Callable[[Entry], str]] = {
    "device": lambda e: e.card.hostname if e.card is not None else e.subject,
    "rule": lambda e: e.card.rule if e.card is not None else "",
    "severity": lambda e: e.severity.value,
    "is": lambda e: f"{GROUPS[e.group]} {e.kind.name} {e.said}",
    "id": lambda e: e.ident,
}
FIELDS = tuple(_FIELDS)
"""Names for `field:word`."""


def matches(entry: Entry, known: Known, words: Iterable[str]) -> bool:
    """Every word is in its text, `!word` is not, `rule:port` is in that field; a cluster also by what is in it."""
    if entry.inside:
        return True  # with its cluster
    inside = [known.cards[i] for i in entry.cluster.card_ids if i in known.cards] if entry.cluster is not None else []
    alike = [entry, *(of_card(card) for card in inside)]
    return all(_holds(alike, word) for word in words)


def _holds(alike: list[Entry], word: str) -> bool:
    if word.startswith("!") and len(word) > 1:
        return not _holds(alike, word[1:])
    field, colon, value = word.partition(":")
    get = _FIELDS.get(field) if colon else None
    return any((value if get else word) in (get or _all_text)(entry).lower() for entry in alike)


def _all_text(entry: Entry) -> str:
    rule = entry.card.rule if entry.card is not None else ""
    return f"{entry.title} {entry.subject} {entry.text} {rule} {entry.severity.value} {entry.said} {entry.ident}"

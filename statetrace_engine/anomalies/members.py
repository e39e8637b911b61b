"""Pure. What may be a member of a cluster: a card, an incident with its outages, an outage without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from statetrace_engine.anomalies.places import Place
from statetrace_engine.anomalies.sequences import LAST_STAGE, STAGES
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident, OutageEvent

RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Ground(Protocol):
    """Where things are: `places.Places`."""

    def of_card(self, card: AnomalyCard) -> Place: ...
    def of_outage(self, outage: OutageEvent) -> Place: ...
    def of_incident(self, incident: Incident, outages: Iterable[OutageEvent]) -> Place: ...


class Member(Struct, frozen=True, gc=False):
    ident: str
    kind: str
    stage: int
    first_at: Epoch
    last_at: Epoch
    place: Place
    what: str
    """`A power supply failed, R1 2`."""
    severity: Severity
    is_over: bool
    outage_ids: tuple[str, ...] = ()

    @property
    def began(self) -> tuple[Epoch, str]:
        """What is in order by it is in the order of time."""
        return self.first_at, self.ident

    @property
    def heard(self) -> tuple[Epoch, Epoch, str]:
        """Of several that another may follow, it follows the one with the highest: that was heard of last."""
        return self.last_at, self.first_at, self.ident

    def opens_like(self, other: Member) -> bool:
        """Both follow the same, and what was told of one is true of the other."""
        return (self.first_at, self.kind, self.what, self.place) == (
            other.first_at, other.kind, other.what, other.place,
        )  # fmt: skip


def of_card(card: AnomalyCard, ground: Ground) -> Member | None:
    """None: an operator said that it is a false positive, which belongs to nothing."""
    if card.feedback is not None and card.feedback.verdict is CardVerdict.FALSE:
        return None
    return Member(
        card.card_id, card.rule, STAGES.get(card.rule, LAST_STAGE), card.first_at, card.last_at, ground.of_card(card),
        f"{card.title}, {card.subject}", card.severity, card.is_over,
    )  # fmt: skip


def of_outage(outage: OutageEvent, ground: Ground) -> Member:
    kind, is_over = outage.cause.value, _is_over(outage)
    return Member(
        outage.outage_id, kind, STAGES.get(kind, LAST_STAGE), outage.occurred_at, outage.occurred_at,
        ground.of_outage(outage), f"{kind}, {outage.hostname} {outage.prefix}",
        outage.worst if is_over else outage.severity, is_over, (outage.outage_id,),
    )  # fmt: skip


def of_incident(incident: Incident, outages: list[OutageEvent], ground: Ground) -> Member | None:
    """With those of its outages that are known, by id; None: nothing says where it was."""
    if not outages and not incident.devices:
        return None
    kind, is_over = incident.cause.value, incident.closed_at is not None
    first_at = min((outage.occurred_at for outage in outages), default=incident.opened_at)
    alike = [o for o in outages if is_over or o.resolved_at is None] or outages
    severity = min((o.worst if is_over else o.severity for o in alike), key=RANK.__getitem__, default=Severity.MAJOR)
    return Member(
        incident.incident_id, kind, STAGES.get(kind, LAST_STAGE), first_at, max(first_at, incident.opened_at),
        ground.of_incident(incident, outages), f"{kind}, {incident.element}", severity, is_over,
        tuple(outage.outage_id for outage in outages),
    )  # fmt: skip


def _is_over(outage: OutageEvent) -> bool:
    return outage.closed_at is not None or outage.resolved_at is not None

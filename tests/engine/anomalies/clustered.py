"""What clusters are made of, on three devices of two sites, and what they are by the letter of the table."""

from __future__ import annotations

from collections.abc import Iterable

from statetrace_engine.anomalies import members
from statetrace_engine.anomalies.members import Member
from statetrace_engine.anomalies.places import Place, Places
from statetrace_engine.anomalies.sequences import OUTAGES, SEQUENCES, Touch
from statetrace_engine.health.topology import Topology
from statetrace_engine.model import ids
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.outage import CauseKind, Incident, OutageEvent
from statetrace_engine.model.route import Role, RoutePath, RouteRecord

T0 = 1_795_442_400.0
A, B, C = "WLLS-A01-AR-01", "WLLS-C01-CR-01", "BOYO-A01-AR-01"
PORT = "GigabitEthernet0/1"
KINDS = [*sorted({kind for row in SEQUENCES for kind in row.first | row.then} - OUTAGES), "Other"]
SUBJECTS = [A, B, C, f"{A} {PORT}", f"{A} 10.1.1.2", f"{B} Gi0/0/0/7", f"{A} 1", f"{C} 0050.56b2.0001"]


def route(host: str, next_hop: str, interface: str | None = PORT) -> RouteRecord:
    site = host.partition("-")[0]
    path = RoutePath(path_id="pt", role=Role.PRIMARY, next_hop=next_hop, interface=interface, protocol="bgp")
    name = ids.route_id(site, host, "default", "0.0.0.0/0")
    return RouteRecord(route_id=name, site=site, hostname=host, vrf="default", prefix="0.0.0.0/0", paths=(path,))


ROUTES = {A: route(A, "10.1.1.2"), B: route(B, "10.1.1.1", "GigabitEthernet0/0/0/7"), C: route(C, "10.2.1.2")}
GROUND = Places(
    Topology(
        Inventory(
            devices=(
                Device(hostname=A, site="WLLS", vendor="cisco_ios", addresses=("10.1.1.1",)),
                Device(hostname=B, site="WLLS", vendor="cisco_xr", addresses=("10.1.1.2",)),
                Device(hostname=C, site="BOYO", vendor="cisco_ios", addresses=("10.2.1.1",)),
            ),
            routes=tuple(ROUTES.values()),
        )
    )
)


def card(number: int, rule: str, subject: str, at: float, lasts: float = 0.0, **more: object) -> AnomalyCard:
    fields: dict[str, object] = {
        "card_id": f"CARD-{number:06}", "rule": rule, "title": rule, "severity": Severity.MAJOR, "subject": subject,
        "hostname": subject.partition(" ")[0], "text": "", "count": 1, "first_at": T0 + at, "last_at": T0 + at + lasts,
    }  # fmt: skip
    return AnomalyCard(**(fields | more))  # type: ignore[arg-type]


def outage(name: str, host: str, at: float, cause: str, **more: object) -> OutageEvent:
    known = ROUTES[host]
    fields: dict[str, object] = {
        "outage_id": f"OUT-{name}", "route_id": known.route_id, "site": known.site, "hostname": host,
        "vrf": "default", "prefix": known.prefix, "route_class": "standard", "owner": "", "contact": "",
        "state": HealthState.DOWN, "severity": Severity.CRITICAL, "worst": Severity.CRITICAL,
        "cause": CauseKind(cause), "occurred_at": T0 + at, "first_signal_at": T0 + at, "detected_at": T0 + at,
    }  # fmt: skip
    return OutageEvent(**(fields | more))  # type: ignore[arg-type]


def incident(
    name: str, element: str, at: float, cause: str, *of: OutageEvent, devices: tuple[str, ...] = ()
) -> Incident:
    return Incident(
        incident_id=f"INC-{name}", cause=CauseKind(cause), element=element, opened_at=T0 + at, closed_at=None,
        outage_ids=tuple(o.outage_id for o in of), route_ids=tuple(o.route_id for o in of), devices=devices,
        sites=(), owners=(),
    )  # fmt: skip


def ident_of(thing: AnomalyCard | Incident | OutageEvent) -> str:
    """Its id."""
    match thing:
        case AnomalyCard():
            return thing.card_id
        case Incident():
            return thing.incident_id
        case _:
            return thing.outage_id


def by_the_letter(
    cards: Iterable[AnomalyCard], incidents: list[Incident], outages: dict[str, OutageEvent], ground: Places
) -> dict[str, str]:
    """What follows what, each held against each: the row that says so is the first that fits any."""
    of_incident = {
        o: min(i.incident_id for i in incidents if o in i.outage_ids) for i in incidents for o in i.outage_ids
    }
    made: list[Member | None] = [members.of_card(card, ground) for card in cards]
    for each in incidents:
        of_it = [outages[o] for o in sorted(each.outage_ids) if o in outages and of_incident[o] == each.incident_id]
        made.append(members.of_incident(each, of_it, ground))
    made += [members.of_outage(o, ground) for o in outages.values() if o.outage_id not in of_incident]
    there = [member for member in made if member is not None]
    found = {}
    for item in there:
        for row in SEQUENCES:
            may = [
                one for one in there
                if one.kind in row.first and (item.kind in row.then or not row.then) and _meet(row.touch, one, item)
                and one.last_at >= item.first_at - row.window_s
                and (
                    (one.first_at, one.ident) < (item.first_at, item.ident) if one.stage == item.stage
                    else one.stage < item.stage and one.first_at < item.first_at + row.early_s
                )
            ]  # fmt: skip
            if may:
                found[item.ident] = max(may, key=lambda one: (one.last_at, one.first_at, one.ident)).ident
                break
    return found


def _meet(touch: Touch, one: Member, item: Member) -> bool:
    def at(place: Place) -> frozenset[str]:
        return {Touch.DEVICE: place.hosts, Touch.LINK: place.links, Touch.OVER: place.over, Touch.SITE: place.sites}[
            touch
        ]

    return bool((one.place.hosts if touch is Touch.OVER else at(one.place)) & at(item.place))

"""Pure. The cause table of SPEC 4: the first row that matches is rank 1, further rows follow as weaker hypotheses."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_interface

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.explain.case import Case
from statetrace_engine.model.observation import Observation, Reason
from statetrace_engine.model.outage import CauseKind, Hypothesis

_REASON_WORDS = {
    Reason.HOLD_TIMER: "hold timer",
    Reason.MAX_PREFIX: "max-prefix",
    Reason.AUTHENTICATION: "authentication",
    Reason.PEER_CLOSED: "peer closed",
    Reason.BFD_DOWN: "BFD",
}


class Row(Struct, frozen=True):
    number: int
    cause: CauseKind
    matches: Callable[[Case], bool]
    detail: Callable[[Case], str]
    element: Callable[[Case], str]
    weight: float


def _session_or_bfd(case: Case) -> Observation | None:
    return case.session or case.bfd


def _reason(case: Case) -> Reason:
    observation = _session_or_bfd(case)
    return observation.fact.reason if observation else Reason.NONE


def _is_silent(case: Case) -> bool:
    return case.destination_probe is not None or case.next_hop_probe is not None


def _device(case: Case) -> str:
    return case.hostname if case.is_unreachable or not case.is_far_unreachable else case.far


def _device_element(case: Case) -> str:
    return f"device {_device(case)}"


def _device_detail(case: Case) -> str:
    return "reload" if case.restarted_before_s is not None else _device(case)


def link_element(case: Case) -> str:
    """One name for a link, from either end: both devices and the subnet they share."""
    ends = " -- ".join(sorted((case.hostname, case.far))) if case.far else f"{case.hostname} {case.interface}".strip()
    hop = case.link_hop or case.next_hop
    if not case.far or not hop:
        return f"link {ends}"
    try:
        address = ip_interface(hop)
    except ValueError:
        return f"link {ends}"
    subnet = ip_interface(f"{address.ip}/{30 if address.version == 4 else 64}").network
    return f"link {ends} {subnet}"


def _hop_element(case: Case) -> str:
    return f"device {case.far}" if case.far else f"next hop {case.hostname} {case.next_hop}"


def _towards(case: Case) -> str:
    return " to ".join(filter(None, (case.interface, case.far or case.next_hop)))


# Row 1 (monitoring-gap) is no outage's cause: what nobody can see opens none. `health.views` names it for the route.
ROWS: tuple[Row, ...] = (
    Row(
        2,
        CauseKind.DEVICE_UNREACHABLE,
        lambda c: c.is_unreachable or c.restarted_before_s is not None or c.is_far_unreachable,
        _device_detail,
        _device_element,
        0.95,
    ),
    Row(3, CauseKind.ADMIN_SHUTDOWN, lambda c: c.admin is not None, lambda c: "local", link_element, 0.97),
    Row(3, CauseKind.ADMIN_SHUTDOWN, lambda c: c.admin_remote is not None, lambda c: "remote", link_element, 0.95),
    Row(
        4,
        CauseKind.CONFIG_CHANGE,
        lambda c: any(x.touches and x.is_near for x in c.changes),
        lambda c: c.changes[0].event.text,
        lambda c: f"change {c.hostname}",
        0.90,
    ),
    Row(5, CauseKind.LINK_FAILURE, lambda c: c.link is not None, _towards, link_element, 0.97),
    Row(
        5,
        CauseKind.LINK_FAILURE,
        lambda c: c.remote_link is not None,
        lambda c: f"seen by {c.far or 'the other end'}",
        link_element,
        0.90,
    ),
    Row(
        6,
        CauseKind.LINK_FAILURE,
        lambda c: _reason(c) is Reason.INTERFACE_DOWN and not c.is_link_known,
        _towards,
        link_element,
        0.70,
    ),
    Row(
        6,
        CauseKind.ADMIN_SHUTDOWN,
        lambda c: _reason(c) is Reason.INTERFACE_DOWN and not c.is_link_known,
        lambda c: "remote",
        link_element,
        0.20,
    ),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: _session_or_bfd(c) is not None and c.is_next_hop_silent,
        lambda c: c.next_hop,
        _hop_element,
        0.90,
    ),
    Row(
        8,
        CauseKind.NEIGHBOUR_LOSS,
        lambda c: _session_or_bfd(c) is not None and not c.is_next_hop_silent,
        lambda c: _REASON_WORDS.get(_reason(c), ""),
        _hop_element,
        0.85,
    ),
    Row(
        9,
        CauseKind.UPSTREAM_FAILURE,
        lambda c: c.route is not None and c.session is None and c.next_hop_probe is None,
        lambda c: c.next_hop,
        lambda c: f"upstream {c.far or c.next_hop}",
        0.80,
    ),
    Row(
        10,
        CauseKind.SILENT_BLACKHOLE,
        lambda c: _is_silent(c) and not any((c.link, c.session, c.bfd, c.route)),
        lambda c: c.next_hop if c.next_hop_probe is not None else "beyond the next hop",
        lambda c: _hop_element(c) if c.next_hop_probe is not None else f"beyond {c.far or c.next_hop}",
        0.90,
    ),
    Row(
        6,
        CauseKind.LINK_FAILURE,
        lambda c: c.remote is not None,
        lambda c: f"seen by {c.far or 'the other end'}",
        link_element,
        0.60,
    ),
    Row(
        12,
        CauseKind.CONGESTION_OR_LOSS,
        lambda c: c.impaired is not None and c.impaired.fact.reason is not Reason.GRACEFUL_RESTART,
        lambda c: c.impaired.fact.detail if c.impaired else "",
        link_element,
        0.80,
    ),
    Row(
        8,
        CauseKind.NEIGHBOUR_LOSS,
        lambda c: c.impaired is not None,
        lambda c: "graceful restart",
        _hop_element,
        0.75,
    ),
)
_LATER = 0.45
"""How much a hypothesis below rank 1 keeps of its weight."""


def rank(case: Case) -> tuple[Hypothesis, ...]:
    """Hypotheses, likeliest first; never empty."""
    found: list[Hypothesis] = []
    seen: set[CauseKind] = set()
    for row in ROWS:
        if row.cause in seen or not row.matches(case):
            continue
        seen.add(row.cause)
        weight = row.weight if not found else min(row.weight * _LATER, found[0].weight - 0.01)
        found.append(_hypothesis(row, case, round(weight, 2)))
    if not any(h.cause is CauseKind.CONFIG_CHANGE for h in found) and case.changes:
        change = case.changes[0]
        text = f"{change.event.text}, {max(change.before_s, 0):.0f} s before"
        weight = 0.40 if change.touches else 0.25
        found.insert(
            1,
            Hypothesis(
                cause=CauseKind.CONFIG_CHANGE, detail=text, element=f"change {case.hostname}", weight=weight, rule=4
            ),
        )
    if not found or (found[0].cause is CauseKind.CONFIG_CHANGE and found[0].weight < 0.5):
        unknown = Hypothesis(cause=CauseKind.UNKNOWN, detail="", element=f"route {case.hostname}", weight=0.3, rule=13)
        found.insert(0, unknown)
    return tuple(found[:4])


def with_loss(found: tuple[Hypothesis, ...], words: str) -> tuple[Hypothesis, ...]:
    """The same, with the loss as it is now."""
    return tuple(replace(h, detail=words) if h.cause is CauseKind.CONGESTION_OR_LOSS else h for h in found)


def _hypothesis(row: Row, case: Case, weight: float) -> Hypothesis:
    return Hypothesis(
        cause=row.cause, detail=row.detail(case), element=row.element(case), weight=weight, rule=row.number
    )


def runbook_for(cause: CauseKind) -> str:
    """Each cause has a runbook of its name; `generic` serves only the unknown."""
    return "generic" if cause is CauseKind.UNKNOWN else cause.value

"""Pure. The cause table of SPEC 4: the first row that matches is rank 1, further rows follow as weaker hypotheses."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.explain.case import Case
from statetrace_engine.model.observation import Reason, SubjectKind
from statetrace_engine.model.outage import CauseKind, Hypothesis

MAX_PREFIX = "max-prefix"
_REASON_WORDS = {
    Reason.HOLD_TIMER: "hold timer",
    Reason.MAX_PREFIX: MAX_PREFIX,
    Reason.AUTHENTICATION: "authentication",
    Reason.PEER_CLOSED: "peer closed",
    Reason.BFD_DOWN: "BFD",
    Reason.RESET: "cleared",
}


class Row(Struct, frozen=True):
    number: int
    cause: CauseKind
    matches: Callable[[Case], bool]
    detail: Callable[[Case], str]
    element: Callable[[Case], str]
    weight: float


_SHUT = (Reason.ADMIN, Reason.ADMIN_REMOTE)
_STATIC = ("static", "connected", "local")


def _is_ended(case: Case) -> bool:
    """A session or BFD went down, as the device says."""
    return case.session is not None or case.bfd is not None


def _is_silent(case: Case) -> bool:
    return case.next_hop_probe is not None


def _is_port_told(case: Case) -> bool:
    return case.is_link_known or case.remote_link is not None


def _blames_port(case: Case) -> bool:
    """A session ended because of a port of which nothing else is known."""
    return Reason.INTERFACE_DOWN in (case.reason, case.remote_reason) and not _is_port_told(case)


def _is_far_unheard(case: Case) -> bool:
    """Nothing shows that the other end lives."""
    return bool(case.far) and case.remote is None and not case.is_far_answering


def _is_lost(case: Case) -> bool:
    """Its link, session or next hop: not only what lies behind them."""
    return case.link is not None or _is_ended(case) or _is_silent(case)


def _is_quiet(case: Case) -> bool:
    """Nobody says a word, but probes are lost."""
    is_told = any((case.link, case.session, case.bfd, case.route, case.remote))
    return not is_told and (_is_silent(case) or case.destination_probe is not None)


def _is_refused(case: Case) -> bool:
    """The neighbour offers the path still, and the device's own policy takes it no longer."""
    route = case.route
    is_config = route is not None and route.fact.kind is SubjectKind.OFFER and route.fact.reason is Reason.CONFIG
    return is_config and not _is_ended(case)


def _is_lossy(case: Case) -> bool:
    return case.impaired is not None and case.impaired.fact.reason is not Reason.GRACEFUL_RESTART


def _is_starved(case: Case) -> bool:
    """So much was lost on the way to the next hop that a session's keepalives were, too."""
    session, hop = case.session, case.lossy_hop
    if session is None or hop is None or case.bfd is not None or _is_silent(case):
        return False
    return hop.steady < session.steady and Reason.HOLD_TIMER in (case.reason, case.remote_reason)


def _is_restarting(case: Case) -> bool:
    return case.impaired is not None and not _is_lossy(case)


def _is_lost_altogether(case: Case) -> bool:
    """Its link, or what a lost link takes with it."""
    return _is_lost(case) or case.remote_link is not None or case.remote is not None


def _is_own(case: Case) -> bool:
    return case.is_unreachable or case.restarted_before_s is not None


def is_of_device(case: Case) -> bool:
    """The device, or the one of its next hop, is gone or has restarted."""
    return _is_own(case) or case.is_far_unreachable or case.far_restarted_before_s is not None


def _device(case: Case) -> str:
    return case.hostname if _is_own(case) else case.far


def _device_element(case: Case) -> str:
    return f"device {_device(case)}"


def _device_detail(case: Case) -> str:
    before_s = case.restarted_before_s if _is_own(case) else case.far_restarted_before_s
    return "reload" if before_s is not None else _device(case)


def link_element(case: Case) -> str:
    """One name for a link, from either end: both devices and the subnet they share."""
    ends = " -- ".join(sorted((case.hostname, case.far))) if case.far else f"{case.hostname} {case.interface}".strip()
    return f"link {ends} {case.link_subnet if case.far else ''}".rstrip()


def _hop_element(case: Case) -> str:
    return f"device {case.far}" if case.far else f"next hop {case.hostname} {case.next_hop}"


def _session_element(case: Case) -> str:
    """What both ends complain of lies between them; else the silent one has failed."""
    return link_element(case) if case.far and case.remote is not None else _hop_element(case)


def _between_element(case: Case) -> str:
    """A next hop that is lost while its device answers: what fails lies between."""
    return link_element(case) if case.is_far_answering else _session_element(case)


def _change_element(case: Case) -> str:
    return f"change {case.changes[0].hostname}"


def _towards(case: Case) -> str:
    return " to ".join(filter(None, (case.interface, case.far or case.next_hop)))


def _seen_by(case: Case) -> str:
    return f"seen by {case.far or 'the other end'}"


def _port(case: Case) -> str:
    return _towards(case) if case.reason is Reason.INTERFACE_DOWN else _seen_by(case)


def _reason_words(case: Case) -> str:
    reason = case.reason
    if reason is Reason.NONE and case.hint is not None:
        reason = case.hint.fact.reason
    return _REASON_WORDS.get(reason, "")


# Row 1 (monitoring-gap) is no outage's cause: what nobody can see opens none. `health.views` names it for the route.
# A cause may stand in several rows: the first that matches counts. A weight says how often such evidence means it; the
# benchmark of labelled faults holds them to it.
ROWS: tuple[Row, ...] = (
    Row(
        2,
        CauseKind.DEVICE_UNREACHABLE,
        is_of_device,
        _device_detail,
        _device_element,
        0.95,
    ),
    Row(
        2,
        CauseKind.DEVICE_UNREACHABLE,
        lambda c: (c.is_mute or c.is_far_mute) and not c.admin_remote and _is_lost_altogether(c),
        lambda c: c.hostname if c.is_mute else c.far,
        lambda c: f"device {c.hostname if c.is_mute else c.far}",
        0.78,
    ),
    Row(3, CauseKind.ADMIN_SHUTDOWN, lambda c: c.admin is not None, lambda _: "local", link_element, 0.97),
    Row(3, CauseKind.ADMIN_SHUTDOWN, lambda c: c.admin_remote is not None, lambda _: "remote", link_element, 0.95),
    Row(
        4,
        CauseKind.CONFIG_CHANGE,
        lambda c: any(x.touches and x.is_near for x in c.changes),
        lambda c: c.changes[0].event.text,
        _change_element,
        0.90,
    ),
    Row(
        4,
        CauseKind.CONFIG_CHANGE,
        lambda c: c.link is None and Reason.CONFIG in (c.reason, c.remote_reason),
        lambda c: c.session.fact.detail if c.session else "",
        _session_element,
        0.82,
    ),
    Row(
        3,
        CauseKind.ADMIN_SHUTDOWN,
        lambda c: c.far_port is not None and (c.link is not None or _blames_port(c)),
        lambda _: "remote",
        link_element,
        0.78,
    ),
    Row(5, CauseKind.LINK_FAILURE, lambda c: bool(c.link and c.remote_link), _towards, link_element, 0.97),
    Row(5, CauseKind.LINK_FAILURE, lambda c: c.link is not None, _towards, link_element, 0.78),
    Row(5, CauseKind.LINK_FAILURE, lambda c: bool(c.remote_link and c.is_heard), _seen_by, link_element, 0.85),
    Row(5, CauseKind.LINK_FAILURE, lambda c: c.remote_link is not None, _seen_by, link_element, 0.75),
    Row(6, CauseKind.LINK_FAILURE, _blames_port, _port, link_element, 0.70),
    Row(
        3,
        CauseKind.ADMIN_SHUTDOWN,
        lambda c: _hints(c, _SHUT) and not _is_silent(c) and not _is_port_told(c),
        lambda _: "",
        link_element,
        0.60,
    ),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: (_is_ended(c) or c.route is not None) and _is_silent(c),
        lambda c: c.next_hop,
        _between_element,
        0.90,
    ),
    Row(
        12,
        CauseKind.CONGESTION_OR_LOSS,
        _is_starved,
        lambda c: c.impaired.fact.detail if c.impaired else "",
        link_element,
        0.85,
    ),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: (_is_ended(c) or c.route is not None) and c.is_next_hop_suspect,
        lambda c: c.next_hop,
        _between_element,
        0.60,
    ),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: c.remote is not None and _is_silent(c),
        lambda c: c.next_hop,
        _between_element,
        0.65,
    ),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: _is_ended(c) and _is_lossy(c) and (c.bfd is not None or c.reason is Reason.BFD_DOWN),
        lambda c: c.next_hop,  # some answers come back another way
        _between_element,
        0.80,
    ),
    Row(
        8,
        CauseKind.NEIGHBOUR_LOSS,
        lambda c: _is_ended(c) and c.is_next_hop_answering,
        _reason_words,
        _session_element,
        0.85,
    ),
    Row(
        8,
        CauseKind.NEIGHBOUR_LOSS,
        lambda c: _is_ended(c) and not _is_silent(c),
        _reason_words,
        _session_element,
        0.70,
    ),
    Row(
        4,
        CauseKind.CONFIG_CHANGE,
        _is_refused,
        lambda _: "inbound policy",
        lambda c: f"change {c.hostname}",
        0.78,  # the neighbour may have changed what the policy looks at
    ),
    Row(
        4,
        CauseKind.CONFIG_CHANGE,
        lambda c: c.is_outbid and not _is_ended(c) and not _is_silent(c),
        lambda _: "another path is preferred",
        lambda c: f"change {c.hostname}",
        0.60,  # at either end
    ),
    Row(
        9,
        CauseKind.UPSTREAM_FAILURE,
        lambda c: c.route is not None and c.session is None and not _is_silent(c) and c.protocol not in _STATIC,
        lambda c: c.next_hop,
        lambda c: f"upstream {c.behind}",
        0.80,
    ),
    Row(
        10,
        CauseKind.SILENT_BLACKHOLE,
        lambda c: _is_quiet(c) and _is_silent(c) and c.is_heard,
        lambda c: c.next_hop,
        _between_element,
        0.90,
    ),
    Row(
        10,
        CauseKind.SILENT_BLACKHOLE,
        lambda c: _is_quiet(c) and _is_silent(c),
        lambda c: c.next_hop,
        _between_element,
        0.65,
    ),
    Row(
        10,
        CauseKind.SILENT_BLACKHOLE,
        _is_quiet,
        lambda _: "beyond the next hop",
        lambda c: f"beyond {c.behind}",
        0.85,
    ),
    Row(6, CauseKind.LINK_FAILURE, lambda c: c.remote is not None, _seen_by, link_element, 0.60),
    Row(
        12,
        CauseKind.CONGESTION_OR_LOSS,
        lambda c: _is_lossy(c) and c.is_loss_lasting,
        lambda c: c.impaired.fact.detail if c.impaired else "",
        link_element,
        0.85,
    ),
    Row(
        12,
        CauseKind.CONGESTION_OR_LOSS,
        _is_lossy,
        lambda c: c.impaired.fact.detail if c.impaired else "",
        link_element,
        0.60,
    ),
    Row(
        8,
        CauseKind.NEIGHBOUR_LOSS,
        _is_restarting,
        lambda _: "graceful restart",
        _hop_element,
        0.75,
    ),
    # What the same evidence may also mean, never the first of all.
    Row(
        6,
        CauseKind.ADMIN_SHUTDOWN,
        lambda c: (c.link is not None or c.remote is not None or _blames_port(c)) and not (c.link and c.remote_link),
        lambda c: "remote" if c.link is not None else "",
        link_element,
        0.50,
    ),
    Row(
        2,
        CauseKind.DEVICE_UNREACHABLE,
        lambda c: c.is_far_gone or c.is_far_mute,
        lambda c: c.far,
        lambda c: f"device {c.far}",
        0.60,
    ),
    Row(
        2,
        CauseKind.DEVICE_UNREACHABLE,
        lambda c: _is_far_unheard(c) and _is_lost(c),
        lambda c: c.far,
        lambda c: f"device {c.far}",
        0.40,
    ),
    Row(5, CauseKind.LINK_FAILURE, lambda c: _is_lost(c) and not c.is_next_hop_answering, _towards, link_element, 0.35),
    Row(
        7,
        CauseKind.NEXT_HOP_UNREACHABLE,
        lambda c: _is_silent(c) or _is_ended(c),
        lambda c: c.next_hop,
        _between_element,
        0.30,
    ),
    Row(
        9,
        CauseKind.UPSTREAM_FAILURE,
        lambda c: _is_quiet(c) and not _is_silent(c),
        lambda c: c.next_hop,
        lambda c: f"upstream {c.behind}",
        0.30,
    ),
)
HEARSAY = 0.65
"""A first cause below it rests on the other end's word alone, or on nothing."""
LATER = 0.45
"""How much a hypothesis below rank 1 keeps of its weight."""


def _hints(case: Case, reasons: tuple[Reason, ...]) -> bool:
    """A hint counts only where nobody is sure why the session ended."""
    return case.reason is Reason.NONE and case.hint is not None and case.hint.fact.reason in reasons


def rank(case: Case) -> tuple[Hypothesis, ...]:
    """Hypotheses, likeliest first; never empty."""
    found: list[Hypothesis] = []
    seen: set[CauseKind] = set()
    for row in ROWS:
        if row.cause in seen or not row.matches(case):
            continue
        seen.add(row.cause)
        weight = min(row.weight * LATER, found[-1].weight - 0.01) if found else row.weight
        found.append(_hypothesis(row, case, round(weight, 2)))
    if not found:
        found.append(
            Hypothesis(cause=CauseKind.UNKNOWN, detail="", element=f"route {case.hostname}", weight=0.3, rule=13)
        )
    if case.changes and CauseKind.CONFIG_CHANGE not in seen:
        changed = _earlier_change(case, found[0].weight)
        found.insert(next((i for i, h in enumerate(found) if i and h.weight < changed.weight), len(found)), changed)
    return tuple(found[:4])


def _earlier_change(case: Case, first: float) -> Hypothesis:
    """What was done so long before, or elsewhere, that it is no first cause; `first` is the weight of that."""
    change = case.changes[0]
    return Hypothesis(
        cause=CauseKind.CONFIG_CHANGE,
        detail=f"{change.event.text}, {max(change.before_s, 0):.0f} s before",
        element=_change_element(case),
        weight=round(min(0.40 if change.touches else 0.25, first - 0.01), 2),
        rule=4,
    )


def with_loss(found: tuple[Hypothesis, ...], words: str) -> tuple[Hypothesis, ...]:
    """The same, with the loss as it is now."""
    return tuple(replace(h, detail=words) if h.cause is CauseKind.CONGESTION_OR_LOSS else h for h in found)


def _hypothesis(row: Row, case: Case, weight: float) -> Hypothesis:
    return Hypothesis(
        cause=row.cause, detail=row.detail(case), element=row.element(case), weight=weight, rule=row.number
    )

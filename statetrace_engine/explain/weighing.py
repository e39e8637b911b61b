"""Pure. What supports and what opposes each cause: a table of roles, applied to what was seen of an outage.

link-failure         + `GigabitEthernet0/1 down`          - `10.1.1.2 answers`
next-hop-unreachable + `bgp 10.1.1.2 down, hold timer`    - `GigabitEthernet0/1 down`
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from statetrace_engine.explain.items import DONE_ABOUT_IT, STANDBY
from statetrace_engine.model.compared import becomes
from statetrace_engine.model.observation import Plane, Reason, Verdict
from statetrace_engine.model.outage import Agreement, CauseKind, EvidenceItem, Hypothesis, OutageEvent, RelatedChange
from statetrace_engine.model.peer_states import FULL

CHANGE = "change"
_SIGN = {Verdict.UP: "+", Verdict.DOWN: "-", Verdict.IMPAIRED: "~"}
_DOWN = (
    "link- far-link- session- far-session- bfd- far-bfd- hold- cut- refused- policy- route- moved+ "
    "next-hop- destination-"
)

# Of each cause what supports it, and what opposes it: a role and + for up, - for down, ~ for impaired. What stands in
# neither says nothing of it.
_TABLE: dict[CauseKind, tuple[str, str]] = {
    CauseKind.MONITORING_GAP: ("", _DOWN),
    CauseKind.DEVICE_UNREACHABLE: (f"device- {_DOWN}", "device+ link+ session+ bfd+ next-hop+ destination+"),
    CauseKind.ADMIN_SHUTDOWN: (
        "admin- change- link- far-link- session- far-session- bfd- far-bfd- cut- moved+",
        "link+ far-link+ session+ refused- hold-",
    ),
    CauseKind.CONFIG_CHANGE: (f"change- admin- {_DOWN}", "link+ session+ bfd+ route+"),
    CauseKind.LINK_FAILURE: (
        "link- far-link- cut- session- far-session- bfd- far-bfd- hold- next-hop- moved+",
        "admin- refused- link+ far-link+ session+ bfd+ next-hop+",
    ),
    CauseKind.NEXT_HOP_UNREACHABLE: (
        "next-hop- next-hop~ session- bfd- hold- far-session- far-bfd- route- link+ far-link+ moved+",
        "link- far-link- admin- refused- cut- next-hop+ session+ bfd+",
    ),
    CauseKind.NEIGHBOUR_LOSS: (
        "session- far-session- bfd- far-bfd- hold- refused- session~ link+ far-link+ next-hop+ moved+",
        "link- far-link- cut- admin- next-hop- session+ bfd+",
    ),
    CauseKind.UPSTREAM_FAILURE: (
        "route- moved+ session+ bfd+ link+ next-hop+ destination-",
        "session- bfd- hold- cut- link- far-link- next-hop- policy- route+",
    ),
    CauseKind.SILENT_BLACKHOLE: (
        "next-hop- destination- session+ bfd+ link+ far-link+ route+ device+",
        "link- far-link- session- bfd- cut- refused- route- next-hop+ destination+",
    ),
    CauseKind.CONGESTION_OR_LOSS: (
        "next-hop~ destination~ link~ session+ link+",
        "link- session- bfd- route- next-hop- destination- next-hop+ destination+",
    ),
    CauseKind.UNKNOWN: (f"{_DOWN} moved+ device- link~ session~ next-hop~ destination~ admin-", ""),
}
_AGREES: dict[CauseKind, dict[str, Agreement]] = {
    cause: dict.fromkeys(against.split(), Agreement.OPPOSES) | dict.fromkeys(for_it.split(), Agreement.SUPPORTS)
    for cause, (for_it, against) in _TABLE.items()
}

_ROLES = {
    "interface": "link",
    "neighbour": "session",
    "bfd": "bfd",
    "prefix": "route",
    "moved": "moved",
    "offer": "route",
    "next-hop": "next-hop",
    "destination": "destination",
    "device": "device",
    "control": "device",
    CHANGE: CHANGE,
}
_BY_PLANE = {Plane.LINK: "link", Plane.SESSION: "session", Plane.ROUTE: "route", Plane.DATA: "next-hop"}
"""Of items that were kept before they said what they are about."""
_BY_REASON = {
    Reason.ADMIN: "admin",
    Reason.ADMIN_REMOTE: "admin",
    Reason.HOLD_TIMER: "hold",
    Reason.INTERFACE_DOWN: "cut",
    Reason.MAX_PREFIX: "refused",
    Reason.AUTHENTICATION: "refused",
    Reason.PEER_CLOSED: "refused",
}
_HAS_ENDS = ("link", "session", "bfd")


def weighed(outage: OutageEvent) -> tuple[Hypothesis, ...]:
    """Its hypotheses, each with all that speaks for and against it, in order of time."""
    changes = tuple(_item(change) for change in outage.changes if change.is_deed and not change.is_expected)
    items = sorted({*outage.evidence, *outage.standing, *changes}, key=lambda item: (item.at, item.seq, item.text))
    apart = {h.also_of for h in outage.causes if h.also_of}
    found = []
    for h in outage.causes:
        own = [i for i in items if (i.path == h.also_of if h.also_of else i.path not in apart)]
        found.append(replace(h, evidence=tuple(dict.fromkeys(_against(h.cause, own, outage)))))
    return tuple(found)


def towards(outage: OutageEvent, items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """The same items, each as it stands to the outage's first cause, where it says anything of it."""
    if not outage.causes:
        return list(items)
    found = []
    for item in items:
        weighed = tuple(_against(outage.causes[0].cause, (item,), outage))
        found.append(weighed[0] if weighed else item)
    return found


def _against(cause: CauseKind, items: Iterable[EvidenceItem], outage: OutageEvent) -> Iterable[EvidenceItem]:
    agrees = _AGREES[cause]
    for item in items:
        agreement = agrees.get(_role(item, outage)) if item.plane is not Plane.CONTEXT or item.about == CHANGE else None
        if agreement is not None:
            yield item if item.agreement in (agreement, Agreement.STALE) else replace(item, agreement=agreement)


def _role(item: EvidenceItem, outage: OutageEvent) -> str:
    """`link-`, `far-session+`, `hold-`: what it is for the causes, and its verdict."""
    if item.about in (DONE_ABOUT_IT, STANDBY):
        return ""
    sign = _SIGN[item.verdict]
    if item.about == "offer" and item.reason is Reason.CONFIG:
        return "policy" + sign
    if item.verdict is Verdict.DOWN and item.reason in _BY_REASON:
        return _BY_REASON[item.reason] + sign
    role = _ROLES.get(item.about) or _BY_PLANE.get(item.plane, "")
    if role == "route" and item.verdict is Verdict.UP and _is_taken(item, outage):
        return "moved" + sign
    is_far = role in _HAS_ENDS and item.hostname not in ("", outage.hostname)
    return f"far-{role}{sign}" if is_far else role + sign


def _is_taken(item: EvidenceItem, outage: OutageEvent) -> bool:
    """It shows what carries instead of the primary, which another path may have become since."""
    return bool(outage.taken_secondary) and outage.taken_secondary.split()[0] in item.text.replace(",", " ").split()


def words_of(change: RelatedChange) -> str:
    """`interface GigabitEthernet0/1 by jsm`."""
    return " by ".join(filter(None, (change.text, change.by)))


def _is_of_a_limit(change: RelatedChange) -> bool:
    return change.between is not None and becomes(change.between.kind, change.between.steps, FULL)


def _item(change: RelatedChange) -> EvidenceItem:
    """A change as evidence: of its device's log, openable there, or of a capture."""
    return EvidenceItem(
        source=change.source,
        plane=Plane.CONTEXT,
        verdict=Verdict.DOWN,
        at=change.at,
        text=words_of(change),
        witness=change.hostname,
        seq=change.seq,
        agreement=Agreement.CONTEXT,
        hostname=change.hostname,
        about=CHANGE,
        reason=Reason.MAX_PREFIX if _is_of_a_limit(change) else Reason.NONE,
        spot=change.spot,
    )

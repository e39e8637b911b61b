"""Pure. What surrounds a route and decides nothing by itself: gateways shared by several routers, tracked objects, probes
that the device itself sends (SPEC 2: HSRP and VRRP are never evidence alone).

A vendor's row names these groups, and a builder here reads them:

    iface, group     of a shared gateway                 name, text       of a tracked object or probe: its number, what it is
    old, state       the states                          why              reason, in the device's words
    iface, member    of a bundle of links
"""

# ruff: noqa: E501 - a pattern stands on one line
from __future__ import annotations

from statetrace_engine.model.observation import Fact, Plane, SubjectKind, Verdict
from statetrace_engine.model.text import decode
from statetrace_engine.parsing import facts
from statetrace_engine.parsing.facts import Build, Groups, Said

_CARRYING = frozenset((b"active", b"master", b"active-primary", b"primary"))
_GOOD = frozenset((b"up", b"cleared", b"below", b"completed", b"recovered", b"restored", b"reachable", b"ok"))
_BAD = frozenset((b"down", b"occurred", b"exceeded", b"failed", b"timeout", b"unreachable", b"lost", b"removed"))
_HALF = frozenset((b"probe failed",))
_MEASURES = (b"rtt", b"jitter", b"latency", b"packetloss", b"mos", b"icpif")
"""Thresholds of how well, not of whether, the target answers."""


def gateway(protocol: str) -> Build:
    """A router took over a shared gateway address, or gave it up; what lies between those two states says nothing."""

    def build(groups: Groups, vendor: str) -> Said:
        old, new = (groups.get("old") or b"").lower(), (groups["state"] or b"").lower()
        if new in _CARRYING:
            verdict = Verdict.UP
        elif old in _CARRYING or not old:
            verdict = Verdict.DOWN
        else:
            return None
        iface, group = groups.get("iface"), groups.get("group")
        name = " ".join(
            filter(
                None, (facts.interface(iface, vendor) if iface else "", f"group {decode(group, 20)}" if group else "")
            )
        )
        return _context(protocol, name, verdict, _change(groups), groups)

    return build


_JOINED = frozenset((b"joined", b"active", b"into", b"collecting_distributing"))


def member(groups: Groups, vendor: str) -> Said:
    """A link joined or left a bundle, which carries while it has links enough: when it has not, the device says so."""
    old = groups.get("old")
    is_joined = (groups.get("state") or b"").lower() in _JOINED
    if not is_joined and old is not None and old.lower() not in _JOINED:
        return None
    links = (groups.get("iface"), groups["member"])
    name = " ".join(facts.interface(link, vendor) for link in links if link)
    return _context(
        "bundle", name, Verdict.UP if is_joined else Verdict.DOWN, "joined" if is_joined else "left", groups
    )


def watched(protocol: str) -> Build:
    """A tracked object, or what a probe of the device's own found, changed."""

    def build(groups: Groups, _vendor: str) -> Said:
        new, text = (groups["state"] or b"").lower(), groups.get("text") or b""
        if new in _GOOD:
            verdict = Verdict.UP
        elif new in _HALF:
            verdict = Verdict.IMPAIRED
        elif new in _BAD:
            is_measure = new in (b"occurred", b"exceeded") and text.lower().startswith(_MEASURES)
            verdict = Verdict.IMPAIRED if is_measure else Verdict.DOWN
        else:
            return None
        words = f"{facts.detail(text)} {_change(groups)}" if text else _change(groups)
        return _context(protocol, decode(groups["name"] or b"", 80), verdict, words, groups)

    return build


def _change(groups: Groups) -> str:
    """`Standby -> Active`, as the device prints the states."""
    old, new = groups.get("old"), decode(groups["state"] or b"", 40)
    return f"{decode(old, 40)} -> {new}" if old else new


def _context(protocol: str, name: str, verdict: Verdict, words: str, groups: Groups) -> Fact:
    why = facts.detail(groups.get("why") or b"")
    return Fact(
        plane=Plane.CONTEXT,
        kind=SubjectKind.DEVICE,
        name=name,
        verdict=verdict,
        protocol=protocol,
        detail=f"{words}, {why}" if why else words,
    )


_IFACE = rb"\b(?!(?:[Gg]r(?:ou)?p|IPv|V[Rr]|vr|AF|Process|SB)(?:id|ID)?\b|IPv|SB\d|[vV]\d\b)(?P<iface>[A-Za-z][A-Za-z-]{0,24}+ ?\d(?:[\d/.:]{0,24}\d)?)"
_GROUP = rb"(?:\b(?:[Gg]r(?:ou)?p|VRID|[Vv]rid|VR)[ :]{0,2}|SB\[?)(?P<group>\d{1,5})"
_CHANGE = (
    rb"(?:\b(?!(?:[Ss]tate|[Cc]hanged?|moved|transitioned)\b)(?P<old>[A-Za-z]{1,16}+)(?: ?-+> ?| to )|\bto )"
    rb"(?P<state>[A-Za-z]{1,16}+)"
)
"""`state Standby -> Active`, `changed from Standby to Active`, `changed to Active`."""
_FAR = rb".{0,200}?"
GATEWAY = (
    rb"(?="
    + _FAR
    + _IFACE
    + rb")(?:(?="
    + _FAR
    + _GROUP
    + rb")|)"
    + _FAR
    + _CHANGE
    + rb"(?:.{0,40}?[Rr]eason ?:? ?(?P<why>.{1,100}))?"
)
"""An interface, a group and the states, in whatever order and words a device names them."""

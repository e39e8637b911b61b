"""Pure. What BMP says of a session, as the fact that a syslog line or a trap of the same event is.

Peer Down, reason 3, Cease 2 "works till 5"     bgp 10.1.1.2 down, administratively at the other end
Peer Down, reason 2, no event                   down, and no word why: FRR says so of a lost link and of BFD alike
"""

from __future__ import annotations

from statetrace_engine.model import names
from statetrace_engine.model.observation import Fact, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import BmpSession
from statetrace_engine.parsing import facts

_LOCAL_NOTIFICATION, _LOCAL_EVENT, _REMOTE_NOTIFICATION, _REMOTE_SILENT, DECONFIGURED = 1, 2, 3, 4, 5
"""Reasons of Peer Down (RFC 7854 section 4.9)."""
_EVENTS = {2: Reason.ADMIN, 10: Reason.HOLD_TIMER}
"""Of BGP's state machine: ManualStop, HoldTimer_Expires."""


def fact(told: BmpSession) -> Fact | None:
    """None: it is of no session, or the router has only ceased to tell of it, and it may well be up.

    Its vrf is the distinguisher where that has no name.
    """
    peer = told.peer
    if not peer.address or (not told.is_up and told.reason == DECONFIGURED):
        return None
    return Fact(
        plane=Plane.SESSION,
        kind=SubjectKind.NEIGHBOUR,
        name=peer.address,
        verdict=Verdict.UP if told.is_up else Verdict.DOWN,
        protocol="bgp",
        vrf=names.vrf(peer.vrf) if peer.vrf else peer.distinguisher or "default",
        reason=Reason.NONE if told.is_up else _reason(told),
        detail="" if told.is_up else told.text,
    )


def _reason(told: BmpSession) -> Reason:
    if told.reason in (_LOCAL_NOTIFICATION, _REMOTE_NOTIFICATION) and told.code:
        words = told.text.partition(": ")[2].encode()
        return facts.notified(told.code, told.subcode, words, told.reason == _REMOTE_NOTIFICATION)
    if told.reason == _LOCAL_EVENT:
        return _EVENTS.get(told.event, Reason.NONE)
    return Reason.PEER_CLOSED if told.reason == _REMOTE_SILENT else Reason.NONE

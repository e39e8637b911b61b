"""Pure. BGP sessions, by the MIBs of two decades.

    bgpPeerRemoteAddr.10.1.1.2 10.1.1.2, bgpPeerLastError.10.1.1.2 04 00, bgpPeerState.10.1.1.2 idle(1)       RFC 4273
    cbgpPeer2LastError.1.4.10.1.1.2 06 02, cbgpPeer2State.1.4.10.1.1.2 idle(1), …PrevState… established(6)    Cisco

bgpPeerLastError is the last NOTIFICATION of either direction, and stays from an earlier session where none ended this
one: its reason is a hint. None of these tells the vrf (`health.vrfs`). From the MIBs (BGP4-MIB, CISCO-BGP4-MIB,
BGP4-V2-MIB-JUNIPER, the draft BGP4V2-MIB of FRR and Arista) and FRR's source; not checked against a device.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from statetrace_engine.model.observation import Fact, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.parsing import facts
from statetrace_engine.parsing.facts import Said
from statetrace_engine.parsing.traps.varbinds import (
    Build,
    InetForm,
    Trap,
    UntoldError,
    Varbinds,
    inet_index,
    plain_index,
)

_ESTABLISHED = 6
_CODES = {
    1: b"Message Header Error", 2: b"OPEN Message Error", 3: b"UPDATE Message Error", 4: b"Hold Timer Expired",
    5: b"Finite State Machine Error", 6: b"Cease",
}  # fmt: skip
_SUBCODES = {
    (2, 2): b"Bad Peer AS", (2, 5): b"Authentication Failure", (2, 6): b"Unacceptable Hold Time",
    (6, 1): b"Maximum Number of Prefixes Reached", (6, 2): b"Administrative Shutdown", (6, 3): b"Peer De-configured",
    (6, 4): b"Administrative Reset", (6, 5): b"Connection Rejected", (6, 6): b"Other Configuration Change",
    (6, 7): b"Connection Collision Resolution", (6, 8): b"Out of Resources", (6, 9): b"Hard Reset",
    (6, 10): b"BFD Down",
}  # fmt: skip
"""RFC 4271, RFC 4486, RFC 8538, RFC 9384."""


class _Peers(Struct, frozen=True):
    """The columns of a MIB's table of peers; empty where it has none."""

    state: str
    error: str
    """Code and subcode in two octets; or the code alone."""
    address: str = ""
    index: tuple[InetForm, ...] = ()
    """None: the index is an IPv4 address and nothing else."""
    subcode: str = ""
    text: str = ""
    previous: str = ""
    is_received: bool = False
    """The error is one that the peer sent."""


_RFC4273 = _Peers(
    state="1.3.6.1.2.1.15.3.1.2",
    error="1.3.6.1.2.1.15.3.1.14",
    address="1.3.6.1.2.1.15.3.1.7",
    text="1.3.6.1.4.1.9.9.187.1.2.1.1.7",
    previous="1.3.6.1.4.1.9.9.187.1.2.1.1.8",
)
"""Cisco's two notifications of this table add the last two columns."""
_CISCO2 = _Peers(
    state="1.3.6.1.4.1.9.9.187.1.2.5.1.3",
    error="1.3.6.1.4.1.9.9.187.1.2.5.1.17",
    index=(InetForm(before=0, addresses=1, is_sized=True),),
    text="1.3.6.1.4.1.9.9.187.1.2.5.1.28",
    previous="1.3.6.1.4.1.9.9.187.1.2.5.1.29",
)
_JUNIPER = _Peers(
    state="1.3.6.1.4.1.2636.5.1.1.2.1.1.1.2",
    error="1.3.6.1.4.1.2636.5.1.1.2.2.1.1.1",
    address="1.3.6.1.4.1.2636.5.1.1.2.1.1.1.11",
    index=(InetForm(before=1, addresses=2, is_sized=False),),
    is_received=True,
)


_DRAFT_INDEX = (
    InetForm(before=1, addresses=2, is_sized=True),
    InetForm(before=0, addresses=1, is_sized=True),
    InetForm(before=1, addresses=1, is_sized=False),
)
"""The draft's, and those of an older and a newer FRR, which have the peer's address alone."""


def _draft(base: str) -> _Peers:
    """draft-ietf-idr-bgp4-mibv2, which never got a number of its own."""
    return _Peers(
        state=f"{base}.1.2.1.13",
        error=f"{base}.1.3.1.1",
        address=f"{base}.1.2.1.5",
        index=_DRAFT_INDEX,
        subcode=f"{base}.1.3.1.2",
        text=f"{base}.1.3.1.4",
        is_received=True,
    )


class _Event(Enum):
    UP = "established"
    DOWN = "backward"
    ANY = "any change"


def _session(peers: _Peers, event: _Event) -> Build:
    def build(varbinds: Varbinds) -> tuple[Said, ...]:
        peer = _peer(varbinds, peers)
        verdict = _verdict(varbinds, peers, event)
        if verdict is None:
            return ()
        reason, detail = (Reason.NONE, "") if verdict is Verdict.UP else _why(varbinds, peers)
        return (
            Fact(
                plane=Plane.SESSION,
                kind=SubjectKind.NEIGHBOUR,
                name=peer,
                verdict=verdict,
                protocol="bgp",
                reason=reason,
                detail=detail,
                is_reason_sure=reason is Reason.NONE,
            ),
        )

    return build


def _peer(varbinds: Varbinds, peers: _Peers) -> str:
    found = varbinds.address(peers.address)
    if found:
        return found
    index = varbinds.index(peers.state, peers.error)
    octets = inet_index(index, *peers.index) if peers.index and index else plain_index(index)
    found = varbinds.address_of(octets)
    if not found:
        raise UntoldError("no variable names the peer")
    return found


def _verdict(varbinds: Varbinds, peers: _Peers, event: _Event) -> Verdict | None:
    """A step back within what never was established says nothing, nor does a step towards it."""
    if event is _Event.UP:
        return Verdict.UP
    state = varbinds.number(peers.state)
    if state == _ESTABLISHED:
        if event is _Event.DOWN:
            raise UntoldError("a step back to `established`")
        return Verdict.UP
    if state is None and event is _Event.ANY:
        raise UntoldError("no variable tells the state")
    previous = varbinds.number(peers.previous)
    return Verdict.DOWN if previous in (None, 0, _ESTABLISHED) else None


def _why(varbinds: Varbinds, peers: _Peers) -> tuple[Reason, str]:
    code, sub = _error(varbinds, peers)
    text = varbinds.words(peers.text)[:200]
    words = text or _SUBCODES.get((code, sub)) or _CODES.get(code, b"")
    return facts.notified(code, sub, words, peers.is_received), facts.detail(words)


def _error(varbinds: Varbinds, peers: _Peers) -> tuple[int, int]:
    if peers.subcode:
        return varbinds.number(peers.error) or 0, varbinds.number(peers.subcode) or 0
    octets = next((value for _, value in varbinds.rows(peers.error) if isinstance(value, bytes)), b"")
    return (octets[0], octets[1]) if len(octets) >= 2 else (0, 0)


def _pair(base: str, peers: _Peers, first: int, names: tuple[str, str]) -> dict[str, Trap]:
    return {
        f"{base}.{first}": Trap(names[0], _session(peers, _Event.UP)),
        f"{base}.{first + 1}": Trap(names[1], _session(peers, _Event.DOWN)),
    }


_PLAIN = ("bgpEstablished", "bgpBackwardTransition")
_CISCO = "1.3.6.1.4.1.9.9.187.0"
_DRAFTS = ("1.3.6.1.3.5.1", "1.3.6.1.4.1.30065.4.1")
"""FRR's, Arista's."""

TRAPS = {
    **_pair("1.3.6.1.2.1.15.7", _RFC4273, 1, _PLAIN),
    **_pair("1.3.6.1.2.1.15.0", _RFC4273, 1, ("bgpEstablishedNotification", "bgpBackwardTransNotification")),
    f"{_CISCO}.1": Trap("cbgpFsmStateChange", _session(_RFC4273, _Event.ANY)),
    f"{_CISCO}.2": Trap("cbgpBackwardTransition", _session(_RFC4273, _Event.DOWN)),
    **_pair(_CISCO, _CISCO2, 5, ("cbgpPeer2EstablishedNotification", "cbgpPeer2BackwardTransNotification")),
    f"{_CISCO}.7": Trap("cbgpPeer2FsmStateChange", _session(_CISCO2, _Event.ANY)),
    f"{_CISCO}.8": Trap("cbgpPeer2BackwardTransition", _session(_CISCO2, _Event.DOWN)),
    **_pair("1.3.6.1.4.1.2636.5.1.1.1.0", _JUNIPER, 1, ("jnxBgpM2Established", "jnxBgpM2BackwardTransition")),
    **{
        oid: trap
        for base in _DRAFTS
        for oid, trap in _pair(
            f"{base}.0", _draft(base), 1, ("bgp4V2EstablishedNotification", "bgp4V2BackwardTransitionNotification")
        ).items()
    },
}

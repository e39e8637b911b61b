"""Pure. How a vendor's table turns a matched message into a fact: the words that all vendors use for states and reasons.

A table row is a `Message`; its pattern names its groups, and a builder here reads them:

    name     neighbour, as address, unnumbered interface or system     iface    interface
    rid      OSPF router id, or another name of the neighbour          vrf      routing table; vpn where it stands elsewhere
    state    the new state        old  the state before                why      reason, in the device's words
    code, sub, direction          of a BGP NOTIFICATION (RFC 4271 section 4.5, RFC 4486, RFC 8538, RFC 9384)
    text, who                     of an event             head     all that stands before the mnemonic or words
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct

from statetrace_engine.model import names
from statetrace_engine.model.observation import (
    DeviceEvent,
    DeviceEventKind,
    Fact,
    Plane,
    Reason,
    SubjectKind,
    Verdict,
)
from statetrace_engine.model.signal import InstalledPath
from statetrace_engine.model.text import decode
from statetrace_engine.parsing import redact

Groups = Mapping[str, bytes | None]
Said = Fact | DeviceEvent | None
"""None: understood, and no verdict (an adjacency on its way up, a threshold)."""
Build = Callable[[Groups, str], Said]
"""From a pattern's groups and the vendor; raises ValueError when a name is none."""


class Message(Struct, frozen=True):
    """One row of a vendor's table."""

    keys: tuple[str, ...]
    """`BGP-ADJCHANGE` (facility and mnemonic, any severity), or literal words that the text holds."""
    pattern: re.Pattern[bytes]
    """Matched right behind the mnemonic's colon, or behind the words."""
    build: Build | None
    """None: something else under the same mnemonic, unrelated."""
    vendor: str = ""
    """Who alone prints it so; empty when several do."""
    is_around: bool = False
    """The pattern is searched from `REACH` bytes before the words: the subject stands there."""


REACH = 64


def table(vendor: str, *rows: tuple[str, bytes, Build | None]) -> tuple[Message, ...]:
    """Rows of (keys, separated by `|`; pattern; builder)."""
    return tuple(Message(tuple(keys.split("|")), re.compile(pattern), build, vendor) for keys, pattern, build in rows)


_UP = frozenset((b"up", b"established", b"full", b"estabsync"))
"""EstabSync of JunOS: established, and being told to the other routing engine."""
_DOWN = frozenset((b"down", b"admindown", b"admin_down", b"admin down", b"deleted", b"administratively down", b"reset"))
_HELD = frozenset((b"2way", b"twoway", b"2-way"))
"""A neighbour that is no longer adjacent but still reached: another router became designated."""


def _verdict(old: bytes | None, new: bytes | None) -> Verdict | None:
    after = (new or b"").lower()
    if old is not None and old.lower() == after:
        return None  # EOS reports `<DOWN> to <DOWN>` of a neighbour that it hears for the first time
    if after in _UP:
        return Verdict.UP
    if after in _DOWN or ((old or b"").lower() in _UP and after not in _HELD):
        return Verdict.DOWN
    return None


_REASONS: tuple[tuple[re.Pattern[bytes], Reason], ...] = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (rb"^nsf |graceful.?restart", Reason.GRACEFUL_RESTART),
        (rb"admin\w* ?reset|user reset|session cleared|user clear", Reason.RESET),
        (rb"err(?:or)?.?disable|error detected|unidirectional|min(?:imum)?.?links", Reason.OTHER),
        (rb"admin|shut ?down|de-?configured|(?:neighbor|peer) deleted|^stop$|^disabled$", Reason.ADMIN),
        (rb"bfd", Reason.BFD_DOWN),
        (rb"prefix|maxroutes", Reason.MAX_PREFIX),
        (rb"\bauth|md5|password|digest", Reason.AUTHENTICATION),
        (rb"peer clos|closed the session|closed by remote|connection_?closed|tcpclosed|transporterror|reset by peer"
         rb"|peer.termination|goodbye|(?:peer|neighbor) restarted|^closed$", Reason.PEER_CLOSED),
        (rb"interface removed", Reason.CONFIG),
        (rb"interface|intf|\bif ?down|link|lldown|detached|carrier|\bport down|circuit", Reason.INTERFACE_DOWN),
        (rb"hold.?ti|dead.?timer|deadtime|inactiv|expire|aged out|detect|echo f", Reason.HOLD_TIMER),
        (rb"reload|rebooted", Reason.RELOAD),
        (rb"config|cfg|k-?value|changed?\b|activated|peer-group", Reason.CONFIG),
        (rb"^bgp notification (?:sen[td]|received)$|^(?:recv)?notif(?:y|ication)?$|^none$|^killnbr\b|^neighbor down$",
         Reason.NONE),
    )
)  # fmt: skip
"""First match wins, over lower case."""
_FROM_REMOTE = re.compile(rb"receiv|recv|\brcv|signal|^remote ")


@lru_cache(maxsize=4096)
def reason(words: bytes, is_received: bool = False) -> Reason:
    """What a device's words come to; `is_received` when the other end gave the reason."""
    lowered = words.strip().lower()
    if not lowered:
        return Reason.NONE
    found = next((reason for pattern, reason in _REASONS if pattern.search(lowered)), Reason.OTHER)
    if found is Reason.ADMIN and (is_received or _FROM_REMOTE.search(lowered)):
        return Reason.ADMIN_REMOTE
    return found


@lru_cache(maxsize=4096)
def detail(words: bytes) -> str:
    """The device's words, safe for a terminal, without the punctuation around them."""
    return decode(words[:800].strip(b" .,;:-\r\n"), 200)


_NEIGHBOUR = re.compile(rb"[A-Za-z0-9_:][\w.:/@%+-]{0,254}")
_UNNUMBERED = re.compile(r"[A-Za-z_][\w./@-]*(?::\d[\w./]*)?")
_INTERFACE = re.compile(rb"[A-Za-z0-9_](?:[\w./:@+-]{0,63}\w)?(?: \d(?:[\w./:-]{0,32}\w)?)?")
_VRF = re.compile(rb"[!-~]{1,255}")


@lru_cache(maxsize=16384)
def neighbour(name: bytes, is_system: bool = False) -> str:
    """A neighbour's canonical name: an address, else an unnumbered interface, or a system's name as printed.

    Raises ValueError for what is none of these: half a name may be that of somebody else.
    """
    plain = name.lstrip(b"*")
    text = decode(plain, 255)
    if _NEIGHBOUR.fullmatch(plain) is None:
        raise ValueError(f"{text} is no neighbour")
    try:
        return names.address(text)
    except ValueError:
        if is_system:
            return text
        if _UNNUMBERED.fullmatch(text) is None:
            raise
        return names.interface(text)


@lru_cache(maxsize=16384)
def interface(name: bytes, vendor: str) -> str:
    """Raises ValueError when it is no name of an interface."""
    plain = name.rstrip(b".,:")
    if _INTERFACE.fullmatch(plain) is None:
        raise ValueError(f"{decode(name, 255)} is no interface")
    return names.interface(decode(plain, 255), vendor)


@lru_cache(maxsize=4096)
def vrf(name: bytes | None) -> str:
    """Raises ValueError when it is no name."""
    if name and _VRF.fullmatch(name) is None:
        raise ValueError(f"{decode(name, 255)} is no vrf")
    return names.vrf(None if name is None else decode(name, 255))


def _why(groups: Groups) -> bytes:
    return (groups.get("why") or b"")[:200]


def link(groups: Groups, vendor: str) -> Said:
    """An interface, or its line protocol, changed state."""
    is_admin = (groups.get("admin") or b"").startswith(b"down")
    return _link(groups["iface"] or b"", groups["state"] or b"", _why(groups), is_admin, vendor)


@lru_cache(maxsize=4096)
def _link(iface: bytes, state: bytes, why: bytes, is_admin: bool, vendor: str) -> Said:
    """Devices say the same of interfaces of one name, and say it again."""
    verdict = _verdict(None, state)
    if verdict is None:
        return None
    words = why or (state if b"admin" in state.lower() else b"")
    return Fact(
        plane=Plane.LINK,
        kind=SubjectKind.INTERFACE,
        name=interface(iface, vendor),
        verdict=verdict,
        reason=Reason.NONE if verdict is Verdict.UP else Reason.ADMIN if is_admin else _link_reason(words),
        detail="" if verdict is Verdict.UP else detail(words),
    )


def _link_reason(words: bytes) -> Reason:
    found = reason(words)
    return Reason.NONE if found is Reason.INTERFACE_DOWN else found  # `Link failure` is what the fact says already


_ADMIN_STATE = re.compile(rb"(?i:admin|shutdown)")


def session(protocol: str, kind: SubjectKind = SubjectKind.NEIGHBOUR) -> Build:
    """A routing session or adjacency, or a BFD session, changed state."""

    def build(groups: Groups, vendor: str) -> Said:
        words = _why(groups)
        new = groups["state"]
        verdict = Verdict.IMPAIRED if new == b"resync" else _verdict(groups.get("old"), new)
        if verdict is None:
            return None
        why = Reason.NONE if verdict is Verdict.UP else reason(words)
        if new is not None and _ADMIN_STATE.search(new) is not None and why in (Reason.NONE, Reason.OTHER):
            why = Reason.ADMIN
        if why is Reason.GRACEFUL_RESTART:
            verdict = Verdict.IMPAIRED
        return Fact(
            plane=Plane.SESSION,
            kind=kind,
            name=neighbour(groups["name"] or b"", protocol == "isis"),
            verdict=verdict,
            protocol=protocol,
            vrf=vrf(groups.get("vrf") or groups.get("vpn")),
            reason=why,
            detail="" if verdict is Verdict.UP else detail(words),
            peer_names=_peers(groups, vendor),
        )

    return build


def _peers(groups: Groups, vendor: str) -> tuple[str, ...]:
    rid, iface = groups.get("rid"), groups.get("iface")
    return (*((neighbour(rid),) if rid else ()), *((interface(iface, vendor),) if iface else ()))


def became(state: bytes, build: Build) -> Build:
    """For a message whose words or mnemonic stand for one state."""
    return lambda groups, vendor: build({**groups, "state": state}, vendor)


_CEASE = {
    1: Reason.MAX_PREFIX, 2: Reason.ADMIN, 3: Reason.ADMIN, 4: Reason.RESET, 6: Reason.CONFIG, 10: Reason.BFD_DOWN,
}  # fmt: skip
"""RFC 4486, RFC 9384; 4 is an administrative reset: the session was cleared, and comes back."""
_OTHER_CONNECTION = frozenset((5, 7))
"""Connection rejected, collision resolved: one of two TCP connections ends, and the session may stand."""


def notification(groups: Groups, _vendor: str) -> Said:
    """A BGP NOTIFICATION ends the session, unless it refuses a connection that never was one."""
    code, sub = int(groups["code"] or b"0"), int(groups["sub"] or b"0")
    is_other = code == 6 and sub in _OTHER_CONNECTION
    if code == 2 or is_other or groups.get("way") is not None:
        return None
    words = _why(groups)
    return Fact(
        plane=Plane.SESSION,
        kind=SubjectKind.NEIGHBOUR,
        name=neighbour(groups["name"] or b""),
        verdict=Verdict.DOWN,
        protocol="bgp",
        vrf=vrf(groups.get("vrf") or groups.get("vpn")),
        reason=notified(code, sub, words, (groups["direction"] or b"").startswith(b"rec")),
        detail=detail(words),
    )


def notified(code: int, sub: int, words: bytes, is_received: bool) -> Reason:
    """What a NOTIFICATION's code and subcode come to; else its words."""
    why = Reason.HOLD_TIMER if code == 4 else _CEASE.get(sub) if code == 6 else None
    if why is None:
        return reason(words, is_received)
    return Reason.ADMIN_REMOTE if why is Reason.ADMIN and is_received else why


def route(groups: Groups, vendor: str) -> Said:
    """What a device has installed for a prefix now."""
    hop, out = groups["hop"], groups["iface"]
    words = (groups["protocol"] or b"").split()
    protocol = decode(words[0], 40).lower() if words else ""
    path = InstalledPath(
        None if hop is None or hop == b"0.0.0.0" else names.address(hop.decode("ascii", "replace")),
        interface(out, vendor) if out else None,
        protocol or None,
    )
    is_gone = groups["state"] == b"remove"
    return Fact(
        plane=Plane.ROUTE,
        kind=SubjectKind.PREFIX,
        name=names.prefix(decode((groups["prefix"] or b"") + b"/" + (groups["mask"] or b""), 100)),
        verdict=Verdict.DOWN if is_gone or names.is_discard(path.interface) else Verdict.UP,
        protocol=protocol,
        vrf=vrf(groups.get("vrf")),
        installed=() if is_gone else (path,),
    )


def nothing(_groups: Groups, _vendor: str) -> Said:
    """A message of ours that decides nothing by itself: what follows from it, the device says."""
    return None


def restarted(groups: Groups, _vendor: str) -> Said:
    return DeviceEvent(kind=DeviceEventKind.RESTART, text=detail(groups["text"] or b""), who=_who(groups))


def configured(groups: Groups, _vendor: str) -> Said:
    return DeviceEvent(kind=DeviceEventKind.CONFIG_CHANGE, text=detail(groups["text"] or b""), who=_who(groups))


_TYPED = b"UI_CFG logged command:"
"""Tells `redact` that what follows is configuration, of whichever vendor."""


def command(groups: Groups, _vendor: str) -> Said:
    """A line of configuration as it was typed, its secrets out."""
    typed = redact.line(_TYPED + (groups["text"] or b""))[0].removeprefix(_TYPED)
    return DeviceEvent(kind=DeviceEventKind.CONFIG_COMMAND, text=decode(typed.strip(), 500), who=_who(groups))


def _who(groups: Groups) -> str:
    return decode(groups.get("who") or b"", 100)

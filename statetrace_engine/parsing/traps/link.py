"""Pure. linkDown and linkUp (RFC 2863).

    ifIndex.7 7, ifDescr.7 "GigabitEthernet0/7", ifType.7 6, locIfReason.7 "Lost Carrier"            IOS
    ifIndex.528 528, ifAdminStatus.528 up(1), ifOperStatus.528 down(2), ifName.528 "ge-0/0/1"        JunOS

The interface is called as syslog calls it: mostly by ifDescr; where that is a description with blanks (the card's
model, of Linux), by ifName; else by what polls know of its ifIndex. From the MIBs, not checked against a device.
"""

from __future__ import annotations

from statetrace_engine.parsing import facts
from statetrace_engine.parsing.facts import Said
from statetrace_engine.parsing.traps.varbinds import Build, Trap, UntoldError, Varbinds, arcs

_INDEX, _DESCR, _ADMIN, _OPER = (f"1.3.6.1.2.1.2.2.1.{column}" for column in (1, 2, 7, 8))
_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_CISCO_REASON = "1.3.6.1.4.1.9.2.2.1.1.20"
"""locIfReason (OLD-CISCO-INTERFACES-MIB)."""

_ADMIN_DOWN = 2
_NOT_YET_UP = frozenset((3, 5, 6, 7))
"""ifOperStatus testing, dormant, notPresent, lowerLayerDown: it left `down` for what does not carry either."""
_STATES = (b"up", b"down")
"""As a reason they say no more than the notification."""


def _link(state: bytes) -> Build:
    def build(varbinds: Varbinds) -> tuple[Said, ...]:
        name = _name(varbinds)
        if not name:
            return ()
        if state == b"up" and varbinds.number(_OPER) in _NOT_YET_UP:
            return ()
        why = varbinds.words(_CISCO_REASON)
        is_admin = varbinds.number(_ADMIN) == _ADMIN_DOWN
        groups: dict[str, bytes | None] = {
            "iface": name,
            "state": state,
            "why": b"" if why.lower() in _STATES else why[:200],
            "admin": b"down" if is_admin else None,
        }
        return (facts.link(groups, ""),)

    return build


def _name(varbinds: Varbinds) -> bytes:
    """Empty: of an interface that matters to nobody."""
    described, named = varbinds.words(_DESCR)[:255], varbinds.words(_NAME)[:255]
    found = described if described and b" " not in described else named or described
    if found:
        return found
    if_index = varbinds.number(_INDEX)
    if if_index is None:
        index = varbinds.index(_ADMIN, _OPER)
        if not index:
            raise UntoldError("no ifIndex and no name of an interface")
        if_index = arcs(index)[-1]
    known = varbinds.interface(if_index)
    if not known and not varbinds.are_interfaces_known:
        raise UntoldError(f"ifIndex {if_index}: its name is not in the trap, and no poll has told it")
    return known.encode("utf-8", "replace")


TRAPS = {
    "1.3.6.1.6.3.1.1.5.3": Trap("linkDown", _link(b"down")),
    "1.3.6.1.6.3.1.1.5.4": Trap("linkUp", _link(b"up")),
}

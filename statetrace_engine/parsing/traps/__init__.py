"""Pure. One SNMP notification → what it says of which subject, or why it says nothing: the entry for traps.

    1.3.6.1.6.3.1.1.5.3 (linkDown), ifIndex.7 7, ifAdminStatus.7 up(1), ifOperStatus.7 down(2)
    → GigabitEthernet0/7 is down, as syslog's `%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down`

A table a subject in the modules beside this one, keyed by the notification's OID. What is in none of them
(authenticationFailure, a vendor's fans) is unrelated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from statetrace_engine.model.observation import DeviceEvent, Fact, TrapMessage, Unparsed, Unrelated
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing.traps import bfd, bgp, igp, link, system
from statetrace_engine.parsing.traps.varbinds import Trap, Varbinds
from statetrace_engine.wire.ber import Value

TrapRead = TrapMessage | Unrelated | Unparsed

_TRAPS: dict[str, Trap] = {**link.TRAPS, **system.TRAPS, **bgp.TRAPS, **igp.TRAPS, **bfd.TRAPS}
_UNRELATED = Unrelated(hostname="")

ALL_TRAPS = frozenset(_TRAPS)


def read(trap_oid: str, values: Sequence[tuple[str, Value]], interfaces: Mapping[int, str] | None) -> TrapRead:
    """What a notification says; `interfaces` are the names, by ifIndex, of those of the device that matter to anybody,
    None while no poll has told them.

    Unparsed: one of ours that does not tell what it is about. Never raises.
    """
    trap = _trap(trap_oid)
    if trap is None:
        return _UNRELATED
    try:
        said = trap.build(Varbinds(values, interfaces))
    except ValueError as problem:
        return Unparsed(hostname="", why=sanitise(f"{trap.name}: {problem}", 200))
    return TrapMessage(
        name=trap.name,
        facts=tuple(item for item in said if isinstance(item, Fact)),
        events=tuple(item for item in said if isinstance(item, DeviceEvent)),
    )


def _trap(oid: str) -> Trap | None:
    """A notification whose MIB forgot the zero before its number comes with one when v1 carried it (RFC 3584 3.1)."""
    found = _TRAPS.get(oid)
    if found is not None:
        return found
    prefix, _, number = oid.rpartition(".")
    return _TRAPS.get(f"{prefix[:-2]}.{number}") if prefix.endswith(".0") else None

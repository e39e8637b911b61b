"""Pure. One SNMP notification → what it says of which subject, or why it says nothing: the entry for traps.

    1.3.6.1.6.3.1.1.5.3 (linkDown), ifIndex.7 7, ifAdminStatus.7 up(1), ifOperStatus.7 down(2)
    → GigabitEthernet0/7 is down, as syslog's `%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down`

A table a subject in the modules beside this one, keyed by the notification's OID. What is in none of them
(authenticationFailure, a vendor's fans) is unrelated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from statetrace_engine.model.observation import (
    DeviceEvent,
    Fact,
    Reason,
    SubjectKind,
    TrapMessage,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing.traps import bfd, bgp, igp, link, system
from statetrace_engine.parsing.traps.varbinds import Trap, Varbinds
from statetrace_engine.wire.ber import Value

TrapRead = TrapMessage | Unrelated | Unparsed

_TRAPS: dict[str, Trap] = {**link.TRAPS, **system.TRAPS, **bgp.TRAPS, **igp.TRAPS, **bfd.TRAPS}
_UNRELATED = Unrelated(hostname="")

_NAMES = {"1.3.6.1.6.3.1.1.5.5": "authenticationFailure", "1.3.6.1.6.3.1.1.5.6": "egpNeighborLoss"}
"""Those that say nothing of a route."""
_NOUNS = {SubjectKind.INTERFACE: "interface", SubjectKind.NEIGHBOUR: "neighbor"}
_WORDS = 20
_PRINTED = re.compile(rb"[\t\r\n\x20-\x7e]*\0?\Z").match

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


def name_of(trap_oid: str) -> str:
    """As its MIB calls it; empty for one that is not known here."""
    trap = _trap(trap_oid)
    return trap.name if trap is not None else _NAMES.get(trap_oid, "")


def words(values: Sequence[tuple[str, Value]]) -> list[str]:
    """What of a notification is written for people: its texts, sanitised; addresses and keys in bytes are none."""
    texts = (sanitise(value.decode("utf-8", "replace"), 200) for _, value in values if _is_text(value))
    return list(texts)[:_WORDS]


def sentences(read: TrapRead) -> list[str]:
    """What a notification says of interfaces and neighbours, as syslog would: `interface GigabitEthernet0/7 down`."""
    found = read.facts if isinstance(read, TrapMessage) else ()
    return [f"{_NOUNS[fact.kind]} {fact.name} {_state(fact)}" for fact in found if fact.kind in _NOUNS]


def _state(fact: Fact) -> str:
    is_shut = fact.verdict is Verdict.DOWN and fact.reason is Reason.ADMIN
    return "administratively down" if is_shut else fact.verdict.value


def _is_text(value: Value) -> TypeGuard[bytes]:
    return isinstance(value, bytes) and len(value) > 1 and _PRINTED(value) is not None


def _trap(oid: str) -> Trap | None:
    """A notification whose MIB forgot the zero before its number comes with one when v1 carried it (RFC 3584 3.1)."""
    found = _TRAPS.get(oid)
    if found is not None:
        return found
    prefix, _, number = oid.rpartition(".")
    return _TRAPS.get(f"{prefix[:-2]}.{number}") if prefix.endswith(".0") else None

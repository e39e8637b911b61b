"""Pure. From the sections of one device's capture to what may verify a step of a runbook: is an interface up, is a
session established, is there anything of a kind at all.

show ip interface brief: GigabitEthernet0/1 up/up   →   interfaces GigabitEthernet0/1, up
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from statetrace_engine.model import names
from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    CapturedFact,
    InterfaceRow,
    Kind,
    OspfNeighborRow,
    Row,
    SpanningTreeRow,
)
from statetrace_engine.model.text import sanitise


class Shown(Struct, frozen=True):
    """One command's output: its rows, where each stands, or for kinds that nobody asks for only how many there are."""

    command: str
    kind: Kind
    count: int
    span: tuple[int, int]
    rows: Collection[Row] = ()
    starts: Collection[int] = ()
    ends: Collection[int] = ()


def facts(sections: Iterable[Shown], vendor: str, wanted: Collection[str]) -> tuple[CapturedFact, ...]:
    """`wanted`: canonical interfaces, next hops, and neighbours (`VRF|address` inside a vrf). A thing that two commands
    show is told by the first that says whether it is up; a kind by the command that shows most of it."""
    told: dict[tuple[Kind, str], CapturedFact] = {}
    most: dict[Kind, Shown] = {}
    for section in sections:
        if section.count and section.count > (most[section.kind].count if section.kind in most else 0):
            most[section.kind] = section
        for fact in _of_rows(section, vendor):
            if fact.name in wanted and fact.is_up is not None:
                told.setdefault((fact.kind, fact.name), fact)
    return (*(_whole(section) for section in most.values()), *told.values())


def _whole(section: Shown) -> CapturedFact:
    text = f"{sanitise(section.command, 80)}: {section.count} row{'s' * (section.count != 1)}"
    return CapturedFact(section.kind, "", None, text, section.span)


def _of_rows(section: Shown, vendor: str) -> Iterator[CapturedFact]:
    read = _ROWS.get(section.kind)
    if read is None or not section.rows:
        return
    for row, start, end in zip(section.rows, section.starts, section.ends, strict=False):
        said = read(row, vendor)
        if said is not None:
            name, is_up, state = said
            yield CapturedFact(section.kind, name, is_up, sanitise(f"{name} {state}", 120), (start, end))


_Said = tuple[str, bool | None, str]
"""Name, whether it is up, and that in words."""


def _interface(row: Any, vendor: str) -> _Said | None:  # Any: rows of a kind that the caller knows
    if not isinstance(row, InterfaceRow):
        return None
    if row.admin_up is False:
        return names.interface(row.name, vendor), False, "administratively down"
    return names.interface(row.name, vendor), row.oper_up, "up" if row.oper_up else "down"


def _bgp(row: Any, _vendor: str) -> _Said | None:
    if not isinstance(row, BgpNeighborRow) or row.state is None:
        return None
    return _in_vrf(row.neighbor, row.vrf), row.state == "established", row.state


def _ospf(row: Any, _vendor: str) -> _Said | None:
    if not isinstance(row, OspfNeighborRow) or row.state is None:
        return None
    return row.address or row.neighbor_id, row.state == "full", row.state


def _arp(row: Any, _vendor: str) -> _Said | None:
    if not isinstance(row, ArpRow):
        return None
    return row.ip, bool(row.mac), row.mac or "incomplete"


def _stp(row: Any, vendor: str) -> _Said | None:
    """Of several instances the first counts."""
    if not isinstance(row, SpanningTreeRow) or not row.interface or not row.state:
        return None
    return names.interface(row.interface, vendor), row.state == "forwarding", row.state


def _in_vrf(address: str, vrf: str) -> str:
    known = names.vrf(vrf)
    return address if known == "default" else f"{known}|{address}"


_ROWS: Mapping[Kind, Callable[[Any, str], _Said | None]] = {
    Kind.INTERFACES: _interface,
    Kind.BGP_NEIGHBORS: _bgp,
    Kind.OSPF_NEIGHBORS: _ospf,
    Kind.ARP: _arp,
    Kind.SPANNING_TREE: _stp,
}
TOLD = frozenset(_ROWS)
"""Kinds whose rows are worth reading for it."""

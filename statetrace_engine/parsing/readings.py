"""Pure. From the sections of one device's capture to what rules hear of it.

    cpu 91                               →   cpu_percent of cpu: 91
    power supply 1B ok, then not         →   power_supply_failed of power supply 1B: no input power
    Gi0/1 120 errors, then 180 in 1 h    →   input_errors_per_minute of GigabitEthernet0/1: 1
    1200 routes, then 900                →   routes of default: 900, routes_lost_percent of default: 25

A number is told each time; what is wrong with a part only where the showing before did not have it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from msgspec import Struct

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.captured import BgpNeighborRow, InterfaceRow, Kind, RouteRow, Row, Vital, VitalRow
from statetrace_engine.model.reading import LEAST_S, MOST, FactName, Reading
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import observed, route_totals
from statetrace_engine.parsing.captured_facts import Shown

TOLD = frozenset((Kind.VITALS, Kind.INTERFACES, Kind.ROUTES, Kind.BGP_NEIGHBORS))
"""Kinds whose rows are worth reading for it."""
GONE = "no longer shown"
FEWEST = 20
"""Prefixes of a table of which a share says something."""
_PART = 120
Key = tuple[Kind, str]
"""A kind and its command."""
_NUMBERS = {
    Vital.CPU.value: FactName.CPU,
    Vital.MEMORY.value: FactName.MEMORY,
    Vital.TEMPERATURE.value: FactName.TEMPERATURE,
    Vital.ROUTES.value: FactName.ROUTES,
}
_WRONG = {
    Vital.TEMPERATURE.value: FactName.TEMPERATURE_HIGH,
    Vital.FAN.value: FactName.FAN_FAILED,
    Vital.POWER_SUPPLY.value: FactName.POWER_SUPPLY_FAILED,
    Vital.STACK_MEMBER.value: FactName.STACK_MEMBER_LOST,
}


class Earlier(Struct, frozen=True):
    """The showing before of one command of the same device."""

    rows: Iterable[Row]
    captured_at: Epoch


def of(
    sections: Iterable[tuple[Shown, bool]], vendor: str, captured_at: Epoch, earlier: Mapping[Key, Earlier]
) -> tuple[Reading, ...]:
    """`sections` with whether each is whole: neither cut off nor filtered."""
    found: list[Iterator[Reading]] = []
    for section, is_whole in sections:
        before = earlier.get((section.kind, section.command))
        if section.kind is Kind.INTERFACES and before is not None:
            found.append(_errors(section, vendor, captured_at, before))
        found.append(_of(section, is_whole, captured_at, before))
    return tuple(islice(chain.from_iterable(found), MOST))


def is_compared(section: Shown) -> bool:
    """The showing before of it matters."""
    if section.kind is Kind.INTERFACES:
        return any(isinstance(row, InterfaceRow) and row.input_errors for row in section.rows)
    return section.kind is Kind.VITALS


def _of(section: Shown, is_whole: bool, captured_at: Epoch, before: Earlier | None) -> Iterator[Reading]:
    if section.kind is Kind.VITALS:
        yield from _vitals(section, is_whole, before)
        if before is not None and before.captured_at < captured_at:
            yield from _lost(section, before)
    elif section.kind is Kind.BGP_NEIGHBORS:
        yield from _prefixes(section)
    elif section.kind is Kind.ROUTES and is_whole:
        yield from _routes(section)


def _placed(section: Shown) -> Iterator[tuple[Row, tuple[int, int]]]:
    for row, start, end in zip(section.rows, section.starts, section.ends, strict=False):
        yield row, (start, end)


def _errors(section: Shown, vendor: str, captured_at: Epoch, before: Earlier) -> Iterator[Reading]:
    """Of interfaces that have any; a counter that began anew says nothing this once."""
    minutes = (captured_at - before.captured_at) / 60
    if minutes * 60 < LEAST_S:
        return
    known = {row.name: row.input_errors for row in before.rows if isinstance(row, InterfaceRow)}
    for row, span in _placed(section):
        if not isinstance(row, InterfaceRow) or not row.input_errors:
            continue
        was = known.get(row.name)
        if was is not None and was <= row.input_errors:
            rate = round((row.input_errors - was) / minutes, 3)
            yield Reading(FactName.INPUT_ERRORS, sanitise(names.interface(row.name, vendor), _PART), rate, span=span)


def _vitals(section: Shown, is_whole: bool, before: Earlier | None) -> Iterator[Reading]:
    known = _by_part(before.rows) if before is not None else {}
    for row, span in _placed(section):
        if not isinstance(row, VitalRow):
            continue
        part = sanitise(row.component, _PART)
        number = _NUMBERS.get(row.what)
        if number is not None and row.value is not None:
            yield Reading(number, part, float(row.value), span=span)
        wrong = _WRONG.get(row.what)
        if wrong is not None and _is_news(row, known.pop((row.what, row.component), None)):
            yield Reading(wrong, part, state=sanitise(row.status or "beyond its limit", _PART), span=span)
    if is_whole:
        yield from _gone(known.values(), section.span)


def _lost(section: Shown, before: Earlier) -> Iterator[Reading]:
    """How much of a table went, in percent: 0 where it grew."""
    known = _by_part(before.rows)
    for row, span in _placed(section):
        if not isinstance(row, VitalRow) or row.what != Vital.ROUTES.value or row.value is None:
            continue
        was = known.get((row.what, row.component))
        if was is not None and was.value is not None and was.value >= FEWEST:
            share = round(max(0.0, 100 * (was.value - row.value) / was.value), 1)
            yield Reading(FactName.ROUTES_LOST, sanitise(row.component, _PART), share, span=span)


def _by_part(rows: Iterable[Row]) -> dict[tuple[str, str], VitalRow]:
    return {(row.what, row.component): row for row in rows if isinstance(row, VitalRow)}


def _is_news(row: VitalRow, before: VitalRow | None) -> bool:
    """It is not well, or no longer there, and was otherwise before as far as anybody knows."""
    was = before.is_ok if before is not None else None
    return was is not False if row.is_ok is False else row.is_ok is None and was is True


def _gone(left: Iterable[VitalRow], span: tuple[int, int]) -> Iterator[Reading]:
    """Parts that were well and are no longer in the table."""
    for row in left:
        wrong = _WRONG.get(row.what)
        if row.is_ok and wrong is not None and wrong is not FactName.TEMPERATURE_HIGH:
            yield Reading(wrong, sanitise(row.component, _PART), state=GONE, span=span)


def _prefixes(section: Shown) -> Iterator[Reading]:
    for row, span in _placed(section):
        if isinstance(row, BgpNeighborRow) and row.prefixes_received is not None:
            vrf = names.vrf(row.vrf)
            part = row.neighbor if vrf == "default" else f"{vrf}|{row.neighbor}"
            yield Reading(FactName.PREFIXES, sanitise(part, _PART), float(row.prefixes_received), span=span)


def _routes(section: Shown) -> Iterator[Reading]:
    """Of each vrf that a whole table shows; a part of one (`show ip route bgp`) says nothing of how many there are."""
    if observed.is_part(section.command):
        return
    found: dict[str, set[str]] = {}
    for row in section.rows:
        if isinstance(row, RouteRow):
            found.setdefault(route_totals.table(row.vrf, is_v6=":" in row.prefix), set()).add(row.prefix)
    for table, prefixes in found.items():
        yield Reading(FactName.ROUTES, sanitise(table, _PART), float(len(prefixes)), span=section.span)

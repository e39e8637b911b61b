"""Pure. A reading: one fact of a device at one time, as a capture or a poll shows it and rules hear it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class FactName(StrEnum):
    """What a reading says. Numbers, and then what is wrong with a part: told once, when it is news."""

    CPU = "cpu_percent"
    MEMORY = "memory_percent"
    TEMPERATURE = "temperature_celsius"
    INPUT_ERRORS = "input_errors_per_minute"
    """By how much an interface's counter grew since the last look, its CRC errors among them."""
    ROUTES = "routes"
    """Prefixes in the whole table of a vrf; `RED ipv6` is the other one of RED."""
    ROUTES_LOST = "routes_lost_percent"
    """How much of it went since the last summary of it."""
    PREFIXES = "prefixes_received"
    """By a BGP neighbour."""
    TEMPERATURE_HIGH = "temperature_high"
    FAN_FAILED = "fan_failed"
    POWER_SUPPLY_FAILED = "power_supply_failed"
    STACK_MEMBER_LOST = "stack_member_lost"

    __hash__ = str.__hash__


PART_OF: dict[FactName, str] = {
    FactName.CPU: "component",
    FactName.MEMORY: "component",
    FactName.TEMPERATURE: "component",
    FactName.INPUT_ERRORS: "interface",
    FactName.ROUTES: "vrf",
    FactName.ROUTES_LOST: "vrf",
    FactName.PREFIXES: "neighbour",
    FactName.TEMPERATURE_HIGH: "component",
    FactName.FAN_FAILED: "unit",
    FactName.POWER_SUPPLY_FAILED: "unit",
    FactName.STACK_MEMBER_LOST: "unit",
}
"""What rules call the part that a fact is about, as their patterns call it in a message."""
MOST = 500
"""Readings of one capture or poll: a forged one must not fill a journal."""
LEAST_S = 30.0
"""Between two looks at a counter: of a shorter span a rate says nothing."""


class Reading(Struct, frozen=True, array_like=True, gc=False):
    fact: FactName
    part: str
    """`cpu`, `switch 1 fan 2`, a canonical interface, `RED`, a neighbour's address."""
    value: float | None = None
    """None: something is wrong with the part."""
    state: str = ""
    """As printed: `no input power`; of a part that is gone `no longer shown`."""
    span: tuple[int, int] = (0, 0)
    """Characters of the capture's text; of a poll none."""

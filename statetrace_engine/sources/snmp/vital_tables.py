"""Where each vendor's agent says how its device does: a table a row here, by the enterprise of its sysObjectID.

CISCO-PROCESS-MIB and CISCO-ENVMON-MIB; JUNIPER-MIB (jnxOperatingTable); STATISTICS-MIB, NETSWITCH-MIB and
HP-ICF-CHASSIS of HP ProCurve and ArubaOS-Switch; FOUNDRY-SN-AGENT-MIB of Foundry, Brocade and Ruckus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from statetrace_engine.model.reading import FactName
from statetrace_engine.sources.snmp.client import Value

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
_ENTERPRISES = "1.3.6.1.4.1."


class Numbers(Struct, frozen=True, kw_only=True):
    """A column of numbers."""

    fact: FactName
    value: str
    name: str = ""
    """The column with what a row is called; empty: `cpu` and its index."""
    of: str = ""
    """An expression: rows whose name has it."""
    ending: str = ""
    """Of an index: rows whose index ends so."""
    unit: float = 1.0


class States(Struct, frozen=True, kw_only=True):
    words: Mapping[int, str]
    well: frozenset[int]
    absent: frozenset[int] = frozenset()
    unknown: frozenset[int] = frozenset()
    """Says nothing."""


class Parts(Struct, frozen=True, kw_only=True):
    """A column with states of what works or does not."""

    name: str
    state: str
    states: States
    kind: str = ""
    """The column that says what a row is; empty: its name does."""
    wrong: Mapping[str, FactName]
    """By an expression for what it says; what fits none is no such part."""


class Used(Struct, frozen=True, kw_only=True):
    """So much memory of so much."""

    part: str
    used: str
    total: str


class Tables(Struct, frozen=True, kw_only=True):
    """Of one vendor."""

    cpu: tuple[Numbers, ...] = ()
    memory: tuple[Numbers | Used, ...] = ()
    heat: tuple[Numbers, ...] = ()
    parts: tuple[Parts, ...] = ()


def of(sys_object_id: Value) -> Tables:
    """By the enterprise number; of others Cisco's, which agents of many a vendor have."""
    if not isinstance(sys_object_id, str):
        return _CISCO
    number = sys_object_id.lstrip(".").removeprefix(_ENTERPRISES).partition(".")[0]
    return _BY_ENTERPRISE.get(number, _CISCO)


def is_of(expression: str, said: str) -> bool:
    return re.search(expression, said, re.IGNORECASE) is not None


_ALL = ""
_ENVMON = "1.3.6.1.4.1.9.9.13.1"
_CISCO_STATES = States(
    words={1: "normal", 2: "warning", 3: "critical", 4: "shutdown", 5: "not present", 6: "not functioning"},
    well=frozenset({1}),
    absent=frozenset({5}),
)
"""CiscoEnvMonState."""


def _envmon(table: int, state: int, wrong: FactName) -> Parts:
    head = f"{_ENVMON}.{table}.1"
    return Parts(name=f"{head}.2", state=f"{head}.{state}", states=_CISCO_STATES, wrong={_ALL: wrong})


_CISCO = Tables(
    cpu=(Numbers(fact=FactName.CPU, value="1.3.6.1.4.1.9.9.109.1.1.1.1.8"),),  # cpmCPUTotal5minRev
    parts=(
        _envmon(3, 6, FactName.TEMPERATURE_HIGH),
        _envmon(4, 3, FactName.FAN_FAILED),
        _envmon(5, 3, FactName.POWER_SUPPLY_FAILED),
    ),
)

_JUNIPER_ROW = "1.3.6.1.4.1.2636.3.1.13.1"
_JUNIPER_NAME = f"{_JUNIPER_ROW}.5"
_ENGINE = r"routing engine"
_JUNIPER = Tables(
    cpu=(Numbers(fact=FactName.CPU, name=_JUNIPER_NAME, value=f"{_JUNIPER_ROW}.8", of=_ENGINE),),
    memory=(Numbers(fact=FactName.MEMORY, name=_JUNIPER_NAME, value=f"{_JUNIPER_ROW}.11", of=_ENGINE),),
    heat=(Numbers(fact=FactName.TEMPERATURE, name=_JUNIPER_NAME, value=f"{_JUNIPER_ROW}.7"),),
    parts=(
        Parts(
            name=_JUNIPER_NAME,
            state=f"{_JUNIPER_ROW}.6",
            states=States(
                words={1: "unknown", 2: "running", 3: "ready", 4: "reset", 5: "at full speed", 6: "down", 7: "standby"},
                well=frozenset({2, 3, 5, 7}),
                unknown=frozenset({1}),
            ),
            wrong={r"^(?:power|pem|psu|psm)\b": FactName.POWER_SUPPLY_FAILED, r"\bfan\b": FactName.FAN_FAILED},
        ),
    ),
)

_HP_SENSOR = "1.3.6.1.4.1.11.2.14.11.1.2.6.1"
_HP_KIND = r"^1\.3\.6\.1\.4\.1\.11\.2\.3\.7\.8\.3\."
_HP_MEMORY = "1.3.6.1.4.1.11.2.14.11.5.1.1.2.1.1.1"
_HP = Tables(
    cpu=(Numbers(fact=FactName.CPU, value="1.3.6.1.4.1.11.2.14.11.5.1.9.6.1"),),  # hpSwitchCpuStat
    memory=(Used(part="memory", used=f"{_HP_MEMORY}.7.1", total=f"{_HP_MEMORY}.5.1"),),
    parts=(
        Parts(
            name=f"{_HP_SENSOR}.7",
            kind=f"{_HP_SENSOR}.2",
            state=f"{_HP_SENSOR}.4",
            states=States(
                words={1: "unknown", 2: "bad", 3: "warning", 4: "good", 5: "not present"},
                well=frozenset({4}),
                absent=frozenset({5}),
                unknown=frozenset({1}),
            ),
            wrong={
                f"{_HP_KIND}1$": FactName.POWER_SUPPLY_FAILED,
                f"{_HP_KIND}2$": FactName.FAN_FAILED,
                f"{_HP_KIND}3$": FactName.TEMPERATURE_HIGH,
            },
        ),
    ),
)

_CHASSIS, _AGENT = "1.3.6.1.4.1.1991.1.1.1", "1.3.6.1.4.1.1991.1.1.2"
_FOUNDRY_STATES = States(words={1: "other", 2: "normal", 3: "failure"}, well=frozenset({2}), unknown=frozenset({1}))


def _foundry(table: str, name: int, wrong: FactName) -> Parts:
    head = f"{_CHASSIS}.{table}.1"
    return Parts(name=f"{head}.{name}", state=f"{head}.{name + 1}", states=_FOUNDRY_STATES, wrong={_ALL: wrong})


_FOUNDRY = Tables(
    cpu=(Numbers(fact=FactName.CPU, value=f"{_AGENT}.11.1.1.5", ending=".300"),),  # snAgentCpuUtilPercent, 5 minutes
    memory=(Numbers(fact=FactName.MEMORY, value=f"{_AGENT}.1.53"),),  # snAgGblDynMemUtil
    heat=(
        Numbers(fact=FactName.TEMPERATURE, name=f"{_AGENT}.13.3.1.4", value=f"{_AGENT}.13.3.1.5", unit=0.5),
        Numbers(fact=FactName.TEMPERATURE, name=f"{_AGENT}.13.1.1.3", value=f"{_AGENT}.13.1.1.4", unit=0.5),
    ),
    parts=(
        _foundry("2.2", 3, FactName.POWER_SUPPLY_FAILED),  # snChasPwrSupply2Table, of a stack …
        _foundry("2.1", 2, FactName.POWER_SUPPLY_FAILED),  # … and of what is none
        _foundry("3.2", 3, FactName.FAN_FAILED),
        _foundry("3.1", 2, FactName.FAN_FAILED),
    ),
)

_BY_ENTERPRISE = {"9": _CISCO, "2636": _JUNIPER, "11": _HP, "1991": _FOUNDRY}

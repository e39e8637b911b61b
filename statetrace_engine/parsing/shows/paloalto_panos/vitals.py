"""Pure. How a firewall with PAN-OS does: `show system environmentals`.

    ----Thermal----
    Slot   Description                        Alarm     Degrees C Min     Max
    S1     Temperature near CPU               False     38.2      1.0     70.0
    ----Power Supplies----
    S1     Power Supply #1 (left)             False     True

The heading of a table says what its rows are. The firewall decides what is wrong: its alarm counts.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_ENVIRONMENT = scan.rows(
    r"-{2,}(?P<within_table>[A-Z][A-Za-z ]{2,30})-{2,}(?P<within>)",
    r"(?P<part_slot>S?\d{1,2})[ ]++(?P<part_name>\S[^\n]{0,60}?)[ ]++(?P<part_alarm>False|True|N/A)[ ]++(?P<part_said>[A-Za-z\d.-]++)[^\n]*+(?P<part>)",
    vital_lines.known(r"Slot[ ]++Description"),
)
_TABLES = {
    "thermal": Vital.TEMPERATURE,
    "fans": Vital.FAN,
    "fan tray": Vital.FAN,
    "power supplies": Vital.POWER_SUPPLY,
}


def _part(said: Said, within: Said) -> VitalRow | None:
    what = _TABLES.get(within.get("table", "").lower())
    if what is None:
        return None
    is_missing = what is Vital.POWER_SUPPLY and said["said"] == "False"
    is_ok = None if is_missing or said["alarm"] == "N/A" else said["alarm"] == "False"
    value = vital_lines.whole(said["said"]) if what is Vital.TEMPERATURE else None
    status = "absent" if is_missing else "alarm" if is_ok is False else None
    return VitalRow(what.value, f"{said['slot']} {said['name']}", value, status, is_ok)


environment = vital_lines.parser(_ENVIRONMENT, {"part": _part})
"""A row a sensor of heat, fan and power supply; voltages are no row."""

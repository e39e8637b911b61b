"""Pure. How a device with EOS does: `show environment` and `show system environment` with their parts.

    System temperature status is: Ok
    1       Digital Temperature Sensor on cpu0     36.0   (65) 63.8     95       105
    1/1    Ok       45%    45% 68 days, 0:11:28 Stable 68 days, 0:11:28
    1   PWR-1011-AC-RED  1000W  0.70A 11.58A 139.0W Ok   68 days, 0:11:28

A sensor says no word: it is well below its alert limit.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_LINES = scan.rows(
    r"System[ ]temperature[ ]status[ ]is:[ ](?P<system_status>\w++(?:[ ]\w++)*+)(?P<system>)",
    r"System[ ]cooling[ ]status[ ]is:[ ](?P<cooling_status>\w++(?:[ ]\w++)*+)(?P<cooling>)",
    r"(?P<within_card>(?:Supervisor|Linecard|Fabric|PowerSupply|Switchcard|FixedSystem)[ ]?\w*+):(?P<within>)",
    r"(?P<heat_number>\d{1,4})[ ]++(?P<heat_name>[A-Za-z][^\n]{0,60}?)[ ]++(?P<heat_celsius>-?\d{1,4}(?:\.\d{1,4})?)[ ]++\([\w/]++\)[ ]++\S++[ ]++(?P<heat_alert>[\d.]{1,8}|N/A)[ ]++(?:[\d.]{1,8}|N/A)(?P<heat>)",
    r"(?P<fan_name>(?:PowerSupply)?\d{1,2}(?:/\d{1,2})?)[ ]++(?P<fan_status>[A-Z][a-z]++(?:[ ][A-Z]?[a-z]++)?|OK)[ ]++(?:[A-Za-z][\w-]*+[ ]++)?\d{1,3}%[^\n]*+(?P<fan>)",
    r"(?P<psu_unit>\d{1,2})[ ]++(?P<psu_model>\S++)[ ]++[\d.]{1,8}W[ ]++\S++[ ]++\S++[ ]++\S++[ ]++(?P<psu_status>[A-Z][A-Za-z]*+(?:[ ][A-Z]?[a-z]++)?)(?:[ ]++\S[^\n]*+)?(?P<psu>)",
    vital_lines.known(
        "Ambient[ ]temperature", "Airflow", "Action[ ]on", "Recovery[ ]mode", "Restrict[ ]recovery", "Number[ ]of[ ]cooling", r"Total[ ]",
        r"[ ]{8,}+(?:Alert|Config|Temp)", r"Sensor[ ]++Description", "Fan[ ]++(?:Config|Status|Tray)", "Power[ ]++Input", "Supply[ ]++Model",
    ),
)  # fmt: skip


def _heat(said: Said, within: Said) -> VitalRow:
    name = vital_lines.named("{card} {number} {name}", said, within)
    return vital_lines.limited(Vital.TEMPERATURE, name, said["celsius"], said["alert"])


environment = vital_lines.parser(
    _LINES,
    {
        "system": vital_lines.part(Vital.TEMPERATURE, "system"),
        "cooling": vital_lines.part(Vital.FAN, "system"),
        "heat": _heat,
        "fan": vital_lines.part(Vital.FAN, "fan {name}"),
        "psu": vital_lines.part(Vital.POWER_SUPPLY, "power supply {unit}"),
    },
)
"""A row a sensor, fan and power supply, and one for each of what the system says of all of them."""

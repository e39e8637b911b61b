"""Pure. How a device with FastIron does: `show chassis`, `show cpu-utilization` and `show memory`.

The stack unit 1 chassis info:
Power supply 1 (AC - Regular) present, status ok
Fan 1 ok, speed (auto): [[1]]<->2
Slot 1 Current Temperature: 58.0 deg-C (Sensor 1), 37.0 deg-C (Sensor 2)
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_CHASSIS = scan.rows(
    r"The[ ]stack[ ](?P<within_unit>unit[ ]\d{1,2})[ ]chassis[ ]info:(?P<within>)",
    r"Power[ ]supply[ ](?P<psu_name>\d{1,2})[ ](?:\([^)\n]{1,40}\)[ ])?(?P<psu_status>not[ ]present|present(?:,[ ]status[ ]\w++)?)[^\n]*+(?P<psu>)",
    r"Fan[ ](?P<fan_name>\d{1,2})[ ](?P<fan_status>ok|failed|not[ ]present|[a-z]++)(?:,[^\n]*+)?(?P<fan>)",
    r"Slot[ ](?P<heat_slot>\d{1,2})[ ]Current[ ]Temperature:[ ](?P<heat_celsius>-?\d{1,3}(?:\.\d{1,3})?)[ ]deg-C[^\n]*+(?P<heat>)",
    vital_lines.known(
        r"Power[ ]supply[ ]\d{1,2}[ ]Fan[ ]Air", "Fan[ ]controlled[ ]temperature", "Fan[ ]speed", r"[ ]++\S", r"Slot[ ]\d++[ ]", r"MAC[ ]\d++[ ]Temp",
        "CPU[ ]Temp", "Boot[ ]Prom", "Management[ ]MAC", r"Power[ ]supply[ ]\d{1,2}[ ](?:Firmware|Model|Serial|Type)", "THERMAL[ ]PLANE", "Fan[ ]Air",
    ),
)  # fmt: skip
_CPU = scan.rows(
    r"[ ]*+300[ ]sec[ ]avg:[ ]*+(?P<cpu_percent>\d{1,3})[ ]percent[ ]busy(?P<cpu>)",
    vital_lines.known(
        r"[ ]*+(?:\.\.\.[ ]*+)?\d{1,3}[ ]percent[ ]busy,[ ]from",
        r"[ ]*+\d{1,3}[ ]++sec[ ]avg:",
        r"(?:Stack[ ])?[Uu]nit[ ]\d",
    ),
)
_MEMORY = scan.rows(
    r"Stack[ ](?P<within_unit>unit[ ]\d{1,2}):(?P<within>)",
    r"[ ]*+Dynamic[ ]memory:[^\n]*?,[ ](?P<memory_percent>\d{1,3})%[ ]used(?P<memory>)",
    vital_lines.known(r"[ ]*+Total[ ]DRAM", r"[ ]*+(?:Lowest|Kernel|Free|Available)[ ]"),
)  # fmt: skip


_SUPPLY = vital_lines.part(Vital.POWER_SUPPLY, "{unit} power supply {name}")


def _psu(said: Said, within: Said) -> VitalRow | None:
    return _SUPPLY({**said, "status": said["status"].rpartition("status ")[2]}, within)


chassis = vital_lines.parser(
    _CHASSIS,
    {
        "psu": _psu,
        "fan": vital_lines.part(Vital.FAN, "{unit} fan {name}"),
        "heat": vital_lines.part(Vital.TEMPERATURE, "{unit} slot {slot}"),
    },
)
"""A row a fan, power supply and slot."""
cpu = vital_lines.parser(_CPU, {"cpu": vital_lines.part(Vital.CPU, "cpu")})
"""The processor over five minutes."""
memory = vital_lines.parser(_MEMORY, {"memory": vital_lines.part(Vital.MEMORY, "{unit} memory")})
"""Of each unit of a stack."""

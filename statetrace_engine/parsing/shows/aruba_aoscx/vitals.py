"""Pure. How a device with AOS-CX does: `show system resource-utilization`, and `show environment` with its parts.

1/1      JL085A   CN00000001            OK            250
1/1/1         N/A      N/A            slow    front-to-back  ok      4156
1/1-PHY-01-04                   line-card-module     45.00 C    normal
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.shown import Ask, Shown
from statetrace_engine.parsing.vital_lines import Said

_MINUTES = "over 5 minute"
_RESOURCES = scan.rows(
    r"CPU[ ]usage\(%(?P<cpu_span>[^)\n]{0,40})\)[ ]*+:[ ]*+(?P<cpu_percent>\d{1,3})(?P<cpu>)",
    r"Memory[ ]usage\(%\)[ ]*+:[ ]*+(?P<memory_percent>\d{1,3})(?P<memory>)",
    vital_lines.known(
        "System[ ]Resources", "Processes", r"Open[ ]FD", "Process[ ]", r"[a-z_][\w.-]*+[ ]++\d", "Storage", "[A-Z][a-z]++[ ]partition"
    ),
)  # fmt: skip
_ENVIRONMENT = scan.rows(
    r"(?P<heat_sensor>\d{1,2}(?:/\d{1,2})?-\S++)[ ]++\S++[ ]++(?P<heat_celsius>-?\d{1,3}(?:\.\d{1,3})?)[ ]C[ ]++(?P<heat_status>[a-z_]++)(?P<heat>)",
    r"(?P<fan_name>\d{1,2}(?:/\d{1,2}){1,2}|PSU-\S++)[ ]++\S++[ ]++\S++[ ]++[a-z/]++[ ]++[a-z]++-to-[a-z]++[ ]++(?P<fan_status>[a-z]++)[ ]++[\dN/A]++(?P<fan>)",
    r"(?P<psu_unit>\d{1,2}/\d{1,2})[ ]++\S++[ ]++\S++[ ]++(?P<psu_status>OK\*?|Absent|Unknown|Unsupported|Warning|(?:Input|Output|Fan)[ ][Ff]ault|[Ff]ault\w*)(?:[ ]++\S[^\n]*+)?(?P<psu>)",
    r"(?P<tray_name>\d{1,2}(?:/\d{1,2})?)[ ]++\S++(?:[ ]\S++)*+[ ]++(?P<tray_status>ready|empty|absent|failed|fault)[ ]++\S++[ ]++\d{1,2}(?P<tray>)",
    vital_lines.known(
        "Fan[ ](?:tray[ ])?information", "Temperature[ ]information", "Mbr/", r"[ ]{6,}+(?:Product|Current|Name)", "Wattage", "Name[ ]",
    ),
)  # fmt: skip


def resources(text: str, ask: Ask) -> Shown:
    """The processor, over five minutes where it says so, and the memory; of a cut answer what may come is not known."""
    is_over_minutes = _MINUTES in text or ask.is_truncated
    makes: dict[str, vital_lines.Make] = {
        "cpu": lambda said, _: _cpu(said, is_over_minutes=is_over_minutes),
        "memory": vital_lines.part(Vital.MEMORY, "memory"),
    }
    return vital_lines.read(text, _RESOURCES, makes)


def _cpu(said: Said, *, is_over_minutes: bool) -> VitalRow | None:
    """Newer versions have a line for the moment, one for a minute and one for five: the last is the row."""
    is_wanted = _MINUTES in said["span"] if is_over_minutes else not said["span"]
    return vital_lines.row(Vital.CPU, "cpu", said["percent"]) if is_wanted else None


environment = vital_lines.parser(
    _ENVIRONMENT,
    {
        "heat": vital_lines.part(Vital.TEMPERATURE, "{sensor}"),
        "fan": vital_lines.part(Vital.FAN, "fan {name}"),
        "tray": vital_lines.part(Vital.FAN, "fan tray {name}"),
        "psu": vital_lines.part(Vital.POWER_SUPPLY, "power supply {unit}"),
    },
)
"""A row a sensor, fan, fan tray and power supply."""

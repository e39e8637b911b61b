"""Pure. How a device with IOS XR does: its processor, memory, power modules and temperatures.

    CPU utilization for one minute: 4%; five minutes: 5%; fifteen minutes: 5%
    Physical Memory: 12288M total (7362M available)
       0/PM0       3kW-DC      54.0/54.0   3.3/ 3.5    12.1     27.0    Failed
    NPU0-Temp-0                    48   -10    -5     0   100   105   110
            host    Inlet0                  27.1

Shapes of the ASR 9000 and NCS 5500 command references; the node stands above what is said of it.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

CPU_HEADER = r"^CPU utilization for one minute: +\d+%; five minutes:"
_CPU = scan.rows(
    r"-{2,}[ ](?P<within_node>node\w{1,30})[ ]-{2,}(?P<within>)",
    r"CPU[ ]utilization[ ]for[ ]one[ ]minute:[ ]++\d{1,3}%;[ ]five[ ]minutes:[ ]++(?P<cpu_value>\d{1,3})%[^\n]*+(?P<cpu>)",
    vital_lines.known(r"[ ]*+PID[ ]", r"[ ]*+\d++[ ]++\d++%"),
)
_MEMORY = scan.rows(
    r"node:[ ]++(?P<within_node>node\w{1,30})(?P<within>)",
    r"[ ]*+Physical[ ]Memory[ ]?:[ ]++(?P<memory_total>\d{1,9})M[ ]total[ ]*+\((?P<memory_free>\d{1,9})M[ ]available\)(?P<memory>)",
    vital_lines.known(
        r"[ ]*+Application[ ]Memory", r"[ ]*+Image:", r"[ ]*+Reserved:", r"[ ]*+Total[ ]shared", r"[ ]*+Physical[ ]Memory:[ ]++\d++M[ ]total$",
    ),
)  # fmt: skip
_ENVIRONMENT = scan.rows(
    r"[ ]*+(?P<psu_unit>\d{1,2}/(?:PM|PT)\d{1,2}(?:[-/]PM\d{1,2})?)[ ]++\S++(?:[ ]++-?\d[\d.]*+(?:/[ ]?-?\d[\d.]*+)?){2,4}[ ]++(?P<psu_status>[A-Za-z][\w-]*+(?:[ ][\w-]++)*+)(?P<psu>)",
    r"(?P<within_node>\d{1,2}/\w{1,6}(?:/\w{1,6})?)(?:/\*)?(?P<within>)",
    r"[ ]*+(?P<bound_sensor>[A-Za-z]\S{0,40}(?:[ ]\S{1,40}){0,3})[ ]{2,}+(?P<bound_celsius>-?\d{1,3})(?:[ ]++-?\d{1,3}){3}[ ]++-?\d{1,3}[ ]++(?P<bound_major>-?\d{1,3})[ ]++-?\d{1,3}(?P<bound>)",
    r"[ ]++host[ ]++(?P<heat_sensor>\S++)[ ]++(?P<heat_celsius>-?\d{1,3}(?:\.\d{1,2})?)(?P<heat>)",
    vital_lines.known(
        "CHASSIS[ ]LEVEL", r"[ ]*+Total[ ]", r"Power[ ](?:Group|Shelf)[ ]", r"[ ]*+Power[ ]++Supply", r"[ ]*+Module[ ]++Type",
        r"[ ]*+Location[ ]", r"[ ]{10,}+(?:Allocated|Watts|Sensor|Fan)", r"[ ]*+\d{1,2}/\w++[ ]++\S++[ ]++\d++[ ]++(?:\d++|-)[ ]", r"R/S/I[ ]",
    ),
)  # fmt: skip


def _memory(said: Said, within: Said) -> VitalRow | None:
    used = int(said["total"]) - int(said["free"])
    name = vital_lines.named("{node} memory", said, within).strip()
    return vital_lines.share(Vital.MEMORY, name, str(used), said["total"]) if used >= 0 else None


def _bound(said: Said, within: Said) -> VitalRow:
    name = vital_lines.named("{node} {sensor}", said, within)
    return vital_lines.limited(Vital.TEMPERATURE, name, said["celsius"], said["major"])


cpu = vital_lines.parser(_CPU, {"cpu": vital_lines.part(Vital.CPU, "{node} cpu")})
"""The processor of each node, of the last five minutes."""
memory = vital_lines.parser(_MEMORY, {"memory": _memory})
"""The memory of each node: what is not available is used."""
environment = vital_lines.parser(
    _ENVIRONMENT,
    {
        "psu": vital_lines.part(Vital.POWER_SUPPLY, "power supply {unit}"),
        "bound": _bound,
        "heat": vital_lines.part(Vital.TEMPERATURE, "{node} {sensor}"),
    },
)
"""A row a power module and sensor."""

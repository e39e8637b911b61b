"""Pure. How a device with NX-OS does: `show system resources`, and `show environment` with its parts.

    CPU states  :   2.47% user,   3.22% kernel,   94.31% idle
    Supply    Model                    Output     Capacity    Status
    1        N7K-AC-3KW                 407 W       3000 W     Ok
    Fan1(sys_fan1)  N9K-C9300-FAN2       --     front-to-back   Ok
    1        Inlet  (s1)     60              42          25         Ok

Modules stand in a table of the shape of that of power supplies: the heading says which it is.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_RESOURCES = scan.rows(
    r"CPU[ ]states[ ]*+:[^\n]*?(?P<cpu_idle>\d{1,3}(?:\.\d{1,4})?)%[ ]idle(?P<cpu>)",
    r"Memory[ ]usage:[ ]*+(?P<memory_total>\d{1,15})K[ ]total,[ ]*+(?P<memory_used>\d{1,15})K[ ]used,[^\n]*+(?P<memory>)",
    vital_lines.known(
        "Load[ ]average", "Processes[ ]", r"[ ]*+CPU\d++[ ]states", "Current[ ]memory[ ]status", "Kernel[ ]vmalloc",
        "Kernel[ ]buffers", "Kernel[ ]cached", "Kernel[ ]vmalloc[ ]free",
    ),
)  # fmt: skip
_ENVIRONMENT = scan.rows(
    r"(?P<within_table>Module[ ]++Sensor|(?:Supply|PS|Module|Xbar|Fan|Clock)(?=[ ]++Model))[^\n]*+(?P<within>)",
    r"(?P<heat_module>\d{1,2})[ ]++(?P<heat_sensor>[A-Za-z]\S*+(?:[ ]++\(s\d++\))?)[ ]++(?:\d{1,4}|N/A)[ ]++(?:\d{1,4}|N/A)[ ]++(?P<heat_celsius>-?\d{1,4})[ ]++(?P<heat_status>[A-Za-z]\w*+)(?P<heat>)",
    r"(?P<psu_unit>\d{1,2})[ ]++(?P<psu_model>\S++)(?P<psu_rest>(?:[ ]++(?:-?\d[\d.]*+|N/A|--?)(?:[ ]?[WA])?(?=[ ])){1,4})[ ]++(?P<psu_status>[A-Za-z][\w/()-]*+(?:[ ][\w/()-]++)*+)(?P<psu>)",
    r"(?P<fan_name>(?:Fan|PS|Chassis|fan)[\w()/-]*+)[ ]++\S++[ ]++\S++[ ]++(?:[a-z]++(?:-[a-z]++)++[ ]++)?(?P<fan_status>[A-Za-z][\w/-]*+(?:[ ][\w/-]++)*+)(?P<fan>)",
    vital_lines.known(
        r"[ ]*+(?:Power[ ]Supply|Fan|Temperature|Clock):", "Voltage:", "Power[ ]", r"[ ]{6,}+(?:Actual|\()", "Module[ ]", "N/A[ ]-",
        "Total[ ]", r"[A-Z][ ]++Clock[ ]Module", "Fan[ ](?:Zone|Air)[ ]", r"(?:fan|xb)\d++[ ]++\S++[ ]++\d",
    ),
)  # fmt: skip


def _cpu(said: Said, _within: Said) -> VitalRow | None:
    return vital_lines.busy("cpu", said["idle"])


def _memory(said: Said, _within: Said) -> VitalRow | None:
    return vital_lines.share(Vital.MEMORY, "memory", said["used"], said["total"])


def _psu(said: Said, within: Said) -> VitalRow | None:
    """None: a module, which is something else."""
    if within.get("table") not in ("Supply", "PS"):
        return None
    return vital_lines.row(Vital.POWER_SUPPLY, f"power supply {said['unit']}", status=said["status"])


def _fan(said: Said, within: Said) -> VitalRow | None:
    return vital_lines.row(Vital.FAN, said["name"], status=said["status"]) if within.get("table") == "Fan" else None


resources = vital_lines.parser(_RESOURCES, {"cpu": _cpu, "memory": _memory})
"""The processor and the memory; what each core does is no row."""
environment = vital_lines.parser(
    _ENVIRONMENT, {"psu": _psu, "fan": _fan, "heat": vital_lines.part(Vital.TEMPERATURE, "{module} {sensor}")}
)
"""A row a power supply, fan and sensor."""

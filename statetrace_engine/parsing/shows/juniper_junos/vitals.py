"""Pure. How a device with JunOS does: `show chassis routing-engine`, `show chassis environment`, members of a chassis.

    Class Item                           Status     Measurement
    Temp  PEM 0                          OK         30 degrees C / 86 degrees F
          PEM 1                          Absent
    Fans  Top Rear Fan                   OK         Spinning at normal speed

The class stands with the first of its items only. Where a routing engine tells of several spans, five minutes count.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.vital_lines import Said

ENVIRONMENT_HEADER = r"^Class Item +Status +Measurement"
ENGINE_HEADER = r"^Routing Engine status:"
_STATUS = r"OK|Ok|Absent|Check|Failed|Failure|Testing|Present|Online|Offline|Empty|Alarm|Error"
_MEMBER = r"(?P<within_member>(?:fpc|node|member)\d{1,3}):(?P<within>)"
_ITEMS = scan.rows(
    _MEMBER,
    rf"(?:(?P<item_class>[A-Z][a-z]{{2,8}})[ ]|[ ]{{4}})[ ]*+(?P<item_name>[A-Z0-9][^\n]{{0,60}}?)[ ]++(?P<item_status>{_STATUS})(?:[ ]++(?P<item_measured>\S[^\n]*+))?(?P<item>)",
    vital_lines.known("Class[ ]Item", r"[ ]*+Item[ ]++Status", r"\{[^\n]*+"),
)
_ENGINE = scan.rows(
    _MEMBER,
    r"[ ]++Slot[ ](?P<slot_number>\d{1,2}):(?P<slot>)",
    r"[ ]++(?P<span_name>(?:\d{1,2}[ ](?:sec|min)[ ])?)CPU[ ]utilization:(?P<span>)",
    r"[ ]++Idle[ ]++(?P<idle_percent>\d{1,3})[ ]percent(?P<idle>)",
    r"[ ]++Memory[ ]utilization[ ]++(?P<memory_percent>\d{1,3})[ ]percent(?P<memory>)",
    r"[ ]++(?P<heat_name>(?:CPU[ ]t|T)emperature)[ ]++(?P<heat_celsius>-?\d{1,4})[ ]degrees[ ]C[^\n]*+(?P<heat>)",
    vital_lines.known("Routing[ ]Engine[ ]status", rf"(?!{scan.LOG_VERBOSE})[ ]{{2,}}+\S", r"\{{"),
)
_MEMBERS = scan.rows(
    r"[ ]*+(?P<member_number>\d{1,3})[ ]\(FPC[ ]++\d{1,3}\)[ ]++(?P<member_status>[A-Z][A-Za-z]++)[^\n]*+(?P<member>)",
    vital_lines.known(
        r"(?:Preprovisioned[ ])?Virtual[ ]Chassis", r"[ ]{10,}+Mst", r"[ ]++Mastership", "Member[ ]ID", r"[ ]{10,}+\d", r"\{",
    ),
)  # fmt: skip
_ALARMS = scan.rows(
    _MEMBER,
    r"\d{4}-\d\d-\d\d[ ]\d\d:\d\d:\d\d[ ]\S++[ ]++(?P<alarm_class>Major|Minor)[ ]++(?P<alarm_text>\S[^\n]*+)(?P<alarm>)",
    vital_lines.known(r"\d++[ ]alarms?[ ]", "No[ ]alarms[ ]", "Alarm[ ]time", r"\{"),
)
_ALARMED = late(
    r"(?P<power>(?:PEM|PSU|PSM|Power Supply|Power)(?: \d{1,2})?)|(?P<fan>(?:[\w ]{1,30})?\bFan\b(?: Tray)?(?: \d{1,2})?(?: Fan \d{1,2})?)|(?P<heat>[\w ]{1,40}?)(?= Temp(?:erature)?\b)"
)
"""What an alarm is about, which begins it; what is none of these is of another kind."""
_ENGINE_NAME = "{member} routing engine {slot}"
_CLASSES = {
    "temp": Vital.TEMPERATURE,
    "fan": Vital.FAN,
    "fans": Vital.FAN,
    "cooling": Vital.FAN,
    "power": Vital.POWER_SUPPLY,
    "pem": Vital.POWER_SUPPLY,
}


def _alarm(said: Said, within: Said) -> VitalRow | None:
    found = _ALARMED.match(said["text"])
    if found is None:
        return None
    what = {"power": Vital.POWER_SUPPLY, "fan": Vital.FAN, "heat": Vital.TEMPERATURE}[found.lastgroup or ""]
    status = f"{said['class']}: {said['text'][found.end() :].strip()}".lower()
    return VitalRow(what.value, " ".join(f"{within.get('member', '')} {found[0]}".split()), None, status, False)


def _item(said: Said, within: Said) -> VitalRow | None:
    within["class"] = said.get("class", within.get("class", ""))
    what = _CLASSES.get(within["class"].lower())
    if what is None:
        return None
    celsius = said.get("measured", "").partition(" degrees C")[0] if what is Vital.TEMPERATURE else None
    return vital_lines.row(what, f"{within.get('member', '')} {said['name']}", celsius, said["status"])


def _slot(said: Said, within: Said) -> None:
    within["slot"], within["span"] = said["number"], ""


def _span(said: Said, within: Said) -> None:
    within["span"] = said["name"]


def _idle(said: Said, within: Said) -> VitalRow | None:
    name = " ".join(vital_lines.named(_ENGINE_NAME, said, within).split())
    return vital_lines.busy(name, said["percent"]) if within.get("span", "") in ("", "5 min") else None


def _heat(said: Said, within: Said) -> VitalRow:
    part = " cpu" if said["name"].startswith("CPU") else ""
    return vital_lines.row(Vital.TEMPERATURE, vital_lines.named(_ENGINE_NAME, said, within) + part, said["celsius"])


environment = vital_lines.parser(_ITEMS, {"item": _item})
"""A row an item of the classes that are about heat, air and power."""
engine = vital_lines.parser(
    _ENGINE,
    {
        "slot": _slot,
        "span": _span,
        "idle": _idle,
        "memory": vital_lines.part(Vital.MEMORY, _ENGINE_NAME),
        "heat": _heat,
    },
)
"""Each routing engine's processor, memory and temperatures."""
alarms = vital_lines.parser(_ALARMS, {"alarm": _alarm})
"""A row an alarm about power, air or heat; it stands there while it lasts."""
members = vital_lines.parser(_MEMBERS, {"member": vital_lines.part(Vital.STACK_MEMBER, "member {number}")})
"""A row a member of a virtual chassis."""

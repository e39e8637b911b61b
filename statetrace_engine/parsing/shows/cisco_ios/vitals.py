"""Pure. How a device with IOS or IOS XE does: processor, memory, temperatures, fans, power supplies, stack members.

    CPU utilization for five seconds: 7%/1%; one minute: 6%; five minutes: 5%
    Processor Pool Total:  856871936 Used:  305041968 Free:  551829968
    SYSTEM TEMPERATURE is OK
    1A  PWR-C1-715WAC       LIT00000001  OK              Good     Good     715
     2       Member  aabb.cc00.0200     1      V02     Ready

A temperature's value stands on a line and its state on the next one: the row is the second one's.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.vital_lines import Said

CPU_HEADER = r"^CPU utilization for five seconds: "
SWITCH_HEADER = r"^Switch# +Role +Mac Address +Priority "
_CPU = scan.rows(
    r"CPU[ ]utilization[ ]for[ ]five[ ]seconds:[^\n;,]{1,20}+[;,][ ]++one[ ]minute:[ ]*+\d++%[;,][ ]++five[ ]minutes:[ ]*+(?P<cpu_value>\d{1,3})%[^\n]*+(?P<cpu>)",
    vital_lines.known(r"Core[ ]\d++:[ ]CPU[ ]utilization", r"[ ]*+PID[ ]", r"[ ]*+\d++[ ]++\d++[ ]"),
)
_MEMORY = scan.rows(
    r"[ ]*+(?P<pool_name>[A-Za-z][\w/]*(?:[ ][A-Za-z]\w*)?)[ ]++[0-9A-Fa-f]{4,16}[ ]++(?P<pool_total>\d{1,15})[ ]++(?P<pool_used>\d{1,15})[ ]++\d++[ ]++\d++[ ]++\d++(?P<pool>)",
    r"[ ]*+(?P<sum_name>[A-Za-z][\w/]*(?:[ ][A-Za-z]\w*)?)[ ]Pool[ ]Total:[ ]*+(?P<sum_total>\d{1,15})[ ]++Used:[ ]*+(?P<sum_used>\d{1,15})[ ]++Free:[ ]*+\d++(?P<sum>)",
    r"System[ ]memory[ ]*+:[ ]*+(?P<system_total>\d{1,15})K[ ]total,[ ]*+(?P<system_used>\d{1,15})K[ ]used,[^\n]*+(?P<system>)",
    vital_lines.known(
        "Lowest", "Tracekey", r"[ ]*+PID[ ]", r"[ ]*+Head[ ]", r"[ ]*+\d++[ ]++\d++[ ]", r"[ ]++\d++[ ]Total$"
    ),
)
_STATUS = r"[A-Z]{2,12}(?:[ ][A-Z]{2,12}){0,2}"
_ENVIRONMENT = scan.rows(
    rf"(?:Switch[ ](?P<fan_switch>\d{{1,2}}):?[ ])?FAN(?:[ ](?P<fan_name>\d{{1,2}}|(?:in[ ])?PS-?\w{{1,3}}))?[ ]is[ ](?P<fan_status>{_STATUS})(?P<fan>)",
    r"[ ]*+(?P<speed_switch>\d{1,2})[ ]++(?P<speed_fan>\d{1,2})[ ]++\d{1,6}[ ]++(?P<speed_status>[A-Z][A-Z ]{1,14}?)(?:[ ]{2,}[A-Z][^\n]*+)?(?P<speed>)",
    r"[ ]*+Fan[ ](?P<spin_name>\d{1,2})[ ](?P<spin_status>[A-Z]\w++),[^\n]*+(?P<spin>)",
    rf"(?:Switch[ ](?P<heat_switch>\d{{1,2}}):?[ ])?(?:SYSTEM[ ])?TEMPERATURE[ ]is[ ](?P<heat_status>{_STATUS})(?P<heat>)",
    r"[ ]*+(?P<value_name>[A-Za-z][\w ]{0,40}?)?[ ]?Temperature[ ]Value:[ ](?P<value_celsius>-?\d{1,4})[ ]Degree[^\n]*+(?P<value>)",
    r"[ ]*+(?:[A-Za-z][\w ]{0,40}?[ ])?Temperature[ ]State:[ ]*+(?P<state_status>\w++)(?P<state>)",
    r"[ ]*+(?P<psu_unit>\d{1,2}[A-Z]?)[ ]++(?P<psu_pid>(?:Not[ ]Present|Built-in|Unknown|[A-Z][\w+]*-[\w+/-]+))(?P<psu_rest>[ ][^\n]*+)?(?P<psu>)",
    rf"(?:(?:SW|Switch)[ ]?(?P<power_switch>\d{{1,2}}):?[ ])?(?P<power_name>(?:[A-Z]++[ ])?POWER(?:[ ]SUPPLY)?(?:[ ]\d)?|RPS|PS-?\d)[ ]is[ ](?P<power_status>{_STATUS})(?P<power>)",
    r"[ ]*+(?P<output_name>(?:Internal|External|Redundant)[ ]Power[ ]Supply[^\n:]{0,30}?)[ ]Status:[ ](?P<output_status>\w++)(?P<output>)",
    r"[ ]*+(?P<intake_name>[A-Z][\w ]{0,40}?)[ ]temperature:[ ](?P<intake_celsius>-?\d{1,4})[ ]Celsius,[ ](?P<intake_status>\w++)(?P<intake>)",
    r"[ ]{0,2}(?P<sensor_name>[A-Z]\S*+(?:[ ]\S++)*+)[ ]{2,}+(?P<sensor_at>\S++(?:[ ]\S++)*+)[ ]{2,}+(?P<sensor_status>[A-Z][a-zA-Z]*+(?:[ ][A-Za-z]++)*+)[ ]{2,}+(?P<sensor_value>-?\d{1,9})[ ]++(?P<sensor_unit>[A-Za-z]++)\b[^\n]*+(?P<sensor>)",
    vital_lines.known(
        r"[ ]*+(?:Yellow|Red)[ ]Threshold",
        r"[ ]*+SW[ ]++PID",
        r"Switch[ ]++FAN",
        r"[ ]*+Sensor",
        r"[ ]*+Slot[ ]++Sensor",
        r"SYSTEM[ ](?:POWER[ ]SUPPLY|FAN|TEMPERATURE)[ ]STATUS",
        r"[ ]*+Number[ ]of[ ]",
        "Environmental",
        r"[ ]*+Internal[ ]Power[ ]Supply[ ]Type",
        "Status:",
    ),
)
_SWITCH = scan.rows(
    r"[ ]?\*?[ ]?(?P<member_number>\d{1,2})[ ]++(?P<member_role>[A-Z]\w++)[ ]++[0-9a-f.]{14}[ ]++\d{1,2}[ ]++(?:V?\d\w{0,3}[ ]++)?(?P<member_status>[A-Z][\w/-]*+(?:[ ]\w++)*+)(?P<member>)",
    vital_lines.known(
        r"Switch/Stack[ ]Mac",
        r"Mac[ ]persistency",
        r"[ ]++H/W[ ]",
        r"[ ]++Current$",
        r"Switch\#",
        r"[ ]++Stack[ ]Port",
        r"[ ]++\d{1,2}[ ]++(?:OK|DOWN|Ok|Down|Absent)[ ]",
    ),
)
_PSU_STATUS = late(r"\b(?:OK|No Input Power|No Response|Not Present|Good|Bad|Fail\w*|Faulty|Disabled|Off)\b")
_FULL_BY_NATURE = ("lsmpi",)
"""Pools that are always in use to the last byte."""


def _pool(said: Said, _within: Said) -> VitalRow | None:
    name = said["name"].lower()
    return (
        None if name.startswith(_FULL_BY_NATURE) else vital_lines.share(Vital.MEMORY, name, said["used"], said["total"])
    )


def _system(said: Said, _within: Said) -> VitalRow | None:
    return vital_lines.share(Vital.MEMORY, "system", said["used"], said["total"])


def _of_switch(number: str | None) -> str:
    return f"switch {number} " if number else ""


def _fan(said: Said, _within: Said) -> VitalRow:
    return vital_lines.row(
        Vital.FAN, f"{_of_switch(said.get('switch'))}fan {said.get('name', '')}", status=said["status"]
    )


def _heat(said: Said, within: Said) -> VitalRow:
    within["switch"] = said.get("switch", "")
    return vital_lines.row(Vital.TEMPERATURE, f"{_of_switch(within['switch'])}system", status=said["status"])


def _value(said: Said, within: Said) -> None:
    within["name"], within["celsius"] = said.get("name", ""), said["celsius"]


def _state(said: Said, within: Said) -> VitalRow | None:
    """Of the value above; of none, the same as that of the whole system."""
    celsius = within.pop("celsius", None)
    if celsius is None:
        return None
    name = within.pop("name", "").lower() or "sensor"
    return vital_lines.row(
        Vital.TEMPERATURE, f"{_of_switch(within.get('switch'))}{name} sensor".replace("sensor sensor", "sensor"),
        celsius, said["status"],
    )  # fmt: skip


def _psu(said: Said, _within: Said) -> VitalRow | None:
    found = _PSU_STATUS.search(f"{said['pid']} {said.get('rest', '')}")
    return vital_lines.row(Vital.POWER_SUPPLY, f"power supply {said['unit']}", status=found[0] if found else None)


def _power(said: Said, _within: Said) -> VitalRow:
    name = said["name"].lower()
    return vital_lines.row(Vital.POWER_SUPPLY, f"{_of_switch(said.get('switch'))}{name}", status=said["status"])


def _sensor(said: Said, _within: Said) -> VitalRow | None:
    """Volts and amperes are no vitals."""
    what = {"celsius": Vital.TEMPERATURE, "rpm": Vital.FAN}.get(said["unit"].lower())
    if what is None:
        return None
    value = said["value"] if what is Vital.TEMPERATURE else None
    return vital_lines.row(what, f"{said['name']} {said['at']}", value, said["status"])


cpu = vital_lines.parser(_CPU, {"cpu": vital_lines.part(Vital.CPU, "cpu")})
"""The processor over five minutes; each process is understood, and no row."""
memory = vital_lines.parser(_MEMORY, {"pool": _pool, "sum": _pool, "system": _system})
"""A row a pool."""
environment = vital_lines.parser(
    _ENVIRONMENT,
    {
        "fan": _fan,
        "speed": vital_lines.part(Vital.FAN, "switch {switch} fan {fan}"),
        "spin": vital_lines.part(Vital.FAN, "fan {name}"),
        "heat": _heat,
        "value": _value,
        "state": _state,
        "psu": _psu,
        "power": _power,
        "output": lambda said, _: vital_lines.row(Vital.POWER_SUPPLY, said["name"].lower(), status=said["status"]),
        "intake": lambda said, _: vital_lines.row(
            Vital.TEMPERATURE, said["name"].lower(), said["celsius"], said["status"]
        ),
        "sensor": _sensor,
    },
)
"""A row a sensor, fan and power supply."""
members = vital_lines.parser(_SWITCH, {"member": vital_lines.part(Vital.STACK_MEMBER, "switch {number}")})
"""A row a member of a stack."""

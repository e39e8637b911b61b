"""Pure. How a ProVision switch does: `show cpu`, and `show system` with power-supply, fans and temperature.

    1 min ave: 1 percent busy
      1     Powered         AC 120V/240V        118
    Fan-1  | Fan OK      |    0     | Fan Tray
    Chassis  | 26C     | 29C   | 22C   | 55C       | NO

Shapes of the ArubaOS-Switch Management and Configuration Guide; in a stack the member stands before its first part.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_STATES = r"Powered|Not[ ]Powered|Not[ ]Present|Permanent[ ]Failure|Faulted|Failed|Aux[ ]Not[ ]Powered|Present|Max[ ]Power|Unknown"
_CPU = scan.rows(
    r"[ ]*+1[ ]min[ ]ave:[ ]++(?P<cpu_value>\d{1,3})[ ]percent[ ]busy(?P<cpu>)",
    vital_lines.known(
        r"[ ]*+\d++[ ]percent[ ]busy,", r"[ ]*+\d++[ ]sec[ ]ave:", r"[ ]*+(?:Slot|Member|slot|member)[ ]"
    ),
)
_SUPPLIES = scan.rows(
    rf"[ ]*+(?:(?P<psu_member>\d{{1,2}})[ ]++)?(?P<psu_unit>\d{{1,2}})[ ]++(?:[A-Z]\w*\d\w*[ ]++)?(?:[A-Z0-9]{{6,14}}[ ]++)?(?P<psu_status>{_STATES})(?:[ ]{{2,}}+[^\n]*+)?(?P<psu>)",
    vital_lines.known(
        r"[ ]*+Power[ ]Supply[ ]Status", r"[ ]*+(?:Member|PS\#)[ ]", r"[ ]*+\d++[ ]/[ ]\d++[ ]", r"[ ]*+Total[ ]Power"
    ),
)
_FANS = scan.rows(
    r"[ ]*+(?P<fan_name>(?:Sys|Fan)-\d{1,2})[ ]*+\|[ ]*+(?P<fan_status>[A-Za-z][\w ]{0,30}\w)[ ]*+\|[^\n]*+(?P<fan>)",
    r"[ ]*+(?:VSF-|Stack[ ])?[Mm]ember[ ]?:?[ ]?(?P<within_member>\d{1,2})(?P<within>)",
    vital_lines.known(r"[ ]*+Fan[ ]Information", r"[ ]*+Num[ ]", r"[ ]*+\d++[ ]/[ ]\d++[ ]"),
)
_HEAT = scan.rows(
    r"[ ]*+(?P<heat_name>[A-Za-z0-9][\w-]{0,20})[ ]*+\|[ ]*+(?P<heat_celsius>-?\d{1,3})C[ ]*+\|[^\n|]*+\|[^\n|]*+\|[^\n|]*+\|[ ]*+(?P<heat_over>NO|YES)(?P<heat>)",
    r"[ ]*+(?:VSF-|Stack[ ])?[Mm]ember[ ]?:?[ ]?(?P<within_member>\d{1,2})(?P<within>)",
    vital_lines.known(r"[ ]*+System[ ]Air", r"[ ]*+(?:Temp|Sensor)[ ]"),
)


def _psu(said: Said, within: Said) -> VitalRow:
    within["member"] = said.get("member", within.get("member", ""))
    status = said["status"].lower()
    is_ok = None if status == "not present" else status in ("powered", "present", "max power")
    return VitalRow(Vital.POWER_SUPPLY.value, _named(within, f"power supply {said['unit']}"), None, status, is_ok)


def _fan(said: Said, within: Said) -> VitalRow:
    status = said["status"].lower().removeprefix("fan ")
    return vital_lines.row(Vital.FAN, _named(within, said["name"]), status=status)


def _heat(said: Said, within: Said) -> VitalRow:
    name, is_ok = _named(within, said["name"]), said["over"] == "NO"
    return VitalRow(Vital.TEMPERATURE.value, name, vital_lines.whole(said["celsius"]), None, is_ok)


def _named(within: Said, part: str) -> str:
    member = within.get("member", "")
    return f"member {member} {part}" if member else part


cpu = vital_lines.parser(_CPU, {"cpu": vital_lines.part(Vital.CPU, "cpu")})
"""The processor, of the last minute: more it does not say of a steady time."""
supplies = vital_lines.parser(_SUPPLIES, {"psu": _psu})
"""A row a power supply; a bay that is empty is none."""
fans = vital_lines.parser(_FANS, {"fan": _fan})
"""A row a fan."""
temperature = vital_lines.parser(_HEAT, {"heat": _heat})
"""A row a sensor, too hot when the switch says so."""

"""Pure. JunOS, `show route summary`: a row a table of addresses.

    RED.inet.0: 14 destinations, 15 routes (14 active, 0 holddown, 0 hidden)
              Direct:      2 routes,      2 active

Of a destination one route is active: what is only hidden carries nothing, and `show route` does not show it.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import VitalRow
from statetrace_engine.parsing import route_totals, scan, vital_lines
from statetrace_engine.parsing.shown import Ask, Shown, number
from statetrace_engine.parsing.shows.juniper_junos.protocols import table
from statetrace_engine.parsing.vital_lines import Said

_LINES = scan.rows(
    r"(?P<total_table>[^\s:]{1,120}):[ ]\d++[ ]destinations,[ ]\d++[ ]routes[ ]\((?P<total_active>\d{1,10})[ ]active,[^\n]*+(?P<total>)",
    vital_lines.known(
        "Autonomous[ ]system", "Router[ ]ID:", "Highwater[ ]Mark", r"[ ]++(?:[RF]IB[ ]|VRF[ ]type[ ])", "Restart[ ]",
        "Limit/Threshold:", r"\{(?:master|backup|primary|secondary)", r"[ ]++[\w-]++:[ ]++\d++[ ]routes,",
    ),
)  # fmt: skip
_ADDRESSES = (".inet.0", ".inet6.0")


def parse(text: str, ask: Ask) -> Shown:
    """None of the system's own, nor of labels and the like."""
    del ask
    return vital_lines.read(text, _LINES, {"total": _total})


def _total(said: Said, _within: Said) -> VitalRow | None:
    name = said["table"]
    if not f".{name}".endswith(_ADDRESSES) or name.startswith("__"):
        return None
    return route_totals.row(table(name), number(said["active"]), is_v6=name.endswith("inet6.0"))

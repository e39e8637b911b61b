"""Pure. EOS, `show ip route summary` and `show ipv6 route summary`, of one vrf or all.

VRF: default
   Route Source                                Number Of Routes
   bgp                                                     2003
   Total Routes                                            2033
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.parsing import route_totals, scan, vital_lines

_LINES = scan.rows(
    r"VRF(?:[ ]name)?:[ ]*+(?P<within_vrf>\S{1,80})(?P<within>)",
    r"[ ]*+Total(?:[ ]Routes)?[ ]++(?P<total_routes>\d{1,10})(?P<total>)",
    vital_lines.known(
        r"[ ]*+Route[ ]Source[ ]", r"(?:Operating|Configured)[ ]routing[ ]protocol[ ]model:", r"IP(?:v6)?[ ]Routing[ ]Table",
        "Number[ ]of[ ]routes[ ]per", route_totals.SOURCE, route_totals.PARTS, route_totals.LENGTHS,
    ),
)  # fmt: skip
parse = route_totals.parser(_LINES)

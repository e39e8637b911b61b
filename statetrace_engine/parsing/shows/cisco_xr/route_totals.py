"""Pure. IOS XR, `show route summary`, of one vrf or all, of either family.

VRF: BLUE
IPv4 Unicast:
Route Source                     Routes     Backup     Deleted     Memory(bytes)
Total                            35         0          0           7000
"""

from __future__ import annotations

from statetrace_engine.parsing import route_totals, scan, vital_lines

_LINES = scan.rows(
    r"(?:VRF:[ ](?P<within_vrf>\S{1,80})|IPv(?P<within_family>[46])[ ]Unicast:)(?P<within>)",
    r"Total[ ]++(?P<total_routes>\d{1,10})(?:[ ]++\d{1,15}){2,3}(?P<total>)",
    vital_lines.known("Route[ ]Source[ ]", route_totals.SOURCE, route_totals.PARTS),
)
parse = route_totals.parser(_LINES)

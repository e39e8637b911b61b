"""Pure. FRRouting, `show ip route summary` and `show ipv6 route summary`, of one vrf or all.

    Route Source         Routes               FIB  (vrf default)
    ebgp                 12                   12
    Totals               62                   55

Of several routes to one prefix one is in the FIB.
"""

from __future__ import annotations

from statetrace_engine.parsing import route_totals, scan, vital_lines

_LINES = scan.rows(
    r"Route[ ]Source[ ]++(?:Prefix[ ])?Routes[ ]++FIB[ ]++\(vrf[ ](?P<within_vrf>[^)\s]{1,80})\)(?P<within>)",
    r"Totals[ ]++\d{1,10}[ ]++(?P<total_routes>\d{1,10})(?P<total>)",
    vital_lines.known(route_totals.SOURCE),
)
parse = route_totals.parser(_LINES)

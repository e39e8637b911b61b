"""Pure. NX-OS, `show ip route summary` and `show ipv6 route summary`, of one vrf or all.

IP Route Table for VRF "default"
Total number of routes: 1042
  /0 : 1       /8 : 1       /24: 1007    /30: 4       /32: 29
"""

from __future__ import annotations

from statetrace_engine.parsing import route_totals, scan, vital_lines

_LINES = scan.rows(
    r"IP(?P<within_family>v6|)[ ]Rout(?:e|ing)[ ]Table[ ]for[ ]VRF[ ]\"(?P<within_vrf>[^\"\n]{1,80})\"(?P<within>)",
    r"Total[ ]number[ ]of[ ]routes:[ ]*+(?P<total_routes>\d{1,10})(?P<total>)",
    vital_lines.known(
        r"Total[ ]number[ ]of[ ]paths:", r"(?:Best|Unicast|Multicast)[ ]paths[ ]per", "Number[ ]of[ ]routes[ ]per",
        r"[ ]{2,}+[a-z][\w-]*+[ ]*+:[ ]\d", route_totals.LENGTHS,
    ),
)  # fmt: skip
parse = route_totals.parser(_LINES)

"""Pure. IOS and IOS-XE, `show ip route summary` and `show ipv6 route summary`.

    IP routing table name is default (0x0)
    Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)
    static          1           2           0           216         864
    internal        17                                              133280
    Total           18          2           0           216         134144
    IPv6 routing table name is default(0) global scope - 212 entries

A network is one that is as long as its class says; those of `internal` only stand for subnets that there are.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.parsing import route_totals, scan, vital_lines
from statetrace_engine.parsing.shown import number
from statetrace_engine.parsing.vital_lines import Said

_NAME = r"routing[ ]table[ ]name[ ]is[ ]"
_LINES = scan.rows(
    rf"(?:IP[ ]{_NAME}(?P<within_vrf>[^\s(]{{1,80}})[ ]?\([^\n]*+|internal[ ]++(?P<within_internal>\d{{1,10}})[ ]++\d{{1,15}})(?P<within>)",
    rf"IPv(?P<entries_family>6)[ ](?:{_NAME}(?P<entries_vrf>[^\s(]{{1,80}})[ ]?\([^\n-]*+|Routing[ ]Table[^\n-]*+)-[ ](?P<entries_routes>\d{{1,10}})[ ]entries(?P<entries>)",
    r"Total[ ]++(?P<total_networks>\d{1,10})[ ]++(?P<total_subnets>\d{1,10})(?:[ ]++\d{1,15}){2,3}(?P<total>)",
    vital_lines.known(
        "Route[ ]Source[ ]", r"IP(?:v6)?[ ]routing[ ]table[ ](?:default[ ])?maximum-paths", r"[ ]++Number[ ]of[ ]prefixes:",
        r"[ ]++\d++[ ](?:local|connected),", "Removing[ ]Queue", route_totals.SOURCE, route_totals.PARTS, route_totals.LENGTHS,
    ),
)  # fmt: skip


def _count(said: Said, within: Said) -> int | None:
    if "networks" not in said:
        return route_totals.plain(said, within)
    networks, subnets, internal = (
        number(each) or 0 for each in (said["networks"], said["subnets"], within.pop("internal", ""))
    )
    return networks - internal + subnets if internal <= networks else None


parse = route_totals.parser(_LINES, _count)

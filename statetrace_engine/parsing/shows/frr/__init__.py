"""Pure. FRRouting (vtysh): which command is read by what; each also in its `json` form."""

from __future__ import annotations

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import config_lines, log_lines
from statetrace_engine.parsing.shown import Ask, Parse, Show, Shown
from statetrace_engine.parsing.shows.frr import as_json, interfaces, route_totals, routes, tables


def _either(plain: Parse, from_json: Parse) -> Parse:
    """The form that the last word of the command, or the text, says."""

    def parse(text: str, ask: Ask) -> Shown:
        is_json = ask.command.split()[-1:] == ["json"] or text.lstrip()[:1] == "{"
        return (from_json if is_json else plain)(text, ask)

    return parse


_ROUTES = _either(routes.parse, as_json.reader(as_json.routes))
_TOTALS = _either(route_totals.parse, as_json.totals)
_BGP = _either(tables.bgp, as_json.reader(as_json.bgp))
_OSPF = _either(tables.ospf, as_json.reader(as_json.ospf))
_BRIEF = _either(interfaces.brief, as_json.reader(as_json.interfaces))
_FULL = _either(interfaces.full, as_json.reader(as_json.interfaces))
_FAMILIES = ("", "ipv4 ", "ipv6 ", "ipv4 unicast ", "ipv6 unicast ", "l2vpn evpn ")
_SUMMARIES = (
    *(f"show {ip}bgp {vrf}{family}summary" for ip in ("", "ip ") for vrf in ("", "vrf * ") for family in _FAMILIES),
)

SHOWS: tuple[Show, ...] = (
    Show("show ip route", Kind.ROUTES, _ROUTES, routes.HEADER),
    Show("show ipv6 route", Kind.ROUTES, _ROUTES),
    *(Show(f"show {ip} route {rest}summary", Kind.VITALS, _TOTALS) for ip in ("ip", "ipv6") for rest in ("", "vrf * ")),
    *(Show(name, Kind.BGP_NEIGHBORS, _BGP, tables.BGP_HEADER) for name in _SUMMARIES),
    *(
        Show(f"show {name} neighbor", Kind.OSPF_NEIGHBORS, _OSPF, tables.OSPF_HEADER)
        for name in ("ip ospf", "ip ospf vrf *", "ipv6 ospf6", "ipv6 ospf6 vrf *")
    ),
    Show("show ip ospf neighbor detail", Kind.TABLE, None),
    Show("show interface", Kind.INTERFACES, _FULL, interfaces.HEADER),
    *(Show(f"show interface {rest}brief", Kind.INTERFACES, _BRIEF) for rest in ("", "vrf * ")),
    Show("show interface description", Kind.TABLE, None),
    Show("show version", Kind.VERSION, tables.version),
    Show("show logging", Kind.LOG, log_lines.parse),
    *(Show(f"show {word}", Kind.CONFIG, config_lines.parse) for word in ("running-config", "startup-config")),
    Show("write terminal", Kind.CONFIG, config_lines.parse),
)
"""In no order: `shows.find` takes the longest that fits."""

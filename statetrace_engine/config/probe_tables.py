"""`[[device.probe]]` → Probes, and the control probes that every watched device has without asking (SPEC 2)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any  # the rest of a Probe's fields, checked by its constructor

from msgspec.structs import replace

from statetrace_engine.config.addresses import address_problem
from statetrace_engine.config.problems import Table
from statetrace_engine.health.policy import Policy
from statetrace_engine.model import names
from statetrace_engine.model.inventory import Device, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import RouteClass, RouteRecord

KEYS = frozenset(("kind", "tests", "target", "port", "interval_ms", "next_hop", "prefix", "vrf", "silent"))
STAMP_PORT = 862
"""RFC 8762 section 4.1."""
_KINDS = tuple(str(kind) for kind in ProbeKind)
_TESTS = (str(ProbeTests.NEXT_HOP), str(ProbeTests.DESTINATION), str(ProbeTests.CONTROL))
_RANK = (RouteClass.CRITICAL, RouteClass.STANDARD, RouteClass.BEST_EFFORT)


class _Watched:
    """The device's routes, indexed once: a device may have thousands of routes and of probes."""

    def __init__(self, routes: list[RouteRecord], policy: Policy) -> None:
        self.policy = policy
        self.is_any_hop = any(not any(path.next_hop for path in route.paths) for route in routes)
        """A route without a stated next hop takes it from the baseline: any may come."""
        self.hops: dict[str, int] = {}
        self.prefixes: dict[tuple[str, str], int] = {}
        """(vrf, prefix). Both hold the rank of the most important class concerned."""
        self.best = min((_RANK.index(route.route_class) for route in routes), default=_RANK.index(RouteClass.STANDARD))
        for route in routes:
            rank = _RANK.index(route.route_class)
            self.prefixes[route.vrf, route.prefix] = rank
            for hop in {path.next_hop for path in route.paths if path.next_hop}:
                self.hops[hop] = min(rank, self.hops.get(hop, rank))

    def interval_ms(self, rank: int | None = None) -> int:
        return self.policy.of(_RANK[self.best if rank is None else rank]).probe_interval_ms

    def longest(self, vrf: str, target: str) -> str:
        """The longest watched prefix that covers the target; empty when none does."""
        bits = ip_address(target).max_prefixlen
        covering = (str(ip_network((target, length), strict=False)) for length in range(bits, -1, -1))
        return next((prefix for prefix in covering if (vrf, prefix) in self.prefixes), "")


def read(device_table: Table, device: Device, routes: list[RouteRecord], policy: Policy) -> list[Probe]:
    """The device's probes as written, and its default control probes."""
    watched = _Watched(routes, policy)
    found: dict[str, Probe] = {}
    for table in device_table.tables("probe"):
        for probe in _probes(table, device, watched):
            if probe.probe_id in found:
                table.bad("target", f"this probe is already there: {probe.probe_id}")
            found.setdefault(probe.probe_id, probe)
    if routes and not any(probe.tests is ProbeTests.CONTROL for probe in found.values()):
        for address in device.addresses:
            probe = _made(device, ProbeKind.ICMP, ProbeTests.CONTROL, address, interval_ms=watched.interval_ms())
            found.setdefault(probe.probe_id, probe)
    return list(found.values())


def _probes(table: Table, device: Device, watched: _Watched) -> list[Probe]:
    table.only(KEYS)
    for name in ("kind", "tests"):
        if name not in table.values:
            table.bad(name, "a probe needs this key")
    kind = ProbeKind(table.choice("kind", _KINDS, ProbeKind.ICMP))
    tests = ProbeTests(table.choice("tests", _TESTS, ProbeTests.CONTROL))
    targets = _targets(table, device, tests)
    vrf = names.vrf(table.text("vrf"))
    rank, next_hop, prefix = None, "", ""
    if tests is ProbeTests.NEXT_HOP:
        next_hop = _next_hop(table, watched, targets)
        rank = watched.hops.get(next_hop)
    elif tests is ProbeTests.DESTINATION:
        prefix = _prefix(table, watched, vrf, targets)
        rank = watched.prefixes.get((vrf, prefix))
    template = _made(
        device,
        kind,
        tests,
        port=_port(table, kind),
        interval_ms=table.integer("interval_ms", None, 20, 3_600_000) or watched.interval_ms(rank),
        next_hop=next_hop,
        prefix=prefix,
        vrf=vrf,
        is_silent=bool(table.get("silent", bool, False)),
    )
    return [_aimed(template, target) for target in targets]


def _made(device: Device, kind: ProbeKind, tests: ProbeTests, target: str = "", **settings: Any) -> Probe:
    return _aimed(Probe(probe_id="", hostname=device.hostname, kind=kind, tests=tests, target="", **settings), target)


def _aimed(probe: Probe, target: str) -> Probe:
    name = f"{probe.hostname}/{probe.tests}/{probe.kind}/{target}" + (f":{probe.port}" if probe.port else "")
    return replace(probe, probe_id=name, target=target)


def _targets(table: Table, device: Device, tests: ProbeTests) -> tuple[str, ...]:
    text = table.text("target")
    if not text:
        if tests is ProbeTests.CONTROL and device.addresses:
            return device.addresses
        table.bad(
            "target", "needs an address" + (": the device has none of its own" if tests is ProbeTests.CONTROL else "")
        )
        return ()
    if wrong := address_problem(text):
        table.bad("target", wrong)
        return ()
    if ip_address(text).is_link_local:
        table.bad("target", f"{text} is link-local: it cannot be probed from here; probe an address beyond it")
        return ()
    return (names.address(text),)


def _port(table: Table, kind: ProbeKind) -> int:
    port = table.integer("port", 0, 1, 65535) or 0
    if kind is ProbeKind.ICMP and "port" in table.values:
        table.bad("port", "icmp has no ports", "", ())
        return 0
    if kind is ProbeKind.TCP and not port:
        table.bad("port", "a tcp probe needs a port")
    return port or (STAMP_PORT if kind is ProbeKind.STAMP else 0)


def _next_hop(table: Table, watched: _Watched, targets: tuple[str, ...]) -> str:
    """The next hop that the probe speaks for: as written, else its target."""
    text = table.text("next_hop") or "".join(targets[:1])
    if not text:
        return ""
    if wrong := address_problem(text):
        table.bad("next_hop", wrong)
        return ""
    next_hop = names.address(text)
    if not watched.is_any_hop and next_hop not in watched.hops:
        key = "next_hop" if "next_hop" in table.values else "target"
        table.bad(key, f"no path of this device has next hop {next_hop}", next_hop, watched.hops)
    return next_hop


def _prefix(table: Table, watched: _Watched, vrf: str, targets: tuple[str, ...]) -> str:
    """The watched prefix that the probe proves: as written, else the longest that covers its target."""
    text = table.text("prefix")
    if not text:
        found = watched.longest(vrf, targets[0]) if targets else ""
        if targets and not found:
            table.bad(
                "target", f"no watched prefix of this device in vrf {vrf} covers {targets[0]}; name one with prefix"
            )
        return found
    try:
        prefix = names.prefix(text)
    except ValueError:
        table.bad("prefix", f"{text!r} is not a prefix such as 10.0.0.0/8")
        return ""
    if (vrf, prefix) not in watched.prefixes:
        known = [name for where, name in watched.prefixes if where == vrf]
        table.bad("prefix", f"{prefix} is not watched on this device in vrf {vrf}", prefix, known)
    return prefix

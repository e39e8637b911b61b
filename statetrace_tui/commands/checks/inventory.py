"""The configuration and what it leaves unwatched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.config import Settings
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.inventory import Inventory, ProbeTests
from statetrace_engine.model.route import Role, RouteRecord
from statetrace_tui.commands.checks import Check, fail, ok, warn
from statetrace_tui.present.words import count

_SHOWN = 5


def load(home: Path) -> tuple[Settings | None, list[Check]]:
    """The settings, when they can be used, and what is wrong with them."""
    try:
        settings = config.load(home)
    except ConfigError as error:
        return None, [
            fail("config", problem, "correct the line; the engine keeps its last good settings")
            for problem in error.problems
        ]
    watched = settings.inventory
    counted = (
        count(len(watched.devices), "device"), count(len(watched.routes), "route"),
        count(len(settings.runbooks), "runbook"),
    )  # fmt: skip
    remedy = "correct the line; routes that it serves have the runbook of their cause meanwhile"
    broken = [warn("config", problem, remedy) for problem in settings.runbook_problems]
    return settings, broken or [ok("config", f"no problems; {', '.join(counted)}")]


def checks(settings: Settings) -> Iterator[Check]:
    inventory = settings.inventory
    if not inventory.routes:
        yield warn("routes", "no route is watched", "copy inventory.example.toml to config/inventory.toml, name yours")
        return
    yield _named(
        "owners",
        [_label(route) for route in inventory.routes if not route.owner],
        "routes have no owner",
        "set owner in the route, or for the whole site",
    )
    yield _named("probes", _unprobed(inventory), "routes have no probe of path or destination", _suggestion(inventory))
    yield _named(
        "control probes",
        _uncontrolled(inventory),
        "watched devices have no control probe",
        "give the device its addresses, or a probe of tests = 'control': without it no path probe counts",
    )
    yield _named(
        "addresses",
        _shared(inventory),
        "addresses are claimed by several devices",
        "log with a hostname in the header, or let each be heard from an address of its own: a trap from such an "
        "address counts only with the device's sysName",
    )
    if not settings.watch.gateway:
        yield warn("gateway", "not set: isolation is judged by the control probes alone", "set [watch] gateway")


def _named(name: str, found: Sequence[str], what: str, remedy: str) -> Check:
    """All is well, or how many are not, and the first of them."""
    if not found:
        return ok(name, "complete")
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return warn(name, f"{len(found)} {what}: {', '.join(found[:_SHOWN])}{more}", remedy)


def _shared(inventory: Inventory) -> list[str]:
    """`10.1.1.2 (WLLS-B01-CR-01, BOYO-B01-CR-01)`"""
    hosts: dict[str, list[str]] = {}
    for device in inventory.devices:
        for address in device.addresses:
            hosts.setdefault(address, []).append(device.hostname)
    return [f"{address} ({', '.join(claimed)})" for address, claimed in hosts.items() if len(claimed) > 1]


def _label(route: RouteRecord) -> str:
    return f"{route.hostname} {route.prefix}" + ("" if route.vrf == "default" else f" {route.vrf}")


def _unprobed_routes(inventory: Inventory) -> Iterator[RouteRecord]:
    """Routes whose silent failure nothing would notice before a protocol's timer expires."""
    hops = {(probe.hostname, probe.next_hop) for probe in inventory.probes if probe.tests is ProbeTests.NEXT_HOP}
    proven = {
        (probe.hostname, probe.vrf, probe.prefix) for probe in inventory.probes if probe.tests is ProbeTests.DESTINATION
    }
    for route in inventory.routes:
        has_path = any((route.hostname, path.next_hop) in hops for path in route.paths if path.role is Role.PRIMARY)
        if not has_path and (route.hostname, route.vrf, route.prefix) not in proven:
            yield route


def _unprobed(inventory: Inventory) -> list[str]:
    return [_label(route) for route in _unprobed_routes(inventory)]


def _suggestion(inventory: Inventory) -> str:
    """A probe that the first of them could have."""
    hops = (path.next_hop for route in _unprobed_routes(inventory) for path in route.paths if path.next_hop)
    hop = next(hops, "NEXT HOP")
    return f'[[device.probe]] kind = "icmp", tests = "next-hop", target = "{hop}"; else silent failures stay unseen'


def _uncontrolled(inventory: Inventory) -> list[str]:
    controlled = {probe.hostname for probe in inventory.probes if probe.tests is ProbeTests.CONTROL}
    return sorted({route.hostname for route in inventory.routes} - controlled)

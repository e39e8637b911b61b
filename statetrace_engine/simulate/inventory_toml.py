"""Pure. A simulated network as the text of an `inventory.toml` (SPEC 10), once its reflectors have ports."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.model.route import RoutePath, RouteRecord
from statetrace_engine.simulate.network import Network, Node, Reflector, contact_of, owner_of
from statetrace_engine.simulate.profile import LOOPBACK, SNMP


def text(network: Network, ports: Mapping[str, int], agents: Mapping[str, int] | None = None) -> str:
    """The whole file; `ports` gives the UDP port of each reflector by its key, `agents` of each agent by its device."""
    reflectors: dict[str, list[Reflector]] = defaultdict(list)
    for reflector in network.reflectors:
        reflectors[reflector.hostname].append(reflector)
    blocks = [block for site in network.sites for block in _site(site)]
    for node in network.nodes.values():
        blocks.extend(_device(node))
        if port := (agents or {}).get(node.hostname):
            blocks.extend(_pairs(snmp=SNMP, snmp_address=f"{LOOPBACK}:{port}"))
        for route in network.routes_of(node.hostname):
            blocks.extend(_route(route))
        for reflector in reflectors[node.hostname]:
            blocks.extend(_probe(reflector, ports[reflector.key], network.interval_ms))
    return "\n".join(blocks).lstrip() + "\n"


def _site(site: str) -> Iterator[str]:
    yield f"\n[site.{site}]"
    yield from _pairs(owner=owner_of(site), contact=contact_of(site))


def _device(node: Node) -> Iterator[str]:
    yield "\n[[device]]"
    yield from _pairs(hostname=node.hostname, site=node.site, vendor=node.vendor, addresses=list(node.addresses))


def _route(route: RouteRecord) -> Iterator[str]:
    yield "\n[[device.route]]"
    yield from _pairs(
        prefix=route.prefix,
        vrf=route.vrf,
        **{"class": route.route_class.value},
        owner=route.owner,
        contact=route.contact,
        circuit=route.circuit,
        carrier=route.carrier,
        carrier_contact=route.carrier_contact,
    )
    primary, *others = route.paths
    yield f"primary = {_path(primary)}"
    yield f"secondary = [{', '.join(_path(path) for path in others)}]"


def _path(path: RoutePath) -> str:
    known = {"next_hop": path.next_hop, "interface": path.interface, "protocol": path.protocol}
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in known.items()) + " }"


def _probe(reflector: Reflector, port: int, interval_ms: int) -> Iterator[str]:
    yield "\n[[device.probe]]"
    speaks_for: dict[str, str] = {}
    if reflector.tests is ProbeTests.NEXT_HOP:
        speaks_for = {"next_hop": reflector.next_hop}
    elif reflector.tests is ProbeTests.DESTINATION:
        speaks_for = {"prefix": reflector.prefix, "vrf": "default"}
    yield from _pairs(
        kind="stamp", tests=reflector.tests.value, target=LOOPBACK, port=port, interval_ms=interval_ms, **speaks_for
    )


def _pairs(**values: object) -> Iterator[str]:
    """A JSON string of printable ASCII, a number and a list of such are TOML as they stand."""
    for key, value in values.items():
        yield f"{key} = {json.dumps(value)}"

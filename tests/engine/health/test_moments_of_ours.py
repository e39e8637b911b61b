"""Half of all devices silent within one moment is about us, however many they are and however seldom they are asked."""

from __future__ import annotations

from functools import lru_cache

import pytest

from statetrace_engine.model import ids
from statetrace_engine.model.change import Isolated
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from tests.virtual import VirtualNetwork

DEVICES = 160
EVEN, UNEVEN = ("WLLS", "BOYO", "KARR", "MIDL"), ("WLLS", "WLLS", "WLLS", "BOYO")
BEGIN_S = 40.0
"""A probe has been asked often enough by then for its losses to be a rate."""


@lru_cache
def _inventory(interval_ms: int, sites: tuple[str, ...]) -> Inventory:
    devices, routes, probes = [], [], []
    for number in range(DEVICES):
        site = sites[number % len(sites)]
        host = f"{site}-A{number:03}-AR-01"
        own, hop, prefix = f"10.{number}.0.1", f"10.{number}.0.2", f"172.16.{number}.0/24"
        route_id = ids.route_id(site, host, "default", prefix)
        ident = ids.path_id(route_id, "bgp", hop, "Ethernet1")
        path = RoutePath(path_id=ident, role=Role.PRIMARY, next_hop=hop, interface="Ethernet1", protocol="bgp")
        devices.append(Device(hostname=host, site=site, vendor="cisco_ios", addresses=(own,)))
        routes.append(
            RouteRecord(
                route_id=route_id, site=site, hostname=host, vrf="default", prefix=prefix, owner="n", contact="n",
                paths=(path,),
            )
        )  # fmt: skip
        probes += (
            Probe(
                probe_id=f"{host}/{tests}/icmp/{target}", hostname=host, kind=ProbeKind.ICMP, tests=tests,
                target=target, interval_ms=interval_ms, next_hop=next_hop, prefix=covered,
            )
            for tests, target, next_hop, covered in (
                (ProbeTests.CONTROL, own, "", ""),
                (ProbeTests.NEXT_HOP, hop, hop, ""),
                (ProbeTests.DESTINATION, f"172.16.{number}.1", "", prefix),
            )
        )  # fmt: skip
    return Inventory(devices=tuple(devices), routes=tuple(routes), probes=tuple(probes))


def _network(interval_ms: int = 2000, sites: tuple[str, ...] = EVEN) -> VirtualNetwork:
    network = VirtualNetwork(_inventory(interval_ms, sites))
    network.run_to(BEGIN_S)
    return network


def _banners(network: VirtualNetwork) -> list[bool]:
    return [change.is_isolated for change in network.changes if isinstance(change, Isolated)]


@pytest.mark.parametrize(
    ("interval_ms", "cut_off_s"), [(500, 0.6), (500, 1.3), (2000, 0.6), (2000, 1.3), (2000, 2.2), (2000, 3.0)]
)
def test_no_outage_opens_however_short_the_time_that_we_are_cut_off(interval_ms: int, cut_off_s: float) -> None:
    network = _network(interval_ms)
    network.at(BEGIN_S, lambda n: n.silence("*"))
    network.at(BEGIN_S + cut_off_s, lambda n: n.answer("*"))
    network.run_to(BEGIN_S + cut_off_s + 25.0)
    assert [o.hostname for o in network.outages()] == []
    if cut_off_s >= 2.2:
        assert _banners(network) == [True, False]


def test_what_broke_while_we_were_cut_off_is_found_afterwards() -> None:
    network = _network()
    network.at(BEGIN_S, lambda n: n.silence("*"))
    network.at(BEGIN_S + 3.0, lambda n: n.answer("*"))
    network.at(BEGIN_S + 3.0, lambda n: n.silence("WLLS-A000-AR-01/next-hop/*", "WLLS-A000-AR-01/destination/*"))
    network.run_to(BEGIN_S + 16.0)
    assert [o.hostname for o in network.outages()] == ["WLLS-A000-AR-01"]


@pytest.mark.parametrize("sites", [EVEN, UNEVEN])
def test_a_site_that_falls_silent_is_not_us_however_large_it_is(sites: tuple[str, ...]) -> None:
    """Elsewhere a packet in a hundred is lost, as always."""
    network = _network(500, sites)
    network.lose(1.0, "BOYO-*")
    network.at(BEGIN_S, lambda n: n.silence("WLLS-*"))
    network.run_to(BEGIN_S + 5.0)
    assert not _banners(network)
    devices = network.pipeline.topology.devices.values()
    assert {d.device.site for d in devices if d.state.is_unreachable} == {"WLLS"}
    assert all(d.state.is_unreachable for d in devices if d.device.site == "WLLS")


def test_loss_on_one_path_among_many_is_found_in_five_seconds() -> None:
    network = _network(1000)
    network.at(BEGIN_S, lambda n: n.lose(51.0, "WLLS-A000-AR-01/next-hop/*"))
    network.run_to(BEGIN_S + 5.0)
    assert [o.cause for o in network.outages()] == [CauseKind.CONGESTION_OR_LOSS]

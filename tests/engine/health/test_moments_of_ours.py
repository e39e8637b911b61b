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

DEVICES, SITES = 160, ("WLLS", "BOYO", "KARR", "MIDL")
BEGIN_S = 40.0
"""A probe has been asked often enough by then for its losses to be a rate."""


@lru_cache
def _inventory(interval_ms: int) -> Inventory:
    devices, routes, probes = [], [], []
    for number in range(DEVICES):
        site = SITES[number % len(SITES)]
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


def _network(interval_ms: int = 2000) -> VirtualNetwork:
    network = VirtualNetwork(_inventory(interval_ms))
    network.run_to(BEGIN_S)
    return network


def _banners(network: VirtualNetwork) -> list[bool]:
    return [change.is_isolated for change in network.changes if isinstance(change, Isolated)]


@pytest.mark.parametrize("phase_s", [0.0, 0.7])
@pytest.mark.parametrize("cut_off_s", [0.6, 1.3, 2.2, 3.0])
@pytest.mark.parametrize("interval_ms", [500, 2000])
def test_no_outage_opens_however_short_the_time_that_we_are_cut_off(
    interval_ms: int, cut_off_s: float, phase_s: float
) -> None:
    network = _network(interval_ms)
    network.at(BEGIN_S + phase_s, lambda n: n.silence("*"))
    network.at(BEGIN_S + phase_s + cut_off_s, lambda n: n.answer("*"))
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


def test_a_site_of_many_devices_that_falls_silent_is_not_us() -> None:
    network = _network()
    network.at(BEGIN_S, lambda n: n.silence("WLLS-*"))
    network.run_to(BEGIN_S + 8.0)
    assert not _banners(network)
    assert len(network.pipeline.incidents.records) >= 1
    assert all(network.health(f"WLLS-A{n:03}-AR-01", f"172.16.{n}.0/24").state.value == "UNKNOWN" for n in (0, 4, 8))


def test_loss_on_one_path_among_many_is_found_in_five_seconds() -> None:
    network = _network(1000)
    network.at(BEGIN_S, lambda n: n.lose(51.0, "WLLS-A000-AR-01/next-hop/*"))
    network.run_to(BEGIN_S + 5.0)
    assert [o.cause for o in network.outages()] == [CauseKind.CONGESTION_OR_LOSS]

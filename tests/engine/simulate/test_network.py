"""The made-up network keeps its promises for any size."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model import ids, names
from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.simulate import inventory_toml, network
from statetrace_engine.simulate.network import Place

SIZES = st.integers(min_value=1, max_value=3000)


def test_the_demo_has_3_sites_about_40_devices_and_120_routes() -> None:
    built = network.build()

    assert built.sites == ("WLLS", "BOYO", "LAB")
    assert len(built.nodes) == 40
    assert len(built.routes) == 120
    assert len({node.vendor for node in built.nodes.values()}) == 6


def test_the_first_access_router_is_the_one_of_the_documents() -> None:
    route = network.build().routes_of("WLLS-A01-AR-01")[0]

    assert (route.prefix, route.paths[0].next_hop, route.paths[1].next_hop) == ("0.0.0.0/0", "10.1.1.2", "10.1.2.2")


@settings(max_examples=25, deadline=None)
@given(SIZES, st.integers(min_value=0, max_value=99))
def test_routes_are_as_many_as_asked_for_and_have_ids_of_their_own(size: int, seed: int) -> None:
    built = network.build(size, seed)

    assert len(built.routes) == size
    assert len({route.route_id for route in built.routes}) == size
    for route in built.routes:
        assert route.route_id == ids.route_id(route.site, route.hostname, route.vrf, route.prefix)
        assert names.prefix(route.prefix) == route.prefix


@settings(max_examples=25, deadline=None)
@given(SIZES)
def test_every_device_has_a_control_probe_and_every_primary_next_hop_a_probe(size: int) -> None:
    built = network.build(size)
    probes = {(r.hostname, r.next_hop) for r in built.reflectors if r.tests is ProbeTests.NEXT_HOP}
    controls = [r.hostname for r in built.reflectors if r.tests is ProbeTests.CONTROL]

    assert {(route.hostname, route.paths[0].next_hop) for route in built.routes} == probes
    assert sorted(controls) == sorted(built.nodes)
    assert len({r.key for r in built.reflectors}) == len(built.reflectors)


@settings(max_examples=25, deadline=None)
@given(SIZES)
def test_no_two_ports_share_an_address_and_every_secondary_differs(size: int) -> None:
    built = network.build(size)
    addresses = [port.address for link in built.links.values() for port in (link.near, link.far)]

    assert len(set(addresses)) == len(addresses)
    for route in built.routes:
        primary, secondary = route.paths
        assert (primary.next_hop, primary.interface) != (secondary.next_hop, secondary.interface)
        assert names.interface(primary.interface or "") == primary.interface


@pytest.mark.parametrize(("size", "most"), [(10_000, 1500), (10_000, 450), (120, 450)])
def test_sockets_and_packets_are_bounded_however_many_routes(size: int, most: int) -> None:
    built = network.build(size, max_sockets=most)

    assert len(built.routes) == size
    assert len(built.reflectors) <= most
    assert len(built.reflectors) * 1000 / built.interval_ms <= 800


def test_the_same_arguments_give_the_same_network_and_another_seed_another() -> None:
    assert network.build(120, 7).routes == network.build(120, 7).routes
    assert network.build(120, 7).routes != network.build(120, 8).routes


def test_each_spoke_site_has_neighbours_outside_and_the_hub_site_none() -> None:
    built = network.build()
    outside = {
        built.nodes[link.near.hostname].site
        for link in built.links.values()
        if link.far.hostname and built.nodes[link.far.hostname].site != built.nodes[link.near.hostname].site
    }

    assert outside == set(built.spokes) == {"BOYO", "LAB"}


def test_the_inventory_text_says_what_the_network_is() -> None:
    built = network.build(40)
    ports = {reflector.key: 20000 + n for n, reflector in enumerate(built.reflectors)}

    document = tomllib.loads(inventory_toml.text(built, ports))

    devices = {device["hostname"]: device for device in document["device"]}
    assert set(document["site"]) == set(built.sites)
    assert {h: tuple(d["addresses"]) for h, d in devices.items()} == {h: n.addresses for h, n in built.nodes.items()}
    routes = [(h, r["prefix"], r["primary"]["next_hop"]) for h, d in devices.items() for r in d.get("route", [])]
    assert routes == [(r.hostname, r.prefix, r.paths[0].next_hop) for r in built.routes]
    probes = [probe for device in devices.values() for probe in device["probe"]]
    assert [probe["port"] for probe in probes] == list(ports.values())
    assert all(probe["target"] == "127.0.0.1" and probe["kind"] == "stamp" for probe in probes)
    assert all("next_hop" in probe for probe in probes if probe["tests"] == "next-hop")
    assert all({"prefix", "vrf"} <= set(probe) for probe in probes if probe["tests"] == "destination")


def test_hubs_and_cores_stand_between_access_routers_and_the_world() -> None:
    built = network.build()

    for link in built.links.values():
        near, far = built.nodes[link.near.hostname], built.nodes.get(link.far.hostname)
        above = {Place.ACCESS: Place.CORE, Place.CORE: Place.HUB, Place.HUB: None}[near.place]
        assert (far.place if far else None) is above

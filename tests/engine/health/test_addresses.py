"""Whose an address is: of one device, of one a site, of nobody who sends from it."""

from __future__ import annotations

from statetrace_engine.health.addresses import Addresses
from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model.inventory import Device


def device(hostname: str, site: str) -> DeviceTrack:
    return DeviceTrack(Device(hostname=hostname, site=site))


HERE, THERE, ELSEWHERE = device("A-1", "A"), device("B-1", "B"), device("C-1", "C")


def test_an_address_of_one_device_is_its_own_for_every_site() -> None:
    addresses = Addresses()
    addresses.claim("10.0.0.1", HERE)
    addresses.claim("10.0.0.1", HERE)
    assert addresses.owner("10.0.0.1") is addresses.near("B", "10.0.0.1") is HERE
    assert (addresses.shared, addresses.is_alike("A")) == (0, False)


def test_an_address_of_two_sites_is_each_sites_own_and_nobodys_who_sends() -> None:
    addresses = Addresses()
    addresses.claim("10.0.0.1", HERE)
    addresses.claim("10.0.0.1", THERE)
    assert addresses.owner("10.0.0.1") is None
    assert [addresses.near(site, "10.0.0.1") for site in ("A", "B", "C")] == [HERE, THERE, None]
    assert [addresses.is_alike(site) for site in ("A", "B", "C")] == [True, True, False]
    assert (addresses.shared, addresses.some_shared(5)) == (1, {"10.0.0.1": ("A-1", "B-1")})


def test_captures_take_nothing_away_from_the_inventory_and_are_as_good_as_each_other() -> None:
    addresses = Addresses()
    addresses.claim("10.0.0.1", HERE)
    addresses.show("10.0.0.1", THERE)
    addresses.show("10.0.0.2", THERE)
    addresses.show("10.0.0.2", ELSEWHERE)
    assert addresses.owner("10.0.0.1") is HERE
    assert addresses.owner("10.0.0.2") is None
    assert addresses.near("C", "10.0.0.2") is ELSEWHERE


def test_devices_of_a_lab_on_one_machine_are_at_no_sites_that_are_alike() -> None:
    addresses = Addresses()
    addresses.claim("127.0.0.1", HERE)
    addresses.claim("127.0.0.1", THERE)
    assert addresses.owner("127.0.0.1") is None
    assert not addresses.is_alike("A")

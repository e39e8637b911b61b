"""Who is polled, and for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from statetrace_engine.config.settings import Settings, SnmpProfile, SnmpSecrets
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.runtime.poll_targets import targets
from statetrace_engine.sources.snmp.target import Target
from tests.journey import SCENARIOS, inventory

HOME = Path("home")
PROFILE = SnmpProfile(version="2c")
NEAR, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"


def found(text: str, *hosts: str, more: tuple[RouteRecord, ...] = ()) -> dict[str, Target]:
    watched = inventory(text)
    settings = Settings(inventory=watched, snmp={"core": PROFILE}, device_snmp=dict.fromkeys(hosts, "core"))
    return {t.hostname: t for t in targets(settings, HOME, watched.devices, (*watched.routes, *more))}


@pytest.fixture
def two_paths() -> str:
    return (SCENARIOS / "networks" / "two-paths.toml").read_text(encoding="utf-8")


def test_a_device_with_a_profile_is_asked_for_what_its_paths_depend_on(two_paths: str) -> None:
    (target,) = found(two_paths, NEAR).values()
    assert (target.hostname, target.address) == (NEAR, "10.255.1.1")
    assert (target.profile, target.reveal) == (PROFILE, SnmpSecrets(PROFILE, HOME))
    assert target.interfaces == ("GigabitEthernet0/1", "GigabitEthernet0/2")
    assert target.neighbours == ("10.1.1.2", "10.1.2.2")
    assert target.prefixes == (("default", "0.0.0.0/0"),)


def test_the_device_at_the_other_end_is_asked_for_its_sessions_with_us(two_paths: str) -> None:
    far = found(two_paths, FAR)[FAR]
    assert (far.interfaces, far.prefixes) == ((), ())
    assert far.neighbours == ("10.1.1.1", "10.1.2.1", "10.255.1.1")


def test_the_other_end_is_the_one_of_the_same_site_where_sites_are_numbered_alike() -> None:
    text = (SCENARIOS / "networks" / "alike.toml").read_text(encoding="utf-8")
    asked = found(text.replace('10.1.1.1"]', '10.1.1.1", "10.9.9.9"]', 1), FAR, "BOYO-B01-CR-01")
    assert asked[FAR].neighbours == ("10.1.1.1", "10.9.9.9")
    assert asked["BOYO-B01-CR-01"].neighbours == ("10.1.1.1",)


def test_a_subinterface_falls_with_its_parent_and_a_path_into_nothing_has_no_interface() -> None:
    text = f"""[[device]]
hostname = "{NEAR}"
addresses = ["10.0.0.1"]
[[device.route]]
prefix = "10.1.0.0/16"
vrf = "BLUE"
primary = {{ next_hop = "10.9.0.2", interface = "Gi0/1.100", protocol = "bgp" }}
[[device.route]]
prefix = "10.2.0.0/16"
primary = {{ interface = "Null0", protocol = "static" }}
"""
    target = found(text, NEAR)[NEAR]
    assert target.interfaces == ("GigabitEthernet0/1", "GigabitEthernet0/1.100")
    assert target.neighbours == ("10.9.0.2",)
    assert target.prefixes == (("BLUE", "10.1.0.0/16"), ("default", "10.2.0.0/16"))


def test_a_reflector_is_a_neighbour_as_its_next_hop_is() -> None:
    text = f"""[[device]]
hostname = "{NEAR}"
addresses = ["10.0.0.1"]
[[device.route]]
prefix = "10.1.0.0/16"
primary = {{ next_hop = "10.9.0.2", protocol = "bgp", learned_from = ["10.255.0.1", "10.255.0.2"] }}
"""
    assert found(text, NEAR)[NEAR].neighbours == ("10.255.0.1", "10.255.0.2", "10.9.0.2")


@pytest.mark.parametrize(
    ("where", "address", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 161),
        ("127.0.0.1:16161", "127.0.0.1", 16161),
        ("[2001:db8::1]:16161", "2001:db8::1", 16161),
        ("2001:db8::1", "2001:db8::1", 161),
    ],
)
def test_a_device_may_have_its_agent_elsewhere(where: str, address: str, port: int) -> None:
    watched = inventory(f'[[device]]\nhostname = "{NEAR}"\naddresses = ["10.0.0.1"]\n')
    settings = Settings(
        inventory=watched, snmp={"core": PROFILE}, device_snmp={NEAR: "core"}, snmp_addresses={NEAR: where}
    )
    (target,) = targets(settings, HOME, watched.devices, ())
    assert (target.address, target.profile.port) == (address, port)
    assert target.reveal == SnmpSecrets(PROFILE, HOME)


def test_a_device_without_a_profile_or_an_address_is_not_asked() -> None:
    text = f'[[device]]\nhostname = "{NEAR}"\n[[device]]\nhostname = "{FAR}"\naddresses = ["10.0.0.2"]\n'
    assert found(text, NEAR) == {}


def test_routes_that_captures_add_are_asked_for_too(two_paths: str) -> None:
    captured = RouteRecord(route_id="rt-1", site="WLLS", hostname=FAR, vrf="default", prefix="::/0")
    assert found(two_paths, FAR, more=(captured,))[FAR].prefixes == (("default", "::/0"),)

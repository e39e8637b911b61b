"""One spelling for one thing, however a device printed it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model import names

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [
        ("Gi0/1", "GigabitEthernet0/1"),
        ("gi0/1.100", "GigabitEthernet0/1.100"),
        ("Gi 0/1", "GigabitEthernet0/1"),
        ("gigabitethernet0/1", "GigabitEthernet0/1"),
        ("Te1/0/1", "TenGigabitEthernet1/0/1"),
        ("Te0/2/0/4", "TenGigE0/2/0/4"),
        ("Te0/2/0/4.995", "TenGigE0/2/0/4.995"),
        ("TenGigE0/2/0/8.995", "TenGigE0/2/0/8.995"),
        ("Fo0/0/0/1", "FortyGigE0/0/0/1"),
        ("Hu0/0/0/1", "HundredGigE0/0/0/1"),
        ("FH0/0/0/1", "FourHundredGigE0/0/0/1"),
        ("Eth1/33", "Ethernet1/33"),
        ("Po10", "Port-channel10"),
        ("port-channel10", "Port-channel10"),
        ("Port-Channel10.5", "Port-channel10.5"),
        ("BE10.1", "Bundle-Ether10.1"),
        ("loopback0", "Loopback0"),
        ("Vlan 100", "Vlan100"),
        ("vlan 100", "Vlan100"),
        ("null0", "Null0"),
        ("MgmtEth0/RP0/CPU0/0", "MgmtEth0/RP0/CPU0/0"),
        ("mgmt0", "mgmt0"),
        ("tunnel-te1", "tunnel-te1"),
        ("Virtual-Access2.1", "Virtual-Access2.1"),
        ("ge-0/0/0.0", "ge-0/0/0.0"),
        ("et-0/0/25:3", "et-0/0/25:3"),
        ("ae1.0", "ae1.0"),
        ("irb.1", "irb.1"),
        ("eth0", "eth0"),
        ("lo", "lo"),
        ("vlan10", "vlan10"),
        ("enp0s3", "enp0s3"),
        ("1/1/1", "1/1/1"),
    ],
)
def test_an_interface_has_one_name(printed: str, canonical: str) -> None:
    assert names.interface(printed) == canonical


@pytest.mark.parametrize(
    ("printed", "vendor", "canonical"),
    [
        ("et7", "arista_eos", "Ethernet7"),
        ("et7", "frr", "et7"),
        ("vlan10", "cisco_nxos", "Vlan10"),
        ("lo0", "cisco_ios", "Loopback0"),
        ("lo0.0", "juniper_junos", "lo0.0"),
        ("1/1/1", "ruckus_fastiron", "Ethernet1/1/1"),
        ("1/1", "brocade_fastiron", "Ethernet1/1"),
        ("1/1/1", "aruba_aoscx", "1/1/1"),
        ("1/1/1", "", "1/1/1"),
    ],
)
def test_the_vendor_decides_where_a_name_is_ambiguous(printed: str, vendor: str, canonical: str) -> None:
    assert names.interface(printed, vendor) == canonical


@LAW
@given(st.text(max_size=40), st.sampled_from(["", "cisco_ios", "arista_eos", "frr", "ruckus_fastiron"]))
def test_a_canonical_interface_stays_as_it_is(text: str, vendor: str) -> None:
    once = names.interface(text, vendor)

    assert names.interface(once, vendor) == once


@pytest.mark.parametrize(
    "name", ["", "global", "inet.0", "inet6.0", "master", "default", "Default", "default-vrf", None]
)
def test_every_vendors_word_for_the_global_table_is_default(name: str | None) -> None:
    assert names.vrf(name) == "default"


def test_a_vrf_keeps_its_case() -> None:
    assert names.vrf("Red") == "Red"


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [
        ("gw1.dev1", "GW1"),
        ("mx1-re0", "MX1"),
        ("re0-gw2.fin1", "GW2"),
        ("re0.mx1", "MX1"),
        ("re1.mx1.example.net", "MX1"),
        ("re0", "RE0"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_host_is_upper_case_without_its_domain_and_an_address_stays(printed: str, canonical: str) -> None:
    assert names.hostname(printed) == canonical


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [("10.1.2.3/8", "10.0.0.0/8"), ("10.1.2.0/255.255.255.0", "10.1.2.0/24"), ("2001:DB8::1/32", "2001:db8::/32")],
)
def test_a_prefix_has_no_host_bits(printed: str, canonical: str) -> None:
    assert names.prefix(printed) == canonical


@pytest.mark.parametrize("text", ["", "x", "10.0.0.0/33", "10.0.0.0/0.255.0.255"])
def test_what_is_no_prefix_is_said_so(text: str) -> None:
    with pytest.raises(ValueError):
        names.prefix(text)


def test_the_parent_of_a_subinterface_takes_it_down() -> None:
    assert names.parents("GigabitEthernet0/1.100") == ("GigabitEthernet0/1",)
    assert names.parents("GigabitEthernet0/1") == ()


@pytest.mark.parametrize("name", ["Null0", "discard", "dsc.0", "reject"])
def test_a_discard_interface_never_carries(name: str) -> None:
    assert names.is_discard(name)


@pytest.mark.parametrize(
    ("printed", "canonical"),
    [
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("FE80::1%Gi0/1", "fe80::1%GigabitEthernet0/1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        (" 10.0.0.1 ", "10.0.0.1"),
    ],
)
def test_an_address_has_one_spelling_and_keeps_its_zone(printed: str, canonical: str) -> None:
    assert names.address(printed) == canonical


@pytest.mark.parametrize("text", ["", "R1", "10.0.0.1%eth0", "fe80::1%", "10.0.0.256"])
def test_what_is_no_address_is_said_so(text: str) -> None:
    with pytest.raises(ValueError):
        names.address(text)


@pytest.mark.parametrize(
    ("of", "addresses", "mates"),
    [
        ("10.1.1.2", ("10.255.1.1", "10.1.1.1", "10.1.2.1"), ("10.1.1.1",)),
        ("10.1.1.3", ("10.1.1.2", "10.1.1.1"), ("10.1.1.2",)),
        ("10.1.1.1", ("10.1.1.5",), ()),
        ("2001:db8:0:1::2", ("2001:db8:0:1::a", "2001:db8:0:2::1", "10.1.1.1"), ("2001:db8:0:1::a",)),
        ("swp1", ("10.1.1.1",), ()),
    ],
)
def test_addresses_of_one_link_are_mates(of: str, addresses: tuple[str, ...], mates: tuple[str, ...]) -> None:
    assert names.link_mates(of, addresses) == mates


@pytest.mark.parametrize(
    ("hop", "own", "subnet"),
    [
        ("10.1.1.2", ("10.255.0.1", "10.1.1.1"), "10.1.1.0/30"),
        ("10.1.1.1", ("10.1.1.2",), "10.1.1.0/30"),
        ("10.1.1.1", ("10.1.1.0",), "10.1.1.0/31"),
        ("10.1.1.2", ("10.1.1.3",), "10.1.1.2/31"),
        ("10.1.1.2", (), "10.1.1.0/30"),
        ("2001:db8::1", ("2001:DB8:0::0",), "2001:db8::/127"),
        ("2001:db8::2", ("2001:db8::1",), "2001:db8::/64"),
        ("fe80::1%eth0", ("10.1.1.1",), "fe80::/64"),
        ("Null0", ("10.1.1.1",), ""),
    ],
)
def test_a_link_is_named_by_its_subnet_as_far_as_its_ends_tell(hop: str, own: tuple[str, ...], subnet: str) -> None:
    assert names.link_subnet(hop, own) == subnet

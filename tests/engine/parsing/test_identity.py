"""What a capture shows that stays with a device."""

from __future__ import annotations

from statetrace_engine.model.captured import ConfigRow, InterfaceRow, Kind, RouteRow, VersionRow
from statetrace_engine.parsing import identity


def test_what_stays_with_a_device_is_taken_from_whatever_shows_it() -> None:
    found = identity.of(
        [
            (Kind.VERSION, [VersionRow("R1", "15.4", "C3900", "FTX1", 3600)]),
            (Kind.INTERFACES, [InterfaceRow("Gi0/1", ip="10.0.1.1", mac="0050.56b2.0001"), InterfaceRow("Gi0/2")]),
            (Kind.ROUTES, [RouteRow("default", "10.0.2.1/32", None, "Gi0/2", "local")]),
            (Kind.CONFIG, [ConfigRow(("interface Loopback0", " ip address 10.9.0.1 255.255.255.255", "router bgp 1",
                                      " bgp router-id 10.9.0.1"))]),
            (Kind.ARP, []),
        ],
        "cisco_ios", 10_000.0,
    )  # fmt: skip
    assert (found.serials, found.model, found.booted_at, found.uptime_s) == (("FTX1",), "C3900", 6400.0, 3600)
    assert found.macs == {"GigabitEthernet0/1": "005056b20001"}
    assert found.addresses == {
        "GigabitEthernet0/1": "10.0.1.1", "GigabitEthernet0/2": "10.0.2.1", "Loopback0": "10.9.0.1",
        "router-id": "10.9.0.1",
    }  # fmt: skip


def test_addresses_of_both_families_of_a_port_are_two() -> None:
    rows = [RouteRow("default", prefix, None, "Gi0/1", "local") for prefix in ("2001:db8::1/128", "10.0.1.1/32")]
    found = identity.of([(Kind.ROUTES, rows)], "cisco_ios", None)
    assert found.addresses == {"GigabitEthernet0/1": "10.0.1.1", "GigabitEthernet0/1 IPv6": "2001:db8::1"}


def test_what_several_devices_have_alike_says_nothing() -> None:
    found = identity.of(
        [
            (Kind.ROUTES, [RouteRow("default", "FF00::/8", None, "Null0", "local"),
                           RouteRow("default", "fe80::1/128", None, "Gi0/1", "local"),
                           RouteRow("default", "127.0.0.1/32", None, "Lo0", "local")]),
            (Kind.INTERFACES, [InterfaceRow("Vl10", mac="0000.0c07.ac0a"), InterfaceRow("Vl20", mac="0000.5e00.0101")]),
            (Kind.CONFIG, [ConfigRow(("interface Vlan10", " ip address 10.0.9.9 255.255.255.0 secondary",
                                      " ip address 10.0.0.2 255.255.255.0", " standby 1 ip 10.0.0.1"))]),
        ],
        "cisco_ios", None,
    )  # fmt: skip
    assert found.macs == {}
    assert found.addresses == {"Vlan10": "10.0.0.2"}
    assert not identity.of([(Kind.ROUTES, [])], "cisco_ios", 5.0).is_known

"""Which destinations a capture speaks of, and how far it proves what it does not show."""

import pytest

from statetrace_engine.model.captured import CapturedPath, ConfigRow, InterfaceRow, Kind, RouteRow
from statetrace_engine.parsing import observed
from statetrace_engine.parsing.observed import Section

DEFAULT = ("default", "0.0.0.0/0")
OUT = RouteRow("default", "0.0.0.0/0", "10.1.1.2", "Gi0/1", "bgp", "B*", 20, 0, None, 3600, True)
ELSEWHERE = RouteRow("default", "10.9.0.0/16", "10.1.1.2", None, "bgp", "B", 20, 0, None, 60, True)


def table(*rows: RouteRow, command: str = "show ip route", is_whole: bool = True) -> Section:
    return Section(command, Kind.ROUTES, rows, is_whole)


def config(*lines: str) -> Section:
    return Section("show running-config", Kind.CONFIG, (ConfigRow(lines),), True)


def test_a_default_route_is_told_and_its_interface_named_in_full() -> None:
    (route,) = observed.routes([table(OUT, ELSEWHERE)], "cisco_ios")
    assert (route.vrf, route.prefix, route.is_whole) == (*DEFAULT, True)
    assert route.paths == (CapturedPath("10.1.1.2", "GigabitEthernet0/1", "bgp", 20, 0, None, 3600, True),)


def test_a_wanted_prefix_is_told_beside_the_defaults() -> None:
    routes = observed.routes([table(OUT, ELSEWHERE)], "cisco_ios", {("default", "10.9.0.0/16")})
    assert {route.prefix for route in routes} == {"0.0.0.0/0", "10.9.0.0/16"}


def test_a_default_of_management_is_not_watched() -> None:
    mgmt = RouteRow("Mgmt-intf", "0.0.0.0/0", "172.16.0.1", None, "static", "S*", 1, 0)
    assert observed.routes([table(mgmt, command="show ip route vrf Mgmt-intf")], "cisco_ios") == ()


def test_a_whole_table_proves_a_wanted_prefix_absent() -> None:
    (route,) = observed.routes([table(ELSEWHERE)], "cisco_ios", {DEFAULT})
    assert route.paths == ()
    assert route.is_whole


@pytest.mark.parametrize(
    "section",
    [
        table(ELSEWHERE, is_whole=False),
        table(ELSEWHERE, command="show ip route bgp"),
        table(command="show ip route summary"),
        table(ELSEWHERE, command="show ip route 10.9.0.0"),
    ],
    ids=["truncated", "one protocol", "a summary", "one prefix"],
)
def test_a_part_of_a_table_proves_nothing_absent(section: Section) -> None:
    (route,) = observed.routes([section], "cisco_ios", {DEFAULT})
    assert not route.is_whole


def test_a_table_of_one_vrf_or_family_says_nothing_of_another() -> None:
    wanted = {("RED", "0.0.0.0/0"), ("default", "::/0")}
    assert observed.routes([table(ELSEWHERE)], "cisco_ios", wanted) == ()


def test_an_empty_table_of_a_vrf_that_was_asked_for_proves_absence() -> None:
    (route,) = observed.routes([table(command="show ip route vrf RED")], "cisco_ios", {("RED", "0.0.0.0/0")})
    assert (route.vrf, route.paths, route.is_whole) == ("RED", (), True)


@pytest.mark.parametrize(
    ("vendor", "lines", "vrf", "hop", "interface", "distance"),
    [
        ("cisco_ios", ["ip route 0.0.0.0 0.0.0.0 10.1.2.2 250 name BACKUP"], "default", "10.1.2.2", None, 250),
        ("cisco_ios", ["ip route vrf RED 0.0.0.0 0.0.0.0 Gi0/2 10.1.2.2 200 tag 7"], "RED", "10.1.2.2",
         "GigabitEthernet0/2", 200),
        ("cisco_ios", ["ipv6 route ::/0 2001:DB8::2 250"], "default", "2001:db8::2", None, 250),
        ("cisco_nxos", ["vrf context BLUE", "  ip route 0.0.0.0/0 10.1.2.2 250"], "BLUE", "10.1.2.2", None, 250),
        ("arista_eos", ["ip route 0.0.0.0/0 Ethernet2 10.1.2.2 250"], "default", "10.1.2.2", "Ethernet2", 250),
        ("cisco_xr", ["router static", " address-family ipv4 unicast", "  0.0.0.0/0 10.1.2.2 250", " !"], "default",
         "10.1.2.2", None, 250),
        ("cisco_xr", ["router static", " vrf RED", "  address-family ipv4 unicast", "   0.0.0.0/0 10.1.2.2"], "RED",
         "10.1.2.2", None, 1),
        ("frr", ["ip route 0.0.0.0/0 10.1.2.2 eth1 250"], "default", "10.1.2.2", "eth1", 250),
        ("frr", ["ip route 0.0.0.0/0 10.1.2.2 eth1 tag 6 250 label 16 vrf RED"], "RED", "10.1.2.2", "eth1", 250),
        ("frr", ["vrf RED", " ip route 0.0.0.0/0 10.1.2.2 table 5 250"], "RED", "10.1.2.2", None, 250),
        ("brocade_fastiron", ["ip route 0.0.0.0/0 10.1.2.2 5 distance 200"], "default", "10.1.2.2", None, 200),
        ("brocade_fastiron", ["ip route 0.0.0.0 0.0.0.0 ve 20 distance 200"], "default", None, "ve20", 200),
        ("ruckus_fastiron", ['ip route 0.0.0.0/0 10.1.2.2 5 name "the spare one"'], "default", "10.1.2.2", None, 1),
        ("hp_procurve", ["ip route 0.0.0.0 0.0.0.0 10.1.2.2 metric 5 distance 200"], "default", "10.1.2.2", None, 200),
        ("hp_procurve", ['ip route 0.0.0.0 0.0.0.0 10.1.2.2 name "a way out"'], "default", "10.1.2.2", None, 1),
        ("aruba_aoscx", ["ip route 0.0.0.0/0 10.1.2.2 distance 200 vrf RED"], "RED", "10.1.2.2", None, 200),
        ("aruba_aoscx", ["ip route 0.0.0.0/0 10.1.2.2 vrf RED"], "RED", "10.1.2.2", None, 1),
        ("cisco_nxos", ["ip route 0.0.0.0/0 Ethernet1/2 10.1.2.2 name SPARE tag 5 250"], "default", "10.1.2.2",
         "Ethernet1/2", 250),
        ("cisco_nxos", ["ip route 0.0.0.0/0 10.1.2.2 track 1 vrf BLUE 250"], "default", "10.1.2.2", None, 250),
        ("cisco_ios", ["ip route 0.0.0.0 0.0.0.0 10.1.2.2 track 1 250"], "default", "10.1.2.2", None, 250),
        ("arista_eos", ["ip route 0.0.0.0/0 egress-vrf BLUE 10.1.2.2 250"], "default", "10.1.2.2", None, 250),
    ],
)  # fmt: skip
def test_a_static_that_waits_for_its_turn_is_a_path_not_installed(
    vendor: str, lines: list[str], vrf: str, hop: str, interface: str | None, distance: int
) -> None:
    six = "ipv6" in lines[0]
    prefix = "::/0" if six else "0.0.0.0/0"
    carrying = RouteRow(vrf, prefix, "2001:db8::9" if six else "10.1.1.2", None, "bgp", "B", 20, 0)
    (route,) = observed.routes([config(*lines), table(carrying)], vendor)
    waiting = [path for path in route.paths if not path.is_active]
    assert [(p.next_hop, p.interface, p.protocol, p.admin_distance) for p in waiting] == [
        (hop, interface, "static", distance)
    ]
    assert route.paths[0].is_active


def test_a_static_that_is_installed_is_one_path() -> None:
    installed = RouteRow("default", "0.0.0.0/0", "10.1.2.2", None, "static", "S*", 250, 0)
    (route,) = observed.routes([table(installed), config("ip route 0.0.0.0 0.0.0.0 10.1.2.2 250")], "cisco_ios")
    assert [path.is_active for path in route.paths] == [True]


def test_a_static_of_an_address_that_dhcp_gives_names_no_way() -> None:
    (route,) = observed.routes([table(OUT), config("ip route 0.0.0.0 0.0.0.0 dhcp 254")], "cisco_ios")
    assert [path.is_active for path in route.paths] == [True]


def test_a_configuration_alone_tells_of_no_route() -> None:
    assert observed.routes([config("ip route 0.0.0.0 0.0.0.0 10.1.2.2")], "cisco_ios") == ()


def test_the_addresses_of_a_device_are_those_of_its_interfaces() -> None:
    rows = (InterfaceRow("Gi0/1", ip="10.1.1.1"), InterfaceRow("Gi0/2"), InterfaceRow("Gi0/1", ip="10.1.1.1"))
    assert observed.addresses([Section("show ip interface brief", Kind.INTERFACES, rows, True)]) == ("10.1.1.1",)


def test_what_bgp_offers_beside_the_installed_path_is_known() -> None:
    offered = (
        {"network": "0.0.0.0/0", "next_hop": "10.1.1.2", "status": "*", "path_selection": ">"},
        {"network": "0.0.0.0/0", "next_hop": "10.1.3.2", "status": "*", "path_selection": " "},
        {"network": "0.0.0.0/0", "next_hop": "10.1.4.2", "status": "x", "path_selection": " "},
        {"network": "269.0.0.0/8", "next_hop": "10.1.4.2", "status": "*"},
        {"network": "0.0.0.0/0", "next_hop": "0.0.0.0", "status": "*"},
    )
    (route,) = observed.routes([table(OUT), Section("show ip bgp", Kind.TABLE, offered, True)], "cisco_ios")
    assert [(p.next_hop, p.is_active) for p in route.paths] == [("10.1.1.2", True), ("10.1.3.2", False)]

"""`inventory.toml`: what is watched, canonical and complete, and every mistake in one pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from statetrace_engine import config
from statetrace_engine.config import Settings
from statetrace_engine.errors import ConfigError
from statetrace_engine.model import ids
from statetrace_engine.model.inventory import Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import Role, RouteClass

Load = Callable[..., Settings]
Find = Callable[..., list[str]]

DEVICE = '[[device]]\nhostname = "wlls-ar-01.example.net"\naddresses = ["10.0.0.1", "10.0.0.2"]\n'
ROUTE = DEVICE + '[[device.route]]\nprefix = "10.20.3.4/16"\n'
PATHS = 'primary = { next_hop = "10.1.1.2" }\n'
WAN = '[[device.route]]\nprefix = "0.0.0.0/0"\nclass = "critical"\nprimary = { next_hop = "10.1.2.2" }\n'


def _probe(text: str) -> str:
    return f"[[device.probe]]\n{text}\n"


def test_names_are_canonical(loaded: Load) -> None:
    text = DEVICE + (
        '[[device.route]]\nprefix = "10.20.3.4/16"\nvrf = "global"\nclass = "critical"\n'
        'primary = { next_hop = "2001:DB8::0:1", interface = "Gi0/1.100", protocol = "eBGP", '
        'learned_from = "10.9.9.9" }\n'
        'secondary = [{ interface = "Null0", protocol = "static", admin_distance = 250 }]\n'
    )
    inventory = loaded(inventory=text).inventory
    (device,), (route,), (site,) = inventory.devices, inventory.routes, inventory.sites
    assert (device.hostname, device.site, site.name) == ("WLLS-AR-01", "WLLS", "WLLS")
    assert (route.prefix, route.vrf, route.route_class) == ("10.20.0.0/16", "default", RouteClass.CRITICAL)
    assert route.route_id == ids.route_id("WLLS", "WLLS-AR-01", "default", "10.20.0.0/16")
    primary, secondary = route.paths
    assert (primary.next_hop, primary.interface, primary.protocol) == ("2001:db8::1", "GigabitEthernet0/1.100", "bgp")
    assert primary.learned_from == ("10.9.9.9",)
    assert (secondary.role, secondary.interface, secondary.admin_distance) == (Role.SECONDARY, "Null0", 250)
    assert secondary.next_hop is None


def test_an_owner_falls_back_to_the_sites_with_its_contact(loaded: Load) -> None:
    text = '[site.wlls]\nowner = "Core"\ncontact = "core@example.net"\n' + ROUTE
    text += '[[device.route]]\nprefix = "10.30.0.0/16"\nowner = "Edge"\n'
    first, second = loaded(inventory=text).inventory.routes
    assert (first.owner, first.contact) == ("Core", "core@example.net")
    assert (second.owner, second.contact) == ("Edge", "")


def test_equal_paths_are_all_primary(loaded: Load) -> None:
    text = ROUTE + 'primary = [{ next_hop = "10.1.1.2" }, { next_hop = "10.1.2.2" }]\n'
    (route,) = loaded(inventory=text).inventory.routes
    assert [(path.role, path.next_hop) for path in route.paths] == [
        (Role.PRIMARY, "10.1.1.2"),
        (Role.PRIMARY, "10.1.2.2"),
    ]


def test_a_watched_device_has_a_control_probe_to_each_address(loaded: Load) -> None:
    probes = loaded(inventory=ROUTE + PATHS + WAN).inventory.probes
    assert [(probe.probe_id, probe.tests, probe.interval_ms) for probe in probes] == [
        ("WLLS-AR-01/control/icmp/10.0.0.1", ProbeTests.CONTROL, 250),
        ("WLLS-AR-01/control/icmp/10.0.0.2", ProbeTests.CONTROL, 250),
    ]


def test_a_device_without_watched_routes_is_not_probed(loaded: Load) -> None:
    assert loaded(inventory=DEVICE).inventory.probes == ()


def test_its_own_control_probe_replaces_the_default_ones(loaded: Load) -> None:
    text = ROUTE + _probe('kind = "stamp"\ntests = "control"\ntarget = "10.0.0.1"\ninterval_ms = 400')
    (probe,) = loaded(inventory=text).inventory.probes
    assert (probe.kind, probe.port, probe.interval_ms) == (ProbeKind.STAMP, 862, 400)
    assert probe.probe_id == "WLLS-AR-01/control/stamp/10.0.0.1:862"


def test_a_control_probe_without_target_asks_every_address(loaded: Load) -> None:
    text = ROUTE + _probe('kind = "tcp"\ntests = "control"\nport = 22')
    assert [probe.target for probe in loaded(inventory=text).inventory.probes] == ["10.0.0.1", "10.0.0.2"]


def _path_probes(loaded: Load, text: str) -> list[Probe]:
    probes = loaded(inventory=text).inventory.probes
    return [probe for probe in probes if probe.tests is not ProbeTests.CONTROL]


def test_a_probe_takes_the_interval_of_the_class_that_it_serves(loaded: Load) -> None:
    text = ROUTE + PATHS + WAN
    text += _probe('kind = "icmp"\ntests = "next-hop"\ntarget = "10.1.1.2"')
    text += _probe('kind = "icmp"\ntests = "next-hop"\ntarget = "127.0.0.1"\nnext_hop = "10.1.2.2"\nsilent = true')
    standard, critical = _path_probes(loaded, text)
    assert (standard.next_hop, standard.interval_ms, standard.is_silent) == ("10.1.1.2", 1000, False)
    assert (critical.next_hop, critical.interval_ms, critical.is_silent) == ("10.1.2.2", 250, True)


def test_a_destination_probe_proves_the_longest_watched_prefix_that_covers_it(loaded: Load) -> None:
    text = ROUTE + PATHS + WAN
    text += _probe('kind = "icmp"\ntests = "destination"\ntarget = "10.20.9.9"')
    text += _probe('kind = "icmp"\ntests = "destination"\ntarget = "192.0.2.1"')
    text += _probe('kind = "icmp"\ntests = "destination"\ntarget = "192.0.2.2"\nprefix = "10.20.0.0/16"')
    assert [probe.prefix for probe in _path_probes(loaded, text)] == ["10.20.0.0/16", "0.0.0.0/0", "10.20.0.0/16"]


def test_exits_and_maintenance_name_routes_devices_and_sites(loaded: Load) -> None:
    text = '[site.WLLS]\nexits = ["wlls-ar-01 10.20.0.0/16"]\n' + ROUTE
    window = "start = 2026-12-01T22:00:00Z\nend = 2026-12-02T02:00:00+08:00\n"
    with pytest.raises(Exception, match="ends before it starts"):
        loaded(inventory=text + f'[[maintenance]]\nscope = {{ site = "wlls" }}\n{window}')
    window = 'start = 2026-12-01T22:00:00Z\nend = 2026-12-02T02:00:00Z\nreason = "works"\n'
    for scope in ('site = "wlls"', 'device = "WLLS-AR-01"', 'route = "WLLS-AR-01 10.20.0.0/16"'):
        text += f"[[maintenance]]\nscope = {{ {scope} }}\n{window}"
    inventory = loaded(inventory=text).inventory
    route_id = inventory.routes[0].route_id
    assert inventory.sites[0].exits == (route_id,)
    found = [(window.site, window.hostname, window.route_id) for window in inventory.maintenance]
    assert found == [("WLLS", "", ""), ("", "WLLS-AR-01", ""), ("", "", route_id)]
    assert len({window.maintenance_id for window in inventory.maintenance}) == 3
    assert inventory.maintenance[0].ends_at - inventory.maintenance[0].starts_at == 4 * 3600


def test_every_mistake_is_found_in_one_pass(problems: Find) -> None:
    text = """
[site.WLLS]
owner = 3
exits = ["WLLS-AR-01 10.99.0.0/16", "junk"]
[[device]]
hostname = "WLLS-AR-01"
vendor = "cisco-ios"
addresses = ["10.0.0.1", "10.0.0.300"]
snmp = "croe"
[[device.route]]
prefix = "10.20.0.0/33"
[[device.route]]
prefix = "10.20.0.0/16"
class = "critcal"
runbook = "link-falure"
primary = { next_hop = "10.1.1", interface = "Gigabit0/1", protocol = "bpg" }
secondary = [{ nexthop = "10.1.2.2" }]
[[device.route]]
prefix = "10.20.5.0/16"
[[device]]
hostname = "wlls-ar-01"
[[device]]
hostname = "WLLS-AR-02"
addresses = ["10.0.0.1"]
[[device.probe]]
kind = "tcp"
tests = "next-hop"
target = "10.1.1.9"
[[device.probe]]
kind = "icmp"
tests = "control"
target = "fe80::1"
port = 7
[[maintenance]]
scope = { device = "WLLS-AR-20" }
start = 2026-12-01T22:00:00
end = "tomorrow"
"""
    assert problems(inventory=text) == [
        "3: site.WLLS.owner: expected text in quotes, got 3",
        "4: site.WLLS.exits: no watched route 'WLLS-AR-01 10.99.0.0/16'; did you mean 'WLLS-AR-01 10.20.0.0/16'?",
        "4: site.WLLS.exits: 'junk' is not HOSTNAME PREFIX [VRF], nor the id of a watched route",
        "7: device.vendor: 'cisco-ios' is none of cisco_ios, cisco_nxos, cisco_xr, arista_eos, brocade_fastiron, "
        "ruckus_fastiron, juniper_junos, aruba_aoscx, hp_procurve, paloalto_panos, frr; did you mean 'cisco_ios'?",
        "8: device.addresses: '10.0.0.300' is not an IP address",
        "9: device.snmp: no [snmp.croe] in statetrace.toml; did you mean 'core'?",
        "11: device.route.prefix: '10.20.0.0/33' is not a prefix such as 10.0.0.0/8",
        "14: device.route.class: 'critcal' is none of critical, standard, best-effort; did you mean 'critical'?",
        "15: device.route.runbook: no runbook 'link-falure'; did you mean 'link-failure'?",
        "16: device.route.primary.next_hop: '10.1.1' is not an IP address",
        "16: device.route.primary.interface: 'Gigabit0/1' is no interface name that a vendor writes; "
        "did you mean 'GigabitEthernet0/1'?",
        "16: device.route.primary.protocol: 'bpg' is no routing protocol known here; did you mean 'bgp'?",
        "17: device.route.secondary.nexthop: unknown key; did you mean 'next_hop'?",
        "19: device.route.prefix: 10.20.0.0/16 of WLLS-AR-01 in vrf default is already there",
        "21: device.hostname: WLLS-AR-01 is already there",
        "24: device.addresses: 10.0.0.1 is already an address of WLLS-AR-01",
        "25: device.probe.port: a tcp probe needs a port",
        "28: device.probe.target: no path of this device has next hop 10.1.1.9",
        "32: device.probe.target: fe80::1 is link-local: it cannot be probed from here; probe an address beyond it",
        "33: device.probe.port: icmp has no ports",
        "35: maintenance.scope.device: no device 'WLLS-AR-20'; did you mean 'WLLS-AR-02'?",
        "36: maintenance.start: 2026-12-01 22:00:00 has no offset; write 2026-12-01T22:00:00Z",
        "37: maintenance.end: expected a date and time such as 2026-12-01T22:00:00Z, got text 'tomorrow'",
    ]


def test_sites_may_be_numbered_alike_and_a_site_may_not(problems: Find) -> None:
    text = """
[[device]]
hostname = "WLLS-A01-AR-01"
addresses = ["10.0.0.1"]
[[device]]
hostname = "BOYO-A01-AR-01"
addresses = ["10.0.0.1"]
[[device]]
hostname = "BOYO-A01-AR-02"
addresses = ["10.0.0.1"]
"""
    assert problems(inventory=text) == ["10: device.addresses: 10.0.0.1 is already an address of BOYO-A01-AR-01"]


def test_a_mistake_hides_none_of_those_below_it(problems: Find) -> None:
    text = """
[[device]]
hostname = "A B"
addresses = ["x"]
[[device.route]]
prefix = "10.0.0.1/33"
class = "gold"
primary = { next_hop = "10.1.1.2", interfce = "Gi0/1" }
[[device.route]]
prefix = "10.0.0.0/8"
[[device.route]]
prefix = "10.0.0.1/8"
runbook = "nope"
[[device.probe]]
kind = "icmpp"
tests = "next-hop"
target = "10.1.1.2"
[[device]]
hostname = "A-1"
[[device]]
hostname = "A-1"
vendor = "acme"
[[maintenance]]
scope = { site = "NOWHERE" }
start = 2026-12-02T22:00:00Z
end = 2026-12-01T02:00:00Z
"""
    assert [problem.split(": ")[:2] for problem in problems(inventory=text)] == [
        ["3", "device.hostname"],
        ["4", "device.addresses"],
        ["6", "device.route.prefix"],
        ["7", "device.route.class"],
        ["8", "device.route.primary.interfce"],
        ["12", "device.route.prefix"],
        ["13", "device.route.runbook"],
        ["15", "device.probe.kind"],
        ["21", "device.hostname"],
        ["22", "device.vendor"],
        ["24", "maintenance.scope.site"],
        ["26", "maintenance.end"],
    ]


@pytest.mark.parametrize(
    ("device", "why"),
    [
        ('snmp = "core"\nsnmp_address = "10.0.0.1:0"', "'10.0.0.1:0' is neither an IP address nor ADDRESS:PORT"),
        ('snmp = "core"\nsnmp_address = "gateway"', "'gateway' is neither an IP address nor ADDRESS:PORT"),
        ('snmp_address = "10.0.0.1"', "there is no profile to ask with: snmp is missing"),
    ],
)
def test_a_device_is_asked_by_snmp_where_somebody_may_answer(problems: Find, device: str, why: str) -> None:
    (found,) = problems(inventory=f'[[device]]\nhostname = "A"\n{device}\n')
    assert found.endswith(f": device.snmp_address: {why}")


@pytest.mark.parametrize(
    "text",
    [
        "device = 3",
        "device = [1]",
        'site = "x"',
        "[site]\nWLLS = 1",
        "[[device]]\nroute = 1",
        "[[device]]\nhostname = 5",
        '[[device]]\nhostname = "A-1"\nroute = [{ prefix = 1 }]',
        '[[device]]\nhostname = "A-1"\nprobe = [[]]',
        "maintenance = [{}]",
        '[[device]]\nhostname = "A-1"\naddresses = [1]',
        '[[device]]\nhostname = "A B"',
    ],
)
def test_a_value_of_another_kind_is_a_problem_and_never_a_crash(problems: Find, text: str) -> None:
    assert problems(inventory=text)


@pytest.mark.parametrize(
    "name",
    [
        "Gi0/1",
        "Te1/0/1.200",
        "Ethernet1/1",
        "Eth1/1",
        "Po10",
        "port-channel10",
        "Bundle-Ether7",
        "Vlan10",
        "ge-0/0/0.0",
        "xe-0/1/2:3.7",
        "ae0.10",
        "irb.5",
        "eth0",
        "enp3s0f1",
        "wg0",
        "bond0.7",
        "lo",
        "Null0",
        "Tunnel5",
        "1/1/1",
        "ve 10",
        "HundredGigE0/0/0/1",
        "Hu0/0/0/1",
        "Loopback0",
        "mgmt0",
        "MgmtEth0/RSP0/CPU0/0",
        "Serial0/0/0:0",
        "nve1",
    ],
)
def test_interfaces_of_every_vendor_are_accepted(loaded: Load, name: str) -> None:
    (route,) = loaded(inventory=ROUTE + f'primary = {{ interface = "{name}" }}\n').inventory.routes
    assert route.paths[0].interface


def test_an_interface_is_named_as_its_vendors_log_does(loaded: Load) -> None:
    text = ROUTE.replace("addresses", 'vendor = "{}"\naddresses') + 'primary = {{ interface = "1/1/1" }}\n'
    for vendor, name in (("ruckus_fastiron", "Ethernet1/1/1"), ("aruba_aoscx", "1/1/1")):
        (route,) = loaded(inventory=text.format(vendor)).inventory.routes
        assert route.paths[0].interface == name


@pytest.mark.parametrize("vendor", ["hp_procurve", ""])
@pytest.mark.parametrize("name", ["24", "A1", "Trk1", "1/49", "2/B21", "Trk144"])
def test_a_port_of_procurve_is_an_interface(loaded: Load, name: str, vendor: str) -> None:
    text = ROUTE.replace("addresses", f'vendor = "{vendor}"\naddresses') if vendor else ROUTE
    (route,) = loaded(inventory=text + f'primary = {{ interface = "{name}" }}\n').inventory.routes
    assert route.paths[0].interface == name


def test_a_port_of_procurve_is_named_as_its_log_does(loaded: Load) -> None:
    text = ROUTE.replace("addresses", 'vendor = "hp_procurve"\naddresses')
    for name, said in (
        ("a1", "A1"),
        ("E1", "E1"),
        ("f24", "F24"),
        ("trk1", "Trk1"),
        ("1/a3", "1/A3"),
        ("vlan 10", "Vlan10"),
    ):
        (route,) = loaded(inventory=text + f'primary = {{ interface = "{name}" }}\n').inventory.routes
        assert route.paths[0].interface == said


@pytest.mark.parametrize(
    ("vendor", "value", "what"),
    [
        ("cisco_ios", '"24"', "'24' is a port of hp_procurve, and this device is a cisco_ios"),
        ("juniper_junos", '"A1"', "'A1' is a port of hp_procurve, and this device is a juniper_junos"),
        ("hp_procurve", "24", "device.route.primary.interface: expected"),
        ("hp_procurve", '"24/"', "'24/' is no interface name that a vendor writes"),
        ("hp_procurve", '"999999"', "'999999' is no interface name that a vendor writes"),
    ],
)
def test_what_is_no_port_here_says_why(loaded: Load, vendor: str, value: str, what: str) -> None:
    text = ROUTE.replace("addresses", f'vendor = "{vendor}"\naddresses')
    with pytest.raises(ConfigError) as error:
        loaded(inventory=text + f"primary = {{ interface = {value} }}\n")
    assert what in str(error.value)


def test_the_shipped_example_is_right(loaded: Load) -> None:
    text = (config.shipped() / "inventory.example.toml").read_text(encoding="utf-8")
    inventory = loaded(inventory=text).inventory
    assert len(inventory.routes) == 2
    assert {probe.tests for probe in inventory.probes} == {
        ProbeTests.CONTROL,
        ProbeTests.NEXT_HOP,
        ProbeTests.DESTINATION,
    }
    assert len(inventory.maintenance) == 1

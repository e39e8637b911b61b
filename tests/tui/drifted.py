"""What changed on two devices, by the real diff: the data behind pictures and tests of the Changes screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fake_engine import NOW, FakeEngine

from statetrace_engine.diff import runs as comparing
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    ConfigRow,
    InterfaceRow,
    Kind,
    MacRow,
    OspfNeighborRow,
    RouteRow,
    VersionRow,
)
from statetrace_engine.model.diff import ChangeType, Comparison, Diff, DiffMetadata, DiffRun, KindCount, Rollback
from statetrace_engine.model.packed_changes import pack

HOST = "WLLS-A01-AR-01"
NEWEST, QUIET, REREAD, FIRST, BOYO, MATE = 31, 30, 29, 28, 27, 26
_BEFORE = """hostname WLLS-A01-AR-01
interface GigabitEthernet0/1
 description WAN to core 1
 ip address 10.1.1.1 255.255.255.252
interface GigabitEthernet0/3
 description floor 2
 mtu 1500
 switchport trunk allowed vlan 10,20-24
router bgp 65010
 bgp router-id 10.255.0.1
 neighbor 10.1.1.2 remote-as 65001
 address-family ipv4
  neighbor 10.1.1.2 activate
  neighbor 10.1.2.2 route-map RM-BACKUP in
  neighbor 10.1.2.2 maximum-prefix 50 80
route-map RM-BACKUP permit 10
 match ip address prefix-list PL-DEFAULT
 set local-preference 50
ip route 172.30.16.0 255.255.240.0 10.1.1.2
ntp server 10.0.0.9"""
_AFTER = """hostname WLLS-A01-AR-01
interface GigabitEthernet0/1
 description WAN to core 1
 ip address 10.1.1.1 255.255.255.252
interface GigabitEthernet0/3
 description floor 2
 mtu 9000
 switchport trunk allowed vlan 10,20-24,30
 shutdown
router bgp 65010
 bgp router-id 10.255.0.1
 neighbor 10.1.1.2 remote-as 65001
 address-family ipv4
  neighbor 10.1.1.2 activate
  neighbor 10.1.2.2 route-map RM-DENY in
route-map RM-DENY deny 10
ip route 172.30.16.0 255.255.240.0 10.1.2.2
ntp server 10.0.0.9"""


def _table(kind: Kind, command: str, rows: Sequence[Any], **more: Any) -> Table:
    return Table(kind, command, rows, lambda at: (2_000 + 80 * at, 2_070 + 80 * at), **more)


def _config(text: str) -> Table:
    return _table(Kind.CONFIG, "show running-config", [ConfigRow(tuple(text.splitlines()))])


def _route(prefix: str, hop: str, metric: int = 20, vrf: str = "default") -> RouteRow:
    return RouteRow(vrf, prefix, hop, "Gi0/1" if hop.startswith("10.1.1") else "Gi0/2", "ospf", "O", 110, metric)


def _macs(port: str) -> list[MacRow]:
    return [MacRow(f"0011.2233.44{n:02x}", "20", (port,)) for n in range(9, 12)]


def before() -> list[Table]:
    return [
        _config(_BEFORE),
        _table(
            Kind.INTERFACES, "show interfaces",
            [
                InterfaceRow("Gi0/1", "WAN to core 1", True, True, "10.1.1.1", 30, mtu=1500),
                InterfaceRow("Gi0/3", "floor 2", True, True, vlan="trunk", mtu=1500),
                InterfaceRow("Gi0/4", "printer", True, True, vlan="20", mtu=1500),
            ],
        ),
        _table(Kind.BGP_NEIGHBORS, "show ip bgp summary", [
            BgpNeighborRow("default", "10.1.1.2", "65001", "established", 412),
            BgpNeighborRow("default", "10.1.2.2", "65002", "established", 1),
        ]),
        _table(Kind.OSPF_NEIGHBORS, "show ip ospf neighbor", [
            OspfNeighborRow("default", "10.255.0.7", "10.9.0.2", "Gi0/3", "full"),
        ]),
        _table(Kind.ROUTES, "show ip route", [
            _route("0.0.0.0/0", "10.1.1.2", 1), _route("10.20.4.0/24", "10.1.1.2"), _route("10.20.5.0/24", "10.1.1.2"),
            _route("10.30.0.0/16", "10.1.1.2"), _route("10.30.0.0/16", "10.1.2.2"),
            _route("172.16.9.0/24", "10.9.0.2", vrf="voice"), _route("10.61.0.0/16", "10.1.2.2"),
        ]),
        _table(Kind.ARP, "show ip arp", [ArpRow(f"10.20.4.{n}", f"0011.2233.44{n:02x}") for n in range(9, 12)]),
        _table(Kind.MAC_ADDRESSES, "show mac address-table", _macs("Gi0/4")),
    ]  # fmt: skip


def after() -> list[Table]:
    return [
        _config(_AFTER),
        _table(
            Kind.INTERFACES, "show interfaces",
            [
                InterfaceRow("Gi0/1", "WAN to core 1", True, False, "10.1.1.1", 30, mtu=1500),
                InterfaceRow("Gi0/3", "floor 2", False, False, vlan="trunk", mtu=9000),
                InterfaceRow("Gi0/4", "printer", True, True, vlan="20", mtu=1500),
            ],
        ),
        _table(Kind.BGP_NEIGHBORS, "show ip bgp summary", [
            BgpNeighborRow("default", "10.1.1.2", "65001", "idle"),
            BgpNeighborRow("default", "10.1.2.2", "65002", "established", 1),
        ]),
        _table(Kind.OSPF_NEIGHBORS, "show ip ospf neighbor", []),
        _table(Kind.ROUTES, "show ip route", [
            _route("0.0.0.0/0", "10.1.2.2", 1), _route("10.30.0.0/16", "10.1.2.2"),
            _route("10.61.0.0/16", "10.1.2.2", 40), _route("10.77.0.0/16", "10.1.2.2"),
        ], is_read=False),
        _table(Kind.MAC_ADDRESSES, "show mac address-table", _macs("Gi0/5"), is_whole=False),
    ]  # fmt: skip


def run_of(run_id: int, host: str, at: float, since: float | None, diff: Diff, **more: Any) -> DiffRun:
    counted = Counter((change.kind, change.change_type) for change in diff.changes)
    fields: dict[str, Any] = {
        "run_id": run_id,
        "previous_id": run_id - 1 if since is not None else None,
        "site": host.partition("-")[0],
        "hostname": host,
        "captured_at": at,
        "previous_at": since,
        "compared_at": at + 2,
        "counts": tuple(KindCount(kind, ChangeType(which), n) for (kind, which), n in sorted(counted.items())),
        "metadata": diff.metadata,
        "parser": "9",
        "previous_parser": "9" if since is not None else "",
    }
    return DiffRun(**(fields | more))


def fill(engine: FakeEngine, now: float = NOW) -> FakeEngine:
    """The engine, with runs of two devices."""
    big, none = comparing.diff(before(), after()), comparing.diff(before(), before())
    version = comparing.diff(
        [_table(Kind.VERSION, "show version", [VersionRow(HOST, "16.09.04", "ISR4331/K9", "FDO2213")])],
        [_table(Kind.VERSION, "show version", [VersionRow(HOST, "16.12.08", "ISR4331/K9", "FDO2213")])],
    )
    reread = Diff(
        version.changes,
        DiffMetadata(
            ("show version",), warnings=("read by parser 8 before and 9 after: a difference may be the parser's",)
        ),
    )
    first = Diff((), DiffMetadata(()))
    add_run(engine, run_of(NEWEST, HOST, now - 323, now - 2601, big), big)
    add_run(engine, run_of(QUIET, HOST, now - 2601, now - 86_000, none), none)
    add_run(engine, run_of(BOYO, "BOYO-A05-AR-01", now - 7_300, now - 90_000, version), version)
    add_run(engine, run_of(REREAD, HOST, now - 86_000, now - 172_000, reread, previous_parser="8"), reread)
    add_run(engine, run_of(FIRST, HOST, now - 172_000, None, first), first)
    engine.compared[FIRST, NEWEST] = compared(FIRST, NEWEST, version)
    engine.taken_back[QUIET, NEWEST] = Rollback(
        lines=("no route-map RM-DENY deny 10", "interface GigabitEthernet0/3", "  mtu 1500", "  no shutdown")
    )
    return engine


def add_run(engine: FakeEngine, run: DiffRun, diff: Diff) -> None:
    engine.drift.append(run)
    engine.drift_changes[run.run_id] = pack(diff.changes)


def compared(before_id: int, after_id: int, diff: Diff) -> Comparison:
    return Comparison(before_id=before_id, after_id=after_id, metadata=diff.metadata, changes=pack(diff.changes))

"""What notifications come to: the same facts as syslog's of the same event."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import pytest
from msgspec.structs import replace

from statetrace_engine.model.observation import (
    DeviceEvent,
    DeviceEventKind,
    Fact,
    Plane,
    Reason,
    SubjectKind,
    TrapMessage,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.parsing import traps
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import Absent, Gauge32, IpAddress, TimeTicks, Value
from tests.engine.parsing.trap_words import (
    ARISTA,
    BFD,
    BGP,
    CBGP,
    CBGP2,
    CISCO_BFD,
    CISCO_REASON,
    CONFIG,
    DOWN,
    IF,
    IF_NAME,
    ISIS,
    JUNIPER_BFD,
    JUNIPER_CONFIG,
    LINK_DOWN_OID,
    LINK_UP_OID,
    LOCAL_V6,
    OSPF,
    OSPF3,
    UP,
    V6,
    V6_INDEX,
    VarBinds,
    fact,
    heard,
    link,
    logged,
)
from tests.engine.wire.test_snmp import INFORM, LINK_DOWN, V1_BGP, V1_LINK_DOWN, decoded

IOS = b"<189>77: R1: Nov 23 14:03:27.104 UTC: "
NXOS = b"<189>R1: 2026 Nov 23 14:03:27 UTC: "
XR = b"<189>77: R1 RP/0/RSP0/CPU0:Nov 23 14:03:27.104 UTC: bgp[1051]: "
JUNOS = b"<28>Nov 23 14:03:27  R1 mib2d[2104]: "
FRR = b'<30>1 2026-11-23T14:03:27.104+00:00 R1 bgpd 27 BGP [a@1 id="x"] '


SAME = [
    (IOS + b"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
     LINK_DOWN_OID, ((f"{IF}.1.1", 1), (f"{IF}.2.1", b"GigabitEthernet0/1"), (f"{IF}.3.1", 6), (f"{CISCO_REASON}.1", b"down"))),
    (IOS + b"%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up",
     LINK_UP_OID, ((f"{IF}.1.1", 1), (f"{IF}.2.1", b"GigabitEthernet0/1"), (f"{IF}.3.1", 6), (f"{CISCO_REASON}.1", b"up"))),
    (IOS + b"%LINK-5-CHANGED: Interface Gi0/1.100, changed state to administratively down",
     LINK_DOWN_OID, ((f"{IF}.1.9", 9), (f"{IF}.2.9", b"GigabitEthernet0/1.100"), (f"{CISCO_REASON}.9", b"administratively down"))),
    (NXOS + b"%ETHPORT-5-IF_UP: Interface Ethernet1/33 is up", LINK_UP_OID, link(436215808, 1, 1, (f"{IF}.2.436215808", b"Ethernet1/33"))),
    (JUNOS + b"SNMP_TRAP_LINK_DOWN: ifIndex 528, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/1",
     LINK_DOWN_OID, link(528, 1, 2, (f"{IF_NAME}.528", b"ge-0/0/1"))),
    (JUNOS + b"SNMP_TRAP_LINK_DOWN: ifIndex 528, ifAdminStatus down(2), ifOperStatus down(2), ifName ge-0/0/1",
     LINK_DOWN_OID, link(528, 2, 2, (f"{IF_NAME}.528", b"ge-0/0/1"))),
    (b"<6>Nov 23 14:03:27 R1 kernel: igb 0000:02:00.0 eth8: igb: eth8 NIC Link is Down", LINK_DOWN_OID, link(8, 1, 2)),
    (IOS + b"%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down", LINK_DOWN_OID, link(7, 1, 2)),
    (IOS + b"%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Up",
     "1.3.6.1.2.1.15.7.1", ((f"{BGP}.14.10.1.1.2", b"\0\0"), (f"{BGP}.2.10.1.1.2", 6))),
    (IOS + b"%BGP-3-NOTIFICATION: sent to neighbor 10.1.1.2 4/0 (hold time expired) 0 bytes",
     "1.3.6.1.4.1.9.9.187.0.2", ((f"{BGP}.14.10.1.1.2", b"\4\0"), (f"{BGP}.2.10.1.1.2", 1), (f"{CBGP}.7.10.1.1.2", b"hold time expired"), (f"{CBGP}.8.10.1.1.2", 6))),
    (FRR + b"%NOTIFICATION: sent to neighbor 10.1.1.2 6/2 (Cease/Administrative Shutdown) 0 bytes",
     "1.3.6.1.2.1.15.0.2", ((f"{BGP}.7.10.1.1.2", IpAddress(b"\x0a\1\1\2")), (f"{BGP}.14.10.1.1.2", b"\6\2"), (f"{BGP}.2.10.1.1.2", 1))),
    (FRR + b"%NOTIFICATION: received from neighbor 10.1.1.2 6/2 (Cease/Administrative Shutdown) 0 bytes",
     "1.3.6.1.3.5.1.0.2", (("1.3.6.1.3.5.1.1.2.1.13.1.4.10.1.1.2", 1), ("1.3.6.1.3.5.1.1.3.1.1.1.4.10.1.1.2", Gauge32(6)), ("1.3.6.1.3.5.1.1.3.1.2.1.4.10.1.1.2", Gauge32(2)))),
    (FRR + b"AdjChg: Nbr 10.255.0.2, NbrIP 10.1.1.2 (default) on eth8:10.1.1.1: Full -> Deleted (KillNbr)",
     "1.3.6.1.2.1.14.16.2.2",
     (("1.3.6.1.2.1.14.1.1.0", IpAddress(b"\x0a\xff\0\1")), (f"{OSPF}.1.10.1.1.2.8", IpAddress(b"\x0a\1\1\2")), (f"{OSPF}.2.10.1.1.2.8", 8),
      (f"{OSPF}.3.10.1.1.2.8", IpAddress(b"\x0a\xff\0\2")), (f"{OSPF}.6.10.1.1.2.8", 1))),
    (IOS + b"%OSPFv3-5-ADJCHG: Process 1, IPv6, Nbr 10.255.0.2 on GigabitEthernet0/7 from LOADING to FULL, Loading Done",
     "1.3.6.1.2.1.191.0.2", (("1.3.6.1.2.1.191.1.1.1.0", Gauge32(184483841)), (f"{OSPF3}.8.7.0.184483842", 8))),
    (IOS + b"%CLNS-5-ADJCHANGE: ISIS: Adjacency to 0000.0000.0002 (GigabitEthernet0/7) Up, new adjacency",
     "1.3.6.1.2.1.138.0.17", ((f"{ISIS}.1.0", 2), (f"{ISIS}.2.0", 7), (f"{ISIS}.3.0", b"\0\0\0\0\0\2\0\0"), (f"{ISIS}.12.0", 3))),
    (IOS + b"%BFDFSM-6-BFD_SESS_UP: BFD-SYSLOG: BFD session ld:4099 handle:3 is going UP",
     "1.3.6.1.4.1.9.10.137.0.1", ((f"{CISCO_BFD}.8.4099", 4), (f"{CISCO_BFD}.8.4099", 4))),
    (NXOS + b"%BFD-5-SESSION_STATE_UP: BFD session 1090519041 to neighbor 10.1.1.2 on interface GigabitEthernet0/7 is up.",
     "1.3.6.1.2.1.222.0.1", ((f"{BFD}.13.5", 4), (f"{BFD}.13.5", 4), (f"{BFD}.22.5", b"\x0a\1\1\2"), (f"{BFD}.18.5", 7))),
]  # fmt: skip


@pytest.mark.parametrize(("line", "oid", "varbinds"), SAME)
def test_a_trap_says_what_syslog_says_of_the_same_event(line: bytes, oid: str, varbinds: VarBinds) -> None:
    said, expected = fact(oid, varbinds), logged(line)

    assert replace(said, detail="", is_reason_sure=True) == replace(expected, detail="")
    assert said.detail in (expected.detail, "")


LINKS = [
    (LINK_DOWN_OID, link(7, 1, 2), "GigabitEthernet0/7", DOWN, "", ""),
    (LINK_DOWN_OID, link(7, 2, 2), "GigabitEthernet0/7", DOWN, "admin", ""),
    (LINK_DOWN_OID, link(7, 1, 1), "GigabitEthernet0/7", DOWN, "", ""),
    (LINK_UP_OID, link(7, 1, 1), "GigabitEthernet0/7", UP, "", ""),
    (LINK_UP_OID, link(7, 1, 4), "GigabitEthernet0/7", UP, "", ""),
    (LINK_DOWN_OID, ((f"{IF}.1.7", Gauge32(7)),), "GigabitEthernet0/7", DOWN, "", ""),
    (LINK_DOWN_OID, ((f"{IF}.8.7", 2),), "GigabitEthernet0/7", DOWN, "", ""),
    (LINK_DOWN_OID, link(7, 1, 2, (f"{IF_NAME}.7", b"Te1/1/1")), "TenGigabitEthernet1/1/1", DOWN, "", ""),
    (LINK_DOWN_OID, link(7, 1, 2, (f"{IF}.2.7", b"Intel Corporation 82576"), (f"{IF_NAME}.7", b"eth1\0")), "eth1", DOWN, "", ""),
    (LINK_DOWN_OID, link(7, 1, 2, (f"{IF}.2.7", b"Ethernet1\0")), "Ethernet1", DOWN, "", ""),
    (LINK_DOWN_OID, link(7, 1, 2, (f"{CISCO_REASON}.7", b"Keepalive failed")), "GigabitEthernet0/7", DOWN, "other", "Keepalive failed"),
    (LINK_DOWN_OID, link(7, 1, 2, (f"{CISCO_REASON}.7", b"Lost Carrier")), "GigabitEthernet0/7", DOWN, "", "Lost Carrier"),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "varbinds", "name", "verdict", "reason", "detail"), LINKS)
def test_a_link_that_changes_state(
    oid: str, varbinds: VarBinds, name: str, verdict: Verdict, reason: str, detail: str
) -> None:
    assert fact(oid, varbinds) == Fact(
        plane=Plane.LINK,
        kind=SubjectKind.INTERFACE,
        name=name,
        verdict=verdict,
        reason=Reason(reason),
        detail=detail,
    )


@pytest.mark.parametrize("oper", [3, 5, 6, 7])
def test_a_link_that_left_down_for_no_better_says_no_verdict(oper: int) -> None:
    assert heard(LINK_UP_OID, link(7, 1, oper)) == TrapMessage(name="linkUp", facts=())


def juniper(*varbinds: tuple[str, Value]) -> VarBinds:
    base, index = "1.3.6.1.4.1.2636.5.1.1.2", "0.1.10.1.1.1.1.10.1.1.2"
    return tuple((f"{base}.{column}.{index}", value) for column, value in varbinds)


BOTH_V6 = f"1.2.16.{V6_INDEX[:-1]}1.2.16.{V6_INDEX}"
SESSIONS = [
    ("1.3.6.1.2.1.15.7.2", ((f"{BGP}.14.10.1.1.2", b"\4\0"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "hold-timer", "Hold Timer Expired"),
    ("1.3.6.1.2.1.15.7.0.2", ((f"{BGP}.14.10.1.1.2", b"\4\0"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "hold-timer", "Hold Timer Expired"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.2.10.1.1.2", 3),), "10.1.1.2", DOWN, "", ""),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.7", IpAddress(b"\x0a\1\1\2")),), "10.1.1.2", DOWN, "", ""),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.7.10.1.1.2", IpAddress(bytes(4))),(f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "", ""),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\6\3"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "admin", "Peer De-configured"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\6\1"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "max-prefix", "Maximum Number of Prefixes Reached"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\6\4"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "reset", "Administrative Reset"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\6\x0a"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "bfd-down", "BFD Down"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\2\5"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "authentication", "Authentication Failure"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.14.10.1.1.2", b"\5\0"), (f"{BGP}.2.10.1.1.2", 1)), "10.1.1.2", DOWN, "other", "Finite State Machine Error"),
    ("1.3.6.1.4.1.9.9.187.0.1", ((f"{BGP}.14.10.1.1.2", b"\0\0"), (f"{BGP}.2.10.1.1.2", 6), (f"{CBGP}.7.10.1.1.2", b""), (f"{CBGP}.8.10.1.1.2", 5)), "10.1.1.2", UP, "", ""),
    ("1.3.6.1.4.1.9.9.187.0.1", ((f"{BGP}.14.10.1.1.2", b"\6\2"), (f"{BGP}.2.10.1.1.2", 1), (f"{CBGP}.7.10.1.1.2", b"administrative shutdown"), (f"{CBGP}.8.10.1.1.2", 6)), "10.1.1.2", DOWN, "admin", "administrative shutdown"),
    ("1.3.6.1.4.1.9.9.187.0.5", ((f"{CBGP2}.17.2.16.{V6_INDEX}", b"\0\0"), (f"{CBGP2}.3.2.16.{V6_INDEX}", 6)), "2001:db8::2", UP, "", ""),
    ("1.3.6.1.4.1.9.9.187.0.6", ((f"{CBGP2}.17.1.4.10.1.1.2", b"\4\0"), (f"{CBGP2}.3.1.4.10.1.1.2", 1)), "10.1.1.2", DOWN, "hold-timer", "Hold Timer Expired"),
    ("1.3.6.1.4.1.9.9.187.0.7", ((f"{CBGP2}.17.1.4.10.1.1.2", b"\4\0"), (f"{CBGP2}.3.1.4.10.1.1.2", 1), (f"{CBGP2}.29.1.4.10.1.1.2", 6)), "10.1.1.2", DOWN, "hold-timer", "Hold Timer Expired"),
    ("1.3.6.1.4.1.9.9.187.0.8", ((f"{CBGP2}.17.1.4.10.1.1.2", b"\6\1"), (f"{CBGP2}.3.1.4.10.1.1.2", 1), (f"{CBGP2}.28.1.4.10.1.1.2", b"maximum prefixes"), (f"{CBGP2}.29.1.4.10.1.1.2", 6)), "10.1.1.2", DOWN, "max-prefix", "maximum prefixes"),
    ("1.3.6.1.4.1.2636.5.1.1.1.0.1", juniper(("1.1.1.10", 1), ("1.1.1.11", b"\x0a\1\1\2"), ("1.1.1.2", 6)), "10.1.1.2", UP, "", ""),
    ("1.3.6.1.4.1.2636.5.1.1.1.0.2", juniper(("1.1.1.10", 1), ("1.1.1.11", b"\x0a\1\1\2"), ("2.1.1.1", b"\6\2"), ("1.1.1.2", 1)), "10.1.1.2", DOWN, "admin-remote", "Administrative Shutdown"),
    ("1.3.6.1.4.1.2636.5.1.1.1.0.2", juniper(("1.1.1.2", 1)), "10.1.1.2", DOWN, "", ""),
    ("1.3.6.1.3.5.1.0.2", (("1.3.6.1.3.5.1.1.2.1.13.1.1.10.1.1.2", 1), ("1.3.6.1.3.5.1.1.3.1.1.1.1.10.1.1.2", Gauge32(4))), "10.1.1.2", DOWN, "hold-timer", "Hold Timer Expired"),
    (f"{ARISTA}.0.2", ((f"{ARISTA}.1.2.1.13.{BOTH_V6}", 1), (f"{ARISTA}.1.3.1.1.{BOTH_V6}", 4), (f"{ARISTA}.1.3.1.4.{BOTH_V6}", b"")), "2001:db8::2", DOWN, "hold-timer", "Hold Timer Expired"),
    (f"{ARISTA}.0.1", ((f"{ARISTA}.1.2.1.13.1.1.4.10.1.1.1.1.4.10.1.1.2", 6),), "10.1.1.2", UP, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "varbinds", "name", "verdict", "reason", "detail"), SESSIONS)
def test_a_bgp_session_that_changes_state(
    oid: str, varbinds: VarBinds, name: str, verdict: Verdict, reason: str, detail: str
) -> None:
    assert fact(oid, varbinds) == Fact(
        plane=Plane.SESSION,
        kind=SubjectKind.NEIGHBOUR,
        name=name,
        verdict=verdict,
        protocol="bgp",
        reason=Reason(reason),
        detail=detail,
        is_reason_sure=not reason,  # bgpPeerLastError may be an earlier session's, and of either end
    )


@pytest.mark.parametrize(
    ("oid", "state", "previous"),
    [("1.3.6.1.4.1.9.9.187.0.1", 4, 3), ("1.3.6.1.4.1.9.9.187.0.1", 1, 4), ("1.3.6.1.4.1.9.9.187.0.2", 1, 5)],
)
def test_a_step_of_a_session_that_was_not_established_says_no_verdict(oid: str, state: int, previous: int) -> None:
    varbinds = ((f"{BGP}.2.10.1.1.2", state), (f"{CBGP}.8.10.1.1.2", previous))

    assert heard(oid, varbinds).facts == ()


def ospf(state: int, address: bytes = b"\x0a\1\1\2", if_index: int = 0) -> VarBinds:
    index = ".".join(map(str, (*address, if_index)))
    return (
        ("1.3.6.1.2.1.14.1.1.0", IpAddress(b"\x0a\xff\0\1")),
        (f"{OSPF}.1.{index}", IpAddress(address)),
        (f"{OSPF}.2.{index}", if_index),
        (f"{OSPF}.3.{index}", IpAddress(b"\x0a\xff\0\2")),
        (f"{OSPF}.6.{index}", state),
    )


@pytest.mark.parametrize(
    ("state", "verdict"), [(8, UP), (1, DOWN), (2, DOWN), (3, DOWN), (5, DOWN), (6, DOWN), (7, DOWN)]
)
def test_an_ospf_neighbour_is_up_when_full_and_down_below(state: int, verdict: Verdict) -> None:
    said = fact("1.3.6.1.2.1.14.16.2.2", ospf(state))

    assert (said.name, said.peer_names, said.verdict, said.protocol) == ("10.1.1.2", ("10.255.0.2",), verdict, "ospf")


def test_two_routers_that_are_not_designated_stay_at_two_way_and_lose_nothing() -> None:
    assert heard("1.3.6.1.2.1.14.16.2.2", ospf(4)).facts == ()


def test_an_ospf_neighbour_without_an_address_of_its_own_has_its_interface() -> None:
    said = fact("1.3.6.1.2.1.14.16.2.2", ospf(1, bytes(4), 7))

    assert (said.name, said.peer_names) == ("10.255.0.2", ("GigabitEthernet0/7",))


def test_an_ospf_neighbour_is_found_in_the_index_alone() -> None:
    said = fact("1.3.6.1.2.1.14.16.2.2", ((f"{OSPF}.6.10.1.1.2.7", Gauge32(1)),))

    assert (said.name, said.peer_names) == ("10.1.1.2", ("GigabitEthernet0/7",))


def test_an_ospfv3_neighbour_has_its_address_beside_its_router_id() -> None:
    varbinds = ((f"{OSPF3}.8.99.0.184483842", 1), (f"{OSPF3}.5.99.0.184483842", LOCAL_V6 + b"\0\0\0\7"))
    said = fact("1.3.6.1.2.1.191.0.2", varbinds)

    assert (said.name, said.verdict) == ("10.255.0.2", DOWN)
    assert said.peer_names == ("fe80::2%GigabitEthernet0/7",)


@pytest.mark.parametrize(("state", "said"), [(1, [DOWN]), (2, []), (3, [UP]), (4, [DOWN])])
def test_an_isis_adjacency_that_changes_state(state: int, said: list[Verdict]) -> None:
    varbinds = ((f"{ISIS}.2.0", 99), (f"{ISIS}.3.0", b"\0\0\0\0\0\2\0\0"), (f"{ISIS}.12.0", state))
    found = heard("1.3.6.1.2.1.138.0.17", varbinds).facts

    assert [one.verdict for one in found] == said
    assert all((one.name, one.peer_names, one.protocol) == ("0000.0000.0002", (), "isis") for one in found)


BFDS = [
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.5", 3), (f"{BFD}.13.5", 3)), "ld:5", "other", "neighbor signaled session down"),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.5", 7), (f"{BFD}.13.5", 7)), "ld:5", "admin", "administratively down"),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.5", 2), (f"{BFD}.13.5", 2)), "ld:5", "", ""),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.5", 1), (f"{BFD}.4.5", Gauge32(4099))), "ld:4099", "", ""),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.5", 1), (f"{BFD}.22.5", V6)), "2001:db8::2", "", ""),
    ("1.3.6.1.4.1.9.10.137.0.2", ((f"{CISCO_BFD}.8.5", 8), (f"{CISCO_BFD}.8.5", 8)), "ld:5", "admin", "administratively down"),
    ("1.3.6.1.4.1.9.10.137.0.2", ((f"{CISCO_BFD}.8.5", 3), (f"{CISCO_BFD}.8.5", 3)), "ld:5", "hold-timer", "echo function failed"),
    ("1.3.6.1.4.1.9.10.137.0.2", ((f"{CISCO_BFD}.8.5", 2), (f"{CISCO_BFD}.14.5", b"\x0a\1\1\2")), "10.1.1.2", "", ""),
    ("1.3.6.1.4.1.2636.5.3.1.0.2", ((f"{JUNIPER_BFD}.8.5", 4), (f"{JUNIPER_BFD}.14.5", b"\x0a\1\1\2")), "10.1.1.2", "other", "neighbor signaled session down"),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "varbinds", "name", "reason", "detail"), BFDS)
def test_a_bfd_session_that_is_lost(oid: str, varbinds: VarBinds, name: str, reason: str, detail: str) -> None:
    assert fact(oid, varbinds) == Fact(
        plane=Plane.SESSION,
        kind=SubjectKind.BFD,
        name=name,
        verdict=DOWN,
        protocol="bfd",
        reason=Reason(reason),
        detail=detail,
    )


def test_a_range_of_bfd_sessions_is_each_of_them() -> None:
    varbinds = ((f"{BFD}.13.5", 1), (f"{BFD}.13.8", 1), (f"{BFD}.22.6", b"\x0a\1\1\2"))

    said = heard("1.3.6.1.2.1.222.0.2", varbinds).facts

    assert [one.name for one in said] == ["ld:5", "10.1.1.2", "ld:7", "ld:8"]


def test_a_juniper_bfd_session_has_its_interface() -> None:
    varbinds = ((f"{JUNIPER_BFD}.8.5", 2), ("1.3.6.1.4.1.2636.3.45.1.1.1.1.5.5", b"ge-0/0/1.0"))

    assert fact("1.3.6.1.4.1.2636.5.3.1.0.2", varbinds).peer_names == ("ge-0/0/1.0",)


EVENTS = [
    ("1.3.6.1.6.3.1.1.5.1", (), "restart", "cold start", ""),
    ("1.3.6.1.6.3.1.1.5.2", (), "restart", "warm start", ""),
    ("1.3.6.1.4.1.9.9.43.2.0.1", ((f"{CONFIG}.3.3", 1), (f"{CONFIG}.4.3", 2), (f"{CONFIG}.5.3", 3)), "config-change", "running configuration changed", ""),
    ("1.3.6.1.4.1.9.9.43.2.0.2", (("1.3.6.1.4.1.9.9.43.1.1.1.0", TimeTicks(4200)), (f"{CONFIG}.8.3", b"bob")), "config-change", "running configuration changed", "bob"),
    ("1.3.6.1.4.1.2636.4.5.0.1", ((f"{JUNIPER_CONFIG}.5.12", b"bob"), (f"{JUNIPER_CONFIG}.6.12", b"drain core2")), "config-change", "drain core2", "bob"),
    ("1.3.6.1.4.1.2636.4.5.0.1", ((f"{JUNIPER_CONFIG}.5.12", b"bob"),), "config-change", "configuration committed", "bob"),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "varbinds", "kind", "text", "who"), EVENTS)
def test_something_happens_to_a_device_as_a_whole(oid: str, varbinds: VarBinds, kind: str, text: str, who: str) -> None:
    read = heard(oid, varbinds)

    assert read.facts == ()
    assert read.events == (DeviceEvent(kind=DeviceEventKind(kind), text=text, who=who),)


def test_a_secret_in_a_commits_comment_is_redacted() -> None:
    log = b"set snmp community s3cr3tw0rd authorization read-only"
    (event,) = heard("1.3.6.1.4.1.2636.4.5.0.1", ((f"{JUNIPER_CONFIG}.6.12", log),)).events

    assert "s3cr3tw0rd" not in event.text


def test_a_copy_of_the_running_configuration_changes_nothing() -> None:
    assert heard("1.3.6.1.4.1.9.9.43.2.0.1", ((f"{CONFIG}.4.3", 3), (f"{CONFIG}.5.3", 4))).events == ()


@pytest.mark.parametrize("oid", ["1.3.6.1.2.1.14.16.2.16", "1.3.6.1.2.1.191.0.10"])
def test_an_ospf_interface_is_told_by_its_link_and_its_neighbours(oid: str) -> None:
    read = heard(oid, (("1.3.6.1.2.1.14.7.1.12.10.1.1.1.0", 1),))

    assert (read.facts, read.events) == ((), ())


@pytest.mark.parametrize(
    "oid", ["1.3.6.1.6.3.1.1.5.5", "1.3.6.1.6.3.1.1.5.6", "1.3.6.1.4.1.9.9.13.3.0.1", "", "1.0.5", ".0.", "x.0.2"]
)
def test_what_is_about_something_else_is_unrelated(oid: str) -> None:
    assert traps.read(oid, (), {}) == Unrelated(hostname="")


UNTOLD = [
    (LINK_DOWN_OID, link(99, 1, 2), "linkDown: ifIndex 99: its name is not in the trap, and no poll has told it"),
    (LINK_DOWN_OID, (), "linkDown: no ifIndex and no name of an interface"),
    (LINK_UP_OID, ((f"{IF}.7.x", 1),), "linkUp: index 'x' is none"),
    ("1.3.6.1.2.1.15.7.2", (), "bgpBackwardTransition: no variable names the peer"),
    ("1.3.6.1.2.1.15.7.2", ((f"{BGP}.2.10.1.1", 1),), "bgpBackwardTransition: no variable names the peer"),
    ("1.3.6.1.2.1.15.7.2", ((f"{BGP}.2.10.1.1.999", 1),), "bgpBackwardTransition: no variable names the peer"),
    ("1.3.6.1.2.1.15.0.2", ((f"{BGP}.2.10.1.1.2", 6),), "bgpBackwardTransNotification: a step back to `established`"),
    ("1.3.6.1.4.1.9.9.187.0.1", ((f"{BGP}.14.10.1.1.2", b"\0\0"),), "cbgpFsmStateChange: no variable tells the state"),
    ("1.3.6.1.4.1.9.9.187.0.6", ((f"{CBGP2}.3.1.4.10.1.1", 1),), "cbgpPeer2BackwardTransNotification: no variable names the peer"),
    ("1.3.6.1.2.1.14.16.2.2", (), "ospfNbrStateChange: no variable names the neighbour"),
    ("1.3.6.1.2.1.14.16.2.2", ospf(8)[:4], "ospfNbrStateChange: no variable tells the state"),
    ("1.3.6.1.2.1.14.16.2.2", ospf(9), "ospfNbrStateChange: no variable tells the state"),
    ("1.3.6.1.2.1.191.0.2", (), "ospfv3NbrStateChange: no variable names the neighbour"),
    ("1.3.6.1.2.1.138.0.17", ((f"{ISIS}.12.0", 1),), "isisAdjacencyChange: no variable names the neighbour"),
    ("1.3.6.1.2.1.138.0.17", ((f"{ISIS}.3.0", bytes(8)),), "isisAdjacencyChange: no variable tells the state"),
    ("1.3.6.1.2.1.222.0.2", (), "bfdSessDown: no variable names the session"),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13.1", 1), (f"{BFD}.13.9999", 1)), "bfdSessDown: sessions 1 to 9999, more than 256"),
    ("1.3.6.1.2.1.222.0.2", ((f"{BFD}.13", 1),), "bfdSessDown: index '' is none"),
]  # fmt: skip


@pytest.mark.parametrize(("oid", "varbinds", "why"), UNTOLD)
def test_a_notification_of_ours_that_does_not_tell_enough_is_unparsed_and_says_why(
    oid: str, varbinds: VarBinds, why: str
) -> None:
    assert traps.read(oid, varbinds, None) == Unparsed(hostname="", why=why)


def test_what_stands_in_place_of_a_value_is_no_number() -> None:
    varbinds = ((f"{BGP}.2.10.1.1.2", Absent.NO_SUCH_OBJECT), (f"{BGP}.7.10.1.1.2", IpAddress(b"\x0a\1\1\2")))

    assert fact("1.3.6.1.2.1.15.0.2", varbinds).verdict is DOWN


@pytest.mark.parametrize(
    ("datagram", "name", "verdict"),
    [
        (LINK_DOWN, "GigabitEthernet0/7", DOWN),
        (V1_LINK_DOWN, "GigabitEthernet0/7", DOWN),
        (INFORM, "GigabitEthernet0/7", UP),
        (V1_BGP, "10.1.1.2", DOWN),
    ],
)
def test_from_datagram_to_fact(datagram: bytes, name: str, verdict: Verdict) -> None:
    told = snmp.notification(decoded(datagram))

    said = fact(told.trap_oid, told.values)

    assert (said.name, said.verdict) == (name, verdict)

"""FastIron, AOS-CX and PAN-OS log without IOS's mnemonics: what their words come to."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import pytest

from statetrace_engine.model.observation import DeviceEventKind, LogMessage, Plane, Reason, Unrelated, Verdict
from statetrace_engine.parsing.syslog_text import read

RECEIVED = 1795402000.0
UP, DOWN = Verdict.UP, Verdict.DOWN

FASTIRON = b"<14>Nov 23 14:03:27 R1 "
AOSCX = b"<190>1 2026-11-23T14:03:27.104+00:00 R1 intfd 1633 - - "
PANOS = b"<14>Nov 23 14:03:27 R1 1,2026/11/23 14:03:27,0123,SYSTEM,"

FACTS = [
    (FASTIRON + b"System: Interface ethernet 1/1/4, state down - link down", Plane.LINK, "Ethernet1/1/4", DOWN, Reason.NONE),
    (FASTIRON + b"System: Interface ve 10, state up", Plane.LINK, "ve10", UP, Reason.NONE),
    (FASTIRON + b"BGP: Peer 192.0.2.1 DOWN (Hold Timer Expired)", Plane.SESSION, "192.0.2.1", DOWN, Reason.HOLD_TIMER),
    (FASTIRON + b"BGP Peer 192.0.2.1 UP (ESTABLISHED)", Plane.SESSION, "192.0.2.1", UP, Reason.NONE),
    (FASTIRON + b"OSPF: nbr state changed, rid 10.1.1.1, nbr addr 10.1.2.2, nbr rid 10.2.2.2, state down", Plane.SESSION, "10.1.2.2", DOWN, Reason.NONE),
    (FASTIRON + b"BFD: Session DOWN for NBR 10.1.1.2 on e 1/1/1 - Reason: Detection time expired", Plane.SESSION, "10.1.1.2", DOWN, Reason.HOLD_TIMER),
    (AOSCX + b"Event|403|LOG_INFO|AMM|1/1|Link status for interface 1/1/24 is down", Plane.LINK, "1/1/24", DOWN, Reason.NONE),
    (PANOS + b'port,0,2026/11/23 14:03:27,,link-change,ethernet1/1,0,0,general,informational,"Port ethernet1/1: Down 1Gb/s Full duplex",1', Plane.LINK, "Ethernet1/1", DOWN, Reason.NONE),
    (PANOS + b'routing,0,2026/11/23 14:03:27,,routed-BGP-peer-left-established,ISP1,0,0,general,high,"BGP peer session left established state, peer name: ISP1, peer IP: 192.0.2.1.",1', Plane.SESSION, "192.0.2.1", DOWN, Reason.NONE),
    (PANOS + b'routing,0,2026/11/23 14:03:27,,routed-OSPF-neighbor-full,x,0,0,general,high,"OSPF full adjacency established with neighbor. interface ethernet1/1, neighbor router ID 10.2.2.2, neighbor IP address 10.1.2.2.",1', Plane.SESSION, "10.1.2.2", UP, Reason.NONE),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "plane", "name", "verdict", "reason"), FACTS)
def test_words_without_a_mnemonic_become_facts(
    raw: bytes, plane: Plane, name: str, verdict: Verdict, reason: Reason
) -> None:
    message = read(raw, RECEIVED)

    assert isinstance(message, LogMessage), message
    (fact,) = message.facts
    assert message.hostname == "R1"
    assert (fact.plane, fact.name, fact.verdict, fact.reason) == (plane, name, verdict, reason)


EVENTS = [
    (FASTIRON + b"running-config was changed by admin from ssh client 10.0.0.113", DeviceEventKind.CONFIG_CHANGE, "admin"),
    (FASTIRON + b"System: Cold start", DeviceEventKind.RESTART, ""),
    (AOSCX + b"Event|6801|LOG_INFO|AMM|-|Copying configs from running-config to startup-config", DeviceEventKind.CONFIG_CHANGE, ""),
    (PANOS + b'general,0,2026/11/23 14:03:27,,general,,0,0,general,informational,"Commit job succeeded for user admin",1', DeviceEventKind.CONFIG_CHANGE, "admin"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "kind", "who"), EVENTS)
def test_changes_and_restarts_become_events(raw: bytes, kind: DeviceEventKind, who: str) -> None:
    message = read(raw, RECEIVED)

    assert isinstance(message, LogMessage), message
    (event,) = message.events
    assert (event.kind, event.who) == (kind, who)


@pytest.mark.parametrize(
    "raw",
    [
        FASTIRON + b"System: Interface ethernet 1/1/4, PoE enabled",
        AOSCX + b"Event|5209|LOG_INFO|AMM|1/5|User bob logged in from 10.30.2.245 through SSH session.",
        PANOS + b'general,0,2026/11/23 14:03:27,,general,,0,0,general,informational,"User admin logged in",1',
    ],
)
def test_what_concerns_no_route_is_unrelated(raw: bytes) -> None:
    assert isinstance(read(raw, RECEIVED), Unrelated)

"""What BMP says of a session is what the syslog line, or the NOTIFICATION, of the same event says."""

from __future__ import annotations

import pytest

from statetrace_engine.model.observation import Fact, LogMessage, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import BmpPeer, BmpSession
from statetrace_engine.parsing import bmp, syslog_text
from statetrace_engine.wire.bgp import Notification, shutdown_data
from statetrace_engine.wire.bmp_messages import Peer, PeerDown, PeerKind

CORE = Peer(kind=PeerKind.GLOBAL, address="10.1.1.2", asn=65010, bgp_id="10.255.1.2")


def down(reason: int, said: Notification | None = None, event: int = 0, vrf: str = "") -> BmpSession:
    words = PeerDown(CORE, reason, said, event).words
    code, subcode = (said.code, said.subcode) if said is not None else (0, 0)
    return BmpSession("r1", BmpPeer("10.1.1.2", "", vrf), False, reason, code, subcode, event, words)


def fact(told: BmpSession) -> Fact:
    found = bmp.fact(told)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (down(3, Notification(6, 2, shutdown_data("works till 5"))), Reason.ADMIN_REMOTE),
        (down(1, Notification(6, 2)), Reason.ADMIN),
        (down(1, Notification(6, 3)), Reason.ADMIN),
        (down(3, Notification(6, 4)), Reason.RESET),
        (down(1, Notification(6, 1)), Reason.MAX_PREFIX),
        (down(1, Notification(4, 0)), Reason.HOLD_TIMER),
        (down(3, Notification(4, 0)), Reason.HOLD_TIMER),
        (down(1, Notification(2, 5)), Reason.AUTHENTICATION),
        (down(1, Notification(6, 10)), Reason.BFD_DOWN),
        (down(2), Reason.NONE),
        (down(2, event=10), Reason.HOLD_TIMER),
        (down(2, event=2), Reason.ADMIN),
        (down(4), Reason.PEER_CLOSED),
        (down(77), Reason.NONE),
    ],
)
def test_the_reason_of_a_session_that_is_down(told: BmpSession, reason: Reason) -> None:
    found = fact(told)
    assert (found.verdict, found.reason, found.detail) == (Verdict.DOWN, reason, told.text)


def test_it_is_the_subject_that_syslog_names() -> None:
    line = b"<189>1 2026-11-23T14:00:00.000Z r1 - - - - %BGP-5-ADJCHANGE: neighbor 10.1.1.2 vpn vrf red Up"
    read = syslog_text.read(line, 1_764_000_000.0, "cisco_ios")
    assert isinstance(read, LogMessage)
    assert read.facts == (fact(BmpSession("r1", BmpPeer("10.1.1.2", "65010:7", "red"), True)),)


def test_the_global_table_has_many_names() -> None:
    assert fact(BmpSession("r1", BmpPeer("10.1.1.2", "", "global"), True)).vrf == "default"


def test_the_table_of_best_paths_is_no_session() -> None:
    assert bmp.fact(BmpSession("r1", BmpPeer(""), True)) is None


def test_a_session_that_is_only_told_of_no_longer_may_be_up() -> None:
    assert bmp.fact(down(5)) is None


def test_a_fact_of_a_session() -> None:
    assert fact(BmpSession("r1", BmpPeer("2001:db8::2"), True)) == Fact(
        plane=Plane.SESSION, kind=SubjectKind.NEIGHBOUR, name="2001:db8::2", verdict=Verdict.UP, protocol="bgp"
    )

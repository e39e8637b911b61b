"""The header in all the shapes that vendors and relays give it."""

# ruff: noqa: E501 - a message stands on one line
from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model.text import sanitise
from statetrace_engine.wire.syslog import Header, Malformed, sender, split_header, text_of, text_start

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)

RECEIVED = datetime(2026, 11, 23, 14, 3, 30, tzinfo=UTC).timestamp()


def at(*moment: int, micro: int = 0) -> float:
    return datetime(*moment, microsecond=micro, tzinfo=UTC).timestamp()  # type: ignore[misc] # year, month, day, …


NOV = at(2026, 11, 23, 14, 3, 27, micro=104000)
NOV_S = at(2026, 11, 23, 14, 3, 27)

SHAPES = [
    # raw, hostname, device time, trustworthy, text
    (b"<189>77: R1: Nov 23 14:03:27.104 UTC: %A-5-B: x", "R1", NOV, True, b"%A-5-B: x"),
    (b"<189>77: R1: *Nov 23 14:03:27.104 UTC: %A-5-B: x", "R1", NOV, False, b"%A-5-B: x"),
    (b"<189>77: R1: .Nov 23 14:03:27.104: %A-5-B: x", "R1", NOV, False, b"%A-5-B: x"),
    (b"<189>77: R1: Nov 23 14:03:27: %A-5-B: x", "R1", NOV_S, False, b"%A-5-B: x"),
    (b"<189>77: Nov 23 14:03:27.104: %A-5-B: x", "", NOV, True, b"%A-5-B: x"),
    (b"<189>Nov 23 14:03:27.104: %A-5-B: x", "", NOV, True, b"%A-5-B: x"),
    (b"<189>Nov 23 2026 14:03:27.104: %A-5-B: x", "", NOV, True, b"%A-5-B: x"),
    (b"<189>77: 000456: Nov 23 14:03:27.104: %A-5-B: x", "", NOV, True, b"%A-5-B: x"),
    (b"<189>77: R1: 000456: Nov 23 2026 14:03:27.104 UTC: %A-5-B: x", "R1", NOV, True, b"%A-5-B: x"),
    (b"<189>77: 10.0.0.9: Nov 23 14:03:27.104 UTC: %A-5-B: x", "10.0.0.9", NOV, True, b"%A-5-B: x"),
    (b"<189>77: R1: Nov 23 15:03:27.104 CET: %A-5-B: x", "R1", NOV, True, b"%A-5-B: x"),
    (b"<189>77: R1: Nov 23 19:33:27.104 XYZ: %A-5-B: x", "R1", NOV, True, b"%A-5-B: x"),
    (b"<189>77: R1: %A-5-B: x", "R1", None, False, b"%A-5-B: x"),
    (b"<189>77: %A-5-B: x", "", None, False, b"%A-5-B: x"),
    (b"<189>%A-5-B: x", "", None, False, b"%A-5-B: x"),
    (b"<189>77: 1d02h: %A-5-B: x", "", None, False, b"%A-5-B: x"),
    (b"<189>77: 00:00:12: %A-5-B: x", "", None, False, b"%A-5-B: x"),
    (b"<189>77: R1: 00:00:12: %A-5-B: x", "R1", None, False, b"%A-5-B: x"),
    (b"<189>: 2026 Nov 23 14:03:27.104 UTC: %A-5-B: x", "", NOV, True, b"%A-5-B: x"),
    (b"<189>nx1: 2026 Nov 23 14:03:27 UTC: %A-5-B: x", "nx1", NOV_S, False, b"%A-5-B: x"),
    (b"<189>2026 Nov 23 14:03:27 nx1 %A-5-B: x", "nx1", NOV_S, False, b"%A-5-B: x"),
    (b"<189>2026 Nov 23 14:03:27.104 nx1 %$ VDC-1 %$ %A-5-B: x", "nx1", NOV, True, b"%$ VDC-1 %$ %A-5-B: x"),
    (b"<187>9: RP/0/RSP0/CPU0:Nov 23 14:03:27.104 : ifmgr[2]: %A-5-B : x", "", NOV, True, b"ifmgr[2]: %A-5-B : x"),
    (b"<187>9: xr1 LC/0/2/CPU0:Nov 23 14:03:27.104 UTC: ifmgr[2]: %A-5-B : x", "xr1", NOV, True, b"ifmgr[2]: %A-5-B : x"),
    (b"<187>9: xr1 0/RP0/CPU0:2026 Nov 23 20:03:27.104 +06: bgp[2]: %A-5-B : x", "xr1", NOV, True, b"bgp[2]: %A-5-B : x"),
    (b"<13>Nov 23 14:03:27 eos1 Bgp: %A-5-B: x", "eos1", NOV_S, False, b"Bgp: %A-5-B: x"),
    (b"<28>Nov 23 14:03:27  mx1 rpd[2902]: RPD_A: x", "mx1", NOV_S, False, b"rpd[2902]: RPD_A: x"),
    (b"<28>Nov 23 14:03:27.104  mx1 rpd[2902]: RPD_A: x", "mx1", NOV, True, b"rpd[2902]: RPD_A: x"),
    (b"<28>2026-11-23T14:03:27+00:00 mx1 rpd[2]: x", "mx1", NOV_S, False, b"rpd[2]: x"),
    (b"<28>2026-11-23T16:03:27.104+02:00 2001:db8::1 rpd[2]: x", "2001:db8::1", NOV, True, b"rpd[2]: x"),
    (b"<28>Nov 23 14:03:27 rpd[2902]: RPD_A: x", "", NOV_S, False, b"rpd[2902]: RPD_A: x"),
    (b"Nov 23 14:03:27 mx1 rpd[2902]: RPD_A: x", "mx1", NOV_S, False, b"rpd[2902]: RPD_A: x"),
    (b'<30>1 2026-11-23T14:03:27.104Z frr1 bgpd 2 BGP [a@1 id="x]y\\"z"] %X: y', "frr1", NOV, True, b"%X: y"),
    (b"<30>1 2026-11-23T14:03:27Z frr1 bgpd - - -  %X: y", "frr1", NOV_S, False, b"%X: y"),
    (b"\xef\xbb\xbf<30>1 - - bgpd - - - \xef\xbb\xbfx", "", None, False, b"x"),
    (b"<28>Nov 23 14:03:27 2026 mx1 rpd[2902]: RPD_A: x", "mx1", NOV_S, False, b"rpd[2902]: RPD_A: x"),
    (b"<28>Nov 23 14:03:27.104 2026  mx1 rpd[2902]: RPD_A: x", "mx1", NOV, True, b"rpd[2902]: RPD_A: x"),
    (b"<189>: 2026 Nov 23 14:03:27.104 UTC: nx1: %A-5-B: x", "nx1", NOV, True, b"%A-5-B: x"),
    (b"<187>9: xr1 0/RP0/ADMIN0:Nov 23 14:03:27.104 UTC: wdmon[2]: %A-5-B : x", "xr1", NOV, True, b"wdmon[2]: %A-5-B : x"),
    (b"<187>9: xr1 RP/B0/CB0/CPU0:Nov 23 14:03:27.104 UTC: bgp[2]: %A-5-B : x", "xr1", NOV, True, b"bgp[2]: %A-5-B : x"),
    (b"<14>Nov 23 14:03:27 fi1, System: x", "fi1", NOV_S, False, b"System: x"),
    (b"<189>1 2026-11-23T14:03:27.104Z nx1 ethpm - - %A-5-B: x", "nx1", NOV, True, b"%A-5-B: x"),
    (b'<187>30: [syslog@9 s_id="r1:514" s_sn="7"]: Nov 23 14:03:27.104: %A-5-B: x', "r1", NOV, True, b"%A-5-B: x"),
    # a relay before the device: the device's own name and clock count
    (b"<189>Nov 23 14:59:00 10.9.9.9 77: R1: *Nov 23 14:03:27.104 UTC: %A-5-B: x", "R1", NOV, False, b"%A-5-B: x"),
    (b"<189>Nov 23 14:59:00 10.9.9.9 77: Nov 23 14:03:27.104 UTC: %A-5-B: x", "10.9.9.9", NOV, True, b"%A-5-B: x"),
    (b"Nov 23 14:59:00 10.9.9.9 9: XR-1 RP/0/RP0/CPU0:Nov 23 14:03:27.104 UTC: bgp[1]: %A-5-B : x", "XR-1", NOV, True,
     b"bgp[1]: %A-5-B : x"),
    (b"<189>date=2019-04-09 time=04:27:29 devname=fw01", "", None, False, b"date=2019-04-09 time=04:27:29 devname=fw01"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "hostname", "time", "is_trustworthy", "text"), SHAPES)
def test_every_shape_gives_its_host_its_clock_and_its_text(
    raw: bytes, hostname: str, time: float | None, is_trustworthy: bool, text: bytes
) -> None:
    header = split_header(raw, RECEIVED)

    assert isinstance(header, Header)
    assert (header.hostname, header.is_time_trustworthy) == (hostname, is_trustworthy)
    assert header.device_time == (None if time is None else pytest.approx(time, abs=1e-5))
    assert header.is_whole_second is (time == NOV_S and not re.search(rb"[*.]Nov", raw))
    assert raw[header.text_start :] == text
    assert sender(raw) == hostname


def test_the_priority_gives_facility_and_severity() -> None:
    header = split_header(b"<189>77: R1: %A-5-B: x", RECEIVED)

    assert isinstance(header, Header)
    assert (header.priority, header.facility, header.severity) == (189, 23, 5)


@pytest.mark.parametrize(("raw", "text"), [
    (b'<28>1 2026-11-23T14:03:27.104Z R1 mib2d 18 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.25 a="7"] ifIndex 7', b"mib2d[18]: SNMP_TRAP_LINK_DOWN: ifIndex 7"),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 mib2d 18 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.25 a="up(1)" interface-name="ge-0/0/1"]', b"mib2d[18]: SNMP_TRAP_LINK_DOWN: a up(1), interface-name ge-0/0/1"),
    (b'<28>1 2026-11-23T14:03:27.104Z R1 mib2d - SNMP_TRAP_LINK_DOWN [junos@2636 a="x \\" y"]  -', b'mib2d: SNMP_TRAP_LINK_DOWN: a x \\" y'),
    (b"<28>1 2026-11-23T14:03:27.104Z R1 sshd 18 - - Failed password", b"sshd[18]: Failed password"),
    (b"<28>1 2026-11-23T14:03:27.104Z R1 - - - - Failed password", b"Failed password"),
    (b"<28>1 2026-11-23T14:03:27.104Z R1 Ebra - LINK-3-UPDOWN - %LINK-3-UPDOWN: x", b"Ebra: %LINK-3-UPDOWN: x"),
    (b"<28>1 2026-11-23T14:03:27.104Z R1 Ebra - LINK-3-UPDOWN - x", b"Ebra: LINK-3-UPDOWN: x"),
    (b"<28>Nov 23 14:03:27  R1 mib2d[18]: SNMP_TRAP_LINK_DOWN: ifIndex 7", b"mib2d[18]: SNMP_TRAP_LINK_DOWN: ifIndex 7"),
])  # fmt: skip
def test_the_text_is_one_whichever_form_the_message_has(raw: bytes, text: bytes) -> None:
    assert text_of(raw) == text


@LAW
@given(st.binary(max_size=200))
def test_no_bytes_make_the_text_raise(raw: bytes) -> None:
    modern = b"<28>1 2026-11-23T14:03:27.104Z R1 a 1 M " + raw
    assert text_of(raw) == raw[text_start(raw) :] or raw.startswith(b"<")
    text_of(modern)


@pytest.mark.parametrize(
    "raw",
    [b"", b"<189>", b"<192>x", b"<999>Nov 23 14:03:27 h x: y", b"<abc>", b"hello", b"\x00\x01\xff", b"<189>\x01\x02", b"<-1>x",
     b'<30>1 2026-11-23T14:03:27Z h a - - [open="x y'],
)  # fmt: skip
def test_what_is_no_syslog_message_says_why(raw: bytes) -> None:
    header = split_header(raw, RECEIVED)

    assert isinstance(header, Malformed)
    assert header.why


@pytest.mark.parametrize(
    ("received", "stamp", "expected"),
    [
        (at(2027, 1, 1, 0, 0, 1), b"Dec 31 23:59:59.5", at(2026, 12, 31, 23, 59, 59, micro=500000)),
        (at(2026, 12, 31, 23, 59, 59), b"Jan  1 00:00:00.5", at(2027, 1, 1, 0, 0, 0, micro=500000)),
        (at(2028, 2, 29, 12, 0, 1), b"Feb 29 12:00:00.5", at(2028, 2, 29, 12, 0, 0, micro=500000)),
        (at(2026, 11, 23, 14, 3, 30), b"Mar  1 00:00:00.5", at(2026, 3, 1, 0, 0, 0, micro=500000)),
        (at(2026, 11, 23, 14, 3, 30), b"Nov 23 16:03:29.5", at(2026, 11, 23, 14, 3, 29, micro=500000)),
        (at(2026, 11, 23, 14, 3, 30), b"Nov 23 14:03:60.0", at(2026, 11, 23, 14, 3, 59)),
        (at(2026, 11, 23, 14, 3, 30), b"Foo 99 99:99:99.5", None),
        (at(2026, 11, 23, 14, 3, 30), b"Nov 31 14:03:30.5", None),
    ],
)
def test_a_missing_year_and_zone_come_from_the_receipt(received: float, stamp: bytes, expected: float | None) -> None:
    header = split_header(b"<189>1: R1: " + stamp + b": %A-5-B: x", received)

    assert isinstance(header, Header)
    assert header.device_time == expected


@LAW
@given(st.binary(max_size=400), st.floats(0, 4e9))
def test_no_bytes_make_it_raise_and_the_quick_reading_agrees(raw: bytes, received_at: float) -> None:
    _agrees(raw, received_at)


@LAW
@given(st.sampled_from(SHAPES), st.integers(0, 120), st.binary(max_size=4), st.integers(0, 8))
def test_a_damaged_header_never_raises_and_the_quick_reading_agrees(
    shape: tuple[bytes, str, float | None, bool, bytes], where: int, noise: bytes, removed: int
) -> None:
    raw = shape[0]
    _agrees(raw[:where] + noise + raw[where + removed :], RECEIVED)


def _agrees(raw: bytes, received_at: float) -> None:
    header = split_header(raw, received_at)
    quick = sender(raw)
    assert quick == (header if isinstance(header, Malformed) else header.hostname)
    if isinstance(header, Header):
        assert 0 <= header.text_start <= len(raw)  # RFC 5424 allows a message without text
        assert sanitise(header.hostname) == header.hostname

"""Ages, prefixes, log lines and configurations: what the vendors' parsers of captures share."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.captured import LogRow
from statetrace_engine.parsing import config_lines, log_lines
from statetrace_engine.parsing.ages import seconds
from statetrace_engine.parsing.prefixes import classful_length, host, length, network, prefix
from statetrace_engine.parsing.shown import Ask


@pytest.mark.parametrize(
    ("printed", "age"),
    [
        ("00:12:34", 754),
        ("12:34", 754),
        ("1d02h", 93_600),
        ("2w3d", 1_468_800),
        ("1y3w", 33_350_400),
        ("2d23h48m", 258_480),
        ("1d 02:03:04", 93_784),
        ("01w2d03h", 788_400),
        ("2 years, 31 weeks, 6 days, 9 hours, 55 minutes", 82_374_900),
        ("15", 15),
        ("never", None),
        ("-", None),
        ("", None),
        ("9" * 20, None),
    ],
)
def test_an_age_is_seconds_whatever_its_spelling(printed: str, age: int | None) -> None:
    assert seconds(printed) == age


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_a_prefix_loses_its_host_bits(number: int, bits: int) -> None:
    address = ipaddress.IPv4Address(number)

    assert network(str(address), bits) == str(ipaddress.IPv4Network((address, bits), strict=False))


def test_masks_and_classes_give_lengths() -> None:
    assert (length("255.255.255.0"), length("/24"), length("24"), length("255.0.255.0")) == (24, 24, 24, None)
    assert [classful_length(net) for net in ("10.0.0.0", "172.16.0.0", "192.168.1.0", "0.0.0.0")] == [8, 16, 24, 0]
    assert prefix("2001:DB8::1/64") == "2001:db8::/64"
    assert network("269.1.1.1", 24) == "269.1.1.1/24"
    assert host("FE80::A%Gi0/1") == "fe80::a%Gi0/1"


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (
            "2026 Apr 11 14:00:00 sw1 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up",
            LogRow("2026 Apr 11 14:00:00", "ETHPORT", 5, "IF_UP", "Interface Ethernet1/1 is up"),
        ),
        (
            "RP/0/RSP0/CPU0:Mar  1 00:00:01.123 : ifmgr[257]: %PKT_INFRA-LINK-3-UPDOWN : Interface down",
            LogRow("Mar  1 00:00:01.123", "PKT_INFRA-LINK", 3, "UPDOWN", "Interface down"),
        ),
        (
            "Mar  1 00:00:01 sw Ebra: %LINEPROTO-5-UPDOWN: Line protocol",
            LogRow("Mar  1 00:00:01", "LINEPROTO", 5, "UPDOWN", "Line protocol"),
        ),
        (
            "Mar  1 00:00:01  r1 rpd[1234]: RPD_BGP_NEIGHBOR_STATE_CHANGED: BGP peer changed",
            LogRow("Mar  1 00:00:01", "rpd", None, "RPD_BGP_NEIGHBOR_STATE_CHANGED", "BGP peer changed"),
        ),
        (
            "2026/04/11 14:00:00 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1 Up",
            LogRow("2026/04/11 14:00:00", "BGP", None, "ADJCHANGE", "neighbor 10.0.0.1 Up"),
        ),
    ],
)
def test_a_log_line_is_read_in_every_vendors_form(line: str, row: LogRow) -> None:
    assert log_lines.parse(line + "\n", Ask("show logging")).rows == [row]


def test_a_configuration_saved_twice_is_the_same_row() -> None:
    text = "Building configuration...\nCurrent configuration : {} bytes\n! Last configuration change at {}\nhostname r"
    ask = Ask("show running-config", "cisco_ios")

    first = config_lines.parse(text.format(4711, "09:12:00 UTC Tue Mar 3 2026 by alice"), ask)
    second = config_lines.parse(text.format(4712, "10:12:00 UTC Tue Mar 3 2026"), ask)

    assert first.rows == second.rows
    assert first.rows[0].lines == ("hostname r",)


def test_what_was_typed_at_the_pager_is_no_line_of_a_configuration() -> None:
    left = Ask("show running-config", "cisco_ios", is_truncated=True)
    assert config_lines.parse("hostname r\n q\n", left).rows[0].lines == ("hostname r",)
    assert config_lines.parse("hostname r\n q\n", Ask("show running-config")).rows[0].lines == ("hostname r", " q")

"""Captures as a whole: who speaks, what was asked, which bytes say it, and what may not be concluded."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture, Fallen
from statetrace_engine.parsing.redact import Redactor

IOS = b"""R1#terminal length 0
R1#sh ip ro
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area

Gateway of last resort is 10.1.1.2 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 10.1.1.2
      10.0.0.0/8 is variably subnetted, 3 subnets, 2 masks
C        10.1.1.0/30 is directly connected, GigabitEthernet0/1
L        10.1.1.1/32 is directly connected, GigabitEthernet0/1
O        10.2.0.0/16 [110/20] via 10.1.1.2, 1d02h, GigabitEthernet0/1
                     [110/20] via 10.1.1.6, 1d02h, GigabitEthernet0/2
R1#sh clock
10:00:00.000 UTC Mon Nov 23 2026
R1#"""
PROMPTLESS = IOS.partition(b"sh ip ro\n")[2].partition(b"R1#")[0]


def routes(read: Capture) -> list[bytes]:
    """Every record of a route table, as something that can be compared."""
    return [msgspec.json.encode(row) for each in read.sections if each.kind is Kind.ROUTES for row in each.records]


def test_a_session_becomes_sections_with_a_vendor_and_full_commands() -> None:
    read = capture.read(IOS)
    assert [(each.hostname, each.vendor, each.is_truncated) for each in read.slices] == [("R1", "cisco_ios", False)]
    assert [(each.command, each.kind, len(each.records)) for each in read.sections] == [
        ("show ip route", Kind.ROUTES, 5),
        ("show clock", Kind.TABLE, 0),
    ]
    assert read.lines(IOS, read.sections[1].unparsed) == [(15, "10:00:00.000 UTC Mon Nov 23 2026")]


@pytest.mark.parametrize("eol", [b"\n", b"\r\n", b"\r\r\n"])
def test_every_record_leads_back_to_the_bytes_that_say_it(eol: bytes) -> None:
    raw = IOS.replace(b"\n", eol).replace(b"C   ", b" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bC   ")
    read = capture.read(raw)
    section = read.sections[0]
    assert len(section.records) == 5
    for row, start, end in zip(section.records, section.starts, section.ends, strict=True):
        first, last = read.byte_range(start, end)
        shown = raw[first:last]
        assert (row.next_hop or row.prefix.partition("/")[0]).encode() in shown
    assert raw[section.start :].startswith(b"R1#sh ip ro")
    assert raw[section.end :].startswith(b"R1#sh clock")


@pytest.mark.parametrize("typed", ["write terminal", "wr t", "write term"])
@pytest.mark.parametrize("vendor", ["cisco_ios", "arista_eos", "brocade_fastiron", "hp_procurve", "frr"])
def test_a_configuration_that_was_written_to_the_terminal_is_one(vendor: str, typed: str) -> None:
    read = capture.read(f"R1#{typed}\nhostname R1\ninterface 1\n shutdown\nR1#\n".encode(), vendor=vendor)
    (found,) = read.sections
    assert (found.command, found.kind, len(found.records)) == ("write terminal", Kind.CONFIG, 1)


def test_a_configuration_that_was_written_to_memory_is_none() -> None:
    read = capture.read(
        b"R1#wr mem\nBuilding configuration...\n[OK]\nR1#write\nBuilding configuration...\n[OK]\nR1#\n",
        vendor="cisco_ios",
    )
    assert all(each.kind is not Kind.CONFIG for each in read.sections)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("secret", ["x", "xy", "hunter2", "a-secret-that-is-longer-than-what-stands-for-it"])
def test_a_line_whose_secret_was_replaced_leads_back_to_the_whole_line(secret: str, encoding: str) -> None:
    line = f" neighbor 10.1.1.2 password {secret}"
    raw = f"R1#show running-config\nrouter bgp 1\n{line}\n!\nend\nR1#".encode(encoding)
    read = capture.read(raw, redactor=Redactor(b"key"))
    start = read.text.index(" neighbor")
    first, last = read.byte_range(start, read.text.index("\n", start))
    assert secret not in read.text[start:]
    assert raw[first:last] == line.encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_an_encoding_changes_no_fact(encoding: str) -> None:
    raw = IOS.decode().encode(encoding)
    read = capture.read(raw)
    assert routes(read) == routes(capture.read(IOS))
    first, last = read.byte_range(read.sections[0].starts[0], read.sections[0].ends[0])
    assert (
        "0.0.0.0/0".encode("utf-16-be" if encoding == "utf-16-be" else "utf-16-le" if "16" in encoding else "ascii")
        in (raw[first:last])
    )


def test_a_capture_cut_at_any_byte_holds_no_fact_that_the_whole_does_not() -> None:
    whole = set(routes(capture.read(IOS)))
    for cut in range(len(IOS)):
        read = capture.read(IOS[:cut], vendor="cisco_ios")
        assert set(routes(read)) <= whole, cut
        if cut < IOS.index(b"R1#sh clock") and read.sections:
            assert read.sections[-1].is_truncated, cut


def test_a_last_line_without_a_newline_is_unparsed_in_a_truncated_slice() -> None:
    cut = IOS.index(b"0/16 [110/20]") + 1
    read = capture.read(IOS[:cut], vendor="cisco_ios")
    assert read.slices[0].is_truncated
    assert read.lines(IOS, read.sections[-1].unparsed)[-1] == (12, "O        10.2.0.0")


def test_what_a_filter_left_out_is_not_absent() -> None:
    raw = IOS.replace(b"sh ip ro\n", b"sh ip ro | inc via\n")
    section = capture.read(raw).sections[0]
    assert section.is_filtered
    assert (section.command, section.pipe) == ("show ip route", "inc via")
    assert not capture.read(IOS).sections[0].is_filtered


@pytest.mark.parametrize("typed", ["sh ip ro 10.2.0.0", "sh ip ro ospf", "sh ip ro vrf RED 10.2.0.0"])
def test_a_part_that_was_asked_for_is_not_the_whole(typed: str) -> None:
    read = capture.read(IOS.replace(b"sh ip ro\n", typed.encode() + b"\n"))
    assert read.sections[0].is_filtered


@pytest.mark.parametrize(
    "left",
    [
        b" --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b",
        b"--More--\r        \r",
        b"<--- More --->\r              \r",
        b"---(more 45%)---\r                \r",
        b" --More-- \n",
        b"--More-- q\n",
        b"\x1b[7m--More--\x1b[m\r\x1b[K",
        b"-- MORE --, next page: Space, next line: Enter, quit: q\r\x1b[K",
        b"lines 1-10\x1b[K\r\x1b[K",
        b"^C\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_answer_that_was_left_is_truncated(left: bytes, encoding: str) -> None:
    shown, _, rest = IOS.partition(b"O        10.2")
    raw = (shown + left + b"R1#" + rest.partition(b"R1#")[2]).decode().encode(encoding)
    table = capture.read(raw).sections[0]
    assert (table.command, len(table.records), table.is_truncated) == ("show ip route", 3, True)


@pytest.mark.parametrize(
    "end", [b"---(more 100%)---\r                 \r", b"lines 1-10/10 (END)\x1b[K\r\x1b[K", b"", b"\n\n"]
)
def test_an_answer_whose_pager_came_to_its_end_is_whole(end: bytes) -> None:
    raw = IOS.replace(b"R1#sh clock", end + b"R1#sh clock").replace(
        b"C   ", b" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bC   "
    )
    table = capture.read(raw).sections[0]
    assert (len(table.records), table.is_truncated) == (5, False)


@pytest.mark.parametrize(
    "said", [b"% Authorization failed.", b"% Invalid input detected at '^' marker.", b"", b"Command rejected"]
)
def test_an_error_is_no_empty_table(said: bytes) -> None:
    head, _, rest = IOS.partition(b"Codes")
    table = capture.read(head + said + b"\nR1#" + rest.partition(b"R1#")[2], vendor="cisco_ios").sections[0]
    assert (table.command, table.records, table.is_truncated) == ("show ip route", [], True)


def test_an_empty_table_is_whole() -> None:
    raw = IOS.replace(b"Gateway of last resort is 10.1.1.2 to network 0.0.0.0", b"Gateway of last resort is not set")
    head, _, rest = raw.partition(b"S*")
    table = capture.read(head + b"R1#" + rest.partition(b"R1#")[2]).sections[0]
    assert (table.records, table.is_truncated) == ([], False)


def test_a_command_typed_again_and_again_says_no_more_of_its_vendor() -> None:
    refused = b"R1#show ip route\n% Authorization failed.\n" * 9
    assert capture.read(refused + b"R1#show version\nCisco IOS Software\nR1#").slices[0].vendor == "cisco_ios"


def test_a_whole_vrf_is_whole() -> None:
    assert not capture.read(IOS.replace(b"sh ip ro\n", b"sh ip ro vrf RED\n")).sections[0].is_filtered


@pytest.mark.parametrize(
    ("name", "command"), [("WLLS-A05-AS-55_show_ip_route.txt", None), ("x.txt", "show ip route"), ("x.txt", None)]
)
def test_without_prompts_the_command_comes_from_the_option_the_name_or_the_header(
    name: str, command: str | None
) -> None:
    read = capture.read(PROMPTLESS, name=name, command=command, vendor="cisco_ios")
    assert [(each.kind, len(each.records)) for each in read.sections] == [(Kind.ROUTES, 5)]


def test_a_message_across_a_table_changes_no_record_and_is_not_lost() -> None:
    message = b"*Nov 23 10:00:00.000: %SYS-5-CONFIG_I: Configured from console by console\n"
    at = IOS.index(b"                     [110/20]")
    read = capture.read(IOS[:at] + message + IOS[at:])
    assert routes(read) == routes(capture.read(IOS))
    assert read.lines(IOS[:at] + message + IOS[at:], read.sections[0].unparsed) == [(13, message.decode().rstrip())]
    last = read.byte_range(read.sections[0].starts[-1], read.sections[0].ends[-1])
    assert b"10.1.1.6" in (IOS[:at] + message + IOS[at:])[slice(*last)]


def test_an_unknown_vendor_is_kept_aside_and_said() -> None:
    read = capture.read(b"X1#sh frobs\nfrob 1\nfrob 2\nX1#\n")
    assert [(each.vendor, each.kind, len(each.unparsed)) for each in read.sections] == [("", Kind.TABLE, 2)]
    assert "X1" in read.remarks[0]


def test_secrets_go_before_anything_is_read_and_places_still_fit() -> None:
    raw = b"R1#sh run | inc community\nsnmp-server community pUbL1cK3y RO\nR1#sh clock\n10:00\nR1#\n"
    read = capture.read(raw, redactor=Redactor(b"k" * 32))
    assert "pUbL1cK3y" not in read.text
    assert sum(read.redacted.values()) == 1
    first, last = read.byte_range(*read.sections[-1].unparsed[0])
    assert raw[first:last] == b"10:00"


def test_a_command_without_a_parser_goes_to_the_fallback() -> None:
    asked: list[tuple[str, str, str]] = []

    def fallback(vendor: str, command: str, text: str) -> Fallen:
        asked.append((vendor, command, text))
        return Fallen([{"time": "10"}])

    section = capture.read(IOS, fallback=fallback).sections[1]
    assert asked == [("cisco_ios", "show clock", "10:00:00.000 UTC Mon Nov 23 2026\n")]
    assert (section.kind, section.records, section.unparsed) == (Kind.TABLE, [{"time": "10"}], [])


def test_a_fallback_that_was_stopped_leaves_the_lines_unparsed_and_says_why() -> None:
    read = capture.read(IOS, fallback=lambda *_: Fallen([], "took too long"))
    assert len(read.sections[1].unparsed) == 1
    assert "show clock: took too long" in read.remarks


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 64, bytes(range(256)) * 64, b"\n" * 1000, b"R1#", b"\xff\xfe", b"\xfe\xff\x00"]
)
def test_nothing_gives_nothing(raw: bytes) -> None:
    assert capture.read(raw, command="show ip route", vendor="cisco_ios").sections in ([], None) or not routes(
        capture.read(raw, command="show ip route", vendor="cisco_ios")
    )


VENDORS = st.sampled_from(
    ["cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "paloalto_panos", "frr", "hp_procurve",
     "aruba_aoscx", "brocade_fastiron", "ruckus_fastiron", "nobody", None]
)  # fmt: skip


@settings(deadline=None)
@given(VENDORS, st.integers(0, 2**32), st.binary(max_size=40))
def test_no_damage_and_no_wrong_vendor_ever_raises(vendor: str | None, seed: int, noise: bytes) -> None:
    random_ = random.Random(seed)
    raw = IOS
    for _ in range(4):
        at, length = random_.randrange(len(raw)), random_.randrange(30)
        raw = raw[:at] + random_.choice((noise, b"\x1b[K", b"\r", b"\x1b]0;", b"\nR2#", b"\b\b\b")) + raw[at + length :]
    read = capture.read(raw, vendor=vendor, redactor=Redactor(b"k" * 32))
    for section in read.sections:
        assert len(section.records) == len(section.starts) == len(section.ends)
        assert 0 <= section.start <= section.end <= len(raw)
        for start, end in (*zip(section.starts, section.ends, strict=True), *section.unparsed):
            assert 0 <= start <= end <= len(read.text)
            first, last = read.byte_range(start, end)
            assert 0 <= first <= last <= len(raw)


@given(
    st.lists(st.tuples(st.integers(0, len(IOS)), st.sampled_from([b"\x1b[0m", b"\x1b[?25h", b"\x00", b"\x1b]0;t\x07"])))
)
def test_escapes_spliced_in_anywhere_change_no_fact(splices: list[tuple[int, bytes]]) -> None:
    raw = IOS
    for at, escape in sorted(splices, reverse=True):
        raw = raw[:at] + escape + raw[at:]
    assert routes(capture.read(raw)) == routes(capture.read(IOS))

"""Every vendor's own captures: `tests/captures/<vendor>/<command>.<case>.txt`, the expected rows beside each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask, Show, Shown

CAPTURES = Path(__file__).parents[2] / "captures"
FILES = sorted(CAPTURES.glob("*/*.txt"))
SYSLOG = "*Mar  1 00:00:01.123: %SYS-5-CONFIG_I: Configured from console by console\n"
OWN_MESSAGES = {
    "aruba_aoscx": "2026-11-28T09:00:00.123456+00:00 sw1 hpe-restd[12]: Event|4608|LOG_INFO|AMM|-|Allowed\n",
    "brocade_fastiron": "SYSLOG: <14>Nov 28 09:00:00 sw System: Interface ethernet 1/1/4, state up\n",
    "frr": "2026/11/28 09:00:00 BGP: [M7Q4P-46WDR] %ADJCHANGE: neighbor 10.1.1.1 in vrf default Down\n",
    "hp_procurve": "I 11/28/26 09:00:00 00076 ports: ST1-CMDR: port 1/1 is now on-line\n",
    "juniper_junos": "Nov 28 09:00:00  r1 mib2d[1]: SNMP_TRAP_LINK_DOWN: ifIndex 5, ifName ge-0/0/1\n",
    "paloalto_panos": "Nov 28 09:00:00 PA-220 routed: BGP peer 10.1.1.1 left established state\n",
    "ruckus_fastiron": "Nov 28 09:00:00:I:System: Interface ethernet 1/1/4, state up\n",
}
"""As each vendor prints them, without a % before their name."""
REFUSALS = {
    "arista_eos": "% Invalid input",
    "aruba_aoscx": "Invalid input: ospf",
    "brocade_fastiron": "Invalid input -> summary",
    "cisco_ios": "% Invalid input detected at '^' marker.",
    "cisco_nxos": "% Invalid command at '^' marker.",
    "cisco_xr": "% Invalid input detected at '^' marker.",
    "frr": "% Unknown command: show ip ospf neighbour",
    "hp_procurve": "Invalid input: ospf",
    "juniper_junos": "error: the routing subsystem is not running",
    "paloalto_panos": "Server error : op command for client routed timed out as client is not available",
    "ruckus_fastiron": "Invalid input -> summary",
}
PARSERS = [
    pytest.param(vendor, show, id=f"{vendor}-{show.command}")
    for vendor, table in shows.SHOWS.items()
    for show in {id(show.parse): show for show in table if show.parse}.values()
]
each_capture = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def asked(path: Path, *, is_truncated: bool = False) -> tuple[Show, Ask]:
    vendor, command = path.parent.name, path.name.partition(".")[0].replace("_", " ")
    show = shows.find(vendor, command)
    assert show is not None, f"{vendor} has no {command}"
    assert show.parse is not None, f"{vendor} leaves {command} to the fallback"
    return show, Ask(command, vendor, is_truncated)


def parsed(path: Path, text: str, *, is_truncated: bool = False) -> Shown:
    show, ask = asked(path, is_truncated=is_truncated)
    assert show.parse is not None
    return show.parse(text, ask)


def records(shown: Shown) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = json.loads(msgspec.json.encode(shown.rows))
    return plain


def lines_of(text: str, shown: Shown) -> list[str]:
    return [text[start:end] for start, end in shown.unparsed]


@each_capture
def test_a_capture_gives_the_rows_beside_it(path: Path) -> None:
    text = path.read_text("utf-8")
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))

    shown = parsed(path, text)

    assert records(shown) == expected["records"]
    assert asked(path)[0].kind == expected["kind"]
    assert len(shown.unparsed) == expected["unparsed"], lines_of(text, shown)


@each_capture
def test_spans_stand_in_the_text_and_beside_their_rows(path: Path) -> None:
    text = path.read_text("utf-8")

    shown = parsed(path, text)

    assert len(shown.rows) == len(shown.starts) == len(shown.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(shown.starts, shown.ends, strict=True))
    assert all(line.strip() and "\n" not in line for line in lines_of(text, shown))
    assert shown.unparsed == sorted(set(shown.unparsed))


@each_capture
def test_spaces_at_the_ends_of_lines_change_nothing(path: Path) -> None:
    text = path.read_text("utf-8")

    spaced = parsed(path, "".join(f"{line}   \n" for line in text.splitlines()))

    if asked(path)[0].kind != "config":
        assert records(spaced) == records(parsed(path, text))


@each_capture
def test_a_log_message_within_a_table_is_set_aside(path: Path) -> None:
    text = path.read_text("utf-8")
    if asked(path)[0].kind in ("log", "config"):
        return
    lines = text.splitlines(keepends=True)
    expected = records(parsed(path, text))
    step = max(1, len(lines) // 40)

    for at in range(0, len(lines), step):
        disturbed = "".join([*lines[:at], SYSLOG, *lines[at:]])
        shown = parsed(path, disturbed)
        assert records(shown) == expected, f"at line {at}"
        assert SYSLOG.strip() in lines_of(disturbed, shown), f"at line {at}"


@each_capture
def test_a_message_in_the_vendors_own_form_gives_no_row(path: Path) -> None:
    text = path.read_text("utf-8")
    message = OWN_MESSAGES.get(path.parent.name)
    if message is None or asked(path)[0].kind in ("log", "config", "version"):
        return
    lines = text.splitlines(keepends=True)
    step = max(1, len(lines) // 40)
    known = {tuple(sorted(_identity(record))) for record in records(parsed(path, text))}

    for at in range(0, len(lines), step):
        disturbed = "".join([*lines[:at], message, *lines[at:]])
        shown = parsed(path, disturbed)
        assert {tuple(sorted(_identity(record))) for record in records(shown)} <= known, f"at line {at}"
        assert message.strip() in lines_of(disturbed, shown), f"at line {at}"


def _identity(record: dict[str, Any]) -> list[str]:
    """What a row is about: its facts may be fewer where a message stands between its lines."""
    names = (
        "vrf", "prefix", "neighbor", "neighbor_id", "name", "ip", "mac", "local_interface", "vlan", "instance",
        "interface", "what", "component",
    )  # fmt: skip
    return [f"{name} {record[name]}" for name in names if record.get(name) is not None]


@each_capture
def test_a_cut_capture_shows_nothing_that_the_whole_does_not(path: Path) -> None:
    text = path.read_text("utf-8")
    if asked(path)[0].kind == "config":
        return
    whole = [json.dumps(record, sort_keys=True) for record in records(parsed(path, text))]
    breaks = [at + 1 for at, letter in enumerate(text) if letter == "\n"]

    for cut in breaks[:: max(1, len(breaks) // 150)]:
        shown = parsed(path, text[:cut], is_truncated=True)
        seen = [json.dumps(record, sort_keys=True) for record in records(shown)]
        extra = [record for record in seen if record not in whole]
        assert not extra, f"cut at {cut}: {extra[0]}"


@each_capture
def test_a_capture_cut_anywhere_never_raises(path: Path) -> None:
    text = path.read_text("utf-8")

    for cut in range(0, len(text), max(1, len(text) // 200)):
        parsed(path, text[:cut])


@pytest.mark.parametrize(("vendor", "show"), PARSERS)
@settings(max_examples=60, deadline=None)
@given(text=st.text() | st.text(alphabet="0123456789abcdefABCDEF.:/[]()%*,- \n\tOCSBLvia", max_size=400))
def test_no_text_makes_a_parser_raise(vendor: str, show: Show, text: str) -> None:
    assert show.parse is not None

    shown = show.parse(text, Ask(show.command, vendor))

    assert len(shown.rows) == len(shown.starts) == len(shown.ends)
    assert all(text[start:end].strip() for start, end in shown.unparsed)


@pytest.mark.parametrize(("vendor", "show"), PARSERS)
def test_a_refused_command_is_no_empty_table(vendor: str, show: Show) -> None:
    assert show.parse is not None
    if show.kind in ("log", "config"):
        return

    shown = show.parse(f"{REFUSALS[vendor]}\n", Ask(show.command, vendor))

    assert (shown.rows, len(shown.unparsed)) == ([], 1)


def test_the_longest_known_command_answers() -> None:
    for vendor, table in shows.SHOWS.items():
        for show in table:
            assert shows.find(vendor, show.command) is show, f"{vendor}: {show.command} stands twice"


SUMMARIES = sorted((Path(__file__).parents[4] / "shared" / "corpus" / "ntc").glob("*/show*route_summary/*.raw"))


@pytest.mark.skipif(not SUMMARIES, reason="no corpus here")
def test_summaries_of_route_tables_in_the_corpus_are_read_to_the_last_line() -> None:
    for path in SUMMARIES:
        vendor, command = path.parts[-3], path.parts[-2].replace("_", " ")
        show = shows.find(vendor, command)
        assert show is not None
        assert show.parse is not None
        shown = show.parse(path.read_text("utf-8") + "\n", Ask(command, vendor))
        assert {(row.what, row.value is None) for row in shown.rows} == {("routes", False)}, path
        assert not shown.unparsed, path

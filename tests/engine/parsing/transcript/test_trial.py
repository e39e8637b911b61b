"""A file or session of one command, without a vendor: whoever understands it has it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from statetrace_engine.parsing import capture
from statetrace_engine.parsing.transcript import trial

CAPTURES = Path(__file__).parents[3] / "captures"
TABLES = [
    path
    for path in sorted(CAPTURES.glob("*/*.txt"))
    if json.loads(path.with_suffix(".json").read_text("utf-8"))["kind"] not in ("config", "log")
]
HUAWEI = """Route Flags: R - relay, D - download to fib
------------------------------------------------------------------------------
Destination/Mask    Proto   Pre  Cost      Flags NextHop         Interface
        0.0.0.0/0   Static  60   0          RD   10.0.0.1        GigabitEthernet0/0/1
       10.1.0.0/24  Direct  0    0           D   10.1.0.1        Vlanif10
"""


def rows_without_a_vendor(path: Path) -> object:
    read = capture.read(path.read_bytes(), name=f"{path.name.partition('.')[0]}.log")
    return json.loads(msgspec.json.encode([row for section in read.sections for row in section.records]))


def test_nearly_every_table_is_read_without_being_told_whose_it_is() -> None:
    right = [
        path
        for path in TABLES
        if rows_without_a_vendor(path) == json.loads(path.with_suffix(".json").read_text("utf-8"))["records"]
    ]
    assert len(right) >= 0.95 * len(TABLES)


@pytest.mark.parametrize(
    ("path", "vendor"),
    [
        ("cisco_nxos/show_interface_brief", "cisco_nxos"),
        ("hp_procurve/show_ip_route", "hp_procurve"),
        ("juniper_junos/show_arp", "juniper_junos"),
        ("frr/show_ip_route_vrf_all_json", "frr"),
        ("cisco_ios/show_ip_route", "cisco_ios"),
    ],
)
def test_a_command_that_several_know_is_of_the_one_that_reads_it(path: str, vendor: str) -> None:
    folder, _, stem = path.partition("/")
    found = sorted((CAPTURES / folder).glob(f"{stem}.*.txt"))[0]
    read = capture.read(found.read_bytes(), name=f"{stem}.log")
    assert [each.vendor for each in read.slices] == [vendor]


def test_the_commonest_command_of_ios_without_its_legend_is_of_ios() -> None:
    session = b"R1#sh ip ro | b Gateway\nGateway of last resort is not set\n\nS*    0.0.0.0/0 [1/0] via 10.0.0.1\nR1#\n"
    read = capture.read(session)
    assert [each.vendor for each in read.slices] == ["cisco_ios"]
    assert [row.next_hop for row in read.sections[0].records] == ["10.0.0.1"]


def test_the_answers_of_a_session_are_tried_together() -> None:
    table = "Vlan      IP Address  Speed Mode ARP\n"  # no vendor's
    brief = sorted((CAPTURES / "cisco_xr").glob("show_interface*brief.*.txt"))[0].read_text("utf-8")
    answers = [("show clock", "10:00\n"), ("show vlan", table), ("show interface brief", brief)]
    assert trial.reader(answers, {"frr": 5}) == "cisco_xr"


def test_json_of_frr_names_itself() -> None:
    text = b'{\n  "eth0":{\n    "status":"up",\n    "vrfName":"default",\n    "addresses":["10.1.1.2/30"]\n  }\n}\n'
    read = capture.read(text, name="core1.show_interface_brief_json.txt")
    assert [each.vendor for each in read.slices] == ["frr"]
    assert [row.name for row in read.sections[0].records] == ["eth0"]


@pytest.mark.parametrize("path", TABLES[::16], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_session_cut_off_anywhere_tells_nothing_by_another_vendor(path: Path) -> None:
    typed = path.name.partition(".")[0].replace("_", " ").encode()
    session = b"R1#" + typed + b"\n" + path.read_bytes().rstrip() + b"\nR1#\n"

    def facts(raw: bytes) -> Counter[bytes]:
        return Counter(msgspec.json.encode(row) for each in capture.read(raw).sections for row in each.records)

    whole = facts(session)
    for at in range(0, len(session), max(1, len(session) // 40)):
        assert facts(session[:at]) <= whole, at


def test_a_short_session_cut_off_is_nobodys_where_votes_and_parsers_differ() -> None:
    begun = b"R1#show ip route\nGateway of last resort is not set\n\nS*    0.0.0.0/0 [1/0] via 10.0.0.1\n"
    read = capture.read(begun)
    assert [each.vendor for each in read.slices] == [""]
    assert not read.sections[0].records
    assert read.sections[0].unparsed


@pytest.mark.parametrize("text", [HUAWEI, "hello\nworld\n", "", "10.0.0.0/8\n" * 50])
def test_what_nobody_reads_is_nobodys(text: str) -> None:
    assert trial.reader([("show ip route", text)], {}) == ""


def test_a_vendors_own_words_are_not_overruled() -> None:
    assert trial.reader([("show ip route", "S*    0.0.0.0/0 is directly connected, Null0\n")], {"frr": 6}) == ""


def test_a_configuration_is_nobodys_by_being_read() -> None:
    assert trial.reader([("show running-config", "hostname R1\n!\nend\n")], {}) == ""

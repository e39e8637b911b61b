"""What changed between two captures, from their bytes."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from statetrace_engine.diff import document, runs, showings
from statetrace_engine.diff.compare import Table, mirror
from statetrace_engine.diff.fields import code
from statetrace_engine.model.captured import ArpRow, ConfigRow, InterfaceRow, Kind
from statetrace_engine.model.counts import is_other_count
from statetrace_engine.model.diff import Diff
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture

CAPTURES = Path(__file__).parents[2] / "captures"
FILES = sorted(CAPTURES.glob("*/*.txt"))
ROUTES = b"""R1#show ip route
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP

B        10.9.0.0/16 [20/0] via 10.1.1.2, 1d02h
                     [20/0] via 10.1.2.2, 1d02h
S        10.8.0.0/16 [1/0] via 10.1.1.2
C        10.1.1.0/30 is directly connected, GigabitEthernet0/1
R1#"""
CONFIG = b"""R1#show running-config
Building configuration...

Current configuration : 1500 bytes
!
! Last configuration change at 09:00:00 UTC Mon Nov 23 2026 by alice
!
hostname R1
!
interface GigabitEthernet0/1
 description to core1
 ip address 10.1.1.1 255.255.255.252
 no shutdown
!
interface GigabitEthernet0/2
 description to core2
 no shutdown
!
ntp clock-period 17179865
end

R1#"""
_AGES = re.compile(r"\b\d+w\d+d\b|\b\d+d\d+h\b|(?<![\w:.-])\d\d:\d\d:\d\d(?![\w:])")


def read(raw: bytes, name: str = "", vendor: str | None = None, command: str | None = None) -> Capture:
    return capture.read(raw, name=name, vendor=vendor, command=command)


def compared(before: bytes, after: bytes) -> Diff:
    old, new = read(before), read(after)
    (one,), (other,) = showings.devices(old), showings.devices(new)
    return runs.diff(showings.of_device(old, one), showings.of_device(new, other))


def told(diff: Diff) -> list[tuple[str, str, str]]:
    return [(each.change_type.value, each.kind.value, " / ".join(each.key)) for each in diff.changes]


def test_a_route_that_lost_one_of_two_next_hops_is_one_change() -> None:
    after = ROUTES.replace(b"                     [20/0] via 10.1.2.2, 1d02h\n", b"").replace(b"1d02h", b"00:00:09")
    (change,) = compared(ROUTES, after).changes
    assert (change.key, change.confidence) == (("default", "10.9.0.0/16"), 1.0)
    assert ("next_hop", ("10.1.1.2", "10.1.2.2"), "10.1.1.2") in [(f.field, f.before, f.after) for f in change.fields]


SWITCH = b"""R1#show environment all
Switch 1 FAN 1 is OK
Switch 1: SYSTEM TEMPERATURE is OK
Inlet Temperature Value: 31 Degree Celsius
Temperature State: GREEN
SW  PID                 Serial#     Status           Sys Pwr  PoE Pwr  Watts
--  ------------------  ----------  ---------------  -------  -------  -----
1A  PWR-C1-715WAC       LIT10000001  OK              Good     Good     715
R1#show processes cpu
CPU utilization for five seconds: 7%/1%; one minute: 6%; five minutes: 5%
R1#"""


def test_a_value_that_is_another_is_no_change_of_how_a_device_does() -> None:
    after = SWITCH.replace(b"31 Degree", b"44 Degree").replace(b"five minutes: 5%", b"five minutes: 91%")
    assert told(compared(SWITCH, after)) == []


def test_a_part_that_works_no_longer_is_a_change() -> None:
    after = SWITCH.replace(b"FAN 1 is OK", b"FAN 1 is FAULTY").replace(b"OK              Good", b"No Input Power  Good")
    changes = compared(SWITCH, after).changes
    assert [(each.key, [(f.field, f.before, f.after) for f in each.fields]) for each in changes] == [
        (("fan", "switch 1 fan 1"), [("status", "ok", "faulty"), ("is_ok", True, False)]),
        (("power_supply", "power supply 1A"), [("status", "ok", "no input power"), ("is_ok", True, False)]),
    ]


SUMMARY = b"""R1#show ip route vrf RED summary
IP routing table name is RED (0x1)
Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)
static          1           2           0           216         864
internal        1                                               7840
Total           2           2           0           216         8704
R1#
"""


def test_how_many_routes_there_are_is_no_change() -> None:
    after = SUMMARY.replace(b"static          1           2  ", b"static          1           9  ")
    after = after.replace(b"Total           2           2  ", b"Total           2           9  ")
    assert after != SUMMARY
    diff = compared(SUMMARY, after)
    assert (told(diff), diff.metadata.only_before) == ([], ())


def test_a_change_knows_its_bytes_in_both_files() -> None:
    after = b"\r\n\r\n" + ROUTES.replace(b"[1/0] via 10.1.1.2", b"[1/0] via 10.1.1.3")
    (change,) = compared(ROUTES, after).changes
    assert change.before is not None
    assert change.after is not None
    ((old_start, old_end),), ((new_start, new_end),) = change.before.spans, change.after.spans
    assert ROUTES[old_start:old_end].strip() == b"S        10.8.0.0/16 [1/0] via 10.1.1.2"
    assert after[new_start:new_end].strip() == b"S        10.8.0.0/16 [1/0] via 10.1.1.3"


def test_a_command_that_is_missing_is_no_removal() -> None:
    both = ROUTES + b"\n" + CONFIG
    diff = compared(both, CONFIG)
    assert not diff.changes
    assert diff.metadata.only_before == ("show ip route",)


def test_a_table_that_is_cut_off_says_what_changed_and_not_what_is_gone() -> None:
    after = ROUTES[: ROUTES.index(b"C        10.1")].replace(b"[1/0]", b"[5/0]")
    diff = compared(ROUTES, after)
    assert told(diff) == [("Changed", "routes", "default / 10.8.0.0/16")]
    assert any("cut off" in warning for warning in diff.metadata.warnings)


def test_lines_that_were_not_understood_lower_the_confidence() -> None:
    after = ROUTES.replace(b"S        10.8.0.0/16 [1/0] via 10.1.1.2", b"S        10.8.0.0/16 [1/0] zzz zzz")
    (change,) = compared(ROUTES, after).changes
    assert change.change_type.value == "Removed"
    assert change.confidence < 1.0


@pytest.mark.parametrize("garbled", ["before", "after", "both"])
def test_what_nobody_understood_is_not_compared_and_not_called_the_same(garbled: str) -> None:
    understood = CONFIG[: -len(b"R1#")] + ROUTES
    mute = understood[: understood.index(b"Codes: ")] + b"alpha %d\nbeta 2\nR1#"
    before = understood if garbled == "after" else mute % 1
    after = understood if garbled == "before" else mute % 2
    diff = compared(before, after)
    assert not diff.changes
    assert diff.metadata.compared == ("show running-config",)
    assert diff.metadata.warnings == ("no line was understood, before or after, and not compared: show ip route",)


def test_a_line_of_the_configuration_is_told_under_its_head() -> None:
    after = CONFIG.replace(b"description to core2\n no shutdown", b"shutdown").replace(b"17179865", b"17180001")
    after = after.replace(b"09:00:00", b"10:11:12").replace(b"1500 bytes", b"1400 bytes")
    assert told(compared(CONFIG, after)) == [
        ("Removed", "config", "interface GigabitEthernet0/2 / description to core2"),
        ("Removed", "config", "interface GigabitEthernet0/2 / no shutdown"),
        ("Added", "config", "interface GigabitEthernet0/2 / shutdown"),
    ]


def test_the_order_of_sections_of_a_configuration_is_no_change() -> None:
    first, second = CONFIG.index(b"interface GigabitEthernet0/1"), CONFIG.index(b"interface GigabitEthernet0/2")
    end = CONFIG.index(b"ntp clock")
    turned = CONFIG[:first] + CONFIG[second:end] + CONFIG[first:second] + CONFIG[end:]
    assert not compared(CONFIG, turned).changes


def test_an_interface_that_two_commands_show_is_told_once() -> None:
    shown = (
        b"R1#show ip interface brief\n"
        b"Interface              IP-Address      OK? Method Status                Protocol\n"
        b"GigabitEthernet0/1     10.1.1.1        YES NVRAM  up                    up\nR1#show interfaces\n"
        b"GigabitEthernet0/1 is up, line protocol is up\n  MTU 1500 bytes, BW 1000000 Kbit/sec\nR1#"
    )
    after = shown.replace(b"up                    up", b"up                    down").replace(
        b"protocol is up", b"protocol is down"
    )
    changes = compared(shown, after).changes
    assert [(c.key, [(f.field, f.after) for f in c.fields]) for c in changes] == [
        (("GigabitEthernet0/1",), [("oper_up", False)])
    ]


def shown_by(command: str, at: float = 0.0, **fields: object) -> Table:
    row = msgspec.convert({"name": "GigabitEthernet0/1"} | fields, InterfaceRow)
    return Table(Kind.INTERFACES, command, [row], shown_at=at)


def told_by(before: list[Table], after: list[Table]) -> list[tuple[str, list[str]]]:
    assert [mirror(change) for change in runs.diff(before, after).changes] == [*runs.diff(after, before).changes]
    return [(each.command, [f.field for f in each.fields]) for each in runs.diff(before, after).changes]


def test_what_one_command_shows_all_of_is_told_by_it_and_not_in_parts() -> None:
    before = [shown_by("show cut", oper_up=True), shown_by("show whole", oper_up=True, mtu=1500)]
    after = [shown_by("show cut", oper_up=False), shown_by("show whole", oper_up=False, mtu=9000)]
    assert told_by(before, after) == [("show whole", ["oper_up", "mtu"])]
    assert told_by(before[::-1], after[::-1]) == [("show whole", ["oper_up", "mtu"])]
    assert told_by(before[:1], after) == [("show cut", ["oper_up"])]


def test_what_no_command_shows_all_of_is_told_by_as_few_as_it_takes_each_field_once() -> None:
    before = [shown_by("show a", oper_up=True), shown_by("show b", oper_up=True, ip="a"),
              shown_by("show c", oper_up=True, ip="a", mtu=1500), shown_by("show d", vlan="1")]  # fmt: skip
    after = [shown_by("show a", oper_up=False), shown_by("show b", oper_up=False, ip="b"),
             shown_by("show c", oper_up=False, ip="b", mtu=9000), shown_by("show d", vlan="2")]  # fmt: skip
    assert told_by(before, after) == [("show c", ["oper_up", "ip", "mtu"]), ("show d", ["vlan"])]


def test_what_an_older_capture_alone_shows_is_told_beside_what_the_previous_one_does() -> None:
    """It may have changed in a longer time."""
    before = [shown_by("show cut", 200.0, oper_up=True), shown_by("show whole", 100.0, oper_up=True, mtu=1500)]
    after = [shown_by("show cut", oper_up=False), shown_by("show whole", oper_up=False, mtu=9000)]
    found = runs.diff(before, after).changes
    assert [(c.command, [f.field for f in c.fields]) for c in found] == [
        ("show cut", ["oper_up"]), ("show whole", ["mtu"]),
    ]  # fmt: skip


def test_what_came_is_told_by_the_command_that_shows_most_of_it() -> None:
    empty = [Table(Kind.INTERFACES, command, []) for command in ("show cut", "show whole")]
    full = [shown_by("show cut", oper_up=True), shown_by("show whole", oper_up=True, mtu=1500)]
    assert told_by(empty, full) == [("show whole", [])]
    assert told_by(full, empty) == [("show whole", [])]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_captures_of_every_vendor_differ_neither_from_themselves_nor_when_older(path: Path) -> None:
    raw, command = path.read_bytes(), path.name.partition(".")[0].replace("_", " ")
    text = raw.decode("utf-8", "replace")
    aged_text = _AGES.sub(lambda found: re.sub(r"\d", "1", found[0]), text)
    old, older = (read(each, path.name, path.parent.name, command) for each in (raw, aged_text.encode()))
    tables = showings.of_device(old, next(iter(showings.devices(old)), ""))
    assert not runs.diff(tables, tables).changes
    aged = showings.of_device(older, next(iter(showings.devices(older)), ""))
    assert not told(runs.diff(tables, aged))


@pytest.mark.parametrize(
    ("before", "after", "is_other"),
    [(100, 120, False), (100, 140, True), (3, 7, False), (0, 1, True), (1, 0, True), (None, 5, True), (7, 7, False)],
)
def test_counts_differ_when_a_quarter_is_gone(before: int | None, after: int | None, is_other: bool) -> None:
    assert is_other_count(before, after) is is_other
    assert is_other_count(after, before) is is_other


@pytest.mark.parametrize(
    ("printed", "meant"),
    [("O*E2", "O E2"), ("B>*", "B"), ("B>q", "B"), ("S*", "S"), ("Static/5", "Static"), (None, None), ("i L1", "i L1")],
)
def test_marks_of_a_route_are_no_part_of_its_code(printed: str | None, meant: str | None) -> None:
    assert code(printed) == meant


def test_the_document_has_routes_apart() -> None:
    after = ROUTES.replace(b"S        10.8.0.0/16", b"S        10.7.0.0/16").replace(b"via 10.1.2.2", b"via 10.1.2.9")
    diff = compared(ROUTES + b"\n" + CONFIG, after + b"\n" + CONFIG.replace(b"core1", b"core9"))
    made = document.of([document.Compared("R1", diff)])
    assert made["Counts"] == {"Added": 1, "Removed": 1, "ChangedRoutes": 1}
    (changed,) = made["Changes"]["ChangedRoutes"]
    assert (changed["Key"], changed["FieldsChanged"]) == ("default|10.9.0.0/16", ["NextHop"])
    assert [path["NextHop"] for path in changed["New"]["Paths"]] == ["10.1.1.2", "10.1.2.9"]
    (added,), (removed,) = made["Changes"]["AddedRoutes"], made["Changes"]["RemovedRoutes"]
    assert (added["Prefix"], removed["Prefix"]) == ("10.7.0.0", "10.8.0.0")
    assert [after[start:end].split()[1] for start, end in added["AfterBytes"]] == [b"10.7.0.0/16"]
    assert [ROUTES[start:end].split()[1] for start, end in removed["BeforeBytes"]] == [b"10.8.0.0/16"]
    assert added["BeforeBytes"] == removed["AfterBytes"] == []
    assert {each["ObjectType"] for each in made["Objects"]} == {Kind.CONFIG.value}


def test_of_two_showings_of_one_command_the_last_whole_one_counts() -> None:
    twice = ROUTES + b"\n" + ROUTES.replace(b"[1/0] via 10.1.1.2", b"[1/0] via 10.1.1.7")
    assert not compared(twice, twice[len(ROUTES) + 1 :]).changes
    cut = ROUTES + b"\n" + ROUTES[: ROUTES.index(b"S        10.8")]
    assert not compared(ROUTES, cut).changes


def test_of_two_configurations_the_last_counts() -> None:
    section = ConfigRow(("hostname R1",)), ConfigRow(("hostname R2",))
    both, last = (Table(Kind.CONFIG, "show running-config", rows) for rows in (section, section[1:]))
    assert not runs.diff([both], [last]).changes


def test_counters_of_a_template_are_no_change() -> None:
    rows = [{"PORT": "1", "UPTIME": "1d", "PACKETS_IN": "7"}], [{"PORT": "1", "UPTIME": "2d", "PACKETS_IN": "9"}]
    one, other = (Table(Kind.TABLE, "show it", each) for each in rows)
    assert not runs.diff([one], [other]).changes
    moved = Table(Kind.TABLE, "show it", [{"PORT": "2", "UPTIME": "1d"}])
    assert told(runs.diff([one], [moved])) == [("Removed", "table", "1"), ("Added", "table", "2")]


def test_of_two_showings_that_are_cut_the_last_counts() -> None:
    before, *after = (Table(Kind.ARP, "show ip arp", [ArpRow("10.1.1.2", mac, "Gi0/1")]) for mac in "abc")
    (change,) = runs.diff([before], [each._replace(is_whole=False) for each in after]).changes
    assert [(each.before, each.after) for each in change.fields] == [("a", "c")]

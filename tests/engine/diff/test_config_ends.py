"""Configurations that hold what looks like others' lines, or lack their end."""

from __future__ import annotations

import pytest

from statetrace_engine.diff import lines, runs
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import ConfigRow, Kind
from statetrace_engine.model.diff import ChangeType

COMMAND = "show running-config"
IOS = ("hostname R1", "interface Gi0/1", " mtu 1500", "router bgp 1", " neighbor 10.0.0.1 remote-as 2", "end")
JUNOS = ("system {", "    host-name M1;", "}", "protocols {", "    bgp {", "        hold-time 30;", "    }", "}")


def table(shown: tuple[str, ...], vendor: str = "") -> Table:
    return Table(Kind.CONFIG, COMMAND, [ConfigRow(shown)], vendor=vendor)


@pytest.mark.parametrize(("whole", "cut"), [(IOS, IOS[:3]), (JUNOS, JUNOS[:6])])
def test_a_configuration_without_the_end_that_the_other_has_shows_no_absence(
    whole: tuple[str, ...], cut: tuple[str, ...]
) -> None:
    for before, after, side in ((whole, cut, "after"), (cut, whole, "before")):
        found = runs.diff([table(before)], [table(after)])
        assert found.changes == ()
        assert found.metadata.warnings == (
            f"{COMMAND}: cut off or filtered {side}; what it does not show is not taken for absent",
        )


def test_an_end_with_something_behind_it_is_an_end() -> None:
    found = runs.diff([table(IOS)], [table((*IOS[:3], "end", "Connection to 10.0.0.1 closed."))])
    assert found.metadata.warnings == ()


def test_what_no_showing_ends_with_is_not_missed() -> None:
    found = runs.diff([table(IOS[:-1])], [table(IOS[:3])])
    assert {change.change_type for change in found.changes} == {ChangeType.REMOVED}


def test_what_closes_a_section_is_no_line_of_its_own() -> None:
    xr = ("prefix-set P", "  10.0.0.0/8", "end-set", "router bgp 1", " address-family ipv4", " exit-address-family")
    found = lines.changes(table(xr), table(xr[3:5]))
    assert [change.key for change in found] == [("prefix-set P",), ("prefix-set P", "10.0.0.0/8")]


def test_a_block_of_junos_that_counts_for_nothing_is_one_line_more() -> None:
    before = (*JUNOS, "interfaces {", '    ge-0/0/0 description "<redacted:secret:aa>"; ## SECRET-DATA', "}")
    after = (*JUNOS[:4], "    inactive: bgp {", *JUNOS[5:], *before[len(JUNOS) :])
    assert [change.key for change in lines.changes(table(before), table(after))] == [("protocols", "bgp", "inactive")]
    assert ("interfaces", 'ge-0/0/0 description "<redacted:secret:aa>"') in lines.paths(before)
    ((start, end),) = lines.spans("\n".join(after), 0)["protocols", "bgp", "inactive"]
    assert "\n".join(after)[start:end] == "    inactive: bgp {"


def test_set_lines_are_not_compared_with_braces() -> None:
    written = ("set system host-name M1", "set protocols bgp hold-time 30")
    for before, after in ((JUNOS, written), (written, JUNOS)):
        found = runs.diff([table(before)], [table(after)])
        assert found.changes == ()
        assert found.metadata.compared == ()
        assert found.metadata.warnings == (
            f"{COMMAND}: `set` lines on one side, and not on the other; it is not compared",
        )


def test_another_system_need_not_end_alike() -> None:
    found = runs.diff([table(IOS, "cisco_ios")], [table(IOS[:3], "cisco_nxos")])
    assert {change.change_type for change in found.changes} == {ChangeType.REMOVED}
    assert found.metadata.warnings == ()


def test_what_a_banner_says_changes_the_banner_alone() -> None:
    before = ("banner motd ^C", "interface Gi0/1", " shutdown", "^C", *IOS)
    after = ("banner motd ^C", "interface Gi0/1", " no shutdown", "no ip routing", "^C", *IOS)
    changes = lines.changes(table(before), table(after))
    assert [(change.change_type, change.key) for change in changes] == [
        (ChangeType.ADDED, ("banner motd", "no ip routing")),
        (ChangeType.ADDED, ("banner motd", "no shutdown")),
        (ChangeType.REMOVED, ("banner motd", "shutdown")),
    ]
    text = "\n".join(after)
    ((start, end),) = lines.spans(text, 0)["banner motd", "no ip routing"]
    assert text[start:end] == "no ip routing"

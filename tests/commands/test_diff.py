"""`statetrace diff A B` as a user and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from statetrace_tui.commands import output
from tests.commands.conftest import Said

OLD = b"""R1#show ip route
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP

S        10.8.0.0/16 [1/0] via 10.1.1.2
R1#show running-config
hostname R1
enable secret 5 $1$abcd$zSrB4sVPTBsgEBZ1yfDkA.
R1#
"""
Run = Callable[..., Said]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "a.log", tmp_path / "b.log"
    before.write_bytes(OLD)
    after.write_bytes(OLD.replace(b"via 10.1.1.2", b"via 10.1.1.3").replace(b"zSrB4", b"zSrB5"))
    return before, after


def test_what_changed_is_said_in_lines(statetrace: Run, pair: tuple[Path, Path]) -> None:
    said = statetrace("diff", *pair)
    assert said.code == 0
    assert "R1: 1 added, 1 removed, 1 changed" in said.out
    assert "  ROUTES\n  ~ 10.8.0.0/16  next hop 10.1.1.2 -> 10.1.1.3\n" in said.out


def test_a_line_that_moved_where_the_first_match_decides_is_said_so(statetrace: Run, pair: tuple[Path, Path]) -> None:
    """In lines for people and as fields for a script, each side with its bytes."""
    shown = b"hostname R1\nip access-list extended A\n permit ip any any\n deny tcp any any eq 23\n"
    turned = b"hostname R1\nip access-list extended A\n deny tcp any any eq 23\n permit ip any any\n"
    pair[0].write_bytes(OLD.replace(b"hostname R1", shown))
    pair[1].write_bytes(OLD.replace(b"hostname R1", turned))
    said = statetrace("diff", *pair)
    assert "R1: 1 changed\n" in said.out
    assert said.out.splitlines()[3:5] == [
        "    ip access-list extended A",
        "  ~   deny tcp any any eq 23  moved from line 2, behind permit ip any any, to line 1, before all that stayed",
    ]
    (moved,) = statetrace("diff", *pair, "--json").json["Objects"]
    assert (moved["ChangeType"], moved["Key"][-1]) == ("Changed", "deny tcp any any eq 23")
    assert moved["Fields"] == [
        {"Field": "place", "Before": 2, "After": 1},
        {"Field": "behind", "Before": "permit ip any any", "After": None},
    ]
    for path, ((start, end),) in zip(pair, (moved["BeforeBytes"], moved["AfterBytes"]), strict=True):
        assert path.read_bytes()[start:end].strip() == b"deny tcp any any eq 23"


WORDS = (b"from protocol tcp", b"then accept")


def test_a_term_of_display_set_that_moved_is_said_so(statetrace: Run, pair: tuple[Path, Path]) -> None:
    head = b"set firewall family inet filter EDGE"
    terms = [b"".join(b"%s term %s %s\n" % (head, name, words) for words in WORDS) for name in (b"SSH", b"REST")]
    for path, some in zip(pair, (terms, terms[::-1]), strict=True):
        path.write_bytes(b"jsm@R1> show configuration | display set\n%sjsm@R1> exit\n" % b"".join(some))
    said = statetrace("diff", *pair)
    assert "R1: 1 changed\n" in said.out
    assert said.out.splitlines()[3:5] == [
        "    set firewall family inet filter EDGE",
        "  ~   term REST  moved from line 2, behind term SSH, to line 1, before all that stayed",
    ]
    (moved,) = statetrace("diff", *pair, "--json").json["Objects"]
    for path, ((start, end),) in zip(pair, (moved["BeforeBytes"], moved["AfterBytes"]), strict=True):
        assert path.read_bytes()[start:end].strip() == b"%s %s %s" % (head, moved["Key"][-1].encode(), WORDS[0])


def test_what_differs_at_the_end_of_a_long_line_is_shown(statetrace: Run, pair: tuple[Path, Path]) -> None:
    line = b"hostname R1\nip access-list extended A\n remark " + b"word " * 60
    for path, last in zip(pair, (b"first", b"second"), strict=True):
        path.write_bytes(OLD.replace(b"hostname R1", line + last))
    said = statetrace("diff", *pair).out
    assert said.count("word first\n") == said.count("word second\n") == 1


def test_a_secret_differs_and_is_not_shown(statetrace: Run, pair: tuple[Path, Path]) -> None:
    for form in ((), ("--json",)):
        said = statetrace("diff", *pair, *form)
        assert "redacted" in said.out
        assert "zSrB" not in said.out + said.err


def test_json_has_the_bytes_of_lines_of_a_configuration(statetrace: Run, pair: tuple[Path, Path]) -> None:
    """Behind a secret, in a file of a terminal; of a line that stands twice nobody can tell which one came."""
    line = b"\r\n ip address 10.1.1.1 255.255.255.0"
    once = OLD.replace(b"hostname R1", b"hostname R1\r\ninterface Gi0/1" + line)
    pair[0].write_bytes(once)
    pair[1].write_bytes(once.replace(line, line + line).replace(b"zSrB4sVPTBsgEBZ1yfDkA.", b"zS\nntp server 10.9.9.9"))
    objects = statetrace("diff", "--json", *pair).json["Objects"]
    found = {each["Key"][-1]: each["AfterBytes"] for each in objects if each["ChangeType"] == "Added"}
    assert found["ip address 10.1.1.1 255.255.255.0"] == []
    ((start, end),) = found["ntp server 10.9.9.9"]
    assert pair[1].read_bytes()[start:end] == b"ntp server 10.9.9.9"


def test_json_is_one_object_and_the_exit_code_can_answer(statetrace: Run, pair: tuple[Path, Path]) -> None:
    said = statetrace("diff", "--json", "--exit-code", *pair)
    assert said.code == 1
    assert json.loads(said.out)["Counts"] == {"Added": 0, "Removed": 0, "ChangedRoutes": 1}
    assert statetrace("diff", "--exit-code", pair[0], pair[0]).code == 0


def test_two_devices_are_compared_with_each_other(statetrace: Run, pair: tuple[Path, Path]) -> None:
    pair[1].write_bytes(OLD.replace(b"R1", b"R2"))
    said = statetrace("diff", *pair)
    assert said.code == 0
    assert said.out.startswith("R1 and R2: ")


def test_files_of_two_devices_with_one_hostname_are_compared_and_that_is_said(
    statetrace: Run, pair: tuple[Path, Path]
) -> None:
    version = b"R1#show version\nCisco IOS Software, Version 15.4(3)M3, RELEASE SOFTWARE (fc2)\nProcessor board ID %s\n"
    for path, serial in zip(pair, (b"FTX1840AAAA", b"FTX9999ZZZZ"), strict=True):
        path.write_bytes(version % serial + OLD)
    found = statetrace("diff", *pair, "--json").json
    assert found["Warnings"] == [
        "R1: serial number FTX1840AAAA before, FTX9999ZZZZ after: replaced, or two devices with one hostname"
    ]
    assert [one["ObjectType"] for one in found["Objects"]] == ["version"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("show_ip_route_before.txt", "show_ip_route_after.txt"),
        ("show_ip_route1.txt", "show_ip_route2.txt"),
        ("sh-ip-ro-20261127.log", "show_ip_route.log"),
    ],
)
def test_files_of_one_command_without_a_prompt_are_compared_whatever_they_are_called(
    statetrace: Run, tmp_path: Path, before: str, after: str
) -> None:
    table = OLD.split(b"R1#show running-config")[0].removeprefix(b"R1#show ip route\n") + b"\n"
    (tmp_path / before).write_bytes(table)
    (tmp_path / after).write_bytes(table.replace(b"via 10.1.1.2", b"via 10.1.1.3"))
    found = statetrace("diff", tmp_path / before, tmp_path / after, "--vendor", "cisco_ios", "--json").json
    assert found["Counts"] == {"Added": 0, "Removed": 0, "ChangedRoutes": 1}
    assert found["Warnings"] == []


def test_captures_with_no_device_in_common_are_refused(statetrace: Run, pair: tuple[Path, Path]) -> None:
    pair[1].write_bytes(OLD.replace(b"R1", b"R2") + OLD.replace(b"R1", b"R3"))
    said = statetrace("diff", *pair)
    assert said.code == 3
    assert "no device is in both" in said.err


def test_a_file_that_is_not_there_is_said(statetrace: Run, pair: tuple[Path, Path]) -> None:
    said = statetrace("diff", pair[0], pair[1].with_name("nowhere.log"))
    assert said.code == 3
    assert "nowhere.log: there is no such file; a device of the store is named alone" in said.err
    assert not said.out


def test_escape_sequences_of_a_device_reach_no_terminal(statetrace: Run, pair: tuple[Path, Path]) -> None:
    pair[1].write_bytes(OLD.replace(b"hostname R1", b"hostname R1\nbanner \x1b]0;owned\x07"))
    said = statetrace("diff", *pair)
    assert "\x1b" not in said.out
    assert "\x07" not in said.out


def test_lines_that_may_take_it_back_are_shown_and_a_lost_secret_is_said(
    statetrace: Run, pair: tuple[Path, Path]
) -> None:
    pair[1].write_bytes(pair[1].read_bytes().replace(b"hostname R1", b"hostname R1\nip domain name example.net"))
    said = statetrace("diff", "--rollback", *pair)
    assert "  no ip domain name example.net" in said.out
    assert "! needs its secret: " in said.out
    (found,) = json.loads(statetrace("diff", "--rollback", "--json", *pair).out)["Rollback"]
    assert "no ip domain name example.net" in found["Lines"]


def test_one_device_is_not_taken_back_to_another(statetrace: Run, pair: tuple[Path, Path]) -> None:
    pair[1].write_bytes(pair[1].read_bytes().replace(b"R1", b"R2"))
    said = statetrace("diff", "--rollback", *pair)
    assert said.err == "R1 and R2: these are two devices: nobody changed one into the other\n"


def test_without_a_configuration_on_both_sides_nothing_can_be_taken_back(
    statetrace: Run, pair: tuple[Path, Path]
) -> None:
    pair[1].write_bytes(OLD[: OLD.index(b"R1#show running")] + b"R1#")
    said = statetrace("diff", "--rollback", *pair)
    assert said.code == 0
    assert "no whole configuration is in both" in said.err


HISTORY = b"""R1#show clock
%(clock)s UTC Fri Nov 27 2026
R1#show running-config
! Last configuration change at %(header)s
hostname R1
R1#show logging
Syslog logging: enabled (0 messages dropped)
*Nov 23 09:00:00.123 UTC: %%SYS-5-CONFIG_I: Configured from console by alice on vty0 (10.1.1.9)
%(more)sR1#
"""
CONFIGURED = b"*Nov 27 10:21:14.201 UTC: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.1.1)\n"


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "a.log", tmp_path / "b.log"
    before.write_bytes(
        HISTORY % {b"clock": b"10:00:00.100", b"header": b"09:00:00 UTC Mon Nov 23 2026 by alice", b"more": b""}
    )
    after.write_bytes(
        HISTORY % {b"clock": b"11:00:00.100", b"header": b"10:21:14 UTC Fri Nov 27 2026 by admin", b"more": CONFIGURED}
    )
    return before, after


def test_who_changed_the_configuration_in_between_is_said_once(statetrace: Run, history: tuple[Path, Path]) -> None:
    said = statetrace("diff", "--exit-code", *history)
    assert said.code == 0  # the header is no change
    assert [line for line in said.out.splitlines() if "configuration changed" in line] == [
        f"  configuration changed by admin from 10.1.1.1 at {output.local(1795774874.0)}"
    ]
    (found,) = json.loads(statetrace("diff", "--json", *history).out)["ChangedBy"]
    assert (found["Hostname"], found["Who"], found["From"]) == ("R1", "admin", "10.1.1.1")
    assert found["At"] == "2026-11-27T10:21:14.000Z"
    ((start, end),) = found["AfterBytes"]
    assert history[1].read_bytes()[start:end] == b"! Last configuration change at 10:21:14 UTC Fri Nov 27 2026 by admin"


def test_nobody_is_named_for_what_two_devices_differ_in(statetrace: Run, history: tuple[Path, Path]) -> None:
    history[1].write_bytes(history[1].read_bytes().replace(b"R1", b"R2"))
    assert "changed by" not in statetrace("diff", *history).out
    assert json.loads(statetrace("diff", "--json", *history).out)["ChangedBy"] == []

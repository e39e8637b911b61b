"""`statetrace anomalies`: rules listed, checked, and tried over log files, captures and a journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.model.captured import Captured
from statetrace_engine.model.signal import LogLine, Signal, Source, Tick
from statetrace_engine.store.journal import Journal

Run = Callable[..., Any]
T0 = 1_795_442_400.0
DOWN = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
LOG = "".join(f"2026-11-23T14:0{n}:00Z r1 {DOWN}\n" for n in range(3))
CAPTURE = "WLLS-A01-AR-01#show logging\nSyslog logging: enabled\n\nLog Buffer (8192 bytes):\n\n" + "".join(
    f"*Nov 23 14:0{n}:00.000: {DOWN}\n" for n in range(3)
)


def test_rules_are_listed_and_checked(statetrace: Run, tmp_path: Path) -> None:
    listed = statetrace("anomalies", "list", "--home", tmp_path, "--json").json["rules"]
    assert {"id": "PortFlapEvents", "severity": "warning", "is_enabled": True}.items() <= {
        key: value for rule in listed if rule["id"] == "PortFlapEvents" for key, value in rule.items()
    }.items()
    assert "PortFlapEvents" in statetrace("anomalies", "list", "--home", tmp_path).out
    assert statetrace("anomalies", "check", "--home", tmp_path, "--json").json == {"rules": len(listed), "problems": []}
    broken = tmp_path / "broken.json"
    broken.write_text('{\n  "id": "X",\n  "title": 7\n}\n', encoding="utf-8")
    refused = statetrace("anomalies", "check", broken)
    assert refused.code == 1
    assert "broken.json:3: Expected `str`, got `int`" in refused.out
    lost = (
        '{"id": "Y", "title": "t","severity": "info","on": {"words": ["x"]},\n"find": {"kind": "new"}, "runbook": "z"}'
    )
    broken.write_text(lost, encoding="utf-8")
    assert "broken.json:2: no runbook 'z'" in statetrace("anomalies", "check", broken).out
    assert statetrace("anomalies", "schema").json["$defs"]["Rule"]


def test_a_rule_of_the_home_takes_the_place_of_the_shipped_one(statetrace: Run, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "anomalies"
    folder.mkdir(parents=True)
    text = (
        '{"id": "PortFlapEvents", "title": "Ours", "severity": "info", "on": {"words": ["x"]}, "find": {"kind": "new"}}'
    )
    (folder / "PortFlapEvents.json").write_text(text, encoding="utf-8")
    rules = statetrace("anomalies", "list", "--home", tmp_path, "--json").json["rules"]
    assert [rule["title"] for rule in rules if rule["id"] == "PortFlapEvents"] == ["Ours"]


TOTALS = """WLLS-A01-AR-01# show ip route summary vrf all
IP Route Table for VRF "default"
Total number of routes: 1042
Total number of paths:  1090

IP Route Table for VRF "RED"
Total number of routes: {red}
Total number of paths:  400

WLLS-A01-AR-01# show clock
{at}.000 UTC Mon Nov 23 2026
WLLS-A01-AR-01#
"""


def test_half_of_a_table_that_is_gone_is_found_in_two_captures(statetrace: Run, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("before.log", "after.log")]
    for path, red, at in zip(files, (400, 150), ("12:00:00", "13:00:00"), strict=True):
        path.write_text(TOTALS.format(red=red, at=at), encoding="utf-8")
    (card,) = statetrace("anomalies", "test", "RoutesLost", *files, "--home", tmp_path, "--json").json["cards"]
    assert (card["subject"], card["why"]) == ("WLLS-A01-AR-01 RED", "62.5 above 50")


WRONG = """{
  "id": "X", "title": "t",
  "severity": "bad",
  "on": {"tag": ["A-1-B"]},
  "on": {"words": ["x"]},
  "find": {"kind": "new"}
}
"""
MISTAKES = (
    "X.json:3: Invalid enum value 'bad'",
    "X.json:5: `on` stands twice, first in line 4",
)
"""What the first `on` has wrong no decoder tells."""


@pytest.mark.parametrize(
    "command", ["anomalies list", "anomalies check", "anomalies test all LOG", "config check", "doctor"]
)
def test_every_mistake_of_a_rule_is_named_wherever_rules_are_looked_at(
    statetrace: Run, tmp_path: Path, command: str
) -> None:
    folder, log = tmp_path / "config" / "anomalies", tmp_path / "r1.log"
    folder.mkdir(parents=True)
    (folder / "X.json").write_text(WRONG, encoding="utf-8")
    log.write_text(LOG, encoding="utf-8")
    words = [log if word == "LOG" else word for word in command.split()]
    said = statetrace(*words, "--home", tmp_path)
    shown = " ".join(f"{said.out} {said.err}".split())
    assert [mistake for mistake in MISTAKES if mistake not in shown] == []


def test_a_rule_over_a_log_file_and_a_capture(statetrace: Run, tmp_path: Path) -> None:
    listed = statetrace("anomalies", "list", "--home", tmp_path, "--json").json["rules"]
    enabled = sum(rule["is_enabled"] for rule in listed)
    for name, text, host in (("r1.log", LOG, "R1"), ("capture.log", CAPTURE, "WLLS-A01-AR-01")):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = statetrace("anomalies", "test", "PortFlapEvents", path, "--home", tmp_path, "--json").json
        assert found["messages"] == 3
        (card,) = found["cards"]
        assert card["subject"] == f"{host} GigabitEthernet0/1"
        assert (card["count"], card["why"], card["runbook"]) == (3, "3 within 300 s", "optics")
        tried = statetrace("anomalies", "test", "all", path, "--home", tmp_path).out
        assert f"1 card of {enabled} rules in 3 messages" in tried


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_log_file_that_windows_saved(statetrace: Run, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "r1.log"
    path.write_text(LOG, encoding=encoding)
    found = statetrace("anomalies", "test", "PortFlapEvents", path, "--home", tmp_path, "--json").json
    assert (found["messages"], len(found["cards"])) == (3, 1)


def test_rules_over_captures_of_how_a_device_does(statetrace: Run, tmp_path: Path) -> None:
    """By the devices' own clocks, whatever the files' order: the supply failed between two, and that is told once."""
    fine = "1A  PWR-C1-715WAC       LIT10000001  OK              Good     Good     715\n"
    failed = fine.replace("OK             ", "No Input Power ")
    for name, minute, supply, busy in (("z.log", 1, fine, 20), ("b.log", 2, failed, 99), ("a.log", 3, failed, 98)):
        (tmp_path / name).write_text(
            f"WLLS-A01-AR-01#show clock\n14:0{minute}:00.000 UTC Mon Nov 23 2020\n"
            "WLLS-A01-AR-01#show processes cpu\n"
            f"CPU utilization for five seconds: {busy}%/1%; one minute: {busy}%; five minutes: {busy}%\n"
            f"WLLS-A01-AR-01#show environment power all\n{supply}WLLS-A01-AR-01#\n",
            encoding="utf-8",
        )
    files = [tmp_path / name for name in ("a.log", "b.log", "z.log")]
    tried = statetrace("anomalies", "test", "all", *files, "--home", tmp_path, "--json").json
    assert (tried["messages"], tried["facts"]) == (0, 4)
    assert [(card["rule"], card["subject"], card["count"], card["first_at"][:16]) for card in tried["cards"]] == [
        ("CpuHigh", "WLLS-A01-AR-01", 2, "2020-11-23T14:02"),
        ("PowerSupply", "WLLS-A01-AR-01 power supply 1A", 1, "2020-11-23T14:02"),
    ]
    assert "and 4 facts" in statetrace("anomalies", "test", "CpuHigh", *files, "--home", tmp_path).out


def test_a_rule_over_a_journal(statetrace: Run, tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    raw = f"<189>1 - r1 - - - - {DOWN}".encode()
    journal.append([Signal(n, T0 + n, 100.0 + n, Source.SYSLOG_UDP, "10.0.0.1", LogLine(raw)) for n in range(1, 4)])
    journal.close()
    found = statetrace("anomalies", "test", "PortFlapEvents", folder, "--home", tmp_path, "--json").json
    assert [card["subject"] for card in found["cards"]] == ["R1 GigabitEthernet0/1"]


def test_a_journal_is_tried_as_its_engine_would_have(statetrace: Run, tmp_path: Path) -> None:
    folder, journal = tmp_path / "journal", Journal(tmp_path / "journal")
    raw = f"<189>1 - r1 - - - - {DOWN}".encode()
    twice = [
        Signal(2 * n + m, T0 + n, 100.0 + n, source, "10.0.0.1", LogLine(raw))
        for n in range(1, 3)
        for m, source in enumerate((Source.SYSLOG_UDP, Source.SYSLOG_TCP))
    ]
    captured = Signal(9, T0 + 9, 109.0, Source.CAPTURE, "r1", Captured(1, "r1", "A", "cisco_ios", T0))
    later = Signal(10, T0 + 8e5, 8e5, Source.ENGINE, "", Tick())
    journal.append([*twice, captured, later])
    journal.close()
    found = statetrace("anomalies", "test", "all", folder, "--home", tmp_path, "--json").json
    assert [card["rule"] for card in found["cards"]] == ["MissingCaptures"]
    assert found["messages"] == 4


def test_what_cannot_be_tried_is_said(statetrace: Run, tmp_path: Path) -> None:
    refused = statetrace("anomalies", "test", "NoSuchRule", tmp_path, "--home", tmp_path)
    assert refused.code == 2
    assert "no rule 'NoSuchRule'; `statetrace anomalies list` names them" in refused.err
    missing = statetrace("anomalies", "test", "all", tmp_path / "missing.log", "--home", tmp_path)
    assert missing.code == 3
    assert "there is no such file" in missing.err
    journal = tmp_path / "journal"
    journal.mkdir()
    (journal / "2026-11-23.db").write_bytes(b"no journal" * 1000)
    broken = statetrace("anomalies", "test", "all", journal, "--home", tmp_path)
    assert (broken.code, "2026-11-23.db: file is not a database" in broken.err) == (3, True)

"""`statetrace cards` and what operators say of them, with an engine and without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from statetrace_engine.store.journal import Journal
from statetrace_engine.telemetry import Telemetry

Run = Callable[..., Any]
FLAP = b"<187>%d: WLLS-A01-AR-01: %%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down"
SUBJECT = "WLLS-A01-AR-01 GigabitEthernet0/7"
MENDED = """{"id": "Mended", "title": "t", "severity": "info", "on": {"tags": ["LINK-3-UPDOWN"]},
"find": {"kind": "count", "at_least": 1, "within_s": 1}}"""
BROKEN = '{\n  "id": "Broken",\n  "title": 7\n}\n'


def _say(where: tuple[str, int], count: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(count):
            sender.sendto(FLAP % number, where)


def _until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_card_is_raised_judged_snoozed_and_kept(statetrace: Run, engine: Callable[[], Any], home: Path) -> None:
    at = ("--home", home, "--json")
    folder = home / "config" / "anomalies"
    folder.mkdir()
    (folder / "Broken.json").write_text(BROKEN, encoding="utf-8")
    with engine() as running:
        assert statetrace("cards", *at).json == {"cards": []}
        _say(running.syslog_udp, 3)
        (card,) = _until(lambda: statetrace("cards", *at).json["cards"])
        assert (card["rule"], card["subject"], card["count"]) == ("PortFlapEvents", SUBJECT, 3)
        assert len(card["signals"]) == 3
        assert card["over"] is False
        judged = statetrace(
            "anomalies", "feedback", card["id"].rpartition("-")[2].lower(), "false", "--note", "lab", *at
        )
        assert (judged.code, judged.json["done"]) == (0, [card["id"]])
        snoozed = statetrace("anomalies", "snooze", "portflapevents", SUBJECT, "--for", "2h", "--reason", "works", *at)
        assert (snoozed.code, snoozed.json["refused"]) == (0, {})
        (shown,) = statetrace("cards", *at).json["cards"]
        assert (shown["feedback"]["verdict"], shown["feedback"]["note"]) == ("false", "lab")
        assert (shown["snooze"]["reason"], shown["snooze"]["subject"]) == ("works", SUBJECT)
        (rule,) = [each for each in statetrace("anomalies", "list", *at).json["rules"] if each["id"] == card["rule"]]
        assert (rule["did"]["cards"], rule["did"]["false"], rule["did"]["precision"]) == (1, 1, 0.0)
        assert "0% of 1" in statetrace("anomalies", "list", "--home", home).out
        checks = [check["found"] for check in statetrace("doctor", *at).json["checks"] if "rules" in check["name"]]
        assert any("Broken.json:3: Expected `str`, got `int`" in found for found in checks)
        (folder / "Broken.json").write_text(MENDED, encoding="utf-8")
        known = lambda: {r["id"]: r["did"] for r in statetrace("anomalies", "list", *at).json["rules"]}  # noqa: E731
        _until(lambda: known().get("Mended") is not None)
        _say(running.syslog_udp, 1)
        _until(lambda: "Mended" in {each["rule"] for each in statetrace("cards", *at).json["cards"]})
        assert known()["PortFlapEvents"]["subjects"] == 1
        (shown,) = [each for each in statetrace("cards", *at).json["cards"] if each["rule"] == "PortFlapEvents"]
        assert (shown["count"], shown["snooze"]["hidden"]) == (4, 1)
        refused = statetrace("anomalies", "snooze", "PortFlapEvents", SUBJECT, "--for", "60d", *at)
        assert (refused.code, "31 days at most" in refused.err) == (1, True)
        running.stop()
        running.process.communicate(timeout=20)
    assert shown in statetrace("cards", *at).json["cards"]
    actions = [entry["action"] for entry in statetrace("audit", "show", *at).json["audit"]]
    assert {"judge-card", "snooze-card"} <= set(actions)
    told = [
        event["EventName"]
        for event in Telemetry(home / "logs", time.time).events({"AnomalyCardRaised", "AnomalyFeedback"}, 0.0)
    ]
    assert told == ["AnomalyCardRaised", "AnomalyFeedback", "AnomalyCardRaised"]
    _without_an_engine(statetrace, home, card["id"])
    with engine():
        (again,) = [each for each in statetrace("cards", *at).json["cards"] if each["id"] == card["id"]]
        assert (again["id"], again["feedback"]["verdict"], again["snooze"]) == (card["id"], "true", None)
        assert statetrace("audit", "verify", *at).code == 0


def _metrics(statetrace: Run, home: Path) -> dict[str, Any]:
    return dict(statetrace("report", "launch-metrics", "--home", home, "--json").json["total"])


def _without_an_engine(statetrace: Run, home: Path, card_id: str) -> None:
    at = ("--home", home, "--json")
    assert statetrace("anomalies", "feedback", card_id, "true", *at).code == 0
    assert statetrace("anomalies", "wake", "PortFlapEvents", SUBJECT, *at).code == 0
    (rule,) = [r for r in statetrace("anomalies", "list", *at).json["rules"] if r["id"] == "PortFlapEvents"]
    assert (rule["did"]["precision"], rule["did"]["matched"]) == (1.0, None)
    total = _metrics(statetrace, home)
    assert (total["cards_raised"], total["cards_true"], total["cards_false"], total["precision"]) == (2, 1, 0, 1.0)
    assert (total["runbooks_opened"], total["acknowledge_s"]) == (0, None)
    assert "1 true, 0 false: precision 100%" in statetrace("report", "launch-metrics", "--home", home).out
    assert statetrace("cards", "--home", home).out.count("true positive") == 1
    missing = statetrace("anomalies", "feedback", "CARD-NONE", "true", *at)
    assert (missing.code, missing.json["refused"]) == (1, {"CARD-NONE": "no such card"})
    journal = Journal(home / "data" / "journal")
    assert [signal.payload.action_id != "" for signal in journal.read(0) if signal.source == "operator"] == [True] * 5
    journal.close()


def test_what_is_no_span_or_rule_is_said(statetrace: Run, tmp_path: Path) -> None:
    at = ("--home", tmp_path)
    assert "is no span" in statetrace("anomalies", "snooze", "CpuHigh", "R1", "--for", "soon", *at).err
    assert "no rule 'None'" in statetrace("anomalies", "snooze", "None", "R1", "--for", "2h", *at).err
    assert "No card is known" in statetrace("cards", *at).err


def test_a_broken_rule_is_a_mistake_of_the_configuration(statetrace: Run, home: Path) -> None:
    folder = home / "config" / "anomalies"
    folder.mkdir()
    (folder / "Broken.json").write_text(BROKEN, encoding="utf-8")
    said = statetrace("config", "check", "--home", home, "--json")
    assert said.code == 2
    assert any("Broken.json:3" in problem for problem in said.json["problems"])
    listed = statetrace("anomalies", "list", "--home", home)
    assert "not running: " in listed.out
    assert "PortFlapEvents" in listed.out


def test_a_rule_without_end_is_switched_off_and_says_so(statetrace: Run, engine: Callable[[], Any], home: Path) -> None:
    folder = home / "config" / "anomalies"
    folder.mkdir()
    on = '{"words": ["endless"], "pattern": "(x+x+)+[yz]"}'
    find = '{"kind": "count", "at_least": 1, "within_s": 1}'
    text = f'{{"id": "Endless", "title": "t", "severity": "info", "on": {on}, "find": {find}}}'
    (folder / "Endless.json").write_text(text, encoding="utf-8")
    at = ("--home", home, "--json")

    def found() -> list[str]:
        checks = statetrace("doctor", *at).json["checks"]
        return [check["found"] for check in checks if "Endless is switched off" in check["found"]]

    with engine() as running:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"<189>1: WLLS-A01-AR-01: %A-1-B: endless " + b"x" * 400, running.syslog_udp)
        (said,) = _until(found)
        assert "longer than 20 ms on one message" in said
        assert "too slow" in statetrace("anomalies", "list", "--home", home).out
        off = statetrace("report", "monitors", *at).json["rules_off"]
        assert list(off) == ["Endless"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(1200):
                text = f"<189>{number}: WLLS-A01-AR-01: %SYS-5-CONFIG_I: Configured from console by ana {number}"
                sender.sendto(text.encode(), running.syslog_udp)
        skipped = _until(lambda: statetrace("anomalies", "list", *at).json["skipped"])
        assert 0 < skipped < 1200
        assert "of floods" in statetrace("anomalies", "list", "--home", home).out
        assert statetrace("report", "monitors", *at).json["rules_skipped"] >= skipped
        running.stop()
        running.process.communicate(timeout=20)
    with engine():
        assert _until(found)
        (folder / "Endless.json").write_text(text.replace("(x+x+)+[yz]", "x[yz]"), encoding="utf-8")
        _until(lambda: not found())

"""Commands around a running engine: the same answers through its door and from its store, and who may own a home."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.api import Engine
from statetrace_engine.control import lease
from statetrace_engine.model.action import ActionResult, MarkChange, WorkStep
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, FieldStep, MarkVerdict
from statetrace_engine.model.remediation import StepDeed
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import answers
from tests.commands.stored import NOON, ROUTES, Stored, text

Run = Callable[..., Any]
DOWN = b"<187>Nov 23 09:00:00 WLLS-A01-AR-01 77: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
RUNBOOKS = ("RunbookOpened", "RunbookStepCompleted")
KEYS = {
    "outage_id", "route_id", "incident_id", "site", "hostname", "vrf", "prefix", "state", "severity", "transient",
    "cause", "causes", "evidence", "runbook", "steps_done", "occurred_at", "detected_at", "detection_latency_ms",
    "failover", "acknowledged_by", "resolved_at", "unseen_since", "watched_at", "unseen_why",
}  # fmt: skip


def _say(where: tuple[str, int], message: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(message, where)


def _until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_an_outage_is_seen_acknowledged_and_audited(statetrace: Run, engine: Callable[[], Any], home: Path) -> None:
    at = ("--home", home, "--json")
    with engine() as running:
        assert statetrace("outages", "--fail-if-open", *at).code == 0
        assert statetrace("doctor", "--live", *at).json["ok"] is True
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        assert set(outage) == KEYS
        assert (outage["hostname"], outage["prefix"], outage["state"]) == ("WLLS-A01-AR-01", "10.20.0.0/16", "DOWN")
        assert (outage["unseen_since"], outage["unseen_why"]) == (None, None)
        assert {"source", "plane", "verdict", "at", "text"} == set(outage["evidence"][0])
        assert statetrace("outages", "--fail-if-open", *at).code == 1
        (route,) = statetrace("routes", *at).json["routes"]
        assert (route["state"], route["outage_id"], route["owner"]) == ("DOWN", outage["outage_id"], "Network Core")
        acked = statetrace("ack", outage["outage_id"].rpartition("-")[2].lower(), "--note", "on it", *at)
        assert (acked.code, acked.json["acknowledged"]) == (0, [outage["outage_id"]])
        (shown,) = statetrace("outages", *at).json["outages"]
        assert shown["acknowledged_by"] == acked.json["operator"]
        running.stop()
        out, err = running.process.communicate(timeout=20)
    assert running.process.returncode == 0, err
    assert '"syslog_udp": 1' in out
    (stored,) = statetrace("outages", *at).json["outages"]
    assert stored["unseen_since"] >= stored["detected_at"]
    assert stored == shown | {"unseen_since": stored["unseen_since"], "unseen_why": "no engine runs"}
    assert "UNKNOWN since" in statetrace("outages", "--home", home).out
    (left,) = statetrace("routes", *at).json["routes"]
    assert (left["state"], left["severity"], left["remark"]) == ("UNKNOWN", None, "no engine runs, was DOWN")
    assert left["outage_id"] == stored["outage_id"]
    assert statetrace("audit", "verify", *at).code == 0
    assert any(entry["action"] == "acknowledge" for entry in statetrace("audit", "show", *at).json["audit"])
    assert statetrace("doctor", "--live", *at).code == 1


def test_an_outage_is_explained_by_the_engine_and_afterwards_by_the_store(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    at = ("--home", home, "--json")
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        said = statetrace("explain", outage["outage_id"].rpartition("-")[2].lower(), *at)
        assert said.code == 0
        explained = said.json
        running.stop()
        running.process.wait(20)
    assert explained["outage"] == outage
    (row,) = explained["signals"]
    assert (row["source"], row["freshness"]) == ("syslog_udp", "event")
    assert [(cell["plane"], cell["verdict"], cell["agreement"]) for cell in row["cells"]] == [
        ("link", "down", "supports")
    ]
    top = explained["causes"][0]
    assert (top["cause"], [item["agreement"] for item in top["evidence"]]) == ("link-failure", ["supports"])
    assert top["evidence"][0]["seq"] == row["cells"][0]["seq"] > 0
    assert (explained["radius"]["route_count"], explained["radius"]["owners"]) == (1, ["Network Core"])
    assert explained["next_step"]["command"].endswith("GigabitEthernet0/1")
    past = statetrace("explain", outage["outage_id"], *at).json
    assert past["sentence"] == f"nobody sees it now: no engine runs; last seen DOWN: {explained['sentence']}"
    for block in ("causes", "changes", "radius", "next_step"):
        assert past[block] == explained[block], block
    text = statetrace("explain", outage["outage_id"], "--home", home).out
    assert "\n1 route, 1 device, 1 site; 1 open\n" in text
    for block in ("SIGNALS", "CAUSES", "BLAST RADIUS", "NEXT STEP"):
        assert f"\n{block}\n" in text


UP = DOWN.replace(b"changed state to down", b"changed state to up")


def test_a_guided_step_is_told_by_the_engine_and_afterwards_by_the_store(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    at = ("--home", home, "--json")
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        ident = outage["outage_id"]
        assert "link-failure 1/5" in statetrace("outages", "--home", home).out
        for number, (deed, more) in enumerate((("open", {}), ("start", {}), ("skip", {"step": "is-there-light"}))):
            deed_ = WorkStep(f"w{number}", "ana@jump", ident, deed=StepDeed(deed), reason="no access", **more)
            done = answers.ask(home, lambda found, deed=deed_: found.act(deed))
            assert done is not None
            assert done.refused == {}
        lacking = statetrace("runbook", "show", "--outage", ident, *at).json
        assert lacking["suggestion"]["step"] == "see-the-port-and-its-optics-at-interface"
        assert _until(lambda: answers.outages(home)[0].notified_at)  # one that is over sooner is no outage to count
        _say(running.syslog_udp, UP)
        shown = _until(lambda: _verified(statetrace("runbook", "show", "--outage", ident[-4:], *at).json))
        first, second, third = shown["steps"][:3]
        assert first["task"]["proof"]["source"] == "syslog_udp"
        assert first["task"]["proof"]["seq"] > 0
        assert (first["command"], first["missing"]) == ("show interfaces GigabitEthernet0/1", [])
        assert (second["task"]["state"], second["task"]["reason"]) == ("skipped", "no access")
        assert third["task"] is None
        assert (shown["done"], shown["of"]) == (2, 5)
        other = statetrace("runbook", "show", "optics", "--outage", ident, *at).json
        assert (other["runbook"], other["serving"], other["done"]) == ("optics", "link-failure", 0)
        said = statetrace("explain", ident, *at).json["next_step"]
        assert (said["number"], said["of"]) == (3, 5)
        running.stop()
        running.process.wait(20)
    past = statetrace("runbook", "show", "--outage", ident, *at).json
    assert [step["task"] for step in past["steps"]] == [step["task"] for step in shown["steps"]]
    lines = statetrace("runbook", "show", "--outage", ident, "--home", home).out
    assert "[x] 1  See the port and its optics at GigabitEthernet0/1" in lines
    assert "skipped by ana@jump" in lines
    names = [event["EventName"] for event in Telemetry(home / "logs", time.time).events(RUNBOOKS, 0.0)]
    assert names == ["RunbookOpened", "RunbookStepCompleted", "RunbookStepCompleted"]
    total = statetrace("report", "launch-metrics", *at).json["total"]
    assert (total["runbooks_opened"], total["steps_completed"], total["steps_verified"], total["steps_skipped"]) == (
        1,
        1,
        1,
        1,
    )
    assert (total["checklists_full"], total["checklists_partial"], total["outages"]) == (0, 1, 1)
    assert total["resolve_s"]["count"] == 1
    audit = [entry["action"] for entry in statetrace("audit", "show", *at).json["audit"]]
    assert [action for action in audit[::-1] if action.startswith("runbook")] == [
        "runbook-open", "runbook-start", "runbook-skip",
    ]  # fmt: skip
    assert statetrace("audit", "verify", *at).code == 0
    with engine():
        again = statetrace("runbook", "show", "--outage", ident, *at).json
        assert [step["task"] for step in again["steps"]] == [step["task"] for step in shown["steps"]]


def _verified(shown: dict[str, Any]) -> dict[str, Any] | None:
    task = shown["steps"][0]["task"]
    return shown if task and task["state"] == "completed" else None


SHOWN = """WLLS-A01-AR-01#show ip interface brief
Interface              IP-Address      OK? Method Status                Protocol
GigabitEthernet0/1     10.1.1.1        YES NVRAM  up                    up
GigabitEthernet0/2     10.1.2.1        YES NVRAM  down                  down
WLLS-A01-AR-01#
"""


def test_a_capture_taken_since_the_step_began_makes_it_green_and_opens_at_its_bytes(
    statetrace: Run, engine: Callable[[], Any], home: Path, tmp_path: Path
) -> None:
    at = ("--home", home, "--json")
    before, after = tmp_path / "before.log", tmp_path / "after.log"
    before.write_text(SHOWN, encoding="utf-8")
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        ident = outage["outage_id"]
        begun = WorkStep("w", "ana@jump", ident, deed=StepDeed.START)
        assert answers.ask(home, lambda found: found.act(begun)) is not None
        assert statetrace("ingest", before, *at).code == 0
        _until(lambda: _evidence(statetrace("runbook", "show", "--outage", ident, *at).json) is not None)
        after.write_text(SHOWN + "\n", encoding="utf-8")
        assert statetrace("ingest", after, *at).code == 0
        shown = _until(lambda: _verified(statetrace("runbook", "show", "--outage", ident, *at).json))
    proof = shown["steps"][0]["task"]["proof"]
    assert (proof["source"], proof["text"]) == ("capture", "GigabitEthernet0/1 up")
    assert Path(proof["file"]) == after
    assert after.read_bytes()[proof["start"] : proof["end"]].startswith(b"GigabitEthernet0/1     10.1.1.1")


def _evidence(shown: dict[str, Any]) -> Any:
    """Of the first step, what the engine has seen."""
    return next(iter(shown["steps"][0]["evidence"]), None)


def test_a_runbook_of_an_outage_that_nobody_knows(statetrace: Run, home: Path) -> None:
    said = statetrace("runbook", "show", "--outage", "OUT-1", "--home", home)
    assert (said.code, said.err) == (1, "statetrace: OUT-1: no such outage is open or recent\n")
    assert statetrace("runbook", "show", "--home", home).code == 2


def test_an_outage_that_nobody_knows_is_not_explained(statetrace: Run, home: Path) -> None:
    said = statetrace("explain", "OUT-1", "--home", home, "--json")
    assert (said.code, said.json["exit"]) == (1, 1)
    assert said.err == "statetrace: OUT-1: no such outage is open or recent\n"


@pytest.mark.parametrize("is_watched", [True, False], ids=["through the door", "in the store"])
def test_a_note_that_is_no_text_is_taken_with_dots(
    statetrace: Run, engine: Callable[[], Any], home: Path, is_watched: bool
) -> None:
    at = ("--home", home, "--json")
    typed = b"on\x9b it\x1b[2J".decode("utf-8", "surrogateescape")
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        if not is_watched:
            running.stop()
            running.process.wait(20)
        acked = statetrace("ack", outage["outage_id"], "--note", typed, *at)
        assert (acked.code, acked.err, acked.json["note"]) == (0, "", "on. it.[2J")
        _until(lambda: any("on. it.[2J" in entry["detail"] for entry in statetrace("audit", "show", *at).json["audit"]))


def test_an_outage_is_acknowledged_without_an_engine(statetrace: Run, engine: Callable[[], Any], home: Path) -> None:
    at = ("--home", home, "--json")
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", *at).json["outages"])
        running.stop()
        running.process.wait(20)
    acked = statetrace("ack", outage["outage_id"], *at)
    assert (acked.code, acked.json["refused"]) == (0, {})
    again = statetrace("ack", outage["outage_id"], *at)
    assert (again.code, list(again.json["refused"])) == (1, [outage["outage_id"]])
    with engine():
        (restored,) = statetrace("outages", *at).json["outages"]
        assert restored["acknowledged_by"] == acked.json["operator"]
    assert lease.read(home / "data") is None


def test_a_second_engine_on_the_home_is_refused_with_3_and_one_line(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    with engine():
        said = statetrace("engine", "--seconds", "5", "--home", home)
    assert said.code == 3
    assert said.err.startswith("statetrace: ")
    assert said.err.count("\n") == 1


def test_a_port_that_is_taken_is_3_and_one_line_that_says_what_to_do(statetrace: Run, home: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        text = f'[syslog]\nudp = "127.0.0.1:{port}"\ntcp = ""\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'
        (home / "config" / "statetrace.toml").write_text(text, encoding="utf-8")
        said = statetrace("engine", "--seconds", "5", "--home", home)
        checked = statetrace("doctor", "--home", home, "--json").json
    assert said.code == 3
    assert f"127.0.0.1:{port}" in said.err
    assert "[syslog] udp" in said.err
    assert said.err.count("\n") == 1
    (listener,) = [check for check in checked["checks"] if check["name"] == "syslog_udp"]
    assert listener["mark"] == "fail"
    assert lease.read(home / "data") is None


def test_the_port_of_another_engine_of_the_same_user_is_taken(
    statetrace: Run, engine: Callable[[], Any], tmp_path: Path
) -> None:
    """Though an engine shares its port with itself."""
    (tmp_path / "other" / "config").mkdir(parents=True)
    with engine() as running:
        where = "{}:{}".format(*running.syslog_udp)
        text = f'[syslog]\nudp = "{where}"\ntcp = ""\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'
        (tmp_path / "other" / "config" / "statetrace.toml").write_text(text, encoding="utf-8")
        said = statetrace("engine", "--seconds", "5", "--home", tmp_path / "other")
        checked = statetrace("doctor", "--home", tmp_path / "other", "--json").json
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert f"cannot listen on {where}: the port is in use" in said.err
    (listener,) = [check for check in checked["checks"] if check["name"] == "syslog_udp"]
    assert listener["mark"] == "fail"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_ctrl_c_ends_the_engine_cleanly(engine: Callable[[], Any], home: Path, statetrace: Run) -> None:
    with engine() as running:
        os.kill(running.process.pid, signal.SIGINT)
        _, err = running.process.communicate(timeout=20)
    assert running.process.returncode == 0
    assert "Traceback" not in err
    assert statetrace("audit", "verify", "--home", home).code == 0


def test_the_engine_stops_after_its_seconds(statetrace: Run, home: Path) -> None:
    said = statetrace("engine", "--seconds", "0.3", "--home", home, "--json")
    assert said.code == 0
    assert (said.json["routes"], said.json["dropped"]) == (1, 0)


def test_a_look_at_what_changed_counts_for_the_outage_of_the_device(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    """The run was compared before the engine began; its changes are seen through the engine, once."""
    host = "WLLS-A01-AR-01"
    stored = Stored(home)
    stored.capture(text(host), NOON)
    stored.capture(text(host, ROUTES[:1]), NOON + 60)
    telemetry = Telemetry(home / "logs", time.time)
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", "--home", home, "--json").json["outages"])
        for _ in range(2):
            assert "10.9.0.0/16" in statetrace("diff", host, "--home", home).out
        used = _until(lambda: telemetry.recent("DiffUsageRate"))
        key = ("default", "10.9.0.0/16")
        verdict = MarkVerdict.FALSE_POSITIVE
        mark = MarkChange("m1", "ana@jump", host, Kind.ROUTES, key, ChangeType.REMOVED, verdict)
        assert answers.ask(home, lambda engine: engine.act(mark)) is not None
        noted = statetrace("diff", host, "--home", home)
        live = _until(
            lambda: (found := statetrace("report", "diffs", "--home", home, "--json").json)["usage_rate"] and found
        )
        running.stop()
        running.process.communicate(timeout=20)
    assert [event["OutageIds"] for event in used] == [[outage["outage_id"]]]
    assert (used[0]["OutagesCount"], used[0]["LookedCount"], used[0]["UsageRatio"]) == (1, 1, 1.0)
    assert [event["RunId"] for event in telemetry.recent("DriftDetectionTime")] == [2]
    assert [event["LookedCount"] for event in telemetry.recent("DiffUsageRate")] == [1]
    (entries,) = statetrace("audit", "show", "--home", home, "--json").json.values()
    assert [entry["action"] for entry in entries] == ["mark-change"]
    assert (live["outages"], live["outages_looked_into"], live["usage_rate"]) == (1, 1, 1.0)
    assert (live["changes_looked_at"], live["false_positives"], live["precision"]) == (1, 1, 0.0)
    assert live["drift_detection_ms"]["count"] == live["since_compared_ms"]["count"] == 1
    assert statetrace("report", "diffs", "--home", home, "--json").json == live
    assert "- 10.9.0.0/16  via 10.1.1.2  static 1/0" in noted.out
    assert "(false positive whatever its values, says ana@jump)" in noted.out
    assert statetrace("diff", host, "--home", home).out == noted.out
    (route,) = statetrace("diff", host, "--home", home, "--json").json["Changes"]["RemovedRoutes"]
    assert (route["Mark"]["Verdict"], route["Mark"]["Operator"]) == ("false_positive", "ana@jump")
    assert "looked at in 1 of 1 outages: 100.0%" in statetrace("report", "diffs", "--home", home).out


def test_a_mark_of_what_changed_is_of_that_only_by_the_door_and_after_the_engine(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    host, key = "WLLS-A01-AR-01", ("default", "10.8.0.0/16")
    stored = Stored(home)
    for number, (cost, hop) in enumerate([("1/0", 2), ("1/0", 3), ("2/0", 2), ("5/0", 3)]):
        stored.capture(text(host, (f"10.8.0.0/16 [{cost}] via 10.1.1.{hop}", ROUTES[1])), NOON + 60 * number)
    there = (FieldStep("next_hop", "10.1.1.2", "10.1.1.3"),)
    with engine() as running:
        false, expected = MarkVerdict.FALSE_POSITIVE, MarkVerdict.EXPECTED
        for verdict, site in ((false, "WLLS"), (false, "BOYO"), (expected, "WLLS")):  # one is another device's
            told = (host, Kind.ROUTES, key, ChangeType.CHANGED, verdict, "", there, site)
            mark = MarkChange(f"{verdict} {site}", "ana@jump", *told)
            assert answers.ask(home, partial(_act, mark)) is not None
        live = statetrace("diff", host, "--home", home, "--last", "3")
        running.stop()
        running.process.communicate(timeout=20)
    assert [line.partition("next hop ")[2] for line in live.out.splitlines() if "next hop" in line] == [
        "10.1.1.2 -> 10.1.1.3  admin distance 2 -> 5  (next hop expected, says ana@jump)",
        "10.1.1.3 -> 10.1.1.2  admin distance 1 -> 2",
        "10.1.1.2 -> 10.1.1.3  (expected, says ana@jump)",
    ]
    assert statetrace("diff", host, "--home", home, "--last", "3").out == live.out
    runs = statetrace("diff", host, "--home", home, "--last", "3", "--json").json["Runs"]
    marks = [run["Changes"]["ChangedRoutes"][0] for run in runs]
    assert [mark["Mark"] and mark["Mark"]["Verdict"] for mark in marks] == [None, None, "expected"]
    assert [[each["Fields"] for each in mark["PartlyMarked"]] for mark in marks] == [[["next_hop"]], [], []]
    (entries,) = statetrace("audit", "show", "--home", home, "--json").json.values()
    assert entries[0]["detail"] == "Changed: next hop 10.1.1.2 -> 10.1.1.3: expected"
    assert [entry["subject"].split(" routes ")[0] for entry in entries[:2]] == [f"{host} at WLLS", f"{host} at BOYO"]


def _act(action: MarkChange, engine: Engine) -> Coroutine[Any, Any, ActionResult]:
    return engine.act(action)


def test_a_mistake_in_the_inventory_hides_no_outage_and_no_runbook(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    with engine() as running:
        _say(running.syslog_udp, DOWN)
        (outage,) = _until(lambda: statetrace("outages", "--home", home, "--json").json["outages"])
        inventory = home / "config" / "inventory.toml"
        with inventory.open("a", encoding="utf-8") as file:
            file.write('runbook = "gone"\n')
        shown = statetrace("outages", "--home", home)
        assert (shown.code, "link-failure 1/5" in shown.out) == (0, True), shown.err
        guided = statetrace("runbook", "show", "optics", "--outage", outage["outage_id"], "--home", home)
        assert (guided.code, guided.out[:7]) == (0, "optics:"), guided.err
        assert statetrace("runbook", "list", "--home", home).code == 0
        running.stop()
        running.process.wait(20)

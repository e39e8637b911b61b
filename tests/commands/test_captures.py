"""Commands around captures, with a reader of the tests' own: what a file says is one line, `HOSTNAME next-hop …`."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.errors import StoreError
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers import reading
from statetrace_tui.commands import comparing
from statetrace_tui.commands.filing import Filing

Run = Callable[..., Any]
ROOT = Path(__file__).parents[2]
READERS = str(ROOT / "tests" / "engine" / "workers")
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def _the_tests_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(READERS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), READERS)))
    monkeypatch.setattr(reading, "FUNCTION", "reading_children:file")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    for name, content in {"WLLS/a.log": "WLLS-A01-AR-01 10.1.1.2 10.1.2.2", "BOYO/b.log": "BOYO-B 10.3.1.2"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def store(home: Path) -> Captures:
    return Captures(home / "data" / "statetrace.db")


def test_a_folder_is_ingested_and_then_skipped(statetrace: Run, home: Path, logs: Path) -> None:
    first = statetrace("ingest", logs, "--home", home, "--json")
    again = statetrace("ingest", logs, "--home", home, "--json")

    assert (first.code, again.code) == (0, 0)
    assert {key: first.json[key] for key in ("files", "stored", "skipped", "rejected", "complete")} == {
        "files": 2, "stored": 2, "skipped": 0, "rejected": [], "complete": True,
    }  # fmt: skip
    assert sorted(one["hostname"] for one in first.json["captures"]) == ["BOYO-B", "WLLS-A01-AR-01"]
    assert (again.json["stored"], again.json["skipped"], again.json["captures"]) == (0, 2, [])


def test_without_a_terminal_each_device_has_a_line(statetrace: Run, home: Path, logs: Path) -> None:
    (logs / "bad.log").write_text("", encoding="utf-8")

    said = statetrace("ingest", logs, "--home", home)

    assert said.code == 1
    assert "BOYO BOYO-B cisco_ios: 1 sections, 1 rows (b.log)" in said.err.splitlines()
    assert "bad.log: rejected: it is empty" in said.err.splitlines()
    assert said.out.startswith("3 files: 2 stored, 1 rejected; 3 rows in ")


def test_what_is_not_there_is_named(statetrace: Run, home: Path, tmp_path: Path) -> None:
    said = statetrace("ingest", tmp_path / "nothing", tmp_path / "no*.log", "--home", home)

    assert said.code == 3
    assert "nothing" in said.err
    assert "no*.log" in said.err


def test_what_is_new_is_compared_with_what_was_there(statetrace: Run, home: Path, logs: Path) -> None:
    first = statetrace("ingest", logs, "--home", home, "--json").json
    assert (first["compared"], first["changed_devices"], first["changes"]) == (0, 0, 0)
    (logs / "WLLS" / "a2.log").write_text("WLLS-A01-AR-01 10.1.1.2", encoding="utf-8")
    (logs / "BOYO" / "b2.log").write_text("BOYO-B 10.3.1.2 ", encoding="utf-8")
    again = statetrace("ingest", logs, "--home", home, "--json").json
    assert (again["compared"], again["changed_devices"], again["changes"]) == (2, 1, 1)
    (logs / "WLLS" / "a3.log").write_text("WLLS-A01-AR-01 10.1.1.3", encoding="utf-8")
    said = statetrace("ingest", logs, "--home", home)
    assert said.out.splitlines()[1:] == [
        "1 device changed: 1 change; `statetrace diff HOST` shows them: WLLS-A01-AR-01"
    ]
    (logs / "BOYO" / "b3.log").write_text("BOYO-B 10.3.1.2  ", encoding="utf-8")
    assert statetrace("ingest", logs, "--home", home).out.splitlines()[1:] == [
        "nothing changed since the captures before"
    ]
    assert len(statetrace("ingest", logs, "--home", home).out.splitlines()) == 1
    metrics = (home / "logs" / "diff-metrics.csv").read_text(encoding="utf-8").splitlines()
    assert len(metrics) == 1 + 6
    assert [line.split(",")[1] for line in metrics[1:]] == ["2"] * 6


def test_what_another_command_compared_of_ones_own_captures_is_told(statetrace: Run, home: Path, logs: Path) -> None:
    statetrace("ingest", logs, "--home", home)
    (logs / "WLLS" / "a2.log").write_text("WLLS-A01-AR-01 10.1.1.3", encoding="utf-8")
    [mine] = statetrace("ingest", logs, "--home", home, "--json").json["captures"]

    with Filing(home) as file:
        runs = comparing.Comparing(home, file, lambda *_, **__: None).rest([mine["capture_id"], 99])
    assert comparing.document(runs) == {"compared": 1, "changed_devices": 1, "changes": 1}


def test_a_pattern_names_files(statetrace: Run, home: Path, logs: Path) -> None:
    assert statetrace("ingest", logs / "**" / "a*.log", "--home", home, "--json").json["stored"] == 1


def test_standard_input_is_a_file_too(statetrace: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for expected in ({"stored": 1, "skipped": 0}, {"stored": 0, "skipped": 1}):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"WLLS-A 10.1.1.2")))
        said = statetrace("ingest", "-", "--home", home, "--json").json
        assert {name: said[name] for name in expected} == expected


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_out_of_a_folder_is_rejected(statetrace: Run, home: Path, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("PERT-A 10.1.1.2", encoding="utf-8")
    (logs / "link.log").symlink_to(tmp_path / "elsewhere")

    said = statetrace("ingest", logs, "--home", home, "--json")

    assert (said.code, said.json["stored"], said.json["complete"]) == (1, 2, True)
    assert said.json["rejected"][0]["path"] == str(logs / "link.log")


def test_captures_go_through_the_door_of_a_running_engine(
    statetrace: Run, engine: Callable[[], Any], home: Path, logs: Path
) -> None:
    with engine() as running:
        said = statetrace("ingest", logs, "--home", home, "--json")
        running.stop()
        running.process.communicate(timeout=30)

    assert (said.code, said.json["stored"]) == (0, 2)
    assert (said.json["compared"], said.json["changed_devices"], said.json["changes"]) == (None, None, None)
    assert [one.hostname for one in store(home).newest()] == ["BOYO-B", "WLLS-A01-AR-01"]


def ingesting(tmp_path: Path, logs: Path, home: Path) -> subprocess.Popen[str]:
    """In a process of its own."""
    program = "from statetrace_engine.workers import reading; reading.FUNCTION = 'reading_children:file'\n"
    program += "import sys; from statetrace_tui.__main__ import main\nif __name__ == '__main__': sys.exit(main())\n"
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, tmp_path / "program.py", "ingest", logs, "--home", home, "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_so()


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
@pytest.mark.parametrize("ends_by", ["itself", "a kill"])
def test_what_is_stored_is_compared_while_other_files_are_read(
    statetrace: Run, home: Path, logs: Path, tmp_path: Path, ends_by: str
) -> None:
    statetrace("ingest", logs, "--home", home)
    (logs / "WLLS" / "a2.log").write_text("WLLS-A01-AR-01 10.1.1.3", encoding="utf-8")
    (logs / "BOYO" / "z.log").write_text(f"wait {tmp_path / 'go'}", encoding="utf-8")
    os.utime(logs / "BOYO" / "z.log", (time.time() + 5, time.time() + 5))
    with ingesting(tmp_path, logs, home) as running:
        wait_until(lambda: any(run.total for run in Runs(home / "data" / "statetrace.db").recent("WLLS-A01-AR-01")))
        if ends_by == "a kill":
            running.kill()
        (tmp_path / "go").touch()
        out, err = running.communicate(timeout=PATIENCE_S)
    said = json.loads(out) if ends_by == "itself" else statetrace("ingest", logs, "--home", home, "--json").json

    assert (said["complete"], said["stored"], err) == (True, 2 if ends_by == "itself" else 1, "")
    assert (said["compared"], said["changes"]) == ((1, 1) if ends_by == "itself" else (0, 0))
    assert Runs(home / "data" / "statetrace.db").uncompared() == ()


def test_what_cannot_be_written_meanwhile_is_said_in_the_end(statetrace: Run, home: Path, logs: Path) -> None:
    class Full(Filing):
        def runs(self, runs: object, deltas: object = ()) -> None:
            raise StoreError("database or disk is full")

    (logs / "WLLS" / "a2.log").write_text("WLLS-A01-AR-01 10.1.1.3", encoding="utf-8")
    statetrace("ingest", logs, "--home", home)
    with closing(sqlite3.connect(home / "data" / "statetrace.db")) as connection, connection:
        connection.execute("DELETE FROM diff_run")
    with Full(home) as file:
        compared = comparing.Comparing(home, file, lambda *_, **__: None)
        compared.stored()
        compared.some(inf)
        with pytest.raises(StoreError, match="disk is full"):
            compared.rest()
    assert statetrace("ingest", logs, "--home", home, "--json").json["compared"] == 1


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_ctrl_c_keeps_what_is_stored_and_the_next_run_reads_the_rest(
    statetrace: Run, home: Path, logs: Path, tmp_path: Path
) -> None:
    (logs / "WLLS" / "z.log").write_text(f"wait {tmp_path / 'go'}", encoding="utf-8")
    with ingesting(tmp_path, logs, home) as running:
        wait_until(lambda: len(store(home).newest()) == 2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)

    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert (json.loads(out)["complete"], json.loads(out)["stored"]) == (False, 2)
    (tmp_path / "go").touch()
    rest = statetrace("ingest", logs, "--home", home, "--json").json
    assert (rest["stored"], rest["skipped"], rest["complete"]) == (1, 2, True)


def test_the_report_tells_of_every_site(statetrace: Run, home: Path, logs: Path) -> None:
    assert statetrace("report", "ingestion", "--home", home, "--json").json == {"days": 7, "sites": []}
    statetrace("ingest", logs, "--home", home)
    statetrace("ingest", logs, "--home", home)

    [every, boyo, wlls] = statetrace("report", "ingestion", "--home", home, "--json").json["sites"]

    assert (every["site"], every["files"], every["skipped"], every["skipped_ratio"], every["rows"]) == (
        None, 2, 2, 0.5, 3,
    )  # fmt: skip
    assert (boyo["site"], wlls["site"], wlls["rows"]) == ("BOYO", "WLLS", 2)
    assert every["parse_ms"]["count"] == 2
    assert 0 < every["write_ms"]["p50"] <= every["write_ms"]["p95"] <= every["write_ms"]["max"]
    assert "WLLS" in statetrace("report", "ingestion", "--home", home).out
    assert statetrace("report", "ingestion", "--days", "999999999", "--home", home).code == 0


def test_routes_travel_to_another_home_and_are_the_same_there(
    statetrace: Run, home: Path, logs: Path, tmp_path: Path
) -> None:
    (home / "config" / "inventory.toml").unlink()
    statetrace("ingest", logs, "--home", home)
    file = tmp_path / "records.json"
    assert statetrace("export", "route-records", "--out", file, "--home", home).code == 0
    other = tmp_path / "other"

    first = statetrace("import", file, "--home", other, "--json")
    again = statetrace("import", file, "--home", other, "--json")

    assert [each["captures"] for each in (*first.json["files"], *again.json["files"])] == [2, 0]
    assert [each["compared"] for each in (first.json, again.json)] == [0, 0]
    records = json.loads(file.read_text(encoding="utf-8"))
    assert len(records["RouteRecords"]) == 3
    assert statetrace("export", "route-records", "--home", other).json == records
    snapshots = statetrace("export", "health-snapshots", "--home", other).json["RouteHealthSnapshots"]
    assert [(one["Site"], one["HealthState"], len(one["RouteRecordIds"])) for one in snapshots] == [
        ("BOYO", "Healthy", 1), ("WLLS", "Healthy", 2),
    ]  # fmt: skip


def test_what_is_imported_is_compared_with_what_was_there(
    statetrace: Run, home: Path, logs: Path, tmp_path: Path
) -> None:
    found = []
    for hop in ("10.1.1.2", "10.1.9.9"):
        (logs / "WLLS" / "a.log").write_text(f"WLLS-A01-AR-01 {hop}", encoding="utf-8")
        statetrace("ingest", logs, "--home", home)
        file = tmp_path / f"{hop}.json"
        statetrace("export", "route-records", "--site", "WLLS", "--out", file, "--home", home)
        found.append(statetrace("import", file, "--home", tmp_path / "other", "--json").json)
    assert [(each["compared"], each["changes"]) for each in found] == [(0, 0), (1, 1)]


def test_a_primary_path_that_the_device_does_not_show_is_no_health(statetrace: Run, home: Path, logs: Path) -> None:
    inventory = home / "config" / "inventory.toml"
    text = inventory.read_text(encoding="utf-8").replace("10.20.0.0/16", "10.0.0.0/8").replace("10.1.1.2", "10.9.9.9")
    inventory.write_text(text, encoding="utf-8")
    (logs / "WLLS" / "a.log").write_text("WLLS-A01-AR-01 10.1.2.2", encoding="utf-8")
    statetrace("ingest", logs, "--home", home)

    [found] = statetrace("export", "health-snapshots", "--site", "wlls", "--home", home).json["RouteHealthSnapshots"]

    assert (found["PrimaryRouteStatus"], found["SecondaryRouteStatus"], found["HealthState"]) == (
        "Degraded", "Up", "Warning",
    )  # fmt: skip


def test_a_damaged_record_is_told_and_nothing_is_taken(statetrace: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"SchemaVersion": "1.0", "RouteRecords": [{}]}', encoding="utf-8")

    said = statetrace("import", tmp_path / "bad.json", "--home", home, "--json")

    assert said.code == 1
    assert said.json["files"][0]["problems"][0].startswith("RouteRecords[0]: ")
    assert store(home).newest() == ()


def test_a_draft_is_an_inventory_that_loads(statetrace: Run, home: Path, logs: Path) -> None:
    statetrace("ingest", logs, "--home", home)
    (home / "config" / "inventory.toml").unlink()

    said = statetrace("inventory", "draft", "--out", home / "config" / "inventory.toml", "--home", home)

    assert said.code == 0
    text = (home / "config" / "inventory.toml").read_text(encoding="utf-8")
    assert [device["hostname"] for device in tomllib.loads(text)["device"]] == ["BOYO-B", "WLLS-A01-AR-01"]
    assert "DECIDE" in text
    assert statetrace("config", "check", "--home", home, "--json").json["devices"] == 2
    again = statetrace("inventory", "draft", "--out", home / "config" / "inventory.toml", "--home", home)
    assert again.code == 3


TABLE = """hostname;addresses;prefix;class;next_hop;interface;protocol;site_owner
WLLS-A01-AR-01;10.0.0.1 10.255.0.1;0.0.0.0/0;critical;10.1.1.2;Gi0/1;bgp;Network Core
WLLS-A01-AR-01;;10.20.0.0/16;;10.1.1.2;Gi0/1;ospf;
BOYO-B;10.0.0.2;;;;;;
"""


def test_a_table_becomes_an_inventory(statetrace: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-16")

    said = statetrace("inventory", "import", tmp_path / "table.csv", "--home", home)

    assert said.code == 0
    found = tomllib.loads(said.out)
    assert found["site"] == {"WLLS": {"owner": "Network Core"}}
    assert [(device["hostname"], len(device.get("route", []))) for device in found["device"]] == [
        ("WLLS-A01-AR-01", 2), ("BOYO-B", 0),
    ]  # fmt: skip


def test_a_hostname_that_a_terminal_would_obey_is_refused(statetrace: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("hostname;prefix;next_hop\nR\x1b[31m;0.0.0.0/0;1.1.1.1\n", encoding="utf-8")

    said = statetrace("inventory", "import", tmp_path / "table.csv", "--home", home)

    assert (said.code, said.out) == (2, "")
    assert "table.csv:2: " in said.err
    assert "without spaces and control characters" in said.err
    assert "\x1b" not in said.err


def test_every_problem_of_a_table_is_told_with_its_line(statetrace: Run, home: Path, tmp_path: Path) -> None:
    table = TABLE.replace("0.0.0.0/0", "0.0.0.0/99").replace("10.0.0.2", "10.0.0.1").replace(";class", ";clas")
    table = table.replace("BOYO-B", "WLLS-A02-AR-01")  # of one site: sites may be numbered alike
    (tmp_path / "table.csv").write_text(table, encoding="utf-8")

    said = statetrace("inventory", "import", tmp_path / "table.csv", "--home", home)

    assert said.code == 2
    assert said.out == ""
    problems = [line.partition("table.csv:")[2] for line in said.err.splitlines()]
    assert [problem.partition(":")[0] for problem in problems] == ["1", "2", "4"]
    assert "did you mean 'class'?" in problems[0]

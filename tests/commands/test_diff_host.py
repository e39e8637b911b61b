"""`statetrace diff HOST` as a user and a script meet it: from the store, with and without an engine."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.model.diff import Rollback
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing
from tests.commands.conftest import Said
from tests.commands.stored import CONFIG, NOON, ROUTES, Stored, text

Run = Callable[..., Said]
MOVED = ("10.8.0.0/16 [1/0] via 10.1.1.3", ROUTES[1])
GONE = MOVED[:1]
RENAMED = (*CONFIG[:2], " description to edge", CONFIG[3])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with R1, captured three times: a route moves, then one goes and a description changes."""
    found = Stored(tmp_path_factory.mktemp("made"))
    ids = [
        found.capture(text("R1"), NOON),
        found.capture(text("R1", MOVED), NOON + 3600),
        found.capture(text("R1", GONE, RENAMED), NOON + 7200),
    ]
    assert ids == [1, 2, 3]
    return found.home


@pytest.fixture
def stored(home: Path, made: Path) -> Stored:
    shutil.copytree(made / "data", home / "data")
    return Stored(home)


def _events(home: Path, name: str) -> list[dict[str, Any]]:
    files = sorted((home / "logs").glob("telemetry-*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["EventName"] == name]


@pytest.mark.usefixtures("stored")
def test_the_newest_run_is_shown_against_the_one_before_it(statetrace: Run, home: Path) -> None:
    said = statetrace("diff", "r1.example.net", "--home", home)
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head.startswith("R1 run 3 of 2026-11-23 ")
    assert " since run 2 of " in head
    assert head.endswith(": 1 added, 2 removed")
    assert lines[1:5] == [
        "  CONFIGURATION",
        "    interface GigabitEthernet0/1",
        "  -   description to core",
        "  +   description to edge",
    ]
    assert lines[6:8] == ["  ROUTES", "  - 10.9.0.0/16  via 10.1.1.2  static 1/0"]
    assert said.err == ""


@pytest.mark.usefixtures("stored")
def test_json_is_the_interchange_with_its_metadata_and_bytes_of_the_files(statetrace: Run, home: Path) -> None:
    found = statetrace("diff", "R1", "--home", home, "--json").json
    assert found["Counts"] == {"Added": 0, "Removed": 1, "ChangedRoutes": 0}
    assert [one["Prefix"] for one in found["Changes"]["RemovedRoutes"]] == ["10.9.0.0"]
    assert {one["ObjectType"] for one in found["Objects"]} == {"config"}
    metadata = found["Metadata"]
    assert (metadata["RunId"], metadata["PreviousRunId"], metadata["Hostname"]) == (3, 2, "R1")
    assert metadata["CapturedAt"] == "2026-11-23T14:00:00.000Z"
    assert metadata["ParserVersion"] == metadata["PreviousParserVersion"] != ""
    assert metadata["Counts"] == {"Added": 1, "Removed": 2, "Changed": 0}
    assert metadata["CompareMs"] >= 0
    assert metadata["Commands"] == ["show running-config", "show ip route"]
    lines = [each["BeforeBytes"] + each["AfterBytes"] for each in found["Objects"]]
    sides = [metadata["BeforeFile" if each["ChangeType"] == "Removed" else "AfterFile"] for each in found["Objects"]]
    assert [Path(side).read_bytes()[slice(*span)] for side, (span,) in zip(sides, lines, strict=True)] == [
        b" description to core" if each["ChangeType"] == "Removed" else b" description to edge"
        for each in found["Objects"]
    ]
    moved = statetrace("diff", "R1", "--to", "2", "--home", home, "--json").json
    (route,) = moved["Changes"]["ChangedRoutes"]
    ((start, end),) = route["AfterBytes"]
    assert b"10.8.0.0/16 [1/0] via 10.1.1.3" in Path(moved["Metadata"]["AfterFile"]).read_bytes()[start:end]
    ((start, end),) = route["BeforeBytes"]
    assert b"10.8.0.0/16 [1/0] via 10.1.1.2" in Path(moved["Metadata"]["BeforeFile"]).read_bytes()[start:end]


def test_what_was_compared_with_an_older_run_says_with_which_and_its_file(
    statetrace: Run, home: Path, stored: Stored
) -> None:
    stored.capture(text("R1", config=None), NOON + 9000)
    stored.capture(text("R1", GONE), NOON + 9900)
    (older,) = statetrace("diff", "R1", "--home", home, "--json").json["Metadata"]["ComparedElsewhere"]
    assert (older["Command"], older["RunId"]) == ("show running-config", 3)
    assert Path(older["File"]).read_text(encoding="utf-8") == text("R1", GONE, RENAMED)
    said = statetrace("diff", "R1", "--home", home).out
    assert f"  show running-config: compared with run 3, {older['File']}\n" in said


@pytest.mark.usefixtures("stored")
def test_any_two_runs_are_compared_by_id_place_and_time(statetrace: Run, home: Path) -> None:
    for named in (("--from", "1"), ("--from", "oldest"), ("--from", "1", "--to", "newest"),
                  ("--from", "2026-11-23T12:30:00Z", "--to", "2026-11-23T15:00:00+00:00")):  # fmt: skip
        found = statetrace("diff", "R1", *named, "--home", home, "--json").json
        assert (found["Metadata"]["PreviousRunId"], found["Metadata"]["RunId"]) == (1, 3), named
        assert found["Counts"] == {"Added": 0, "Removed": 1, "ChangedRoutes": 1}
    back = statetrace("diff", "R1", "--from", "3", "--to", "previous", "--home", home, "--json").json
    assert back["Counts"] == {"Added": 1, "Removed": 0, "ChangedRoutes": 0}
    same = statetrace("diff", "R1", "--from", "2", "--to", "2", "--home", home, "--exit-code")
    assert same.code == 0
    assert "no changes in 2 commands" in same.out


@pytest.mark.usefixtures("stored")
def test_several_runs_each_have_their_header_newest_first(statetrace: Run, home: Path) -> None:
    said = statetrace("diff", "R1", "--last", "5", "--home", home)
    heads = [line for line in said.out.splitlines() if line.startswith("R1 run ")]
    assert [head.split()[2] for head in heads] == ["3", "2", "1"]
    assert heads[2].endswith("the first of R1; there is nothing to compare it with")
    found = statetrace("diff", "R1", "--last", "2", "--home", home, "--json").json
    assert (found["Hostname"], found["Site"]) == ("R1", "R1")
    assert [one["Metadata"]["RunId"] for one in found["Runs"]] == [3, 2]
    assert [one["Counts"]["ChangedRoutes"] for one in found["Runs"]] == [0, 1]
    since = statetrace("diff", "R1", "--since", "2026-11-23T12:30:00Z", "--home", home, "--json").json
    assert [one["Metadata"]["RunId"] for one in since["Runs"]] == [3, 2]


def test_a_capture_of_a_clock_that_is_ahead_counts_as_of_when_it_was_stored(
    statetrace: Run, home: Path, stored: Stored
) -> None:
    ahead = NOON + 40 * 86400
    for number in range(2):
        stored.capture(text("R9", ROUTES[number:]), ahead + number, stored_at=NOON + 60)
    stored.capture(text("R9", MOVED), NOON, stored_at=NOON + 30)
    assert [each.captured_at for each in stored.captures.of_device("R9")] == [ahead + 1, ahead, NOON]

    found = statetrace("diff", "R9", "--since", "2026-11-24", "--home", home)
    assert found.err == "no run of R9 is as new as that\n"
    said = statetrace("diff", "R9", "--since", "2026-11-23T12:00:40Z", "--home", home)
    heads = [line for line in said.out.splitlines() if line.startswith("R9 run ")]
    assert len(heads) == 2
    assert "dated 40 days after it was stored: a clock is ahead, of the device or of its file" in said.out
    newest = statetrace("diff", "R9", "--home", home, "--json").json
    assert any("a clock is ahead" in warning for warning in newest["Warnings"])


@pytest.mark.usefixtures("stored")
def test_nothing_since_then_is_said_and_no_error(statetrace: Run, home: Path) -> None:
    said = statetrace("diff", "R1", "--since", "2027-01-01", "--home", home)
    assert (said.code, said.out) == (0, "")
    assert said.err == "no run of R1 is as new as that\n"
    assert statetrace("diff", "R1", "--since", "2027-01-01", "--home", home, "--json").json["Runs"] == []


def test_the_runs_are_listed_with_what_each_changed(statetrace: Run, home: Path, stored: Stored) -> None:
    stored.capture(text("R1", ROUTES, RENAMED), NOON + 9000, is_compared=False)
    said = statetrace("diff", "R1", "--runs", "--home", home)
    rows = [line.split() for line in said.out.splitlines()]
    assert rows[0][:6] == ["RUN", "CAPTURED", "SINCE", "ADDED", "REMOVED", "CHANGED"]
    assert [row[0] for row in rows[1:]] == ["4", "3", "2", "1"]
    assert [row[3:7] for row in rows[1:]] == [["-"] * 4, ["2", "1", "2", "0"], ["1", "0", "0", "1"], ["-"] * 4]
    found = statetrace("diff", "R1", "--runs", "--last", "2", "--home", home, "--json").json
    assert [(one["RunId"], one["Counts"]) for one in found["Runs"]] == [
        (4, None), (3, {"Added": 1, "Removed": 2, "Changed": 0}),
    ]  # fmt: skip


def test_a_run_that_nobody_has_compared_yet_is_compared_now(statetrace: Run, home: Path, stored: Stored) -> None:
    stored.capture(text("R1", MOVED, RENAMED), NOON + 9000, is_compared=False)
    found = statetrace("diff", "R1", "--home", home, "--json").json
    assert (found["Metadata"]["RunId"], found["Metadata"]["PreviousRunId"]) == (4, 3)
    assert found["Counts"] == {"Added": 1, "Removed": 0, "ChangedRoutes": 0}
    assert stored.runs.run(4) is None


def test_changes_that_can_no_longer_be_read_are_found_again(statetrace: Run, home: Path, stored: Stored) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("UPDATE diff_change SET body = x'00' WHERE run_id = 3")
    assert statetrace("diff", "R1", "--home", home, "--json").json["Counts"]["Removed"] == 1


@pytest.mark.parametrize("damage", [(b"R1", b"\xff\xff"), (b"", b"\0")])
def test_a_run_that_no_longer_decodes_is_found_again_and_hides_no_other(
    statetrace: Run, home: Path, stored: Stored, damage: tuple[bytes, bytes]
) -> None:
    before = statetrace("diff", "R1", "--last", "3", "--home", home).out
    recent, last = stored.runs.recent("R1"), stored.runs.last_changes("R1", 9)
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        ((body,),) = connection.execute("SELECT body FROM diff_run WHERE run_id = 2")
        assert damage[0] in body
        connection.execute("UPDATE diff_run SET body = ? WHERE run_id = 2", (body.replace(*damage, 1),))
    assert statetrace("diff", "R1", "--last", "3", "--home", home).out == before
    assert statetrace("diff", "R1", "--runs", "--home", home).code == 0
    found = stored.runs.recent("R1")
    assert [(run.run_id, run.previous_id, run.counts) for run in found] == [
        (run.run_id, run.previous_id, run.counts) for run in recent
    ]
    assert [bool(run.metadata.warnings) for run in found] == [False, True, False]
    assert [each.change for each in stored.runs.last_changes("R1", 9)] == [each.change for each in last]


def test_another_parser_on_one_side_is_no_drift(statetrace: Run, home: Path, stored: Stored) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("UPDATE captured_file SET reading = '0||' WHERE name LIKE '%captured 0.log'")
    said = statetrace("diff", "R1", "--from", "1", "--to", "2", "--home", home)
    assert "read by parser 0 before and " in said.out
    metadata = statetrace("diff", "R1", "--from", "1", "--to", "2", "--home", home, "--json").json["Metadata"]
    assert metadata["IsDrift"] is False
    assert metadata["PreviousParserVersion"] == "0"
    assert "a difference may be the parser's" in metadata["Warnings"][0]


def test_a_site_and_a_vendor_that_were_said_make_no_other_parser(statetrace: Run, home: Path, stored: Stored) -> None:
    with closing(sqlite3.connect(stored.path)) as connection, connection:
        connection.execute("UPDATE captured_file SET reading = reading || 'WLLS' WHERE name LIKE '%captured 0.log'")
    metadata = statetrace("diff", "R1", "--from", "1", "--to", "2", "--home", home, "--json").json["Metadata"]
    assert metadata["IsDrift"] is True
    assert metadata["Warnings"] == []


def test_a_run_that_could_not_be_compared_says_why(statetrace: Run, home: Path, stored: Stored) -> None:
    failed = comparing.failed(stored.path, 3, NOON, "it took longer than 60 s")
    assert failed is not None
    session = Session(stored.path, lambda: NOON)
    session.write_runs([failed])
    session.close()
    said = statetrace("diff", "R1", "--home", home)
    assert said.code == 0
    assert said.out.endswith(": not compared: it took longer than 60 s\n\n")


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (("--kind", "routes"), (["10.9.0.0"], [])),
        (("--kind", "conf"), ([], ["Added", "Removed"])),
        (("--kind", "bgp,lldp"), ([], [])),
        (("--type", "added"), ([], ["Added"])),
        (("--type", "removed", "--grep", "TO CORE"), ([], ["Removed"])),
        (("--grep", r"10\.9\."), (["10.9.0.0"], [])),
        (("--grep", "10.1.1.2"), (["10.9.0.0"], [])),
    ],
    ids=lambda value: " ".join(value) if isinstance(value[0], str) else "",
)
@pytest.mark.usefixtures("stored")
def test_only_what_was_asked_for_is_shown(
    statetrace: Run, home: Path, asked: tuple[str, ...], wanted: tuple[list[str], list[str]]
) -> None:
    said = statetrace("diff", "R1", *asked, "--home", home, "--json", "--exit-code")
    found = said.json
    routes = [one["Prefix"] for one in found["Changes"]["RemovedRoutes"]]
    assert (routes, [one["ChangeType"] for one in found["Objects"]]) == wanted
    assert found["Metadata"]["Counts"] == {"Added": 1, "Removed": 2, "Changed": 0}
    assert said.code == (1 if any(wanted) else 0)


@pytest.mark.usefixtures("stored")
def test_what_was_not_asked_for_is_counted(statetrace: Run, home: Path) -> None:
    said = statetrace("diff", "R1", "--type", "added", "--home", home)
    assert said.out.splitlines()[0].endswith(": 1 added, 2 others not asked for")
    nothing = statetrace("diff", "R1", "--kind", "bgp", "--home", home)
    assert nothing.out.splitlines()[0].endswith(": no such change, 3 others not asked for")


@pytest.mark.usefixtures("stored")
def test_lines_that_take_the_newest_configuration_back(statetrace: Run, home: Path) -> None:
    said = statetrace("diff", "R1", "--rollback", "--home", home)
    assert "may take the configuration back" in said.out
    assert "    description to core" in said.out
    (found,) = statetrace("diff", "R1", "--rollback", "--home", home, "--json").json["Rollback"]
    assert any("description to core" in line for line in found["Lines"])


def test_without_a_configuration_nothing_is_taken_back(statetrace: Run, home: Path, stored: Stored) -> None:
    stored.capture(text("R1", config=None), NOON + 9000)
    said = statetrace("diff", "R1", "--rollback", "--home", home)
    assert said.code == 0
    assert "no whole configuration is in both" in said.err
    assert "not captured after, and not compared: show running-config" in said.out


def test_a_configuration_is_taken_back_to_the_one_that_it_was_compared_with(
    statetrace: Run, home: Path, stored: Stored
) -> None:
    stored.capture(text("R1", config=(*CONFIG, "router rip")), NOON + 9000)
    stored.capture(text("R1", config=None), NOON + 9100)
    stored.capture(text("R1", config=(*CONFIG, "router rip", "router ospf 1")), NOON + 9200)
    said = statetrace("diff", "R1", "--rollback", "--home", home)
    assert "  no router ospf 1" in said.out.splitlines()


def test_one_device_is_not_taken_back_to_another(stored: Stored) -> None:
    one = stored.capture(text("R1", config=(*CONFIG, "router rip")), NOON + 9000)
    newer = stored.capture(text("R1", config=(*CONFIG, "router rip", "router ospf 1")), NOON + 9100)
    other = stored.capture(text("R2"), NOON + 9200)
    found = comparing.rollback(stored.path, one, newer)
    assert found is not None
    assert found.lines == ("no router ospf 1",)
    assert comparing.rollback(stored.path, one, other) == Rollback(
        reason="these are two devices: nobody changed one into the other"
    )


def _refused(said: Said, code: int, words: str) -> None:
    assert said.code == code
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert words in said.err


def test_a_device_that_nobody_captured_is_told_with_its_neighbours(statetrace: Run, home: Path, stored: Stored) -> None:
    stored.capture(text("WLLS-A01-AR-01"), NOON)
    _refused(
        statetrace("diff", "wlls-a01-ar-02", "--home", home), 3, "no such device was captured; near: WLLS-A01-AR-01"
    )
    _refused(statetrace("diff", "AR-01", "--home", home), 3, "near: WLLS-A01-AR-01")
    for odd in ("somebody-else", "", "x" * 5000, "\0", "\ud800"):
        _refused(statetrace("diff", odd, "--home", home), 3, "no such device was captured\n")


def test_a_home_without_a_store_and_no_home_are_told(statetrace: Run, home: Path, tmp_path: Path) -> None:
    _refused(statetrace("diff", "R1", "--home", home), 3, "nothing is stored in")
    _refused(statetrace("diff", "R1", "--home", tmp_path / "nowhere"), 3, "nothing is stored in")


@pytest.mark.usefixtures("stored")
def test_a_file_alone_is_told_and_a_device_by_a_files_name_is_a_device(
    statetrace: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some.log").write_text("x", encoding="utf-8")
    Path("R1").write_text("x", encoding="utf-8")
    _refused(statetrace("diff", "some.log", "--home", home), 3, "name the file to compare it with as well")
    said = statetrace("diff", "R1", "--home", home)
    assert said.out.startswith("R1 run 3 ")
    assert "R1 is a file as well: this is the device" in said.err


def test_runs_that_are_no_runs_of_this_device_are_told(statetrace: Run, home: Path, stored: Stored) -> None:
    other = stored.capture(text("R2"), NOON)
    ask = lambda *words: statetrace("diff", *words, "--home", home)  # noqa: E731
    for odd in ("99", "9" * 30):
        _refused(ask("R1", "--from", odd), 3, f"--from {odd}: it is gone, or never was")
    _refused(ask("R1", "--from", "²"), 2, "it is an id, newest")
    _refused(ask("R1", "--from", "99"), 3, "--from 99: it is gone, or never was")
    _refused(ask("R1", "--to", str(other)), 3, f"--to {other}: that run is of R2 at R2, and not of R1 at R1")
    _refused(ask("R1", "--from", "yesterday"), 2, "it is an id, newest, previous, oldest, or a time")
    _refused(ask("R1", "--from", "2020-01-01"), 3, "no run of R1 is as old as that")
    _refused(ask("R1", "--to", "oldest"), 3, "run 1 is the first of R1: none is before it")
    _refused(ask("R2"), 3, f"R2 has one run only, {other}: there is nothing to compare it with")
    _refused(ask("R2", "--from", "previous"), 3, "one run only")


def test_two_devices_of_one_name_are_told_apart_by_their_site(statetrace: Run, home: Path, stored: Stored) -> None:
    stored.capture(text("R1", GONE), NOON + 100, site="BOYO")
    stored.capture(text("R1", ROUTES), NOON + 200, site="BOYO")
    _refused(statetrace("diff", "R1", "--home", home), 2, "R1 is at BOYO and at R1: say which with --site")
    _refused(statetrace("diff", "R1", "--site", "zzz", "--home", home), 3, "captured at BOYO, R1, and not at ZZZ")
    found = statetrace("diff", "R1", "--site", "boyo", "--home", home, "--json").json
    assert found["Metadata"]["Site"] == "BOYO"
    assert [(one["Prefix"], one["Site"]) for one in found["Changes"]["AddedRoutes"]] == [("10.9.0.0", "BOYO")]
    assert statetrace("diff", "R1", "--site", "boyo", "--home", home).out.startswith("R1 at BOYO run ")


def test_two_devices_of_one_name_and_site_are_not_compared_and_that_is_said(
    statetrace: Run, home: Path, stored: Stored
) -> None:
    shown = "R7#show version\nCisco IOS Software, Version 15.4(3)M3, RELEASE SOFTWARE (fc2)\n"
    for number, serial in enumerate(("FTX1840AAAA", "FTX9999ZZZZ", "FTX1840AAAA")):
        stored.capture(f"{shown}Processor board ID {serial}\n{text('R7', ROUTES[number:], None)}", NOON + number)
    taken = list(reversed(stored.captures.of_device("R7")))
    first, other, last = (each.capture_id for each in taken)
    here, there, _ = (f"{each.capture_id}, {each.file_name}" for each in taken)

    said = statetrace("diff", "R7", "--last", "2", "--home", home).out
    assert f"not compared with capture {here}, nor with any other: serial number FTX1840AAAA before, FTX" in said
    assert f"not compared with capture {there}, but with {here}: " in said
    found = statetrace("diff", "R7", "--home", home, "--json").json
    assert found["Metadata"]["PreviousRunId"] == first
    assert "two devices with one hostname" in found["Warnings"][0]
    assert found["Counts"]["Removed"] == 2
    to_it = statetrace("diff", "R7", "--to", str(last), "--home", home, "--json").json
    assert to_it["Metadata"]["PreviousRunId"] == first
    _refused(statetrace("diff", "R7", "--to", str(other), "--home", home), 3, "two devices with one hostname; --from")
    both = statetrace("diff", "R7", "--from", str(first), "--to", str(other), "--home", home, "--json").json
    assert both["Counts"]["Removed"] == 1
    assert "two devices with one hostname" in both["Warnings"][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("R1", "--vendor", "cisco_ios"), "--vendor is of two files"),
        (("a.log", "b.log", "--last", "2"), "--last is of a device in the store"),
        (("R1", "--last", "2", "--since", "2h"), "--last and --since do not go together"),
        (("R1", "--from", "1", "--last", "2"), "--from and --last do not go together"),
        (("R1", "--since", "soon"), "--since soon: a duration (30m, 2h, 7d) or an ISO time"),
        (("R1", "--kind", "frobs"), "--kind frobs: not one of routes"),
        (("R1", "--type", "moved"), "--type moved: not one of added, removed, changed"),
        (("R1", "--grep", "("), "--grep "),
        (("R1", "--rollback", "--last", "2"), "--rollback is of two runs"),
    ],
)
@pytest.mark.usefixtures("stored")
def test_wrong_usage_is_told(statetrace: Run, home: Path, words: tuple[str, ...], said: str) -> None:
    _refused(statetrace("diff", *words, "--home", home), 2, said)


@pytest.mark.usefixtures("stored")
def test_the_first_look_at_a_run_is_told_to_telemetry_once(statetrace: Run, home: Path) -> None:
    statetrace("diff", "R1", "--home", home, "--json")
    statetrace("diff", "R1", "--kind", "bgp", "--home", home)
    assert _events(home, "DriftDetectionTime") == []
    for _ in range(2):
        statetrace("diff", "R1", "--home", home)
    statetrace("diff", "R1", "--last", "3", "--home", home)
    statetrace("diff", "R1", "--from", "1", "--home", home)
    told = _events(home, "DriftDetectionTime")
    assert [(event["RunId"], event["ChangesCount"]) for event in told] == [(3, 3), (2, 1)]


@pytest.mark.usefixtures("stored")
def test_nothing_is_written_into_the_store(statetrace: Run, home: Path) -> None:
    path = home / "data" / "statetrace.db"
    before = path.read_bytes()
    statetrace("diff", "R1", "--last", "3", "--home", home)
    assert path.read_bytes() == before

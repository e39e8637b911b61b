"""Commands that ask: what they print, what they write (nothing), and their exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine import __version__

Run = Callable[..., Any]
QUERIES = ("outages", "routes", "audit show", "runbook list", "config show", "doctor", "audit verify")


def test_version(statetrace: Run) -> None:
    said = statetrace("--version")
    assert (said.code, said.out) == (0, f"statetrace {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "strangers"),
    [
        ("--version", {"textual", "rich", "sqlalchemy", "asyncio", "msgspec", "platformdirs"}),
        ("outages --home nowhere", {"textual", "rich"}),
        ("doctor --live --home nowhere", {"textual", "rich", "sqlalchemy", "statetrace_engine.store"}),
        ("config check --home nowhere", {"textual", "rich", "sqlalchemy"}),
        ("runbook list --home nowhere", {"textual", "rich", "sqlalchemy"}),
    ],
)
def test_a_command_imports_only_what_it_needs(arguments: str, strangers: set[str], tmp_path: Path) -> None:
    assert not _imported(arguments.split(), tmp_path) & strangers


def test_an_ingest_that_finds_nothing_new_needs_no_sqlalchemy(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("R1#show clock\n*10:00:00.000 UTC Mon Nov 23 2026\nR1#\n", encoding="utf-8")
    arguments = ("ingest", "a.log", "--home", "home")
    assert "sqlalchemy" in _imported(arguments, tmp_path)
    assert "sqlalchemy" not in _imported(arguments, tmp_path)


def _imported(arguments: Sequence[str], folder: Path) -> set[str]:
    """The modules that a command has imported at its end."""
    program = (
        "import sys\nfrom statetrace_tui.__main__ import main\n"
        f"if __name__ == '__main__':\n    try: main({list(arguments)!r})\n    except SystemExit: pass\n"
        "    print(*sys.modules, file=sys.stderr)"
    )
    return set(_python("-c", program, cwd=folder).stderr.splitlines()[-1].split())


def test_what_the_output_cannot_show_is_escaped(tmp_path: Path) -> None:
    arguments = ("doctor", "--live", "--home", "\u6771\u4eac")
    done = _python("-m", "statetrace_tui", *arguments, cwd=tmp_path, PYTHONIOENCODING="cp1252", PYTHONUTF8="1")
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\u6771\\u4eac" in done.stdout


def _python(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, with nothing of this one's environment but what Windows needs for sockets."""
    kept = {name: value for name, value in os.environ.items() if name.upper() == "SYSTEMROOT"}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_on_no_home_answers_empty_and_writes_nothing(statetrace: Run, tmp_path: Path, query: str) -> None:
    said = statetrace(*query.split(), "--home", tmp_path / "nowhere", "--json")
    assert said.code == 0
    assert isinstance(said.json, dict)
    assert not (tmp_path / "nowhere").exists()


def test_the_empty_answers(statetrace: Run, tmp_path: Path) -> None:
    home = ("--home", tmp_path / "nowhere", "--json")
    assert statetrace("outages", *home).json == {"outages": []}
    assert statetrace("routes", *home).json == {"routes": []}
    assert statetrace("audit", "show", *home).json == {"audit": []}
    assert statetrace("audit", "verify", *home).json["ok"] is True


@pytest.mark.parametrize("query", ["outages", "routes", "audit show", "audit verify", "report ingestion"])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["lines", "json"])
def test_a_home_that_does_not_exist_is_said_in_one_line(
    statetrace: Run, tmp_path: Path, query: str, form: tuple[str, ...]
) -> None:
    said = statetrace(*query.split(), "--home", tmp_path / "typo", *form)
    assert (said.code, said.err) == (0, f"statetrace: no home at {tmp_path / 'typo'}: nothing is known there\n")


def test_a_file_is_no_home(statetrace: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    said = statetrace("routes", "--home", tmp_path / "file")
    assert (said.code, said.err) == (0, f"statetrace: no home at {tmp_path / 'file'}: nothing is known there\n")


def test_nothing_is_said_of_a_home_that_is_there_or_was_not_typed(
    statetrace: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statetrace("routes", "--home", tmp_path, "--json").err == ""
    monkeypatch.setenv("STATETRACE_HOME", str(tmp_path / "not yet"))
    assert statetrace("routes", "--json").err == ""
    assert "No route has been watched" in statetrace("routes").err


def test_a_store_that_is_no_database_cannot_be_verified(statetrace: Run, home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "statetrace.db").write_bytes(b"this is no database" * 500)
    said = statetrace("audit", "verify", "--home", home, "--json")
    assert (said.code, said.json["exit"]) == (3, 3)
    assert said.err.startswith(f"statetrace: {home / 'data' / 'statetrace.db'}")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "command", ["outages", "routes", "audit show", "audit verify", "ack OUT-1", "engine --seconds 1", "inventory draft"]
)
def test_what_to_do_about_a_store_that_cannot_be_read_is_said(statetrace: Run, home: Path, command: str) -> None:
    (home / "data").mkdir()
    (home / "data" / "statetrace.db").write_bytes(b"this is no database" * 500)
    said = statetrace(*command.split(), "--home", home)
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert "put back a copy of it" in said.err


def test_home_and_json_may_come_before_or_after_the_command(statetrace: Run, tmp_path: Path) -> None:
    after = statetrace("outages", "--json", "--home", tmp_path)
    assert statetrace("--json", "--home", tmp_path, "outages") == after
    assert statetrace("--home", tmp_path, "audit", "verify", "--json").json["entries"] == 0


@pytest.mark.parametrize(
    "wrong",
    [["outgaes"], ["ack"], ["audit"], ["engine", "--seconds", "-1"], ["demo", "--faults", "fire"], ["--hmoe", "x"]],
)
def test_wrong_usage_is_2_with_the_usage_on_stderr(statetrace: Run, wrong: list[str]) -> None:
    said = statetrace(*wrong)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("usage: statetrace")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["engine", "--seconds", "soon"], "soon is not a number"),
        (["demo", "--updates", "x"], "x is not a number"),
        (["demo", "--routes", "2.5"], "2.5 is not a whole number"),
        (["demo", "--routes", "0"], "0 is not above 0"),
        (["demo", "--faults", "cut,flod"], "flod: not script, none or some of cut, noise"),
    ],
)
def test_a_wrong_value_is_told_in_words_that_help(statetrace: Run, wrong: list[str], said: str) -> None:
    answer = statetrace(*wrong)
    assert answer.code == 2
    assert said in answer.err


def test_config_check_counts_what_it_read(statetrace: Run, home: Path) -> None:
    said = statetrace("config", "check", "--home", home)
    assert said.code == 0
    assert "no problems; 1 site, 1 device, 1 route" in said.out


def test_config_check_prints_every_problem_and_is_2(statetrace: Run, home: Path) -> None:
    (home / "config" / "statetrace.toml").write_text("[syslgo]\n[console]\nbell = 1\n", encoding="utf-8")
    said = statetrace("config", "check", "--home", home)
    file = home / "config" / "statetrace.toml"
    assert said.code == 2
    assert said.err == (
        f"statetrace: {file}:1: syslgo: unknown key; did you mean 'syslog'?\n"
        f"{file}:3: console.bell: expected true or false, got 1\n"
    )
    said = statetrace("config", "check", "--home", home, "--json")
    assert (said.code, said.json["ok"], len(said.json["problems"])) == (2, False, 2)


def test_config_show_names_settings_as_the_file_does(statetrace: Run, home: Path) -> None:
    said = statetrace("config", "show", "--home", home)
    assert "class.critical.recovery_hold_s = 1.0\n" in said.out
    document = statetrace("config", "show", "--home", home, "--json").json
    assert document["settings"]["syslog"]["udp"] == "127.0.0.1:0"
    assert document["inventory"]["routes"][0]["prefix"] == "10.20.0.0/16"
    assert document["origin"] == "--home"


def test_a_runbook_is_found_by_name_and_by_cause(statetrace: Run, tmp_path: Path) -> None:
    by_name = statetrace("runbook", "show", "generic", "--home", tmp_path)
    assert by_name.out.startswith("# No cause has been found")
    assert statetrace("runbook", "show", "unknown", "--home", tmp_path) == by_name
    document = statetrace("runbook", "list", "--home", tmp_path, "--json").json
    assert {
        "name", "title", "causes", "variant_of", "vendors", "severities", "owner", "summary", "preconditions",
        "expected_results", "escalate_to", "escalate_after_seconds", "escalation", "steps",
    } == set(document["runbooks"][0])  # fmt: skip
    checked = statetrace("runbook", "check", "--home", tmp_path, "--json")
    assert checked.code == 0
    assert checked.json == {"files": len(document["runbooks"]), "problems": [], "warnings": []}
    step = "### Look\n- cisco_ios: `show clock`\n- expect: now\n"
    head = "vendors: cisco_ios, frr\nowner: us\nid: some"
    (tmp_path / "some.md").write_text(f"# Some\n{head}\n## Steps\n{step}", encoding="utf-8")
    warned = statetrace("runbook", "check", tmp_path / "some.md")
    assert (warned.code, warned.out.splitlines()) == (
        0,
        [
            f"{tmp_path / 'some.md'}:1: some: its header does not say severities, escalation (warning)",
            f"{tmp_path / 'some.md'}:6: some: no command for FRR (warning)",
            "1 runbook, no problems",
        ],
    )
    (tmp_path / "broken.md").write_text("# Broken\n## Steps\n### Look\n- any: `ping {target}`\n", encoding="utf-8")
    marked = tmp_path / "marked.md"
    marked.write_text("# T\nid: marked\n## Steps\n### S\n- so: s\n", encoding="utf-8-sig")
    assert statetrace("runbook", "check", marked).code == 0, "an editor that marks UTF-8 is nothing wrong"
    refused = statetrace("runbook", "check", tmp_path / "broken.md")
    assert refused.code == 1
    assert "broken.md:4: broken: no placeholder {target}" in refused.out
    assert "broken.md:3: broken: a step with a command says what to see" in refused.out
    assert statetrace("runbook", "show", "nonsense", "--home", tmp_path).code == 2


def test_a_runbook_that_is_broken_hides_no_other(statetrace: Run, tmp_path: Path) -> None:
    own = tmp_path / "config" / "runbooks"
    own.mkdir(parents=True)
    (own / "ours.md").write_text("# Ours\n## Steps\n### Look\n- any: `ping {target}`\n", encoding="utf-8")
    shown = statetrace("runbook", "show", "link-failure", "--home", tmp_path)
    assert (shown.code, shown.out.splitlines()[0]) == (0, "# Link failure")
    assert "ours.md:3: ours: a step with a command" in shown.err
    assert "2 problems in runbooks" in shown.err
    listed = statetrace("runbook", "list", "--home", tmp_path, "--json")
    assert (listed.code, "ours" in [book["name"] for book in listed.json["runbooks"]]) == (0, True)
    (own / "latin.md").write_bytes(b"# Caf\xe9\n")
    both = statetrace("runbook", "check", own / "latin.md", own / "ours.md")
    assert both.code == 1
    assert [line.rpartition("md:")[2][:1] for line in both.out.splitlines()[:2]] == ["1", "3"]
    assert "latin.md:1: not UTF-8 at byte 5" in both.out


def test_an_unknown_outage_is_not_acknowledged(statetrace: Run, tmp_path: Path) -> None:
    said = statetrace("ack", "OUT-1123-XXXX", "--home", tmp_path / "nowhere", "--json")
    assert said.code == 1
    assert said.json["acknowledged"] == []
    assert said.err == "statetrace: OUT-1123-XXXX: no such outage is open or recent\n"
    assert not (tmp_path / "nowhere").exists()


def test_doctor_names_a_remedy_for_everything_that_is_not_well(statetrace: Run, home: Path) -> None:
    document = statetrace("doctor", "--home", home, "--json").json
    names = {check["name"] for check in document["checks"]}
    assert {"home", "python", "packages", "disk", "clock", "odbc", "terminal", "config", "engine"} <= names
    assert {"syslog_udp", "syslog_tcp", "trap", "bmp", "icmp", "owners", "probes", "control probes", "gateway"} <= names
    assert all(bool(check["remedy"]) == (check["mark"] != "ok") for check in document["checks"])
    marks = {check["name"]: check["mark"] for check in document["checks"]}
    assert (marks["owners"], marks["probes"], marks["control probes"]) == ("ok", "warn", "warn")


def test_doctor_tells_of_secrets_that_are_missing_and_devices_that_cannot_be_asked(
    statetrace: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    profiles = '[snmp.core]\nversion = "2c"\ncommunity = "env:ST_HERE"\n[snmp.edge]\nuser = "u"\nauth = "env:ST_GONE"\n'
    devices = '[[device]]\nhostname = "A"\naddresses = ["10.0.0.1"]\nsnmp = "core"\n'
    devices += '[[device]]\nhostname = "B"\nsnmp = "edge"\n'
    (tmp_path / "config" / "statetrace.toml").write_text(profiles, encoding="utf-8")
    (tmp_path / "config" / "inventory.toml").write_text(devices, encoding="utf-8")
    monkeypatch.setenv("ST_HERE", "s3cret")
    said = statetrace("doctor", "--home", tmp_path, "--json")
    found = {check["name"]: check for check in said.json["checks"]}
    assert found["snmp core"]["mark"] == "ok"
    assert (found["snmp edge"]["mark"], found["snmp addresses"]["mark"]) == ("warn", "warn")
    assert "env:ST_GONE" in found["snmp edge"]["found"]
    assert "B" in found["snmp addresses"]["found"]
    assert found["trap secrets"]["mark"] == "warn"
    assert "of any community, v3 of 1 user; snmp.edge: no secret at env:ST_GONE" in found["trap secrets"]["found"]
    assert "s3cret" not in said.out


def test_doctor_names_addresses_of_several_devices(statetrace: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    devices = "".join(f'[[device]]\nhostname = "{host}"\naddresses = ["10.0.0.1"]\n' for host in ("A-1", "B-1"))
    route = '[[device.route]]\nprefix = "0.0.0.0/0"\n'
    (tmp_path / "config" / "inventory.toml").write_text(devices + route, encoding="utf-8")
    said = statetrace("doctor", "--home", tmp_path, "--json")
    found = {check["name"]: check for check in said.json["checks"]}
    assert found["addresses"]["mark"] == "warn"
    assert "10.0.0.1 (A-1, B-1)" in found["addresses"]["found"]


def test_doctor_fails_on_a_broken_configuration_and_lists_it(statetrace: Run, home: Path) -> None:
    (home / "config" / "inventory.toml").write_text("[[devcie]]\n[[deivce]]\n", encoding="utf-8")
    said = statetrace("doctor", "--home", home)
    assert said.code == 1
    assert said.out.count("fail  config") == 2


def test_doctor_live_is_1_without_an_engine(statetrace: Run, home: Path) -> None:
    said = statetrace("doctor", "--live", "--home", home)
    assert said.code == 1
    assert "no engine runs on this home" in said.out


def test_the_console_without_a_terminal_says_what_to_use(statetrace: Run, home: Path) -> None:
    said = statetrace("--home", home)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("statetrace: the console needs a terminal")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("query", ["outages", "routes", "cards", "report monitors", "audit show", "ack OUT-1"])
def test_data_that_is_gone_from_a_home_that_has_run_is_no_all_clear(statetrace: Run, home: Path, query: str) -> None:
    (home / "logs").mkdir()
    (home / "logs" / "engine.log").write_text("it ran", encoding="utf-8")
    for make in (lambda: None, (home / "data").mkdir):
        make()
        said = statetrace(*query.split(), "--home", home, "--json")
        assert (said.code, said.json["exit"], said.err.count("\n")) == (3, 3, 1)
        assert said.json["error"].startswith(f"{home / 'data'} is gone")
    found = {check["name"]: check["mark"] for check in statetrace("doctor", "--home", home, "--json").json["checks"]}
    assert found["data folder"] == "fail"


@pytest.mark.parametrize("query", ["outages", "cards"])
def test_that_nobody_watches_is_no_all_clear(statetrace: Run, home: Path, query: str) -> None:
    said = statetrace(query, "--home", home)
    assert "nobody watches" in said.err
    assert "open" not in said.err


def test_a_script_that_asks_for_an_open_outage_is_not_told_none_of_a_home_that_is_not_there(
    statetrace: Run, tmp_path: Path
) -> None:
    said = statetrace("outages", "--fail-if-open", "--home", tmp_path / "typo", "--json")
    assert (said.code, said.json["exit"]) == (3, 3)

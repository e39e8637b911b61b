"""A command that fails: one line for people, and with --json one object on standard output, whichever command it is."""

from __future__ import annotations

import argparse
import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.errors import ConfigError, NotKnown, StateTraceError, StoreError
from statetrace_tui.commands import arguments

Run = Callable[..., Any]
TYPED = {
    "anomalies": ["anomalies", "list"], "ack": ["ack", "OUT-1"], "audit": ["audit", "show"],
    "config": ["config", "show"], "diff": ["diff", "A-1"], "drill": ["drill", "--break", "x", "--heal", "y"],
    "explain": ["explain", "OUT-1"], "export": ["export", "route-records"], "import": ["import", "x.json"],
    "ingest": ["ingest", "x"], "inventory": ["inventory", "draft"], "parse": ["parse", "x"],
    "redact": ["redact", "x"], "report": ["report", "monitors"], "runbook": ["runbook", "list"],
}  # fmt: skip
FAILURES = [
    (StoreError("the store is busy; stop the other engine"), 3, "the store is busy; stop the other engine"),
    (NotKnown("no such outage"), 1, "no such outage"),
    (ConfigError(("a.toml:1: b: no", "a.toml:2: c: no")), 2, "a.toml:1: b: no\na.toml:2: c: no"),
    (
        OSError(errno.EACCES, "Permission denied", "data"),
        3,
        "data: Permission denied; do it as the user whose it is, or give yours the right",
    ),
]


class Failing:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def run(self, _: argparse.Namespace) -> int:
        raise self._error


@pytest.mark.parametrize("name", arguments.COMMANDS)
@pytest.mark.parametrize(("error", "code", "words"), FAILURES, ids=lambda value: type(value).__name__)
def test_every_command_fails_with_one_object_when_json_is_asked_for(
    statetrace: Run, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception, code: int, words: str
) -> None:
    monkeypatch.setattr(arguments, "command", lambda _: Failing(error))
    said = statetrace(*TYPED.get(name, [name]), "--json")
    assert (said.code, said.err) == (code, f"statetrace: {words}\n")
    assert said.json == {"error": words, "exit": code}
    assert said.out.count("\n") == 1
    plain = statetrace(*TYPED.get(name, [name]))
    assert (plain.code, plain.out, plain.err) == (code, "", said.err)


WRONG = [
    ["outgaes"], ["ack"], ["engine", "--seconds", "-1"], ["outages", "--hmoe", "x"], ["runbook"],
    ["anomalies", "feedback", "CARD-1", "maybe"], ["diff"], ["--screen", "nowhere"],
]  # fmt: skip


@pytest.mark.parametrize("typed", WRONG, ids=" ".join)
@pytest.mark.parametrize("form", ["--json", "--js"])
def test_wrong_usage_is_one_object_too_when_json_is_asked_for(statetrace: Run, typed: list[str], form: str) -> None:
    plain = statetrace(*typed)
    assert (plain.code, plain.out) == (2, "")
    for said in (statetrace(*typed, form), statetrace(form, *typed)):
        assert (said.code, said.json["exit"], said.out.count("\n")) == (2, 2, 1)
        assert set(said.json) == {"error", "exit"}
        assert f"error: {said.json['error']}\n" in said.err
        assert said.err.startswith("usage: ")


NAMES_NOTHING = [
    ["anomalies", "test", "NoSuchRule", "x.log"], ["anomalies", "snooze", "NoSuchRule", "R1", "--for", "2h"],
    ["anomalies", "snooze", "CpuHigh", "R1", "--for", "soon"], ["anomalies", "wake", "NoSuchRule", "R1"],
    ["runbook", "show", "no-such-runbook"], ["runbook", "show"], ["parse", "--vendor", "nobody", "x.txt"],
    ["diff", "R1", "--since", "soon"], ["diff", "R1", "--from", "latest", "--since", "2h"],
    ["redact", "--pseudonyms", "-"],
]  # fmt: skip
"""What is typed as it must be and means nothing: no rule, span, runbook, vendor or time."""


@pytest.mark.parametrize("typed", NAMES_NOTHING, ids=" ".join)
def test_what_is_typed_and_means_nothing_is_wrong_usage_for_every_command(
    statetrace: Run, tmp_path: Path, typed: list[str]
) -> None:
    said = statetrace(*typed, "--home", tmp_path / "nowhere", "--json")
    assert (said.code, said.json["exit"]) == (2, 2), said.err
    assert said.err.startswith("statetrace: ")


def test_a_run_is_named_by_an_id_a_place_or_a_time(statetrace: Run, home: Path, tmp_path: Path) -> None:
    capture = tmp_path / "R1_show_clock.txt"
    capture.write_text("R1#show clock\n*12:00:00.000 UTC Mon Nov 23 2026\n", encoding="utf-8")
    assert statetrace("ingest", capture, "--home", home).code == 0
    assert statetrace("diff", "R1", "--from", "whenever", "--home", home).code == 2
    assert statetrace("diff", "R1", "--from", "99", "--home", home).code == 3


def test_json_behind_two_dashes_is_a_name(statetrace: Run) -> None:
    assert statetrace("parse", "--vendor", "--", "--json").out == ""


def test_what_fails_keeps_no_escape_of_a_terminal(statetrace: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arguments, "command", lambda _: Failing(StateTraceError("\u6771\x1b[2J")))
    assert json.loads(statetrace("routes", "--json").out)["exit"] == 3
    assert statetrace("routes", "--json").out.isascii()


def test_an_outage_that_nobody_knows_is_told_to_scripts_too(statetrace: Run, home: Path) -> None:
    said = statetrace("explain", "OUT-1", "--home", home, "--json")
    assert (said.code, said.json["exit"]) == (1, 1)
    assert said.err == f"statetrace: {said.json['error']}\n"


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["lines", "json"])
def test_a_home_that_is_named_and_not_there_is_no_right_configuration(
    statetrace: Run, tmp_path: Path, form: tuple[str, ...]
) -> None:
    said = statetrace("config", "check", "--home", tmp_path / "typo", *form)
    assert said.code == 2
    assert f"no home at {tmp_path / 'typo'}" in (said.out if form else said.err)
    assert not form or (said.json["ok"], len(said.json["problems"])) == (False, 1)


def test_a_mistake_that_stops_no_engine_is_a_problem_of_the_configuration(statetrace: Run, home: Path) -> None:
    (home / "config" / "runbooks").mkdir(parents=True)
    (home / "config" / "runbooks" / "ours.md").write_text("# Ours\n## Steps\n### Look\n- expect: it\n", "utf-8")
    said = statetrace("config", "check", "--home", home, "--json")
    assert (said.code, said.json["ok"]) == (2, False)
    assert any("ours.md:3" in problem for problem in said.json["problems"])
    checks = statetrace("doctor", "--home", home, "--json").json["checks"]
    assert [each["mark"] for each in checks if "ours.md:3" in each["found"]] == ["warn"]


def test_a_home_that_will_be_made_is_right_as_it_is_shipped(
    statetrace: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATETRACE_HOME", str(tmp_path / "not yet"))
    said = statetrace("config", "check")
    assert said.code == 0
    assert "it does not exist yet" in said.out

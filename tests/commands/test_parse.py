"""`statetrace parse` as a user and a script meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import ROOT, Said

SESSION = b"""R1#sh ip ro
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP

C        10.1.1.0/30 is directly connected, GigabitEthernet0/1
what is this
R1#
"""
Run = Callable[..., Said]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "r1.log"
    path.write_bytes(SESSION)
    return path


def documents(said: Said) -> list[Any]:
    return [json.loads(line) for line in said.out.splitlines()]


def test_json_is_one_document_a_file_and_line(statetrace: Run, log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_bytes(b"")
    said = statetrace("parse", "--json", log, other, log)
    assert said.code == 0
    assert [each["path"] for each in documents(said)] == [str(log), str(other), str(log)]
    section = documents(said)[0]["sections"][0]
    assert {key: section[key] for key in ("hostname", "vendor", "command", "kind", "truncated", "start", "end")} == {
        "hostname": "R1",
        "vendor": "cisco_ios",
        "command": "show ip route",
        "kind": "routes",
        "truncated": False,
        "start": 0,
        "end": len(SESSION) - len("R1#\n"),
    }
    assert section["records"][0]["prefix"] == "10.1.1.0/30"
    assert section["records"][0]["next_hop"] is None
    assert section["unparsed"] == [{"line": 5, "text": "what is this"}]


def test_without_json_a_person_can_read_it(statetrace: Run, log: Path) -> None:
    said = statetrace("parse", log)
    assert "show ip route" in said.out
    assert "line 5: what is this" in said.out


@pytest.mark.parametrize("command", ["parse", "ingest"])
def test_a_vendor_that_nobody_knows_is_wrong_usage(statetrace: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "x.log").write_text("R1#show ip route\nR1#\n", encoding="utf-8")
    said = statetrace(command, "--vendor", "cisco_iso", tmp_path / "x.log", "--home", tmp_path / "home")

    assert said.code == 2
    assert "--vendor cisco_iso: no such vendor" in said.err
    assert "cisco_ios" in said.err
    assert not (tmp_path / "home").exists()


def test_vendor_and_command_may_be_told(statetrace: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(SESSION.split(b"\n", 1)[1].rpartition(b"R1#")[0])
    said = statetrace("parse", "--json", "--vendor", "cisco_ios", "--command", "show ip route", path)
    assert [len(each["records"]) for each in documents(said)[0]["sections"]] == [1]


def test_a_file_that_is_not_there_is_named_and_the_others_are_read(statetrace: Run, log: Path, tmp_path: Path) -> None:
    said = statetrace("parse", "--json", tmp_path / "no.log", log)
    assert said.code == 3
    assert "no.log: there is no such file" in said.err
    assert len(documents(said)) == 1


def test_no_secret_and_no_escape_reaches_the_output(statetrace: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes("R1#sh run\nenable secret pUbL1cK3y\nx \x1b]0;evil\x07\u202e\x9b31m Zürich\nR1#\n".encode())
    for options in ((), ("--json",)):
        said = statetrace("parse", *options, path)
        assert "pUbL1cK3y" not in said.out + said.err
        assert said.out.isascii() or not options
        assert not {"\x1b", "\u202e", "\x9b"} & set(said.out)


def test_nothing_is_written(statetrace: Run, log: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    statetrace("parse", "--json", "--home", tmp_path / "home", log)
    assert sorted(tmp_path.rglob("*")) == before


def imported(log: Path, *options: str) -> list[str]:
    """The modules of a run."""
    code = (
        "import sys; from statetrace_tui.__main__ import main; main(['parse', '--json', *sys.argv[1:]]);"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *options, str(log)],
        cwd=log.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()[-1].split()


def test_a_run_that_needs_no_template_starts_lean(log: Path) -> None:
    heavy = {"textual", "rich", "textfsm", "ntc_templates", "sqlalchemy", "asyncio"}
    assert not heavy & set(imported(log))


def test_a_vendor_that_is_told_needs_no_other(log: Path) -> None:
    package = "statetrace_engine.parsing.shows."
    others = {name for name in imported(log, "--vendor", "cisco_ios") if name.startswith(package)}
    assert {name.removeprefix(package).partition(".")[0] for name in others} == {"cisco_ios"}


def test_stdin_and_templates_through_a_real_process(tmp_path: Path) -> None:
    raw = b"R1#show clock\n*10:00:00.000 UTC Mon Nov 23 2026\nR1#\n"
    done = subprocess.run(
        [sys.executable, "-m", "statetrace_tui", "parse", "--json", "--vendor", "cisco_ios", "-"],
        input=raw,
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    document = json.loads(done.stdout)
    assert document["path"] == "-"
    assert document["sections"][0]["kind"] == "table"
    assert document["sections"][0]["records"][0]["time"] == "10:00:00.000"

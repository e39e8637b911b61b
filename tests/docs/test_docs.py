"""The documents name everything that the program has, and the commands that they promise are the real ones."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import evidence
from statetrace_engine import config
from statetrace_engine.config import Settings, inventory_file, probe_tables
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.signal import Source
from statetrace_engine.runbooks.markdown import PLACEHOLDERS
from statetrace_tui.commands import arguments
from tests.docs import keys_page
from tests.docs.keys_page import SCREENS

ROOT = Path(__file__).parents[2]
_TABLES = {"": "inventory.toml", "path": "Paths", "site": "[site.NAME]"}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    match = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert match, f"no heading {heading!r}"
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _parsers(below)


@pytest.mark.parametrize("name", arguments.COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert _section(_read("docs/commands.md"), name).strip()


def test_every_option_is_documented() -> None:
    documented = _read("docs/commands.md")
    options = {
        text
        for parser in _parsers(arguments.parser())
        for action in parser._actions
        for text in action.option_strings
        if text.startswith("--") and text != "--help"
    }
    assert len(options) > 12
    assert [option for option in sorted(options) if option not in documented] == []


@pytest.mark.parametrize("name", ["outages", "routes"])
def test_every_json_field_is_documented(name: str) -> None:
    source = _read("statetrace_tui/commands/json_form.py")
    body = source.partition(f"def {name[:-1]}(")[2].partition("\n\n\n")[0]
    fields = re.findall(r'^ {8}"(\w+)":', body, re.MULTILINE)
    section = _section(_read("docs/commands.md"), name)
    assert len(fields) > 15
    assert [field for field in fields if f"| `{field}` |" not in section] == []


def test_every_setting_is_documented_with_its_default() -> None:
    documented = _read("docs/configuration.md")
    for section, name, default in config.in_force(Settings()):
        rows = _section(documented, f"[{section}]")
        row = re.search(rf"^\| `{name}` \| (.*?) \|", rows, re.MULTILINE)
        assert row, f"[{section}] {name}"
        assert row[1] == "not set" if default is None else _value(row[1].strip("`")) == default


def _value(text: str) -> object:
    import tomllib

    value = tomllib.loads(f"value = {text}")["value"]
    return tuple(value) if isinstance(value, list) else value


def test_every_key_of_the_inventory_is_documented() -> None:
    documented = _read("docs/configuration.md")
    for table, keys in {**inventory_file.KEYS, "device.probe": probe_tables.KEYS}.items():
        rows = _section(documented, _TABLES.get(table, f"[[{table}]]"))
        missing = [key for key in keys if f"`{key}`" not in rows and f"[{key}" not in rows]
        assert missing == [], table


def test_every_cause_and_placeholder_is_documented() -> None:
    documented = _section(_read("docs/configuration.md"), "runbooks/*.md")
    assert all(f"`{cause}`" in documented for cause in CauseKind)
    assert all(f"`{{{name}}}`" in documented for name in PLACEHOLDERS)


def test_every_source_is_documented() -> None:
    documented = _read("docs/commands.md")
    assert [source for source in Source if f"`{source}`" not in documented] == []


def test_every_key_of_every_screen_is_documented() -> None:
    assert _read("docs/keys.md") == keys_page.text(), "python -m tests.docs.keys_page"


def test_every_screen_is_documented() -> None:
    modules = {path.stem for path in (ROOT / "statetrace_tui" / "screens").glob("*.py")} - {"__init__"}
    assert modules == set(SCREENS)
    documented = _read("docs/commands.md")
    assert [place for place in SCREENS if place.capitalize() not in documented] == []


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    # The picture is made from the program: `make pictures`.
    assert [link for link in missing if not link.startswith("docs/pictures/")] == []


def test_every_promise_has_a_command_that_can_be_rerun() -> None:
    page = _read("docs/evidence.md")
    rows = [line for line in page.partition("## Not yet")[0].splitlines() if line.startswith("| ")][1:]
    promises = evidence.promises(page)
    assert len(promises) == len(rows) > 8
    for promise in promises:
        for module in re.findall(r"-m (benchmarks\.\w+)", promise.command):
            assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
        for path in re.findall(r"tests/[\w./]+", promise.command):
            assert (ROOT / path).exists(), path


def test_ci_runs_the_readmes_test_command_as_it_is_written() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install '.[test]' && .venv/bin/pytest"
    assert f"\n{command}\n" in _read("README.md")
    assert re.search(rf"^\s*{re.escape(command)}$", _read(".ci/run"), re.MULTILINE)


def test_make_check_runs_the_checks_of_ci() -> None:
    checks = ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest")
    for name in ("Makefile", ".ci/run"):
        assert [check for check in checks if check not in _read(name)] == []


def test_the_service_unit_uses_commands_that_exist() -> None:
    unit = _read("docs/statetrace.service")
    starts = re.findall(r"^Exec\w+=\S+/statetrace (.+)$", unit, re.MULTILINE)
    assert len(starts) == 2
    for words in starts:
        arguments.parser().parse_args(words.split())

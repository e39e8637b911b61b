"""The public corpus beside the checkout (skipped where it is absent): against itself, and re-aged, nothing changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest

from statetrace_engine.diff import runs, showings
from statetrace_engine.diff.compare import Table
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Fallen
from statetrace_engine.workers import templates
from tests.engine.diff.reaging import reaged

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "ntc"
FILES = sorted(CORPUS.glob("*/*/*.raw"))
pytestmark = pytest.mark.skipif(not FILES, reason="no corpus here")


def template(vendor: str, command: str, text: str) -> Fallen:
    """As the fallback's process has it."""
    return templates.parsed(templates.Task(vendor, command, text))


def tables(path: Path, text: str) -> list[Table]:
    command = path.parent.name.replace("_", " ")
    vendor = path.parent.parent.name
    read = capture.read(text.encode(), name=path.name, vendor=vendor, command=command, fallback=template)
    return showings.of_device(read, next(iter(showings.devices(read)), ""))


@cache
def shown(path: Path) -> tuple[str, list[Table]]:
    text = path.read_text("utf-8", errors="replace")
    return text, tables(path, text)


def told(before: list[Table], after: list[Table]) -> list[str]:
    return [f"{each.change_type} {each.name} {each.fields}" for each in runs.diff(before, after).changes]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_real_capture_differs_neither_from_itself_nor_re_aged(path: Path) -> None:
    text, before = shown(path)
    assert not told(before, tables(path, text))
    later = reaged(text, Random(path.name))
    if later != text:
        after = tables(path, later)
        assert [len(table.rows) for table in after] == [len(table.rows) for table in before]
        assert not told(before, after)
        assert not told(after, before)


def test_most_of_the_corpus_is_compared() -> None:
    """Where nothing gave rows, nothing would be shown."""
    assert sum(any(table.rows for table in shown(path)[1]) for path in FILES) > 0.9 * len(FILES)
    assert sum(reaged(shown(path)[0], Random(path.name)) != shown(path)[0] for path in FILES) > 0.3 * len(FILES)

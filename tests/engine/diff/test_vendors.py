"""The laws of a comparison with the rows and the texts of every vendor, for every type of object that it shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.diff import compare, runs, showings
from statetrace_engine.diff.compare import Table
from statetrace_engine.diff.fields import FIELDS
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange
from statetrace_engine.parsing import capture, shows
from statetrace_engine.parsing.shown import Ask

CAPTURES = Path(__file__).parents[2] / "captures"
FILES = sorted(CAPTURES.glob("*/*.txt"))
PROMPTS = {"juniper_junos": "admin@r1> ", "paloalto_panos": "admin@fw1(active)> ", "cisco_xr": "RP/0/RSP0/CPU0:r1#"}
TYPES = [
    (vendor, kind)
    for vendor, table in shows.SHOWS.items()
    for kind in sorted({show.kind for show in table if show.parse is not None} - {Kind.LOG})
]
each_type = pytest.mark.parametrize(("vendor", "kind"), TYPES)
few = settings(max_examples=25, deadline=None)


def command_of(path: Path) -> str:
    return path.name.partition(".")[0].replace("_", " ")


@cache
def pool(vendor: str, kind: Kind) -> tuple[Any, ...]:
    """Every row of that kind that the vendor's captures give."""
    rows: list[Any] = []
    for path in FILES:
        show = shows.find(vendor, command_of(path)) if path.parent.name == vendor else None
        if show is not None and show.parse is not None and show.kind is kind:
            rows += show.parse(path.read_text("utf-8"), Ask(command_of(path), vendor)).rows
    return tuple(rows)


@cache
def drawn(vendor: str, kind: Kind) -> tuple[st.SearchStrategy[list[Any]], st.SearchStrategy[Any], Any]:
    """Some of these rows, one of them, the name of a field that may be another: made once, drawn of often."""
    one = st.sampled_from(pool(vendor, kind))
    names = [name for each in (FIELDS.get(kind),) if each for name in (*each.state, *each.counted, *each.volatile)]
    return st.lists(one, max_size=8), one, st.sampled_from(names or [""])


@st.composite
def showing(draw: st.DrawFn, vendor: str, kind: Kind) -> Table:
    """Some of the vendor's rows, some of them with a value that another row has."""
    known = pool(vendor, kind)
    some, one, names = drawn(vendor, kind)
    rows = draw(some)
    if kind is Kind.CONFIG:
        rows = [type(known[0])(tuple(line for row in known for line in row.lines if draw(st.booleans())))]
    elif rows and draw(st.booleans()):
        name = draw(names)
        rows[0] = msgspec.structs.replace(rows[0], **{name: getattr(draw(one), name)})
    return Table(kind, "show it", rows, is_whole=draw(st.booleans()), is_read=not rows or draw(st.booleans()))


def changes(before: Table, after: Table) -> tuple[DiffChange, ...]:
    return runs.diff([before], [after]).changes


@each_type
@few
@given(data=st.data())
def test_nothing_against_itself_and_a_mirror(vendor: str, kind: Kind, data: st.DataObject) -> None:
    before, after = data.draw(showing(vendor, kind)), data.draw(showing(vendor, kind))
    assert not changes(before, before)
    there = sorted(map(repr, map(compare.mirror, changes(before, after))))
    assert there == sorted(map(repr, changes(after, before)))


@each_type
@few
@given(data=st.data())
def test_what_is_cut_off_shows_no_absence(vendor: str, kind: Kind, data: st.DataObject) -> None:
    before, after = data.draw(showing(vendor, kind)), data.draw(showing(vendor, kind))
    found = {change.change_type for change in changes(before, after)}
    assert after.is_whole or ChangeType.REMOVED not in found
    assert before.is_whole or ChangeType.ADDED not in found


@pytest.mark.parametrize(("vendor", "kind"), [each for each in TYPES if each[1] in FIELDS])
@few
@given(data=st.data())
def test_applied_to_the_older_gives_the_newer_and_ages_are_none(vendor: str, kind: Kind, data: st.DataObject) -> None:
    before, after = (data.draw(showing(vendor, kind))._replace(is_whole=True) for _ in range(2))
    spec = FIELDS[kind]
    become, wanted = compare.apply(compare.objects(before), changes(before, after)), compare.objects(after)
    assert become.keys() == wanted.keys()
    for key, found in become.items():
        kept = [(name, has) for name, has in found.fields if name not in spec.counted]
        assert kept == [(name, has) for name, has in wanted[key].fields if name not in spec.counted]
    aged = [msgspec.structs.replace(row, **dict.fromkeys(spec.volatile, 987_654)) for row in before.rows]
    assert not changes(before, before._replace(rows=aged))


def session(path: Path, text: str, *, is_closed: bool) -> list[Table]:
    """What a device shows where the capture is a session: cut off where no prompt follows."""
    prompt = PROMPTS.get(path.parent.name, "r1#")
    raw = f"{prompt}{command_of(path)}\n{text}" + (f"{prompt}\n" if is_closed else "")
    read = capture.read(raw.encode(), vendor=path.parent.name)
    return showings.of_device(read, next(iter(showings.devices(read)), ""))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_session_that_was_cut_off_lost_nothing(path: Path) -> None:
    text = path.read_text("utf-8").rstrip("\n") + "\n"
    whole = session(path, text, is_closed=True)
    breaks = [at for at, letter in enumerate(text) if letter == "\n"]
    for at in breaks[:: max(1, len(breaks) // 12)]:
        for cut in (at + 1, at - 3):  # between two lines, and within one
            after = session(path, text[: max(cut, 0)], is_closed=False)
            assert not runs.diff(whole, after).changes, f"cut at {cut}"
            assert not runs.diff(after, whole).changes, f"cut at {cut}"

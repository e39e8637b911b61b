"""Nothing changed but what passes: no change is told, for every vendor and every type of object."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.diff import runs, showings
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import Diff
from statetrace_engine.parsing import capture, shows
from tests.engine.diff.reaging import reaged

CAPTURES = Path(__file__).parents[2] / "captures"
FILES = sorted(CAPTURES.glob("*/*.txt"))
PASSING = {Kind.ROUTES, Kind.BGP_NEIGHBORS, Kind.OSPF_NEIGHBORS, Kind.INTERFACES, Kind.SPANNING_TREE, Kind.VERSION}
"""Kinds whose tables show ages or counters …"""
AGELESS = {
    ("arista_eos", Kind.ROUTES), ("arista_eos", Kind.SPANNING_TREE), ("aruba_aoscx", Kind.OSPF_NEIGHBORS),
    ("brocade_fastiron", Kind.SPANNING_TREE), ("cisco_nxos", Kind.SPANNING_TREE), ("frr", Kind.VERSION),
    ("hp_procurve", Kind.BGP_NEIGHBORS), ("hp_procurve", Kind.OSPF_NEIGHBORS), ("hp_procurve", Kind.ROUTES),
    ("juniper_junos", Kind.VERSION), ("paloalto_panos", Kind.INTERFACES),
}  # fmt: skip
"""… but for these, in the forms that are captured here."""


def kind_of(path: Path) -> Kind:
    show = shows.find(path.parent.name, path.name.partition(".")[0].replace("_", " "))
    assert show is not None
    return show.kind


def tables(path: Path, text: str) -> list[Table]:
    """What the file shows of its device, as if that text were in it."""
    command = path.name.partition(".")[0].replace("_", " ")
    read = capture.read(text.encode(), name=path.name, vendor=path.parent.name, command=command)
    return showings.of_device(read, next(iter(showings.devices(read)), ""))


@cache
def shown(path: Path) -> tuple[str, list[Table]]:
    text = path.read_text("utf-8")
    return text, tables(path, text)


def told(diff: Diff) -> list[str]:
    return [f"{each.change_type} {each.name} {each.fields}" for each in diff.changes]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_capture_re_aged_is_unchanged(path: Path, seed: int) -> None:
    text, before = shown(path)
    after = tables(path, reaged(text, Random(seed)))
    assert [len(table.rows) for table in after] == [len(table.rows) for table in before]
    assert not told(runs.diff(before, after))
    assert not told(runs.diff(after, before))


@pytest.mark.parametrize("vendor", sorted(shows.SHOWS))
def test_every_vendor_has_a_capture_of_every_type_of_object(vendor: str) -> None:
    there = {kind_of(path) for path in FILES if path.parent.name == vendor}
    assert {show.kind for show in shows.SHOWS[vendor] if show.parse is not None} <= there


@pytest.mark.parametrize("vendor", sorted(shows.SHOWS))
def test_re_aging_does_age_what_ages(vendor: str) -> None:
    """Else the law would hold of nothing."""
    own = [(kind_of(path), path.read_text("utf-8")) for path in FILES if path.parent.name == vendor]
    aged = {kind for kind, text in own if reaged(text, Random(1)) != text}
    assert {kind for kind, _ in own} & PASSING == aged & PASSING | {kind for name, kind in AGELESS if name == vendor}

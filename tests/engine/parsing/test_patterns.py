from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import statetrace_engine.parsing as parsing
from statetrace_engine.parsing.patterns import late

_MODULES = sorted(found.name for found in pkgutil.walk_packages(parsing.__path__, f"{parsing.__name__}."))


@pytest.mark.parametrize("module", _MODULES)
def test_every_late_pattern_of_a_module_compiles(module: str) -> None:
    late_type = type(late(""))
    for name, value in vars(import_module(module)).items():
        if isinstance(value, late_type):
            assert isinstance(value.flags, int), name


def test_a_late_pattern_answers_as_a_compiled_one() -> None:
    pattern = late(r"(?P<word>[a-z]+)\d", re.IGNORECASE)
    compiled = re.compile(r"(?P<word>[a-z]+)\d", re.IGNORECASE)
    assert [m.span() for m in pattern.finditer("Ab1 c2 3")] == [m.span() for m in compiled.finditer("Ab1 c2 3")]
    assert pattern.groupindex == compiled.groupindex
    assert late(rb"x").search(b"ax") is not None


def test_a_wrong_pattern_raises_where_it_is_first_used() -> None:
    pattern = late("(")
    with pytest.raises(re.error):
        pattern.search("")


def test_no_late_pattern_is_handed_to_re() -> None:
    """`re.sub(pattern, …)` takes compiled patterns only."""
    root = Path(parsing.__path__[0])
    for file in root.rglob("*.py"):
        assert not re.search(
            r"\bre\.(?:sub|match|search|split|findall|finditer|fullmatch)\(_[A-Z]", file.read_text("utf-8")
        ), file

"""The fast reader is `tomllib`, only faster; the locator finds what `tomllib` read."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statetrace_engine.config.toml_lines import locate
from statetrace_engine.config.toml_text import TomlError, loads

_KEYS = st.sampled_from(["a", "b", "c", "a.b", "b.c", '"q d"', "'x.y'", "a . b", '"e\\"f".g'])
_VALUES = st.sampled_from(
    [
        '"x"',
        '"x" # no',
        '"a#b"',
        "'raw'",
        '"e\\n"',
        "1",
        "-2.5",
        "true",
        "[1, 2]",
        "[\n1,\n# c\n2]",
        "{ a = 1, b = [2] }",
        "[ { a = 1 } ]",
        '"""x\n[a]\nb = 1"""',
        "'''\n[[a]]'''",
        "2026-12-01T22:00:00Z",
        "1 2",
        "[",
        '"',
        "",
        "nan",
    ]
)
_LINES = st.one_of(
    st.builds("{} = {}".format, _KEYS, _VALUES),
    st.builds("[{}]".format, _KEYS),
    st.builds("[[{}]]".format, _KEYS),
    st.sampled_from(["", "# comment", "   ", "\t# c", "[a]]", "[[a]", "[a] # c", "junk", "\r", "a = 1\r", "\x0b"]),
)


def _by_tomllib(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return "error"


def _by_us(text: str) -> object:
    try:
        return loads(text)
    except TomlError:
        return "error"


@given(st.lists(_LINES, max_size=12).map("\n".join))
@example("a = {b = 1}\n[a.c]\nd = 1")
@example("[a.b]\nc = 1\n[a]\nd = 1")
@example("[[a]]\n[a.b]\n[[a]]\n[a.b]\nc = 1")
@example("a = [{b = 1}]\n[[a]]\nb = 2")
@example("a = [\n[1],\n[2]]\nb = 1")
def test_it_reads_what_tomllib_reads_and_refuses_what_tomllib_refuses(text: str) -> None:
    assert repr(_by_us(text)) == repr(_by_tomllib(text))


@given(st.text(max_size=60))
def test_any_text_is_a_document_or_an_error_with_a_line(text: str) -> None:
    line = 1
    try:
        loads(text)
    except TomlError as error:
        line = error.line
    assert line >= 1


def _keys(value: Any, key: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [key, *(found for name, inner in parts for found in _keys(inner, (*key, name)))]


@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_the_line_of_every_key_of_a_valid_document_is_one_that_spells_it(text: str) -> None:
    if (document := _by_tomllib(text)) == "error":
        return
    lines = text.replace("\r\n", "\n").split("\n")
    for key, line in locate(text, _keys(document)).items():
        names = [name for name in key if isinstance(name, str)]
        assert 1 <= line <= len(lines)
        assert not names or isinstance(key[-1], int) or str(names[-1]).replace('"', '\\"') in lines[line - 1]


def test_lines_are_found_in_tables_arrays_and_inline_tables() -> None:
    text = '[[d]]\nh = "x"\n[[d.r]]\np = 1\n[[d.r]]\nq = [\n  { n = 1 },\n  { n = 2, m = 3 },\n]\n[s."a.b"]\nc.d = 1\n'
    wanted = {
        ("d", 0, "h"): 2,
        ("d", 0, "r", 1): 5,
        ("d", 0, "r", 1, "q", 1, "m"): 8,
        ("s", "a.b", "c", "d"): 11,
        ("d", 0, "r", 0, "absent"): 3,
    }
    assert locate(text, wanted) == wanted


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = \n", 2), ("a = 1\na = 2", 2), ('a = 1\n\nb = """', 3)])
def test_a_syntax_error_names_its_line(text: str, line: int) -> None:
    with pytest.raises(TomlError) as caught:
        loads(text)
    assert caught.value.line == line


def test_a_document_nested_beyond_reason_is_an_error() -> None:
    with pytest.raises(TomlError):
        loads("a = " + "[" * 100_000)

"""Pure. Which line of a JSON document holds a value, and which keys stand twice: decoders tell a path at best
(`$.find.then[1].pattern`), and take the last of two."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
Path = tuple[str | int, ...]
_DEEPEST = 32
"""No file of ours goes deeper; the ways to a hundred thousand brackets would be more than any memory holds."""


class Twice(NamedTuple):
    key: str
    line: int
    """Of the second, from 1."""
    first: int


def locate(text: str, path: str) -> int:
    """The line, from 1, of a value, or of the nearest thing around it where it is absent."""
    wanted: Path = tuple(name or int(number) for name, number in _PATH.findall(path))
    lines: dict[Path, int] = {}
    for way, line, _ in _walked(text):
        lines.setdefault(way, line)
    while wanted and wanted not in lines:
        wanted = wanted[:-1]
    return lines.get(wanted, 1)


def repeated(text: str) -> list[Twice]:
    """Keys that their object has already."""
    return [Twice(str(way[-1]), line, first) for way, line, first in _walked(text) if first]


def _walked(text: str) -> Iterator[tuple[Path, int, int]]:
    """Every key and every value of a document, as far as it is one, with its line; and where its object has the key
    already, the line of that, else 0."""
    here: list[str | int] = []
    """The way to the value that comes next; its last part is the key or the position in what is open."""
    opened: list[dict[str, int] | None] = []
    """What is open: an object's keys so far, or None of an array."""
    is_key, line, counted = False, 1, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if word in "{[":
            if len(opened) == _DEEPEST:
                break
            yield tuple(here), line, 0
            opened.append({} if word == "{" else None)
            here.append("" if word == "{" else 0)
            is_key = word == "{"
        elif word in "}]":
            if opened:
                opened.pop()
                here.pop()
            is_key = False
        elif word == ",":
            is_key = bool(opened) and opened[-1] is not None
            if here and isinstance(here[-1], int):
                here[-1] += 1
        elif word == ":":
            is_key = False
        elif is_key and here and (keys := opened[-1]) is not None:
            here[-1] = key = _spelled(word)
            first = keys.get(key, 0)
            keys.setdefault(key, line)
            is_key = False
            yield tuple(here), line, first
        else:
            yield tuple(here), line, 0


def _spelled(word: str) -> str:
    """As the decoder reads it: `"at_lea\\u0073t"` is `at_least`."""
    try:
        return str(json.loads(word, strict=False))
    except ValueError:
        return word.strip('"')

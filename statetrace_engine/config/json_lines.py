"""Which line of a JSON document holds a value: decoders tell a path at best (`$.find.then[1].pattern`)."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
Path = tuple[str | int, ...]
_DEEPEST = 32
"""No file of ours goes deeper; the ways to a hundred thousand brackets would be more than any memory holds."""


def locate(text: str, path: str) -> int:
    """The line, from 1, of a value, or of the nearest thing around it where it is absent."""
    wanted: Path = tuple(name or int(number) for name, number in _PATH.findall(path))
    lines = _lines(text)
    while wanted and wanted not in lines:
        wanted = wanted[:-1]
    return lines.get(wanted, 1)


def _lines(text: str) -> dict[Path, int]:
    """Of every value in a document, as far as it is one."""
    lines: dict[Path, int] = {}
    here: list[str | int] = []
    """The way to the value that comes next; its last part is the key or the position in what is open."""
    opened: list[str] = []
    is_key, line, counted = False, 1, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if word in "{[":
            if len(opened) == _DEEPEST:
                break
            lines.setdefault(tuple(here), line)
            opened.append(word)
            here.append(0 if word == "[" else "")
            is_key = word == "{"
        elif word in "}]":
            if opened:
                opened.pop()
                here.pop()
            is_key = False
        elif word == ",":
            is_key = bool(opened) and opened[-1] == "{"
            if here and isinstance(here[-1], int):
                here[-1] += 1
        elif word == ":":
            is_key = False
        elif is_key and here:
            here[-1] = word.strip('"')
            lines.setdefault(tuple(here), line)
        else:
            lines.setdefault(tuple(here), line)
    return lines

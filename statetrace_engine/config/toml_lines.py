"""Which line of a TOML document holds a key: `tomllib` tells only for syntax errors.

`locate(text, keys)` walks a document that `tomllib` has accepted, so it only has to skip values, not to judge them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

Key = tuple[str | int, ...]
"""`("device", 3, "route", 0, "class")`: names and positions in arrays of tables."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''(?:.)*?'{3,5}|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_PLAIN_LINES = re.compile(
    r"""(?:[ \t]*[A-Za-z0-9_-]+[ \t]*=[ \t]*
        (?:"[^"\\\n]*"(?!")|[A-Za-z0-9.:+-]+|[{](?:[^"'{}\[\]\#\n]|"[^"\\\n]*")*+[}]|\[(?:[^"'\[\]\#\n]|"[^"\\\n]*")*+\])
        [ \t\r]*\n)*+""",
    re.VERBOSE,
)
"""Whole lines of one pair each, which need no closer look: most of an inventory."""
_SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str, keys: Iterable[Key]) -> dict[Key, int]:
    """The line, from 1, of each key in a valid document; of the nearest table above it where it is absent."""
    keys = list(keys)
    wanted = {key[:depth] for key in keys for depth in range(len(key) + 1)}
    walker = _Walker(text, wanted)
    walker.document()
    return {key: _nearest(walker.lines, key) for key in keys}


def _nearest(lines: dict[Key, int], key: Key) -> int:
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


class _Walker:
    def __init__(self, text: str, wanted: set[Key]) -> None:
        self.text = text
        self.wanted = wanted
        self.at = 0
        self.lines: dict[Key, int] = {}
        self._starts = [match.end() for match in re.finditer("\n", text)]
        self._counts: dict[Key, int] = {}
        """Arrays of tables: how many elements so far."""

    def document(self) -> None:
        table: Key = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                start = self.at
                table = self._header()
                for depth in range(1, len(table) + 1):
                    self._found(table[:depth], start)
            elif table in self.wanted or not self._skip_plain_lines():
                self._pair(table)

    def _header(self) -> Key:
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        names = self._names()
        self.at += 2 if is_array else 1
        key = self._resolve(names[:-1])
        last: Key = (*key, names[-1])
        if is_array:
            self._found(last, start)
            position = self._counts.get(last, 0)
            self._counts[last] = position + 1
            return (*last, position)
        return self._resolve(names)

    def _resolve(self, names: list[str]) -> Key:
        """Names → key: an array of tables on the way means its newest element."""
        key: Key = ()
        for name in names:
            key = (*key, name)
            if key in self._counts:
                key = (*key, self._counts[key] - 1)
        return key

    def _pair(self, table: Key) -> None:
        start = self.at
        key: Key = (*table, *self._names())
        for depth in range(len(table) + 1, len(key) + 1):
            self._found(key[:depth], start)
        self._skip(_SPACE)
        self.at += 1  # =
        self._skip(_SPACE)
        self._value(key)

    def _names(self) -> list[str]:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            names.append(self._name())
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _name(self) -> str:
        quoted = _STRING.match(self.text, self.at)
        if quoted:
            self.at = quoted.end()
            return _unquote(quoted[0])
        bare = _BARE.match(self.text, self.at)
        if not bare:
            raise ValueError(f"no key at {self.at}")
        self.at = bare.end()
        return bare[0]

    def _value(self, key: Key) -> None:
        first = self.text[self.at]
        if first == "[":
            self._array(key)
        elif first == "{":
            self._inline(key)
        else:
            match = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1

    def _array(self, key: Key) -> None:
        self.at += 1
        position = 0
        while self._peek() != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._found((*key, position), self.at)
            self._value((*key, position))
            position += 1
        self.at += 1

    def _inline(self, key: Key) -> None:
        self.at += 1
        while self._peek() != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(key)
        self.at += 1

    def _skip_plain_lines(self) -> bool:
        start = self.at
        return self._skip(_PLAIN_LINES) > start

    def _peek(self) -> str:
        self._skip(_BLANK)
        return self.text[self.at]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _found(self, key: Key, at: int) -> None:
        if key in self.wanted:
            self.lines.setdefault(key, bisect_right(self._starts, at) + 1)


def _unquote(quoted: str) -> str:
    if quoted.startswith("'") or "\\" not in quoted:
        return quoted.strip(quoted[0])
    import tomllib

    return str(tomllib.loads(f"k = {quoted}")["k"])

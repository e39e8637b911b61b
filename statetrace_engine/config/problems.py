"""Everything that is wrong with one configuration file, collected in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any  # what tomllib returns

from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.toml_lines import Key, locate
from statetrace_engine.config.toml_text import TomlError, loads

_WORDS = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


class Problems:
    """Collects while a file is read; finds the lines only when there is something to say."""

    def __init__(self, file: ConfigFile) -> None:
        self.file = file
        self._found: list[tuple[Key, str]] = []
        self._minor: set[int] = set()
        """Of those found, by their place: without which the file can be used all the same."""
        self._syntax = [file.problem] if file.problem else []

    def __len__(self) -> int:
        return len(self._found) + len(self._syntax)

    def document(self) -> dict[str, Any]:
        """The file's tables; empty when it is no TOML, which is then the one problem."""
        try:
            return loads(self.file.text)
        except TomlError as error:
            self._syntax.append(f"{self.file.label}:{error.line}: syntax: {error.what}")
            return {}

    def add(self, key: Key, what: str, wrong: object = "", valid: Iterable[str] = ()) -> None:
        """Notes one; the nearest of `valid` to `wrong` is offered."""
        self._found.append((key, what + nearest(str(wrong), valid)))

    def add_minor(self, key: Key, what: str, wrong: object, valid: Iterable[str]) -> None:
        """One with which the file can be used all the same."""
        self._minor.add(len(self._found))
        self.add(key, what, wrong, valid)

    def lines(self) -> list[str]:
        """One line each, `file:line: key: what; did you mean 'x'?`, in the order of the file."""
        return [*self._syntax, *self._told(self._found)]

    def minor(self) -> list[str]:
        """Those of these lines that keep nobody from using the file."""
        return self._told([self._found[place] for place in sorted(self._minor)])

    def _told(self, found: list[tuple[Key, str]]) -> list[str]:
        if not found:
            return []
        numbers = locate(self.file.text, (key for key, _ in found))
        ordered = sorted(((numbers[key], _spoken(key), what) for key, what in found), key=lambda item: item[0])
        return [f"{self.file.label}:{line}: {key}: {what}" for line, key, what in ordered]


class Table:
    """One table being read: each getter answers the value or the default, and notes what is wrong with it."""

    __slots__ = ("key", "problems", "values")

    def __init__(self, values: dict[str, Any], key: Key, problems: Problems) -> None:
        self.values = values
        self.key = key
        self.problems = problems

    def bad(self, name: str, what: str, wrong: object = "", valid: Iterable[str] = ()) -> None:
        self.problems.add((*self.key, name) if name else self.key, what, wrong, valid)

    def only(self, names: frozenset[str]) -> None:
        """Every other key is a problem."""
        for name in self.values.keys() - names:
            self.bad(name, "unknown key", name, names)

    def get(self, name: str, kind: type, default: Any) -> Any:
        value = self.values.get(name, default)
        if type(value) is kind or name not in self.values:
            return value
        if kind is float and type(value) is int:
            return float(value)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        self.bad(name, f"expected {_WORDS[kind]}, got {described(value)}")
        return default

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:  # TOML has no null
            return default
        return value.strip() if type(value) is str else str(self.get(name, str, default))

    def integer(self, name: str, default: int | None, low: int, high: int) -> int | None:
        if name not in self.values:
            return default
        value = self.get(name, int, default)
        if value is not None and not low <= value <= high:
            self.bad(name, f"{value} is outside {low} to {high}")
            return default
        return None if value is None else int(value)

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text for a list of one."""
        value = self.values.get(name, ())
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.bad(name, f"expected a list of texts, got {described(value)}")
        return ()

    def choice(self, name: str, valid: Iterable[str], default: str) -> str:
        value = self.text(name, default)
        names = list(valid)
        if value in names or name not in self.values:
            return value
        self.bad(name, f"{value!r} is none of {', '.join(names)}", value, names)
        return default

    def table(self, name: str) -> Table:
        """The table of that name; an empty one when there is none."""
        return Table(self.get(name, dict, {}), (*self.key, name), self.problems)

    def tables(self, name: str) -> list[Table]:
        """The tables of a list; one table counts as a list of one."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return [Table(value, (*self.key, name), self.problems)]
        if not isinstance(value, list | tuple):
            self.bad(name, f"expected a list of tables, got {described(value)}")
            return []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, dict):
                found.append(Table(item, (*self.key, name, index), self.problems))
            else:
                self.problems.add((*self.key, name, index), f"expected a table, got {described(item)}")
        return found


def nearest(wrong: str, valid: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no valid name is near."""
    return _nearest(wrong, tuple(valid))


@lru_cache(maxsize=1000)
def _nearest(wrong: str, valid: tuple[str, ...]) -> str:
    names = {name.lower(): name for name in valid}
    close = get_close_matches(wrong.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean '{names[close[0]]}'?" if close else ""


def described(value: object) -> str:
    """What a wrong value is, in an operator's words: `text 'yes'`, `a list`."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"text {value[:40]!r}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value}"
    return _WORDS.get(
        list if isinstance(value, tuple) else dict if isinstance(value, dict) else type(value), "a date or time"
    )


def _spoken(key: Key) -> str:
    return ".".join(name for name in key if isinstance(name, str)) or "(file)"

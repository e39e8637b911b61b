"""What `statetrace doctor` looks at, one matter a module; each check says what it found and what puts it right."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(NamedTuple):
    name: str
    mark: Mark
    found: str
    remedy: str = ""
    """What to do; empty when all is well."""


def ok(name: str, found: str) -> Check:
    return Check(name, Mark.OK, found)


def warn(name: str, found: str, remedy: str) -> Check:
    return Check(name, Mark.WARN, found, remedy)


def fail(name: str, found: str, remedy: str) -> Check:
    return Check(name, Mark.FAIL, found, remedy)

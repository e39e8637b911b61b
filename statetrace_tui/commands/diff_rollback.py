"""Candidate lines that take a configuration back to what it was: shown and copied by people, never sent."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple  # a JSON document

from statetrace_engine.diff import rollback
from statetrace_engine.model.text import sanitise


class TakenBack(NamedTuple):
    """What may take a configuration back; its fields are those of the JSON form."""

    Hostname: str
    Lines: tuple[str, ...]
    Reason: str
    """Why there are none."""


def taken_back(title: str, vendor: str, old: Sequence[str], new: Sequence[str]) -> TakenBack:
    """From the lines of the newer configuration to those of the older one."""
    if not old or not new:
        return TakenBack(title, (), "no whole configuration is in both")
    try:
        return TakenBack(title, rollback.candidates(vendor, old, new), "")
    except ValueError as error:
        return TakenBack(title, (), str(error))


def document(is_asked: bool, found: Iterable[TakenBack]) -> dict[str, Any]:
    return {"Rollback": [each._asdict() for each in found]} if is_asked else {}


def show(found: Iterable[TakenBack]) -> None:
    for each in found:
        if each.Reason:
            print(f"{sanitise(each.Hostname, 200)}: {sanitise(each.Reason, 300)}", file=sys.stderr)
        elif each.Lines:
            print(f"{sanitise(each.Hostname, 200)}: may take the configuration back; read it before you type it\n")
            for line in each.Lines:
                unknown = "   ! not known: it was replaced" if rollback.UNKNOWN in line else ""
                print(f"  {sanitise(line, 300)}{unknown}")
            print()

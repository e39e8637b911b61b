"""Candidate lines that take a configuration back to what it was: shown and copied by people, never sent."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple  # a JSON document

from statetrace_engine.diff import rollback
from statetrace_engine.model.text import sanitise

_Configurations = Mapping[str, Sequence[str]]


class TakenBack(NamedTuple):
    """What may take a configuration back; its fields are those of the JSON form."""

    Hostname: str
    Lines: tuple[str, ...]
    Reason: str
    """Why there are none."""


def taken_back(title: str, vendors: tuple[str, str], old: _Configurations, new: _Configurations) -> TakenBack:
    """From the lines of the newer configuration to those of the older one, of each by the command that shows it;
    `vendors`: whose the older and the newer one are."""
    before, after = rollback.shown_by_one_command(old, new)
    if not before or not after:
        return TakenBack(title, (), rollback.NONE_IN_BOTH)
    try:
        return TakenBack(title, rollback.candidates(vendors[1], before, after, was=vendors[0]), "")
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
                print(f"  {sanitise(line, 300)}")
            print()

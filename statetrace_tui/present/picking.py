"""Pure. One of many by typing a few of its letters: which are meant, and how they are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from statetrace_tui.present.text import Line, on_tone


class Choice(NamedTuple):
    value: str
    """What choosing it gives."""
    text: str
    """Lower case, to look in."""
    line: Line


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Those with all the words, in their order."""
    words = typed.lower().split()
    return [choice for choice in choices if all(word in choice.text for word in words)]


def lines(choices: Sequence[Choice], at: int, width: int) -> list[Line]:
    """A line for each, the chosen one marked."""
    if not choices:
        return [[("   nothing matches", "dim")]]
    out: list[Line] = []
    for number, choice in enumerate(choices):
        mark = ">" if number == at else " "
        line: Line = [(f" {mark} ", "accent!"), *choice.line]
        out.append(on_tone(line, "sel", width) if number == at else line)
    return out

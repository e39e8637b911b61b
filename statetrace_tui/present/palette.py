"""Pure. Commands by name: which ones an operator may mean by what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from statetrace_tui.present.text import Line, fit


class Command(NamedTuple):
    usage: str
    """`break DEVICE INTERFACE`: the first word is its name; words in capitals are arguments."""
    help: str

    @property
    def name(self) -> str:
        """The words before the arguments: `sort age`, `break`."""
        return " ".join(word for word in self.usage.split() if not word.isupper())


COMMANDS = (
    Command("routes", "every watched route"),
    Command("outages", "open and recent outages, and their timelines"),
    Command("watch", "the wall: worst first, full screen"),
    Command("captures", "what was captured of each device, and its raw log"),
    Command("monitors", "who speaks, what contradicts, what nobody sees, how late we know"),
    Command("changes", "what changed between captures, run by run"),
    Command("cards", "anomaly cards, and what belongs together"),
    Command("launch", "launch metrics: runbooks, cards and outages, a bar a day"),
    Command("theme NAME", "dark, light, 16 or mono"),
    Command("help", "the keys of this screen"),
    Command("redraw", "paint everything again"),
    Command("quit", "leave the console"),
)
"""On every screen; a screen adds its own."""


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """Best first: those that start with it, then those whose letters hold it in order; all, for nothing typed."""
    ranked = [(rank, i) for i, command in enumerate(commands) if (rank := _rank(command, typed)) is not None]
    return [commands[i] for _, i in sorted(ranked)]


def _rank(command: Command, typed: str) -> int | None:
    wanted, name = typed.strip().lower(), command.name.lower()
    if not wanted:
        return 0
    if wanted == name or wanted.startswith(f"{name} "):
        return 0
    if name.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    return 3 if _is_subsequence(wanted.replace(" ", ""), name) else None


def _is_subsequence(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def chosen(commands: Sequence[Command], typed: str, at: int) -> str:
    """The command line to run: what was typed when it names a command, else the chosen command."""
    words = typed.strip()
    if any(words == c.name or words.startswith(f"{c.name} ") for c in commands):
        return words
    found = matching(commands, typed)
    return found[at].name if at < len(found) else words


def completed(commands: Sequence[Command], typed: str, at: int) -> str:
    """What Tab makes of it."""
    found = matching(commands, typed)
    if at >= len(found) or typed.strip().startswith(found[at].name):
        return typed
    name = found[at].name
    return f"{name} " if name != found[at].usage else name


def lines(commands: Sequence[Command], at: int, width: int) -> list[Line]:
    """One line a command, the chosen one marked."""
    column = min(34, max((len(command.usage) for command in commands), default=0) + 4)
    out: list[Line] = [[]]
    for i, command in enumerate(commands):
        tone = "@sel " if i == at else ""
        mark = ">" if i == at else " "
        out.append(
            [
                (f" {mark} ", f"{tone}accent!"),
                (fit(command.usage, column), f"{tone}strong"),
                (fit(command.help, width - column - 3), f"{tone}dim" if i != at else f"{tone}text"),
            ]
        )
    return out if commands else [[], [("   no such command", "dim")]]

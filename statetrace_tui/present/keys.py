"""Pure. A key of a screen, in one table per screen: the key line, the help sheet, the dispatch and the docs read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from statetrace_tui.present.text import Line, cells, size, spread

_AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


class Key(NamedTuple):
    """`Key("a", "acknowledge", "ack", "ACT", "acknowledge")`; `press` may name several keys: `j down`."""

    press: str
    """Printable characters as themselves, others as Textual names them (`pagedown`)."""
    action: str
    """The method `action_…` of the screen, or of the app; its name in `[keys]`."""
    word: str = ""
    """On the key line; empty: not shown there."""
    section: str = ""
    """Of the help sheet; empty: not shown there."""
    help: str = ""
    also: str = ""
    """The action whose key is named beside its own: `j k`."""
    shown: str = ""
    """How it is written; filled in by `resolved`."""

    @property
    def label(self) -> str:
        return self.shown or _spoken(self.press)


MOVES = (
    Key("j down", "down", "", "MOVE", "down, up", "up"),
    Key("k up", "up"),
    Key("g home", "first", "", "MOVE", "first, last", "last"),
    Key("G end", "last"),
    Key("pagedown ctrl+f", "page_down", "", "MOVE", "page"),
    Key("pageup ctrl+b", "page_up"),
)
"""Of every screen with a list; part of its own table."""
PLACES = ("routes", "outages", "watch", "captures", "monitors", "changes", "cards")
"""Screens with a tab and a key of their own, in order."""
BEHIND = ("launch",)
"""Those that only the palette opens."""
TO = "go_"
"""How the actions begin that lead to one of them."""
COMMON = (
    Key("1", "go_routes"),
    Key("2", "go_outages"),
    Key("w 3", "go_watch", "watch", "LOOK", "watch mode"),
    Key("4", "go_captures", "", "LOOK", "other screens", "go_monitors"),
    Key("5", "go_monitors"),
    Key("6", "go_changes"),
    Key("7", "go_cards", "", "LOOK", "cards"),
    Key("d", "diff", "", "LOOK", "what changed"),
    Key(":", "palette", "command", "LOOK", "commands"),
    Key("i", "engine", "", "LOOK", "the engine"),
    Key("?", "help"),
    Key("escape", "leave", "", "MOVE", "back"),
    Key("q ctrl+c", "quit", "", "LOOK", "quit"),
    Key("ctrl+l", "redraw", "", "LOOK", "draw again"),
)
"""On every screen; a screen's own table goes before it."""
DEEDS = frozenset({
    "acknowledge", "acknowledge_with_note", "confirm", "deny", "expect", "fail_step", "hand_over", "jump", "maintain",
    "restart", "seen", "serving", "skip_step", "snooze", "step_back", "take_back", "undo", "undo_step",
})  # fmt: skip
"""Actions that tell the engine something: a console for looking only refuses them before it asks for a word."""
_SPOKEN = {
    "space": "Space", "enter": "Enter", "tab": "Tab", "escape": "Esc", "pagedown": "PgDn", "pageup": "PgUp",
    "home": "Home", "end": "End", "left": "<", "right": ">", "up": "Up", "down": "Down", "backspace": "Bksp",
    "delete": "Del", "insert": "Ins", "shift+tab": "S-Tab",
}  # fmt: skip


def _spoken(press: str) -> str:
    """The first of its keys as people write it; empty for none."""
    key = next(iter(press.split()), "")
    if key.startswith("ctrl+"):
        return f"^{key[-1].upper()}"
    return _SPOKEN.get(key, key.upper() if len(key) > 1 else key)


def resolved(keys: Iterable[Key], wanted: Mapping[str, str] = _AS_THEY_ARE) -> tuple[Key, ...]:
    """With the keys that are wanted for some actions, and written so."""
    chosen = [key._replace(press=wanted.get(key.action, key.press)) for key in keys]
    named = {key.action: _spoken(key.press) for key in chosen}
    return tuple(
        key._replace(shown=" ".join(filter(None, (named[key.action], named.get(key.also, ""))))) for key in chosen
    )


def tab_keys(wanted: Mapping[str, str]) -> tuple[str, ...]:
    """What the header writes before its tabs: the last key of each, for those have a digit."""
    press = {key.action: key.press for key in COMMON} | dict(wanted)
    return tuple(_spoken(" ".join(press[f"go_{place}"].split()[-1:])) for place in PLACES)


def label_of(keys: Iterable[Key], action: str) -> str:
    """How the key of an action is written; empty when it has none."""
    return next((_spoken(key.press) for key in keys if key.action == action), "")


def key_line(keys: tuple[Key, ...], width: int, note: str = "", role: str = "accent!") -> Line:
    """The last line: as many keys as fit, a note, and help at the right end."""
    right: Line = [(note, role), ("   ", "")] if note else []
    helping = label_of(keys, "help")
    right += [(helping, "key"), (" help", "dim")] if helping else []
    gap = "   " if width >= 100 else "  "
    left: Line = []
    for key in keys:
        if not key.word or not key.press:
            continue
        item: Line = [(key.label, "key"), (f" {key.word}{gap}", "dim")]
        if size(left) + size(item) - len(gap) + 1 + size(right) > width - 2:
            break
        left += item
    return spread(left, right, width)


def by_section(keys: tuple[Key, ...]) -> dict[str, list[Key]]:
    """Keys for the help sheet, in the order of the table."""
    sections: dict[str, list[Key]] = {}
    for key in keys:
        if key.section and key.press:
            sections.setdefault(key.section, []).append(key)
    return sections


def help_lines(title: str, keys: tuple[Key, ...], legend: list[Line], width: int, height: int) -> list[Line]:
    """The help sheet: columns of keys, then what the marks mean."""
    sections = by_section(keys)
    pad = 3 if width >= 100 else 2
    labels, columns = _help_columns(sections, width - 2 * pad)
    deepest = max((len(found) for found in sections.values()), default=0)
    lines: list[Line] = [[]] if deepest + len(legend) + 6 <= height else []
    lines.append(spread([(title, "strong"), ("  what the keys do here", "dim")], [("Esc closes", "dim")], width, pad))
    lines.append([])
    lines.append([(" " * pad, ""), *[(f"{name:<{columns[name]}}", "accent!") for name in sections]])
    for row in range(deepest):
        line: Line = [(" " * pad, "")]
        for name, found in sections.items():
            line += _help_cell(found[row] if row < len(found) else None, labels[name], columns[name])
        lines.append(line)
    return [*lines, [], *[[(" " * pad, ""), *line] for line in legend]]


_LABELS = (8, 6)
"""Cells of a key on the help sheet: where there is room, and where not; where even that is too much, as many as the
longest of its column needs."""


def _help_columns(sections: Mapping[str, Sequence[Key]], room: int) -> tuple[dict[str, int], dict[str, int]]:
    """The cells of a key in each column, and of each column: what it needs and a share of the rest, or so little that
    all fit."""
    tightest = {name: max(cells(key.label) for key in found) + 1 for name, found in sections.items()}
    for labels in (*(dict.fromkeys(sections, label) for label in _LABELS), tightest):
        needed = _needed(sections, labels)
        if sum(needed.values()) <= room:
            break
    while sum(needed.values()) > room and max(needed.values()) > 12:
        needed[max(needed, key=lambda name: needed[name])] -= 1
    spare = max(room - sum(needed.values()), 0) // max(len(needed), 1)
    return labels, {name: column + spare for name, column in needed.items()}


def _needed(sections: Mapping[str, Sequence[Key]], labels: Mapping[str, int]) -> dict[str, int]:
    return {name: labels[name] + 1 + max(cells(key.help) for key in found) for name, found in sections.items()}


def _help_cell(key: Key | None, label: int, column: int) -> Line:
    if key is None:
        return [(" " * column, "")]
    shown = f"{key.label:<{label}}"
    room = max(column - cells(shown) - 1, 0)
    return [(shown, "strong"), (f"{key.help[:room]:<{room}} ", "")]

"""`[keys]`: the console's keys by what they do, which names a key may have, and which of them would clash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, structs


class KeySettings(Struct, frozen=True, kw_only=True):
    """One or more keys for each action, blanks between them; empty: none."""

    go_routes: str = "1"
    go_outages: str = "2"
    go_watch: str = "w 3"
    go_captures: str = "4"
    go_monitors: str = "5"
    go_changes: str = "6"
    go_cards: str = "7"
    diff: str = "d"
    palette: str = ":"
    engine: str = "i"
    help: str = "?"
    leave: str = "escape"
    quit: str = "q ctrl+c"
    redraw: str = "ctrl+l"
    down: str = "j down"
    up: str = "k up"
    first: str = "g home"
    last: str = "G end"
    page_down: str = "pagedown ctrl+f"
    page_up: str = "pageup ctrl+b"
    open: str = "enter t"
    pane: str = "tab"
    previous_pane: str = "shift+tab"
    acknowledge: str = "a"
    acknowledge_with_note: str = "A"
    undo: str = "u"
    mark: str = "space"
    mark_range: str = "V"
    mark_all: str = "*"
    maintain: str = "m"
    hand_over: str = "H"
    filter: str = "/"
    next_match: str = "n"
    previous_match: str = "N"
    next_missed: str = "u"
    previous_missed: str = "U"
    sort: str = "s"
    reverse: str = "S"
    only_new: str = "f"
    columns: str = "c"
    pause: str = "p"
    release: str = "r"
    zoom: str = "z"
    alone: str = "Z"
    zoom_in: str = "+ ="
    zoom_out: str = "- _"
    later: str = "right >"
    earlier: str = "left <"
    right: str = "right >"
    left: str = "left <"
    explain: str = "e"
    runbook: str = "b"
    raw_log: str = "l"
    capture: str = "L"
    marked: str = "m"
    copy: str = "y"
    copy_all: str = "Y"
    raw_log_before: str = "L"
    next_kind: str = "n"
    previous_kind: str = "N"
    device: str = "D"
    counterpart: str = "c"
    base: str = "space"
    more: str = "+ ="
    fewer: str = "- _"
    kinds: str = "f"
    side_by_side: str = "v"
    outage: str = "o"
    rollback: str = "R"
    warnings: str = "W"
    expect: str = "a"
    deny: str = "F"
    take_back: str = "u"
    confirm: str = "a"
    snooze: str = "s"
    rules: str = "R"
    show_expected: str = "E"
    export: str = "x"
    work: str = "enter space"
    fail_step: str = "x"
    skip_step: str = "s"
    step_back: str = "B"
    jump: str = "J"
    restart: str = "R"
    undo_step: str = "U"
    copy_hint: str = "Y"
    serving: str = "S"
    escalation: str = "e"
    why: str = "E"
    read_all: str = "r"
    seen: str = "space"
    bell: str = "B"


COMMON = (
    "go_routes", "go_outages", "go_watch", "go_captures", "go_monitors", "go_changes", "go_cards", "diff", "palette",
    "engine", "help", "leave", "quit", "redraw",
)  # fmt: skip
_MOVES = ("down", "up", "first", "last", "page_down", "page_up")
_LIST = (*_MOVES, "open", "pane")
_OUTAGES = ("acknowledge", "acknowledge_with_note", "undo", "mark", "mark_all", "filter", "release")
_READ = ("runbook", "raw_log", "copy")
SCREENS = {
    "routes": (
        *COMMON, *_LIST, *_OUTAGES, *_READ, "mark_range", "maintain", "next_match", "previous_match", "sort", "reverse",
        "only_new", "columns", "pause", "zoom", "alone", "capture", "explain",
    ),
    "outages": (*COMMON, *_LIST, *_OUTAGES, *_READ, "hand_over", "zoom_in", "zoom_out", "later", "earlier",
        "capture", "explain",
    ),
    "watch": (*COMMON, "down", "up", "first", "open", "explain", "runbook", "acknowledge", "undo", "seen", "bell"),
    "explain": (
        *COMMON, *_LIST, *_READ, "previous_pane", "left", "right", "acknowledge", "acknowledge_with_note", "undo",
        "copy_all", "capture",
    ),
    "runbook": (
        *COMMON, *_MOVES, "pane", "work", "fail_step", "skip_step", "undo", "undo_step", "step_back", "jump", "restart",
        "hand_over", "acknowledge", "acknowledge_with_note", "copy", "copy_hint", "serving", "escalation", "raw_log",
        "capture", "why", "read_all",
    ),
    "captures": (*COMMON, *_LIST, "raw_log", "filter", "sort", "copy"),
    "monitors": (*COMMON, *_MOVES, "open", "copy"),
    "changes": (
        *COMMON, *_LIST, "earlier", "later", "next_kind", "previous_kind", "raw_log", "raw_log_before", "device",
        "counterpart", "base", "more", "fewer", "filter", "kinds", "side_by_side", "zoom", "outage", "rollback",
        "warnings", "expect", "deny", "mark_all", "take_back", "show_expected", "export", "copy",
    ),
    "cards": (
        *COMMON, *_MOVES, "open", *_READ, "mark", "mark_all", "filter", "release", "confirm", "deny", "snooze",
        "take_back", "outage", "explain", "rules",
    ),
    "launch": (*COMMON, *_MOVES, "more", "fewer", "copy"),
    "rawlog": (
        *COMMON, *_MOVES, "right", "left", "filter", "next_match", "previous_match", "next_missed", "previous_missed",
        "marked", "copy",
    ),
}  # fmt: skip
"""What can be done on each screen: there, no key may do two things."""

NAMED = (
    "space", "enter", "tab", "escape", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end",
    "pageup", "pagedown", *(f"f{number}" for number in range(1, 13)),
)  # fmt: skip
_CONTROL = re.compile(r"ctrl\+[abdefgklnopqrstuvwxyz]")
"""Not those that a terminal sends as another key: `ctrl+i` is the tab, `ctrl+m` and `ctrl+j` are enter, `ctrl+h`
deletes; and `ctrl+c` always leaves."""


def is_usable(key: str) -> bool:
    """One printable character, a name of `NAMED`, or `ctrl+` and a letter that is no other key."""
    return (len(key) == 1 and key.isprintable()) or key in NAMED or bool(_CONTROL.fullmatch(key))


def problems(keys: KeySettings) -> Iterator[tuple[str, str, str]]:
    """(action, what is wrong, the key) for every key that cannot be."""
    wanted = structs.asdict(keys)
    default = structs.asdict(KeySettings())
    for action, text in wanted.items():
        for key in text.split():
            if not is_usable(key) and key not in default[action].split():
                yield action, f"{key!r} is no key that a terminal sends by that name", key
    if not keys.quit.split():
        yield "quit", "the console needs a key that leaves it", ""
    yield from _clashes(wanted, default)


def _clashes(wanted: dict[str, str], default: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Told once, of the action whose keys were changed."""
    told = set()
    for screen, actions in SCREENS.items():
        taken: dict[str, str] = {}
        for action in sorted(actions, key=lambda name: wanted[name] != default[name]):
            for key in wanted[action].split():
                other = taken.setdefault(key, action)
                if other != action and (action, key) not in told:
                    told.add((action, key))
                    yield action, f"{key!r} is {other}'s on {screen.capitalize()}", key

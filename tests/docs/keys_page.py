"""docs/keys.md, made from the tables that the screens themselves read: `python -m tests.docs.keys_page`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from statetrace_tui.present.keys import COMMON, Key, resolved

SCREENS = {
    "routes": "Every watched route, grouped by what it needs.",
    "outages": "Open and recent outages; below, the timeline of the chosen one.",
    "watch": "Full screen, worst first; nothing that failed leaves it unseen.",
    "explain": "Why an outage is one: signals, causes, blast radius and next step, from `e` on the screens above.",
    "runbook": "What to do about an outage, step by step: `b` on the screens above opens it at its next step.",
    "captures": "What was captured of each device, how old it is, and what of it was read; below, its commands.",
    "monitors": "Who speaks, what contradicts, which routes nobody sees, what waits, and how late outages are known.",
    "changes": "What differs between captures, run by run: `d` on a route, an outage or a capture, or `6`.",
    "cards": "What warns before an outage does, and what belongs together; beside it, all about the chosen one.",
    "launch": "What is done with runbooks, cards and outages, a bar a day: `:launch`.",
    "rawlog": "The text of a capture, without secrets, with the lines of a fact highlighted.",
}
PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
_HEAD = """# Keys

`?` shows those of the screen in front. Arrow keys, `Home`, `End`, `PgUp` and `PgDn` do what they say; a mouse is never
needed. Other keys go into `[keys]` of `statetrace.toml`, by the name in the third column: see
[configuration](configuration.md). A sheet that is open (help, a runbook, evidence, a prompt) has keys of its own, which
it shows; `Esc` closes it.

A bar before a row says that the route changed since you looked: in five minutes or more without a key, or since your
last session. `3 since 13:20` counts them; the cursor on a row, or `Esc`, has looked.

## Everywhere

`1` routes, `2` outages, `3` watch mode, `4` captures, `5` monitors, `6` changes, `7` cards, `?` help:
`go_routes`, `go_outages`, `go_watch`, `go_captures`, `go_monitors`, `go_changes`, `go_cards`, `help`.
"""


def text() -> str:
    """The whole page."""
    parts = [_HEAD, _table(COMMON, ())]
    for place, what in SCREENS.items():
        module = import_module(f"statetrace_tui.screens.{place}")
        screen = next(found for found in vars(module).values() if getattr(found, "place", None) == place)
        parts += [f"\n## {screen.word}\n\n{what}\n", _table(screen.keys, COMMON)]
    return "\n".join(parts)


def _table(keys: tuple[Key, ...], common: tuple[Key, ...]) -> str:
    shown = resolved((*keys, *common))[: len(keys)]
    rows = [f"| `{key.label}` | {key.help} | {_actions(key)} |" for key in shown if key.help]
    return "\n".join(["| key | | in `[keys]` |", "|---|---|---|", *rows]) + "\n"


def _actions(key: Key) -> str:
    return ", ".join(f"`{name}`" for name in (key.action, key.also) if name)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

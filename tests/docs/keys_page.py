"""docs/keys.md, made from the tables that the screens themselves read: `python -m tests.docs.keys_page`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from statetrace_tui.present.keys import COMMON, Key

SCREENS = {
    "routes": "Every watched route, grouped by what it needs.",
    "outages": "Open and recent outages; below, the timeline of the chosen one.",
    "watch": "Full screen, worst first; nothing that failed leaves it unseen.",
}
PAGE = Path(__file__).parents[2] / "docs" / "keys.md"
_HEAD = """# Keys

`?` shows those of the screen in front. Arrow keys, `Home`, `End`, `PgUp` and `PgDn` do what they say; a mouse is never
needed.

## Everywhere

`1` routes, `2` outages, `3` watch mode, `?` help.
"""


def text() -> str:
    """The whole page."""
    parts = [_HEAD, _table(COMMON)]
    for place, what in SCREENS.items():
        screen = getattr(import_module(f"statetrace_tui.screens.{place}"), f"{place.capitalize()}Screen")
        parts += [f"\n## {place.capitalize()}\n\n{what}\n", _table(screen.keys)]
    return "\n".join(parts)


def _table(keys: tuple[Key, ...]) -> str:
    rows = [f"| `{key.label}` | {key.help} |" for key in keys if key.help]
    return "\n".join(["| key | |", "|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")

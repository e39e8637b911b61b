"""What every screen shows of a recorded evening, as text and roles: `python -m tests.tui.snapshots` writes it anew.

A snapshot is the screen's lines, and below them the same lines with a letter for each cell's role (a blank where it is
plain text on the ground); the legend names the letters.
"""

from __future__ import annotations

import asyncio
import string
import sys
from pathlib import Path

from rich.style import Style
from textual.strip import Strip

sys.path.insert(0, str(Path(__file__).parent))

import anomalous
import captured
import drifted
import recorded
import sighted
from driving import console

from statetrace_tui.present.ink import SEVERITIES, TEXTS, TONES, Theme

FOLDER = Path(__file__).parent / "snapshots"
RECORDING = "evening"
KEYS = {
    "routes": (), "outages": ("j",), "watch": (), "help": ("question_mark",), "captures": ("j",),
    "monitors": ("j", "j"), "rawlog": ("tab", "j", "j", "enter"), "explain": ("e",),
    "changes": ("j", "j", "j"), "runbook": ("b", "j"), "cards": ("j", "enter"),
}  # fmt: skip
"""Screens, and what is pressed on them; help is the sheet on Routes; the raw log is reached from Captures."""
PLACES = {"help": "routes", "rawlog": "captures", "explain": "routes", "runbook": "routes"}
SIZES = ((140, 40), (80, 24))
MORE_SIZES = {"explain": ((120, 40),)}
"""Beside those: what else a screen promises."""
CASES = tuple((screen, size) for screen in KEYS for size in (*SIZES, *MORE_SIZES.get(screen, ())))
THEMES = (Theme("dark"), Theme("mono", is_ascii=True))
_ROLES = ("", *TEXTS, "faint", "quiet", *SEVERITIES, *(f"{role}*" for role in SEVERITIES), "accent!", "unk!")
_LETTERS = string.ascii_letters + string.digits


def path_of(screen: str, size: tuple[int, int], ink: Theme) -> Path:
    return FOLDER / f"{screen}-{size[0]}x{size[1]}-{ink.name}.txt"


async def taken(screen: str, size: tuple[int, int], ink: Theme) -> str:
    """The snapshot as it is now."""
    engine = sighted.fill(captured.fill(recorded.engine(RECORDING)))
    place = PLACES.get(screen, screen)
    at = engine.now()
    drifted.fill(engine, at)
    anomalous.fill(engine, at)
    async with console(
        engine, size, theme=ink.name, is_ascii=ink.is_ascii, starts_at=at, screen=place, operator=recorded.OPERATOR
    ) as c:
        await c.ticks(4)
        await c.press(*KEYS[screen])
        await c.ticks(6)
        return written(c.app.screen._compositor.render_strips(), ink)


def written(strips: list[Strip], ink: Theme) -> str:
    names = _names(ink)
    letters: dict[str, str] = {}
    roles = []
    for strip in strips:
        line = ""
        for text, style, _ in strip:
            name = names.get(style or Style.null(), f"style {style}")
            letter = " " if name == "bg text" else letters.setdefault(name, _LETTERS[len(letters)])
            line += letter * len(text)
        roles.append(line.rstrip())
    legend = [f"{letter} {name}" for name, letter in letters.items()]
    return "\n".join([*(strip.text.rstrip() for strip in strips), "", *roles, "", *legend, ""])


def _names(ink: Theme) -> dict[Style, str]:
    """The first role that looks so."""
    found: dict[Style, str] = {}
    for veil in (False, True):
        for tone in TONES:
            for role in _ROLES:
                found.setdefault(ink.style(tone, role, veil), f"{tone} {role or 'text'}")
    return found


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for screen, size in CASES:
        for ink in THEMES:
            path_of(screen, size, ink).write_text(await taken(screen, size, ink), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())

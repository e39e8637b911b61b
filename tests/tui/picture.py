"""A picture of the real console: `python tests/tui/picture.py routes --size 140x40 --theme dark --svg routes.svg`.

Drawn cell by cell as a terminal does, so that blocks and rules join. `rsvg-convert` makes a PNG of it.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import afternoon
import anomalous
import captured
import drifted
import guided
import sighted
from fake_engine import NOW, FakeEngine
from rich.color import Color
from snapshots import KEYS, PLACES
from textual.strip import Strip

from statetrace_engine.model.status import Banner
from statetrace_tui.app import ConsoleOptions, StateTraceApp
from statetrace_tui.present.ink import NAMES, Theme

CELL, LINE, FONT = 10, 21, 16.6
_PRESSED = {"palette": ("colon", "s", "o"), "runbook": ("b",)}
"""Where it is not what is pressed for the snapshots."""
_SHAPES = {"─": (0, 10, CELL, 1), "│": (5, 0, 1, LINE), "█": (0, 0, CELL, LINE)}
SCENES = (
    "routes", "outages", "watch", "isolation", "stale", "help", "palette", "quiet", "captures", "monitors",
    "rawlog", "explain", "changes", "runbook", "cards",
)  # fmt: skip


def svg(strips: list[Strip], ink: Theme) -> str:
    """One screen as SVG."""
    width, height = max(strip.cell_length for strip in strips) * CELL, len(strips) * LINE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-size="{FONT}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" shape-rendering="crispEdges">',
        _box(0, 0, width, height, ink.hex("bg")),
    ]
    for y, strip in enumerate(strips):
        x = 0
        for text, style, _ in strip:
            front = _hex(style.color if style else None, ink, "text")
            back = _hex(style.bgcolor if style else None, ink, "bg")
            if style and style.reverse:
                front, back = back, ("#FFFFFF" if ink.name == "mono" else front)
            elif style and style.bold and ink.name == "mono":
                front = "#FFFFFF"
            out.append(_box(x * CELL, y * LINE, len(text) * CELL, LINE, back))
            out += _text(text, x * CELL, y * LINE, front, bool(style and style.bold))
            x += len(text)
    return "\n".join(out) + "</svg>"


def _text(text: str, x: int, y: int, color: str, is_bold: bool) -> list[str]:
    """Word by word, so that a reader's font of another width does not shift the columns."""
    weight = ' font-weight="bold"' if is_bold else ""
    out = []
    for match in re.finditer(r"[─│█]+|[^\s─│█]+", text):
        word, left = match[0], x + match.start() * CELL
        if word[0] in _SHAPES:
            dx, dy, width, height = _SHAPES[word[0]]
            across = len(word) * CELL if width == CELL else width
            out.append(_box(left + dx, y + dy, across, height, color))
        else:
            out.append(f'<text x="{left}" y="{y + 16}" fill="{color}"{weight}>{escape(word)}</text>')
    return out


def _box(x: int, y: int, width: int, height: int, color: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{color}"/>'


_VGA = (
    "#000000", "#AA0000", "#00AA00", "#AA5500", "#0000AA", "#AA00AA", "#00AAAA", "#AAAAAA",
    "#555555", "#FF5555", "#55FF55", "#FFFF55", "#5555FF", "#FF55FF", "#55FFFF", "#FFFFFF",
)  # fmt: skip


def _hex(color: Color | None, ink: Theme, role: str) -> str:
    if color is None or color.is_default:
        return ink.hex(role)
    if color.number is not None and color.number < 16:
        return _VGA[color.number]
    return color.get_truecolor().hex


def staged(scene: str) -> FakeEngine:
    """The afternoon, with what the scene is about."""
    engine = anomalous.fill(drifted.fill(sighted.fill(captured.fill(afternoon.engine()))))
    engine.guides[guided.OUTAGE] = guided.runbook()
    if scene == "isolation":
        text = "This host has lost its gateway 10.0.0.254."
        engine.say(is_isolated=True, banners=(Banner(kind="isolated", text=text, since_at=NOW - 9),))
    if scene == "quiet":
        engine.rows = {row.route.route_id: row for row in afternoon.rows()[13:]}
        engine.open_outages = {}
    return engine


async def strips_of(scene: str, size: tuple[int, int], theme: str, is_ascii: bool) -> tuple[list[Strip], Theme]:
    """The screen as it is after the first frame and the detail have arrived."""
    place = PLACES.get(
        scene, scene if scene in ("outages", "watch", "captures", "monitors", "changes", "cards") else "routes"
    )
    engine = staged(scene)
    options = ConsoleOptions(
        theme=theme, is_ascii=is_ascii, screen=place, operator="CORP\\jsm", home_label="", time="utc"
    )
    app = StateTraceApp(engine, options, wall=lambda: NOW)
    app.ink = Theme(theme, is_ascii)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        keys = _PRESSED.get(scene, KEYS.get(scene, ()) if scene in PLACES else ())
        if scene == "stale":
            engine.silent_for = 47.0
        await pilot.press(*keys)
        await pilot.pause(0.4)
        return app.screen._compositor.render_strips(), app.ink


def main() -> None:
    """Writes one SVG, or prints the cells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", nargs="?", default="routes", choices=SCENES)
    parser.add_argument("--size", default="140x40")
    parser.add_argument("--theme", default="dark", choices=NAMES)
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--svg", type=Path)
    asked = parser.parse_args()
    width, _, height = asked.size.partition("x")
    strips, ink = asyncio.run(strips_of(asked.scene, (int(width), int(height)), asked.theme, asked.ascii))
    if asked.svg:
        asked.svg.write_text(svg(strips, ink), encoding="utf-8")
    else:
        print("\n".join(strip.text for strip in strips))


if __name__ == "__main__":
    main()

"""docs/pictures from the real program: the demo on a pseudo terminal, its screen drawn cell by cell as SVG.

python -m benchmarks.pictures
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from html import escape
from itertools import groupby
from pathlib import Path

from pyte.screens import Char, Screen

from tests.commands import two_captures
from tests.commands.terminal import Terminal
from tests.e2e.engines import Network, Running, until

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SHOTS = {"routes": "", "outages": "2", "explain": "e", "watch": "w", "monitors": "5", "runbook": "b"}
"""Pictures, and the key that leads there from Routes."""
CARDS = 5
MOVED = "%SW_MATM-4-MACFLAP_NOTIF: Host 0050.56b2.0001 in vlan 10 is flapping between port Gi1/0/1 and port Gi1/0/2"
SAID = (
    *[(1, "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] [Source: 203.0.113.9] [localport: 22]")] * 6,
    *[(2, "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down")] * 3,
    *[(1, MOVED)] * 3,
    (1, "%SYS-1-CPURISINGTHRESHOLD: Threshold: Total CPU Utilization(Total/Intr): 97%/1%"),
    (0, "%PLATFORM-2-PS_FAIL: Power supply 2 failed or shut down (Serial number X)"),
)
"""Which device says what."""
_HOME = "/srv/statetrace"
"""What a picture says instead of the temporary folder."""
_DEMO_HOME = re.compile(re.escape(tempfile.gettempdir()) + r"[\\/]statetrace-demo-\w+")
_WIDTH, _HEIGHT, _BASELINE, _SIZE = 10, 21, 16, 16.6
_TEXT, _GROUND = "C3CCD6", "0D1117"
_RULES = {"─": (0, 10, _WIDTH, 1), "│": (5, 0, 1, _HEIGHT), "█": (0, 0, _WIDTH, _HEIGHT)}
"""Drawn as rectangles, so that they join as they do on a terminal."""


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, key in SHOTS.items():
        with tempfile.TemporaryDirectory() as folder:
            demo = Terminal("demo", "--theme", "dark", cwd=Path(folder))
            try:
                demo.shows("detected +")
                demo.press(key)
                demo.settle(2.0)
                found = _DEMO_HOME.search(drawn := svg(demo.screen))
                drawn = housed(drawn, found[0]) if found is not None else drawn
                (FOLDER / f"{name}.svg").write_text(drawn, encoding="utf-8")
                demo.press("q")
                demo.ends()
            finally:
                demo.close()
        print(FOLDER / f"{name}.svg")
    for name, take in APART.items():
        with tempfile.TemporaryDirectory() as folder:
            take(Path(folder), FOLDER / f"{name}.svg")
        print(FOLDER / f"{name}.svg")
    return 0


def _take_changes(folder: Path, picture: Path) -> None:
    """Two captures of a router, compared: the demo has none."""
    home = two_captures.home(folder / "home")
    logs = two_captures.logs(folder / "logs")
    stored = Terminal("ingest", "--home", home.name, *logs, cwd=folder)
    stored.ends()
    stored.close()
    console = Terminal("console", "--home", home.name, "--theme", "dark", cwd=folder)
    try:
        console.shows("1 Routes")
        console.press("6")
        console.shows("The default route moved")
        console.settle(2.0)
        drawn = housed(svg(console.screen), str(home))
        picture.write_text(drawn, encoding="utf-8")
        console.press("q")
        console.ends()
    finally:
        console.close()


def _take_cards(folder: Path, picture: Path) -> None:
    """What devices said before something broke: a port that flaps and takes a route along, a supply, logins."""
    with Network(3) as network, Running(home := network.home(folder / "home")) as engine:
        engine.until_healthy()
        for host, text in SAID:
            engine.say(network.hosts[host], text)
        network.cut(network.hosts[2], engine)
        until(lambda: engine.status().cards.shown >= CARDS and engine.open_outages())
        console = Terminal("console", "--home", home, "--screen", "cards", "--theme", "dark", cwd=folder)
        try:
            console.shows(network.hosts[0])
            console.settle(2.0)
            drawn = housed(svg(console.screen), str(home))
            picture.write_text(drawn, encoding="utf-8")
            console.press("q")
            console.ends()
        finally:
            console.close()


APART: dict[str, Callable[[Path, Path], None]] = {"diff": _take_changes, "cards": _take_cards}
"""What the demo does not show: each takes its own picture."""


def housed(drawn: str, home: str) -> str:
    """Without the temporary folder, whole or cut off with `..`, and as wide as before."""
    drawn = re.sub(rf"{re.escape(home)}([^\s<]*)", lambda found: (_HOME + found[1]).ljust(len(found[0])), drawn)
    for size in range(len(home) - 1, 4, -1):
        drawn = drawn.replace(f"{home[:size]}..", f"{_HOME[:size]}..".ljust(size + 2))
    return drawn


def svg(screen: Screen) -> str:
    """The whole screen."""
    width, height = screen.columns * _WIDTH, screen.lines * _HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{_SIZE}" shape-rendering="crispEdges">'
        f'<rect width="{width}" height="{height}" fill="#{_GROUND}"/>'
    ]
    for line in range(screen.lines):
        cells = [(column, screen.buffer[line][column]) for column in range(screen.columns)]
        for (front, back, is_bold), run in groupby(cells, key=lambda cell: _look(cell[1])):
            found = list(run)
            parts += _run(found[0][0], line, "".join(cell.data for _, cell in found), front, back, is_bold)
    return "\n".join([*parts, "</svg>\n"])


def _look(cell: Char) -> tuple[str, str, bool]:
    front, back = _hex(cell.fg, _TEXT), _hex(cell.bg, _GROUND)
    return (back, front, cell.bold) if cell.reverse else (front, back, cell.bold)


def _hex(colour: str, default: str) -> str:
    """Truecolor cells have six digits; the demo's theme uses no other."""
    return colour if len(colour) == 6 and not set(colour) - set("0123456789abcdefABCDEF") else default


def _run(column: int, line: int, text: str, front: str, back: str, is_bold: bool) -> list[str]:
    x, y = column * _WIDTH, line * _HEIGHT
    parts = []
    if back != _GROUND:
        parts.append(f'<rect x="{x}" y="{y}" width="{len(text) * _WIDTH}" height="{_HEIGHT}" fill="#{back}"/>')
    for at, letter in enumerate(text):
        if letter in _RULES:
            left, top, wide, high = _RULES[letter]
            parts.append(
                f'<rect x="{x + at * _WIDTH + left}" y="{y + top}" width="{wide}" height="{high}" fill="#{front}"/>'
            )
    words = "".join(" " if letter in _RULES else letter for letter in text)
    if words.strip():
        weight = ' font-weight="bold"' if is_bold else ""
        parts.append(
            f'<text x="{x}" y="{y + _BASELINE}" textLength="{len(words) * _WIDTH}" fill="#{front}"{weight} '
            f'xml:space="preserve">{escape(words)}</text>'
        )
    return parts


if __name__ == "__main__":
    sys.exit(main())

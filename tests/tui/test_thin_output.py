"""What reaches the terminal is less, and the screen is the same cell for cell."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from statetrace_tui.present.ink import Theme
from statetrace_tui.present.line import segments
from statetrace_tui.widgets.thin_output import ThinOutput, Written

WIDTH, HEIGHT = 24, 5
CONSOLE = Console(color_system="truecolor", force_terminal=True, _environ={})
INKS = [Theme(name) for name in ("dark", "16", "mono")]
ROLES = ("", "dim", "strong", "crit", "crit*", "accent!", "@well strong", "faint")
TONES = ("bg", "sel", "raised")
LINES = st.lists(st.tuples(st.text(alphabet="abX 漢─.", max_size=9), st.sampled_from(ROLES)), min_size=1, max_size=5)


def whole(lines: list[list[Segment]]) -> LayoutUpdate:
    return LayoutUpdate([[Strip(line, WIDTH)] for line in lines], Region(0, 0, WIDTH, HEIGHT))


def part(y: int, first: int, last: int, line: list[Segment]) -> ChopsUpdate:
    """One line repainted from `first` to `last`, in the shape in which the compositor says it."""
    piece = Strip(line, WIDTH).crop(first, last)
    chops: list[dict[int, Strip | None]] = [{0: None} for _ in range(HEIGHT)]
    ends = [[WIDTH] for _ in range(HEIGHT)]
    chops[y] = {0: None, first: piece, last: None} if first else {first: piece, last: None}
    ends[y] = [*([first] if first else []), last, WIDTH]
    return ChopsUpdate(chops, [(y, first, last)], ends)


class Glass:
    """A terminal in memory."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)

    def feed(self, codes: str) -> None:
        self._stream.feed(codes)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Of a blank only its background and reverse can be seen."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data == " " and not cell.reverse:
        return (" ", cell.bg)
    return (cell.data, cell.fg, cell.bg, cell.bold, cell.reverse)


@st.composite
def screens(draw: st.DrawFn) -> list[tuple[str, list[list[Segment]], int, int, int]]:
    ink = draw(st.sampled_from(INKS))

    def line() -> list[Segment]:
        return segments(draw(LINES), WIDTH, ink, draw(st.sampled_from(TONES)))

    steps = []
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, WIDTH - 2))
        last = draw(st.integers(first + 1, WIDTH - 1))
        kind = draw(st.sampled_from(("whole", "part", "part")))
        steps.append((kind, [line() for _ in range(HEIGHT)], draw(st.integers(0, HEIGHT - 1)), first, last))
    return steps


@settings(max_examples=150, deadline=None)
@given(screens())
def test_the_screen_with_and_without_it_is_equal_cell_for_cell(
    steps: list[tuple[str, list[list[Segment]], int, int, int]],
) -> None:
    full, thin, output = Glass(), Glass(), ThinOutput()
    steps = [("whole", steps[0][1], 0, 0, 1), *steps]
    for kind, lines, y, first, last in steps:
        update: CompositorUpdate = whole(lines) if kind == "whole" else part(y, first, last, lines[y])
        if kind == "part" and _splits_a_wide(full, y, first, last):
            continue
        full.feed(update.render_segments(CONSOLE).replace("\n", ""))
        thin.feed(output.diff(update, WIDTH, HEIGHT, CONSOLE).render_segments(CONSOLE))
        assert thin.cells() == full.cells()


def _splits_a_wide(glass: Glass, y: int, first: int, last: int) -> bool:
    """No widget of the console ends inside a wide character."""
    row = glass.screen.buffer[y]
    return row[first].data == "" or row[last].data == ""


def test_what_is_there_already_is_not_written_again() -> None:
    output = ThinOutput()
    line = segments([("hello", "strong")], WIDTH, INKS[0])
    output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT, CONSOLE)
    again = output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT, CONSOLE)
    assert isinstance(again, Written)
    assert again.codes == ""


def test_one_changed_digit_is_a_few_bytes() -> None:
    output = ThinOutput()
    one, other = (segments([(f"age 1m1{digit}s", "dim")], WIDTH, INKS[0]) for digit in (2, 3))
    output.diff(whole([one] * HEIGHT), WIDTH, HEIGHT, CONSOLE)
    changed = output.diff(part(1, 0, WIDTH - 1, other), WIDTH, HEIGHT, CONSOLE).render_segments(CONSOLE)
    assert len(changed) <= 55
    assert changed.startswith("\x1b[2;8H")


def test_after_invalidate_everything_is_written() -> None:
    output, glass = ThinOutput(), Glass()
    line = segments([("hello", "strong")], WIDTH, INKS[0])
    output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT, CONSOLE)
    output.invalidate()
    glass.feed(output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT, CONSOLE).render_segments(CONSOLE))
    assert [row.rstrip() for row in glass.screen.display] == ["hello"] * HEIGHT


def test_another_size_is_written_whole() -> None:
    output = ThinOutput()
    line = segments([("hello", "")], WIDTH, INKS[0])
    output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT, CONSOLE)
    again = output.diff(whole([line] * HEIGHT), WIDTH, HEIGHT + 1, CONSOLE).render_segments(CONSOLE)
    assert "hello" in again


def test_a_combining_character_stays_with_its_letter() -> None:
    output, glass = ThinOutput(), Glass()
    strip = [Segment("e\u0301x", Style(bold=True)), Segment(" " * (WIDTH - 2))]
    glass.feed(output.diff(whole([strip] * HEIGHT), WIDTH, HEIGHT, CONSOLE).render_segments(CONSOLE))
    assert glass.screen.display[0].rstrip() in ("e\u0301x", "\u00e9x")

"""The launch metrics as a page, its bars, and the screen behind the palette."""

from __future__ import annotations

import afternoon
import pytest
from driving import console
from fake_engine import NOW
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.launch import LaunchDay, LaunchMetrics, Span
from statetrace_engine.reports import launch
from statetrace_tui.present import bars, launch_page
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.launch import LaunchScreen


def metrics(days: int = 30) -> LaunchMetrics:
    """A month: the engine came on its tenth day."""
    names = [day.day for day in launch.of([], [], (), (), NOW, days).days]
    made = [
        LaunchDay(day=name)
        if n < days // 3
        else LaunchDay(
            day=name, runbooks_opened=n % 5, steps_completed=n % 7, steps_verified=n % 3, steps_skipped=n % 2,
            checklists_full=n % 2, checklists_partial=n % 3, cards_raised=n, cards_true=n % 4, cards_false=n % 2,
            outages=n % 6, acknowledge=Span(30.0 + n, 200.0, 400.0, 3) if n % 6 else None,
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    total = LaunchDay(
        day="", runbooks_opened=41, steps_completed=60, steps_verified=20, steps_skipped=10, checklists_full=10,
        checklists_partial=20, cards_raised=390, cards_true=30, cards_false=10, outages=52,
        acknowledge=Span(41.0, 200.0, 400.0, 40),
    )  # fmt: skip
    return LaunchMetrics(days=tuple(made), total=total)


def page(found: LaunchMetrics, width: int = 80, height: int = 24) -> str:
    return "\n".join(plain(line) for line in launch_page.lines(found, width, height))


def test_each_figure_says_what_it_is_and_one_without_data_says_so() -> None:
    text = page(metrics())
    for words in (
        "RUNBOOKS OPENED", "60, 20 by evidence; 10 skipped", "10 full, 20 partial: finished 33%", "390 raised",
        "30 true, 10 false: precision 75%", "52 outages", "p50 41s, p95 3m20s, of 40", "no outage was resolved",
        "10 days without an engine stay empty",
    ):  # fmt: skip
        assert words in text, words


def test_a_home_that_never_had_an_engine_says_so_of_everything() -> None:
    text = page(launch.of([], [], (), (), NOW, 30))
    assert text.count(launch_page.NOBODY[:30]) == len(launch_page.METRICS)
    assert bars.BLOCK not in text


def test_the_page_fits_80_by_24_without_scrolling() -> None:
    assert len(launch_page.lines(metrics(), 80, 22)) <= 22 - 1


def test_in_ascii_nothing_else_is_written() -> None:
    assert launch_page.as_text(metrics(), is_ascii=True).isascii()
    assert "#" in launch_page.as_text(metrics(), is_ascii=True)


def test_a_bar_is_empty_a_dot_or_a_block() -> None:
    assert bars.rows([None, 0, 1, 4], 2) == ["   █", " .██"]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=60), st.integers(1, 6))
def test_bars_tell_nothing_from_none_and_little_from_nothing(values: list[float | None], height: int) -> None:
    rows = bars.rows(values, height)
    assert len(rows) == height
    for column, value in enumerate(values):
        cells = [row[column] for row in rows]
        assert cells[-1] == (" " if value is None else "." if value == 0 else bars.BLOCK)
        if value is not None and value > 0 and value == max(v for v in values if v is not None):
            assert cells == [bars.BLOCK] * height


@given(st.integers(20, 220), st.integers(5, 60), st.sampled_from((1, 7, 30, 60, 366)))
def test_the_page_fits_any_width(width: int, height: int, days: int) -> None:
    assert all(size(line) <= width for line in launch_page.lines(metrics(days), width, height))


@pytest.mark.parametrize("dimensions", [(80, 24), (140, 40)])
async def test_the_palette_opens_it_and_more_days_are_asked_for(dimensions: tuple[int, int]) -> None:
    made = afternoon.engine()
    asked: list[int] = []

    async def launch_metrics(days: int) -> LaunchMetrics:
        asked.append(days)
        return metrics(days)

    made.launch_metrics = launch_metrics  # type: ignore[method-assign]
    async with console(made, size=dimensions) as c:
        await c.press("colon")
        await c.type("launch")
        await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, LaunchScreen))
        await c.shows("TIME TO ACKNOWLEDGE")
        assert asked == [30]
        await c.press("plus")
        await c.until(lambda: asked == [30, 60])
        await c.press("minus", "minus")
        await c.until(lambda: asked[-1] == 7)
        await c.press("G", "y", "escape")
        await c.until(lambda: c.app.screen.name == "routes")

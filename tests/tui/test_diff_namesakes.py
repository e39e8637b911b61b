"""The Changes screen where two sites have a device of one hostname: which is which, and of which something is said."""

from __future__ import annotations

import captured
import drifted
import pytest
from drifted import HOST, NEWEST
from driving import Console, console
from fake_engine import FakeEngine, healthy
from msgspec.structs import replace

from statetrace_engine.diff import runs as comparing
from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.diff import ChangeMark, MarkVerdict
from statetrace_tui.present.diff_changes import namesakes
from statetrace_tui.screens.changes import ChangesScreen

FAR = 41


def engine() -> FakeEngine:
    """The newest run is of a device at BOYO with the hostname of the one at WLLS, with the same changes."""
    made = captured.fill(FakeEngine([healthy(HOST)]))
    made.captured = [
        replace(made.captured[0], capture_id=NEWEST, hostname=HOST, site="WLLS"),
        replace(made.captured[1], capture_id=FAR, hostname=HOST, site="BOYO"),
    ]
    drifted.fill(made)
    near = next(run for run in made.drift if run.run_id == NEWEST)
    far = replace(near, run_id=FAR, previous_id=FAR - 1, site="BOYO", captured_at=near.captured_at + 60)
    made.drift.insert(0, far)
    made.drift_changes[FAR] = made.drift_changes[NEWEST]
    return made


async def opened(c: Console) -> ChangesScreen:
    await c.shows("CONFIGURATION")
    assert isinstance(c.app.screen, ChangesScreen)
    return c.app.screen


def words_of(made: FakeEngine) -> list[tuple[str, str]]:
    return [(mark.site, mark.hostname) for mark in made.change_words]


def test_a_namesake_is_at_another_site() -> None:
    assert namesakes([("R1", "A"), ("R1", "A"), ("R2", "B"), ("R1", "C"), ("R3", "C")]) == {"R1"}


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_runs_of_two_devices_with_one_hostname_are_told_apart(size: tuple[int, int]) -> None:
    async with console(engine(), size, screen="changes") as c:
        await opened(c)
        lines = c.text.splitlines()
        assert max(map(len, lines)) <= size[0]
        assert sum("at BOYO" in line for line in lines) >= 2  # the run, and whose changes are shown
        assert f"{HOST} at BOYO" in c.text
        assert "at WLLS" in c.text
        await c.press("left")
        await c.shows(f"{HOST} at WLLS")


async def test_a_mark_is_of_the_device_at_its_site_and_leaves_the_other() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("n", "a")
        await c.until(lambda: len(screen.list.shown) == 23)
        assert words_of(made) == [("BOYO", HOST)]
        await c.press("left")
        await c.until(lambda: screen.list.changes.parts and screen.list.changes.parts[0].site == "WLLS")
        await c.until(lambda: len(screen.list.shown) == 24)


async def test_a_mark_of_a_version_without_sites_is_of_both_until_it_is_taken_back() -> None:
    made = engine()
    change = next(each for each in comparing.diff(drifted.before(), drifted.after()).changes if each.key == ("Gi0/1",))
    made.change_words.append(
        ChangeMark(
            hostname=HOST, kind=change.kind, key=change.key, change_type=change.change_type,
            verdict=MarkVerdict.EXPECTED, operator="ana", at=1.0,
        )
    )  # fmt: skip
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.until(lambda: len(screen.list.shown) == 23)
        await c.press("left")
        await c.until(lambda: screen.list.changes.parts and screen.list.changes.parts[0].site == "WLLS")
        await c.until(lambda: len(screen.list.shown) == 23)


async def test_a_device_is_chosen_by_its_site_and_compared_with_its_namesake() -> None:
    made = engine()
    diff = comparing.diff(drifted.before(), drifted.after())
    made.compared[NEWEST, FAR] = drifted.compared(NEWEST, FAR, diff)
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("D")
        await c.shows("device or site")
        await c.type("at wlls")
        await c.press("enter")
        await c.until(lambda: (screen.feed.target.hostname, screen.feed.target.site) == (HOST, "WLLS"))
        await c.shows(f"{HOST} at WLLS")
        await c.press("c")
        await c.shows(f"{HOST} at WLLS with")
        await c.press("enter")
        await c.until(lambda: screen.list.changes.parts and screen.list.changes.parts[0].other == HOST)
        await c.shows(f" and  {HOST} at BOYO")
        await c.press("n", "a")
        await c.shows("two devices differ: nothing changed")
        assert not words_of(made)


async def test_where_the_cursor_is_on_the_runs_nothing_is_said_of_a_change() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("tab")
        for key in ("a", "F", "u"):
            await c.press(key)
            await c.shows("the cursor is on the runs: Tab leads to the changes")
            c.clock.pass_(30)
            await c.hides("leads to the changes")
        assert not [action for action in made.acts if isinstance(action, MarkChange)]
        await c.press("tab", "a")
        await c.until(lambda: len(words_of(made)) > 0)
        await c.until(lambda: len(screen.list.shown) < 24)
        await c.press("tab", "u")
        await c.until(lambda: not words_of(made))  # what was said a moment ago is taken back from anywhere

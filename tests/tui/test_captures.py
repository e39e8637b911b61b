"""The Captures and raw log screens: their lines as functions, their keys with a pilot and an engine in memory."""

from __future__ import annotations

import captured
import pytest
from captured import DAY, HOUR
from driving import Console, console
from fake_engine import NOW, FakeEngine, failing, healthy
from msgspec.structs import replace

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.capture_view import CaptureLine, CapturePage
from statetrace_engine.model.status import SourceStatus
from statetrace_tui.present import capture_age, capture_rows, raw_log, route_row
from statetrace_tui.present.cursor import Cursor
from statetrace_tui.present.keys import COMMON, help_lines, resolved
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.captures import CapturesScreen
from statetrace_tui.screens.rawlog import PAGE_LINES, RawlogScreen


def engine() -> FakeEngine:
    return captured.fill(FakeEngine([healthy("BOYO-A01-AR-01"), healthy("WLLS-A01-AR-01")]))


@pytest.mark.parametrize(
    ("age", "word", "role"),
    [(0, "fresh", "ok"), (DAY - 1, "fresh", "ok"), (DAY, "late", "warn"), (2 * DAY, "old", "major"),
     (7 * DAY - 1, "old", "major"), (7 * DAY, "stale", "crit")],
)  # fmt: skip
def test_freshness_has_the_limits_of_the_specification(age: float, word: str, role: str) -> None:
    found = capture_age.freshness(NOW - age, NOW)
    assert (found.word, found.role) == (word, role)


def test_no_two_freshnesses_look_alike_without_colour() -> None:
    ages = (HOUR, 30 * HOUR, 4 * DAY, 9 * DAY)
    found = [*(capture_age.freshness(NOW - age, NOW) for age in ages), capture_age.freshness(None, NOW)]
    assert len({f.glyph for f in found}) == len({f.word for f in found}) == 5


@pytest.mark.parametrize(
    ("age", "text", "role"),
    [(60, "capture <1h fresh", "ok"), (3 * DAY, "capture 3d old", "major"),
     (9 * DAY, "capture 9d stale", "crit")],
)  # fmt: skip
def test_a_route_known_from_a_capture_says_how_old_that_is(age: float, text: str, role: str) -> None:
    row = replace(healthy("BOYO-A01-AR-01"), captured_at=NOW - age)
    texts = route_row.moving(row, NOW)
    assert texts[2] == text
    line = route_row.line(row, texts, route_row.columns(140), route_row.Flags())
    assert [found for shown, found in line if shown.strip() == text] == [role]


def test_the_age_of_a_capture_stands_beside_a_cause() -> None:
    row = replace(failing(healthy("BOYO-A01-AR-01"), NOW - 5), captured_at=NOW - 5 * HOUR, cause="upstream-failure")
    assert route_row.moving(row, NOW)[2] == "upstream-failure, capture 5h fresh"


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_rows_fit_their_width(width: int) -> None:
    made = engine()
    for capture in made.captured:
        assert size(capture_rows.line(capture, width, NOW, is_here=True)) <= width
    for section in made.sections_of[1]:
        assert size(capture_rows.section_line(section, width, is_here=False)) <= width
    assert size(capture_rows.heading(width)) <= width


def test_what_was_not_read_stands_out_and_its_absence_does_not() -> None:
    good, _, _, bad, unnamed = engine().captured
    roles = {text.strip(): role for text, role in capture_rows.line(bad, 140, NOW, is_here=False)}
    assert roles["18"] == "warn"
    assert not any(role == "warn" for _, role in capture_rows.line(good, 140, NOW, is_here=False))
    assert "(no name)" in plain(capture_rows.line(unnamed, 140, NOW, is_here=False))


def test_a_marked_line_and_one_not_read_are_told_without_colour() -> None:
    lines = [CaptureLine(1, "a", 0, is_marked=True), CaptureLine(2, "b", 2, is_missed=True), CaptureLine(3, "c", 4)]
    assert [plain(raw_log.line(line, 20, 3)).strip()[:6] for line in lines] == ["1 >  a", "2 ?  b", "3    c"]


def test_a_cursor_stays_in_its_list_and_in_sight() -> None:
    cursor = Cursor()
    cursor.move(50, 20)
    assert (cursor.at, list(cursor.window(20, 5))) == (19, [15, 16, 17, 18, 19])
    cursor.move(-2, 20)
    assert list(cursor.window(20, 5)) == [15, 16, 17, 18, 19]
    cursor.move(-9, 20)
    assert list(cursor.window(20, 5)) == [8, 9, 10, 11, 12]
    assert list(cursor.window(3, 5)) == [0, 1, 2]
    assert (list(cursor.window(0, 5)), cursor.at) == ([], 0)


async def listed(c: Console) -> CapturesScreen:
    screen = c.app.screen
    assert isinstance(screen, CapturesScreen)
    await c.until(lambda: screen.captures and "show ip route" in c.text)
    return screen


async def test_the_list_shows_devices_and_the_sections_of_the_chosen_one() -> None:
    async with console(engine(), screen="captures") as c:
        await listed(c)
        assert "BOYO-A01-AR-01" in c.text
        assert "o  3h00m fresh" in c.text
        assert "only a part" in c.text
        assert "4 Captures" in c.text


async def test_a_filter_and_an_order_keep_the_chosen_device() -> None:
    async with console(engine(), screen="captures") as c:
        screen = await listed(c)
        await c.press("j", "s", "s")
        assert screen.sorted_by == "not read"
        assert screen.chosen is not None
        assert screen.chosen.hostname == "BOYO-B02-AS-07"
        await c.press("slash")
        await c.type("aruba")
        await c.press("enter")
        assert [capture.hostname for capture in screen.shown] == ["WLLS-A05-AS-55"]
        await c.press("escape")
        assert len(screen.shown) == 5


async def test_enter_opens_the_raw_log_at_the_chosen_section_and_escape_comes_back() -> None:
    async with console(engine(), screen="captures") as c:
        await listed(c)
        await c.press("tab", "j", "j", "enter")
        await c.until(lambda: isinstance(c.app.screen, RawlogScreen) and "BOYO-A01-AR-01#show ip route" in c.text)
        assert c.engine.pages[-1] == (1, (16000, 24000))
        await c.press("escape")
        assert isinstance(c.app.screen, CapturesScreen)


async def test_the_lines_of_a_route_are_marked_in_its_capture() -> None:
    async with console(engine(), screen="routes") as c:
        await c.until(lambda: "BOYO-A01-AR-01" in c.text)
        await c.press("l")
        await c.until(lambda: isinstance(c.app.screen, RawlogScreen) and "0.0.0.0/0 [20/0]" in c.text)
        assert "bytes 1,402-1,444" in c.text
        assert any(line.strip().startswith("6 >  B*") for line in c.text.splitlines())
        await c.press("y")
        assert "copied" in c.text


async def test_an_outage_leads_to_the_capture_of_its_route() -> None:
    made = captured.fill(FakeEngine([failing(healthy("BOYO-A01-AR-01"), NOW - 5)]))
    async with console(made, screen="outages") as c:
        await c.until(lambda: "BOYO-A01-AR-01" in c.text)
        await c.press("L")
        await c.until(lambda: isinstance(c.app.screen, RawlogScreen) and "0.0.0.0/0 [20/0]" in c.text)


async def test_a_route_that_no_capture_shows_says_so() -> None:
    made = engine()
    made.spots = {}
    async with console(made, screen="routes") as c:
        await c.until(lambda: "BOYO-A01-AR-01" in c.text)
        await c.press("L")
        await c.until(lambda: "no capture shows this route" in c.text)


async def test_a_long_text_is_fetched_as_it_is_read() -> None:
    made = engine()
    made.texts[1] = [CaptureLine(n, f"line {n}", n) for n in range(1, 5001)]
    async with console(made, screen="captures") as c:
        await listed(c)
        await c.press("enter")
        await c.until(lambda: "line 1 " in c.text)
        assert len(made.pages) == 1
        await c.press("G")
        await c.until(lambda: "line 5000" in c.text)
        screen = c.app.screen
        assert isinstance(screen, RawlogScreen)
        assert len(screen.lines) <= 3 * PAGE_LINES
        await c.press("g")
        await c.until(lambda: "line 1 " in c.text)


async def test_what_was_not_read_is_a_key_away() -> None:
    async with console(engine(), screen="captures") as c:
        await listed(c)
        await c.press("enter")
        await c.until(lambda: "BOYO-A01-AR-01#show ip route" in c.text)
        await c.press("u")
        await c.until(lambda: "odd line that no parser knows" in c.text)


async def raw_log_of(c: Console) -> RawlogScreen:
    await listed(c)
    await c.press("enter")
    await c.until(lambda: isinstance(c.app.screen, RawlogScreen) and "lines 1-" in c.text)
    screen = c.app.screen
    assert isinstance(screen, RawlogScreen)
    return screen


async def test_a_text_is_found_far_below_and_from_the_other_end() -> None:
    made = engine()
    made.texts[1] = [CaptureLine(n, f"line {n}, {'LOST' if n in (900, 4000) else 'here'}", n) for n in range(1, 5001)]
    async with console(made, screen="captures") as c:
        screen = await raw_log_of(c)
        await c.press("slash")
        await c.type("lost")
        await c.press("enter")
        await c.until(lambda: "line 900, LOST" in c.text)
        await c.press("n")
        await c.until(lambda: "line 4000, LOST" in c.text)
        await c.press("n")
        await c.until(lambda: "line 900, LOST" in c.text and "from the other end" in c.text)
        await c.press("N")
        await c.until(lambda: "line 4000, LOST" in c.text)
        await c.press("slash", *["backspace"] * 4)
        await c.type("nowhere")
        await c.press("enter")
        await c.until(lambda: "nowhere is not in it" in c.text)
        await c.press("escape")
        assert screen.wanted == ""
        assert c.app.screen is screen
        await c.press("escape")
        assert isinstance(c.app.screen, CapturesScreen)


async def test_a_line_wider_than_the_screen_is_read_by_moving_aside() -> None:
    made = engine()
    made.texts[1] = [CaptureLine(1, "".join(f"{n:04}-" for n in range(60)), 0)]
    async with console(made, screen="captures") as c:
        screen = await raw_log_of(c)
        assert "0059-" not in c.text
        await c.press("right", "right", "right", "right", "right", "right")
        await c.until(lambda: "0059-" in c.text)
        assert f"from column {screen.shift + 1}" in c.text
        await c.press("left", "left", "left", "left", "left", "left")
        await c.until(lambda: "0000-" in c.text)
        assert screen.shift == 0


def test_what_is_searched_for_is_brought_out_and_the_text_stays_whole() -> None:
    found = raw_log.line(CaptureLine(1, "via 10.1.1.2, Via x", 0), 40, 3, 0, "VIA")
    assert [text for text, role in found if role == "accent!"] == ["via", "Via"]
    assert plain(found) == plain(raw_log.line(CaptureLine(1, "via 10.1.1.2, Via x", 0), 40, 3))


@pytest.mark.parametrize("width", [80, 108])
def test_the_help_of_the_raw_log_cuts_no_word(width: int) -> None:
    keys = resolved((*RawlogScreen.keys, *COMMON))
    sheet = [plain(line) for line in help_lines("Raw log", keys, RawlogScreen.legend, width, 40)]
    assert all(any(f"{key.help} " in f"{line} " for line in sheet) for key in keys if key.section)
    assert all(len(line) <= width for line in sheet)


async def test_an_engine_that_fails_is_said_and_the_screen_lives_on() -> None:
    class Failing(FakeEngine):
        async def capture_page(self, *_: object) -> CapturePage | None:
            raise StateTraceError("the store cannot be read")

    made = captured.fill(Failing([failing(healthy("BOYO-A01-AR-01"), NOW - 5)]))
    async with console(made, screen="captures") as c:
        await listed(c)
        await c.press("enter")
        await c.until(lambda: "the store cannot be read" in c.text)
        await c.press("escape")
        assert isinstance(c.app.screen, CapturesScreen)


@pytest.mark.parametrize("width", [80, 140])
def test_what_is_being_read_shows_how_fast_and_how_long_yet(width: int) -> None:
    source = SourceStatus(name="capture", detail="", state="running", planned=40, done=10, began_at=NOW - 5)
    line = capture_rows.progress(source, width, NOW)
    assert "10 of 40 files, 2/s, 15s left" in plain(line)
    assert size(line) <= width
    assert capture_rows.progress(replace(source, planned=0), width, NOW) == []
    assert "left" not in plain(capture_rows.progress(replace(source, done=0, began_at=NOW), width, NOW))


async def test_the_list_shows_that_the_inbox_is_being_read() -> None:
    made = engine()
    made.say(sources=(SourceStatus(name="capture", detail="", state="running", planned=8, done=2, began_at=NOW - 1),))
    async with console(made, screen="captures") as c:
        await listed(c)
        await c.until(lambda: "2 of 8 files" in c.text)


async def test_an_empty_list_says_what_to_do() -> None:
    async with console(FakeEngine([healthy("A-1")]), screen="captures") as c:
        await c.until(lambda: "statetrace ingest PATH" in c.text)

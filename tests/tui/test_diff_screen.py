"""The Changes screen, driven by its keys over an engine in memory."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import captured
import drifted
import pytest
from drifted import BOYO, FIRST, HOST, MATE, NEWEST, QUIET
from driving import Console, console
from fake_engine import NOW, FakeEngine, failing, healthy, outage_of
from msgspec.structs import replace

from statetrace_engine.diff import runs as comparing
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.action import Looked, MarkChange
from statetrace_engine.model.capture_view import CaptureLine
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.diff import ChangeType, Diff, DiffMetadata, EarlierShowing, FieldStep, MarkVerdict
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import SectionSummary
from statetrace_engine.model.outage import BetweenCaptures, RelatedChange
from statetrace_tui.present.keys import COMMON, help_lines, resolved
from statetrace_tui.present.text import size
from statetrace_tui.screens.changes import ChangesScreen
from statetrace_tui.screens.rawlog import RawlogScreen

BOYO_HOST = "BOYO-A05-AR-01"


def engine() -> FakeEngine:
    made = captured.fill(FakeEngine([healthy(HOST), healthy(BOYO_HOST)]))
    made.captured = [
        replace(made.captured[0], capture_id=NEWEST, hostname=HOST, site="WLLS"),
        replace(made.captured[1], capture_id=BOYO, hostname=BOYO_HOST, site="BOYO"),
        replace(made.captured[2], capture_id=MATE, hostname="BOYO-B02-AS-07", site="BOYO"),
    ]
    return drifted.fill(made)


def screen_of(c: Console) -> ChangesScreen:
    assert isinstance(c.app.screen, ChangesScreen)
    return c.app.screen


async def opened(c: Console) -> ChangesScreen:
    await c.shows("CONFIGURATION")
    return screen_of(c)


def marks_of(made: FakeEngine) -> list[MarkChange]:
    return [action for action in made.acts if isinstance(action, MarkChange)]


# What is on it --------------------------------------------------------------------------------------------------------


async def test_a_sentence_stands_before_the_data_and_warnings_are_no_changes() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        assert "The default route moved from 10.1.1.2 to 10.1.2.2" in c.text
        assert "configuration -8 +6" in c.text
        assert "! not captured after: show ip arp" in c.text
        assert "1 of 24 rows, 28 changes" in c.text
        assert "configuration -8 +6" in c.text
        assert "CONFIGURATION 14 in 10 rows, 4 replaced" in c.text
        assert "6 Changes" in c.text


async def test_before_and_after_stand_side_by_side_where_there_is_room_and_a_key_turns() -> None:
    async with console(engine(), (120, 40), screen="changes") as c:
        await opened(c)
        assert any("mtu 1500" in line and "mtu 9000" in line for line in c.text.splitlines())
        await c.press("v")
        await c.hides("BEFORE")
        assert not any("mtu 1500" in line and "mtu 9000" in line for line in c.text.splitlines())
        await c.press("v")
        await c.shows("BEFORE")


async def test_below_120_columns_they_stand_one_below_the_other() -> None:
    async with console(engine(), (119, 40), screen="changes") as c:
        await opened(c)
        assert "BEFORE" not in c.text
        await c.press("v")
        await c.shows("BEFORE")


async def test_a_run_read_by_another_parser_is_no_drift() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        await c.press(*["left"] * 3)
        await c.shows("not drift: these captures were read by different parsers")


async def test_the_keys_that_the_bar_shows_go_from_run_to_run() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        assert "< > run" in c.text
        await c.press("<")
        await c.shows("nothing changed in 7 commands")
        await c.press(">")
        await c.shows("configuration -8 +6")


@pytest.mark.parametrize(
    ("steps", "said"), [(1, "nothing changed in 7 commands"), (4, "the first capture of it: nothing before it")]
)
async def test_no_change_says_why_there_is_none(steps: int, said: str) -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        await c.press(*["left"] * steps)
        await c.shows(said)


@pytest.mark.parametrize("size_", [(80, 24), (140, 40)])
async def test_a_capture_of_another_device_of_that_name_says_why_it_was_compared_with_none(
    size_: tuple[int, int],
) -> None:
    made = engine()
    said = (
        "not compared with capture 31, nor with any other: serial number A1 before, B2 after: replaced, or two devices"
    )
    other = Diff((), DiffMetadata((), warnings=(said,)))
    drifted.add_run(made, drifted.run_of(NEWEST + 1, HOST, NOW - 20, None, other), other)
    made.drift.insert(0, made.drift.pop())
    async with console(made, size_, screen="changes") as c:
        await c.shows("compared with no capture: W says why")
        assert "not compared" in c.text
        await c.press("W")
        await c.shows("B2 after: replaced")


async def test_without_captures_it_says_what_to_do() -> None:
    async with console(FakeEngine([healthy(HOST)]), screen="changes") as c:
        await c.shows("statetrace ingest PATH")


async def test_an_engine_that_is_gone_is_said() -> None:
    made = engine()
    made.is_gone = True
    async with console(made, screen="changes") as c:
        await c.shows("the engine is gone")


async def test_a_payload_that_no_longer_decodes_is_said() -> None:
    made = engine()
    broken = made.drift_changes[NEWEST][-1]
    made.drift_changes[NEWEST] = (*made.drift_changes[NEWEST][:-1], replace(broken, body=b"junk"))
    async with console(made, screen="changes") as c:
        await c.shows("can no longer be read")


# Coming here ----------------------------------------------------------------------------------------------------------


async def test_d_on_a_route_shows_its_device() -> None:
    async with console(engine()) as c:
        await c.until(lambda: c.routes.table.cursor)
        host = c.cursor.split()[0]
        await c.press("d")
        await c.until(lambda: isinstance(c.app.screen, ChangesScreen) and screen_of(c).feed.target.hostname == host)
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "routes")


async def test_d_on_an_outage_shows_the_half_hour_before_it_and_tells_the_engine() -> None:
    made = engine()
    row = failing(healthy(HOST), NOW - 100)
    made.put(row)
    made.put_outage(outage_of(row))
    async with console(made, screen="outages") as c:
        await c.shows(HOST)
        await c.press("d")
        screen = await opened(c)
        target = screen.feed.target
        assert (target.hostname, target.outage_id) == (HOST, row.outage_id)
        assert target.from_at == pytest.approx(NOW - 100 - 1800)
        assert [run.run_id for run in screen.feed.runs] == [NEWEST]
        assert f"before {row.outage_id}" in c.text
        looked = [action for action in made.acts if isinstance(action, Looked)]
        assert [(each.hostname, each.outage_id, each.runs[0].run_id) for each in looked] == [
            (HOST, row.outage_id, NEWEST)
        ]


async def test_d_on_an_outage_shows_a_capture_whose_clock_is_ahead_too() -> None:
    made = engine()
    newest = next(run for run in made.drift if run.run_id == NEWEST)
    made.drift[made.drift.index(newest)] = replace(newest, captured_at=NOW + 9000, compared_at=NOW - 320)
    row = failing(healthy(HOST), NOW - 100)
    made.put(row)
    made.put_outage(outage_of(row))
    async with console(made, screen="outages") as c:
        await c.shows(HOST)
        await c.press("d")
        screen = await opened(c)
        assert [run.run_id for run in screen.feed.runs] == [NEWEST]


def _ranked(key: tuple[str, ...]) -> RelatedChange:
    """A line that the newest run shows to have come, as an explanation ranks it."""
    between = BetweenCaptures(
        run_id=NEWEST, previous_id=QUIET, from_at=NOW - 2601, to_at=NOW - 323, kind=Kind.CONFIG, key=key,
        change_type=ChangeType.ADDED,
    )  # fmt: skip
    return RelatedChange(
        hostname=HOST, at=NOW - 323, before_s=223, text=key[-1], by="", touches=(), likelihood=0.5, seq=1,
        between=between,
    )  # fmt: skip


async def test_d_on_an_outage_puts_the_cursor_on_the_likeliest_change_before_it() -> None:
    made = engine()
    row = failing(healthy(HOST), NOW - 100)
    made.put(row)
    outage = outage_of(row)
    made.put_outage(outage)
    lines = (("ntp server 10.0.0.8",), ("interface GigabitEthernet0/3", "shutdown"), ("route-map RM-DENY deny 10",))
    made.explanations[row.outage_id] = Explanation(
        outage=outage, at=NOW, sentence="", signals=(), causes=(), changes=tuple(map(_ranked, lines)), radius=None,
        next_step=None, why_not_yet=(), why_not_down=(),
    )  # fmt: skip
    async with console(made, screen="outages") as c:
        await c.shows(HOST)
        await c.press("d")
        screen = await opened(c)
        await c.until(lambda: screen.list.at)
        assert screen.list.chosen is not None
        assert screen.list.chosen.key[-1] == "shutdown"
        await c.press("g")
        await c.ticks(3)
        assert screen.list.at == 0


async def test_d_on_an_outage_that_no_capture_tells_of_says_so() -> None:
    made = engine()
    row = failing(healthy(BOYO_HOST, "10.9.0.0/16"), NOW - 100)
    made.put(row)
    async with console(made, screen="outages") as c:
        await c.shows(BOYO_HOST)
        await c.press("d")
        await c.shows(f"no capture of {BOYO_HOST} tells of that time")
        await c.press("D")
        await c.shows("device or site")
        await c.type("boyo-a05")
        await c.press("enter")
        await c.shows("Version 16.09.04 -> 16.12.08")
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "outages")


async def test_d_on_a_capture_shows_its_device() -> None:
    async with console(engine(), screen="captures") as c:
        await c.shows(HOST)
        await c.press("d")
        screen = await opened(c)
        assert screen.feed.target.hostname == HOST
        assert all(run.hostname == HOST for run in screen.feed.runs)


# Choosing -------------------------------------------------------------------------------------------------------------


async def test_a_device_or_a_site_is_chosen_by_a_few_letters() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.press("D")
        await c.shows("device or site")
        await c.type("boyo a05")
        await c.press("enter")
        await c.until(lambda: screen.feed.target.hostname == BOYO_HOST)
        await c.shows("Version 16.09.04 -> 16.12.08")
        await c.press("D")
        await c.shows("device or site")
        await c.type("site wlls")
        await c.press("enter")
        await c.until(lambda: screen.feed.target.site == "WLLS")
        await c.until(lambda: len(screen.feed.runs) == 4)


async def test_the_last_runs_are_shown_together() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.press("plus", "plus")
        await c.until(lambda: len(screen.list.changes.parts) == 3)
        assert "last 3" in c.text
        await c.press("G")
        await c.shows("VERSION")
        await c.press("minus")
        await c.until(lambda: len(screen.list.changes.parts) == 2)


async def test_any_two_runs_are_compared() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.press("space")
        await c.shows("compare with another run")
        await c.press("G", "enter")
        await c.until(lambda: screen.list.changes.parts and screen.list.changes.parts[0].before_id == FIRST)
        assert screen.list.changes.parts[0].after_id == NEWEST
        await c.press("space", "enter")
        await c.shows("that is the same run")


async def test_two_captures_of_which_one_is_gone_say_so() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        await c.press("space", "j", "enter")
        await c.shows("one of these captures is no longer kept")


async def test_two_devices_are_compared_those_of_the_same_role_first() -> None:
    made = engine()
    diff = comparing.diff(drifted.before(), drifted.after())
    made.compared[NEWEST, BOYO] = drifted.compared(NEWEST, BOYO, diff)
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("c")
        await c.shows("same role")
        await c.press("enter")
        await c.until(lambda: screen.list.changes.parts and screen.list.changes.parts[0].other == BOYO_HOST)
        assert f"{HOST} " in c.text
        assert " and  BOYO-A05-AR-01" in c.text
        await c.press("a")
        await c.shows("two devices differ: nothing changed")
        assert not marks_of(made)


# Filters --------------------------------------------------------------------------------------------------------------


async def test_a_filter_is_a_chip_and_esc_clears_it() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.press("slash")
        await c.type("prefix:10.20.0.0/16 type:removed")
        await c.shows("2 shown")
        await c.press("enter")
        assert "Esc clears" in c.text
        await c.press("escape")
        await c.until(lambda: len(screen.list.shown) == 24)
        assert "Esc clears" not in c.text


async def test_letters_choose_kinds_and_types() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.press("f", "r")
        await c.shows("kind:routes")
        await c.press("f", "minus")
        await c.until(lambda: len(screen.list.shown) == 3)
        await c.press("f", "i")
        await c.until(lambda: screen.wanted.chips == ("kind:routes", "type:removed", "kind:interfaces"))
        await c.press("f", "r")
        await c.until(lambda: screen.wanted.chips == ("type:removed", "kind:interfaces"))
        await c.shows("no change matches")


async def test_a_filter_that_is_none_says_why() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        await c.press("slash")
        await c.type("vlan:blue")
        await c.shows("a VLAN is a number")


async def test_kinds_are_walked() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        kinds = []
        for _ in range(4):
            await c.press("n")
            assert screen.list.chosen is not None
            kinds.append(screen.list.chosen.kind)
        assert kinds == [Kind.INTERFACES, Kind.BGP_NEIGHBORS, Kind.OSPF_NEIGHBORS, Kind.ROUTES]
        await c.press("N")
        assert screen.list.chosen is not None
        assert screen.list.chosen.kind is Kind.OSPF_NEIGHBORS
        for _ in range(9):
            await c.press("n")
        last = screen.list.at
        assert screen.list.changes.groups[-1].first == screen.list.shown[last] < screen.list.shown[-1]


# Saying what it is ----------------------------------------------------------------------------------------------------


async def test_an_expected_change_is_hidden_counted_shown_and_taken_back() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("n", "a")
        await c.until(lambda: len(screen.list.shown) == 23)
        assert [(mark.hostname, mark.key, mark.verdict) for mark in made.change_words] == [
            (HOST, ("Gi0/1",), MarkVerdict.EXPECTED)
        ]
        await c.shows("1 expected hidden E")
        await c.press("E")
        await c.until(lambda: len(screen.list.shown) == 24)
        await c.shows("=~ Gi0/1")
        c.clock.pass_(3)
        await c.shows("takes back")
        await c.press("u")
        await c.until(lambda: not made.change_words)
        await c.hides("=~ Gi0/1")


async def test_what_was_said_long_ago_is_taken_back_on_its_change() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("n", "F")
        await c.shows("x~ Gi0/1")
        c.clock.pass_(60)
        await c.press("j", "u")
        await c.shows("nothing was said of this change")
        assert len(made.change_words) == 1
        await c.press("k", "u")
        await c.until(lambda: not made.change_words)


async def test_what_was_taken_back_a_moment_ago_is_as_it_was_by_the_same_key() -> None:
    made = engine()
    async with console(made, (80, 24), screen="changes") as c:
        screen = await opened(c)
        await c.press("f", "r", "f", "minus")
        await c.until(lambda: len(screen.list.shown) == 3)
        await c.press("asterisk", "F")
        await c.shows("x- 10.20.4.0/24")
        said = set(made.change_words)
        c.clock.pass_(11)
        await c.press("asterisk", "u")
        await c.hides("x- 10.20.4.0/24")
        c.clock.pass_(3)
        await c.shows("u takes back")
        await c.press("u")
        await c.shows("as it was: 3 changes")
        assert set(made.change_words) == said
        await c.shows("x- 10.20.4.0/24")
        c.clock.pass_(11)
        await c.press("u")
        await c.until(lambda: len(made.change_words) == 2)
        await c.press("u")
        await c.until(lambda: set(made.change_words) == said)


@pytest.mark.parametrize("size_", [(80, 24), (140, 40)])
async def test_of_a_change_of_which_some_was_expected_the_rest_stays_in_sight(size_: tuple[int, int]) -> None:
    made = engine()
    port = partial(MarkChange, operator="ana@jump", hostname=HOST, kind=Kind.INTERFACES, key=("Gi0/3",),
                   change_type=ChangeType.CHANGED, verdict=MarkVerdict.EXPECTED)  # fmt: skip
    admin, line = (FieldStep(name, True, False) for name in ("admin_up", "oper_up"))
    await made.act(port("m1", steps=(FieldStep("mtu", 9000, 1500),)))
    await made.act(port("m2", steps=(FieldStep("mtu", 1500, 9000),)))
    async with console(made, size_, screen="changes") as c:
        screen = await opened(c)
        await c.press("n", "j")
        await c.shows("mtu expected, says ana@jump")
        await c.shows("the rest is new")
        assert len(screen.list.shown) == 24
        await c.press("a")
        await c.until(lambda: len(screen.list.shown) == 23)
        assert {step.field for step in made.change_words[-1].steps} == {"admin_up", "oper_up", "mtu"}
        await c.press("u")
        await c.until(lambda: len(screen.list.shown) == 24)
        await made.act(port("m3", steps=(admin, line)))
        c.clock.pass_(1)
        await c.until(lambda: len(screen.list.shown) == 23)
        await c.press("E")
        await c.until(lambda: len(screen.list.shown) == 24)
        await c.press("k")
        await c.shows("mtu expected, says ana@jump")
        assert "the rest is new" not in c.text
        c.clock.pass_(11)
        await c.press("u")
        await c.until(lambda: [mark.steps[0].before for mark in made.change_words] == [9000])


@pytest.mark.parametrize("size_", [(80, 24), (140, 40)])
async def test_a_line_beside_what_took_its_place_is_one_row_and_two_changes(size_: tuple[int, int]) -> None:
    made = engine()
    async with console(made, size_, screen="changes") as c:
        screen = await opened(c)
        await c.press("f", "c")
        await c.shows("10 rows, 14 changes shown")
        await c.press("asterisk")
        await c.shows("10 rows, 14 changes shown are")
        await c.press("a")
        await c.shows("expected: 14 changes")
        await c.until(lambda: screen.list.hidden == 14)
        await c.shows("0 shown, 14 expected hidden")


async def test_both_halves_of_a_replaced_line_are_marked() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("a")
        await c.until(lambda: len(made.change_words) == 2)
        assert {mark.key[-1] for mark in made.change_words} == {"mtu 1500", "mtu 9000"}


async def test_all_that_a_filter_shows_are_marked_at_once_and_taken_back_at_once() -> None:
    made = engine()
    async with console(made, (80, 24), screen="changes") as c:
        screen = await opened(c)
        await c.press("f", "r", "f", "minus")
        await c.until(lambda: len(screen.list.shown) == 3)
        await c.press("asterisk")
        await c.shows("3 shown are")
        await c.press("a")
        await c.until(lambda: len(made.change_words) == 3)
        assert {(mark.hostname, mark.kind, mark.verdict) for mark in made.change_words} == {
            (HOST, Kind.ROUTES, MarkVerdict.EXPECTED)
        }
        assert len({action.action_id for action in marks_of(made)}) == 3
        await c.shows("3 expected hidden")
        await c.press("u")
        await c.until(lambda: not made.change_words)
        await c.until(lambda: len(screen.list.shown) == 3)


async def test_of_all_that_is_shown_only_what_something_was_said_of_is_taken_back() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        await c.press("asterisk", "u")
        await c.shows("nothing was said of these changes")
        assert not marks_of(made)
        await c.press("F")
        await c.until(lambda: bool(screen.feed.marked))
        said = len(made.change_words)
        c.clock.pass_(11)
        await c.press("asterisk", "u")
        await c.until(lambda: not made.change_words)
        cleared = [each for each in marks_of(made) if each.verdict is MarkVerdict.CLEARED]
        assert len(cleared) == said < len(screen.list.shown)


async def test_more_than_anybody_has_read_are_not_marked_at_once() -> None:
    made = FakeEngine([healthy(HOST)])
    sides = ([RouteRow("default", f"10.0.{n}.0/24", hop) for n in range(201)] for hop in ("10.1.1.2", "10.1.2.2"))
    diff = comparing.diff(*([Table(Kind.ROUTES, "show ip route", rows, lambda at: (at, at + 1))] for rows in sides))
    drifted.add_run(made, drifted.run_of(NEWEST, HOST, NOW - 323, NOW - 2601, diff), diff)
    async with console(made, screen="changes") as c:
        await c.shows("1 of 201")
        await c.press("asterisk")
        await c.shows("201 are shown: filter them first, to 200 at most")
        await c.press("a")
        await c.until(lambda: len(made.change_words) == 1)


async def test_a_refusal_and_a_wall_screen_say_so() -> None:
    made = engine()
    made.refuse[HOST] = "nobody may"
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("a")
        await c.shows("refused: nobody may")
    made = engine()
    async with console(made, screen="changes", is_read_only=True) as c:
        await opened(c)
        await c.press("a")
        await c.shows("read-only: nothing was done")
        assert not marks_of(made)


# Reading --------------------------------------------------------------------------------------------------------------


async def test_l_opens_the_raw_log_at_either_side() -> None:
    made = engine()
    made.texts[NEWEST] = made.texts[QUIET] = made.texts[1]
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("n", "l")
        await c.until(lambda: isinstance(c.app.screen, RawlogScreen))
        await c.shows("after: WLLS-A01-AR-01")
        assert made.pages[-1] == (NEWEST, (2000, 2070))
        await c.press("escape", "L")
        await c.shows("before: WLLS-A01-AR-01")
        await c.until(lambda: made.pages[-1][0] == QUIET)


async def test_what_was_compared_with_an_older_capture_opens_that_one() -> None:
    made = engine()
    made.texts[FIRST] = made.texts[1]
    older = EarlierShowing("show interfaces", FIRST, NOW - 172_000, "AR-01 interfaces.log")
    made.drift[0] = replace(made.drift[0], metadata=replace(made.drift[0].metadata, elsewhere=(older,)))
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("n")
        await c.shows(f"before  capture {FIRST}  11-21 14:16")
        await c.press("L")
        await c.until(lambda: made.pages and made.pages[-1][0] == FIRST)
        await c.press("escape", "W")
        await c.shows(f"show interfaces: compared with capture {FIRST}, AR-01 interfaces.log")


async def test_l_on_a_removed_thing_opens_where_it_was() -> None:
    made = engine()
    made.texts[QUIET] = made.texts[1]
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("n", "n", "n", "l")
        await c.until(lambda: made.pages and made.pages[-1][0] == QUIET)


async def test_l_finds_the_line_of_a_configuration_below_its_head() -> None:
    made = engine()
    text = ["mtu 9000", "!", "interface GigabitEthernet0/2", " mtu 9000", "interface GigabitEthernet0/3", " mtu 9000"]
    made.texts[NEWEST] = [CaptureLine(n, line, 20 * n) for n, line in enumerate(text, start=1)]
    made.sections_of[NEWEST] = (
        SectionSummary(
            capture_id=NEWEST, position=0, command="show running-config", kind="config", start=0, end=1, text_start=0,
            text_end=1, is_truncated=False, rows=1, unparsed=0, digest="",
        ),
    )  # fmt: skip
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("l")
        await c.shows("6 >   mtu 9000")


async def test_enter_shows_all_of_a_change() -> None:
    async with console(engine(), screen="changes") as c:
        await opened(c)
        await c.press("n", "n", "enter")
        await c.shows("prefixes received")
        assert "remote as" in c.text
        await c.press("escape", "W")
        await c.shows("Warnings")


async def test_o_leads_to_the_outages_after_it() -> None:
    made = engine()
    first, second = failing(healthy(HOST), NOW - 100), failing(healthy(HOST, "10.9.0.0/16"), NOW - 50)
    early = failing(healthy(HOST, "10.8.0.0/16"), NOW - 9000)
    made.put(first, early)
    async with console(made, screen="changes") as c:
        screen = await opened(c)
        assert f"then {first.outage_id}" in c.text
        await c.press("o")
        await c.until(lambda: c.app.screen.name == "outages")
        await c.press("escape")
        await c.until(lambda: c.app.screen is screen)
        made.put(second)
        c.clock.pass_(6)
        await c.shows("and 1 more")
        await c.press("o")
        await c.shows("outages after it")
        await c.type("10.9")
        await c.press("enter")
        await c.until(lambda: c.app.screen.name == "outages")


async def test_roll_back_lines_are_shown_and_copied_never_sent() -> None:
    made = engine()
    async with console(made, screen="changes") as c:
        await opened(c)
        await c.press("R")
        await c.shows("CANDIDATES: read every line before you type it")
        assert "no route-map RM-DENY deny 10" in c.text
        await c.press("y")
        await c.until(lambda: "copied" in c.text)
        assert not marks_of(made)
        await c.press("escape")
        made.taken_back.clear()
        await c.press("R")
        await c.shows("one of the captures is no longer kept")


@pytest.mark.parametrize(("letter", "suffix"), [("m", ".md"), ("c", ".csv"), ("j", ".json")])
async def test_what_is_shown_is_written_to_the_exports_of_the_home(tmp_path: Path, letter: str, suffix: str) -> None:
    async with console(engine(), screen="changes", home=tmp_path) as c:
        await opened(c)
        await c.press("f", "r", "x", letter)
        await c.shows("7 changes in data/exports/")
        written = list((tmp_path / "data" / "exports").iterdir())
        assert [path.suffix for path in written] == [suffix]
        text = written[0].read_text(encoding="utf-8")
        assert "10.77.0.0/16" in text or "10.77.0.0" in text
        if letter == "j":
            assert json.loads(text)["Counts"]["Removed"] == 3


# Size and help --------------------------------------------------------------------------------------------------------


async def test_a_hundred_thousand_changes_are_there_at_once_and_walked() -> None:
    made = FakeEngine([healthy(HOST)])
    prefixes = [f"10.{n >> 8}.{n & 255}.0/24" for n in range(5_000)]
    sides = ([RouteRow("default", prefix, hop) for prefix in prefixes] for hop in ("10.1.1.2", "10.1.2.2"))
    diff = comparing.diff(*([Table(Kind.ROUTES, "show ip route", rows, lambda at: (at, at + 1))] for rows in sides))
    run = drifted.run_of(NEWEST, HOST, NOW - 323, NOW - 2601, diff)
    drifted.add_run(made, run, diff)
    made.drift_changes[NEWEST] *= 20
    async with console(made, screen="changes") as c:
        await c.shows("1 of 100,000")
        screen = screen_of(c)
        await c.press("G")
        await c.shows("100,000 of 100,000")
        await c.until(lambda: screen.feed.is_scanned)
        await c.shows("100,000 routes lost next hop 10.1.1.2")
        await c.press("slash")
        await c.type("10.3.9.0")
        await c.shows("20 shown")


async def test_a_standing_screen_paints_nothing() -> None:
    async with console(engine(), screen="changes") as c:
        screen = await opened(c)
        await c.ticks(3)
        before = dict(screen._main._strips)
        await c.ticks(3)
        assert all(screen._main._strips.get(y) is strip for y, strip in before.items())


@pytest.mark.parametrize("width", [78, 108])
def test_help_has_room_for_every_key(width: int) -> None:
    keys = resolved((*ChangesScreen.keys, *COMMON))
    lines = help_lines("Changes", keys, ChangesScreen.legend, width, 24 if width > 100 else 18)
    assert len(lines) <= (24 if width > 100 else 18)
    assert all(size(line) <= width for line in lines)
    text = "\n".join("".join(part for part, _ in line) for line in lines)
    assert [key.help for key in keys if key.section and key.press and f"{key.label} " not in text] == []
    assert [key.help for key in keys if key.section and key.press and key.help not in text] == []

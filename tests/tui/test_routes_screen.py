"""Keys and focus on the Routes screen: the cursor, order, marks, acknowledgement, filter, prompts, banners."""

from __future__ import annotations

import afternoon
import pytest
from driving import Console, console
from fake_engine import NOW, FakeEngine, failing, healthy
from msgspec.structs import replace

from statetrace_engine.model.action import AcceptBaseline, Acknowledge, Maintain, MarkSeen, MarkShown, Undo
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_engine.model.status import Banner
from statetrace_tui.present.route_order import SORTS
from statetrace_tui.present.route_row import CHOICES
from statetrace_tui.screens.routes import SIDE_FROM
from statetrace_tui.widgets.route_pane import REST_S
from statetrace_tui.widgets.route_table import REST_S as ROWS_REST_S

Choices = tuple[tuple[str, str], ...]


def acks(c: Console) -> list[Acknowledge]:
    return [action for action in c.engine.acts if isinstance(action, Acknowledge)]


async def test_the_first_screen_says_what_is_wrong_why_and_what_next() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("nothing carries: both paths are lost")
        for word in ("NOT ACKNOWLEDGED  4", "IN HAND  5", "HEALTHY  107", "4 new", "EVIDENCE", "0.97", "Rx power"):
            assert word in c.text


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 30), (131, 40), (SIDE_FROM, 40), (200, 50)])
async def test_every_size_shows_the_table_the_detail_and_the_keys(size: tuple[int, int]) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.shows("nothing carries")
        lines = c.text.splitlines()
        assert len(lines) == size[1]
        assert "X DOWN" in c.text
        assert "link-failure" in c.text
        assert " NEW" in c.text
        assert "jsm 24m" in c.text
        assert lines[-1].rstrip().endswith("? help")


async def test_ascii_leaves_no_other_glyph() -> None:
    async with console(afternoon.engine(), is_ascii=True) as c:
        await c.shows("NOT ACKNOWLEDGED")
        assert c.text.isascii()


# The cursor is on an item.


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"
        c.engine.put(failing(healthy("AAAA-A01-AR-01")))
        c.engine.remove(next(iter(c.engine.rows)))
        await c.until(lambda: c.routes.table.pending == 2)
        await c.press("r")
        await c.shows("AAAA-")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"


async def test_order_waits_while_the_cursor_is_active_and_says_so() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j")
        before = list(c.routes.table._shelf.ids())
        c.engine.put(failing(c.engine.rows[before[-1]]))
        await c.until(lambda: "1 move wait" in c.key_line)
        assert list(c.routes.table._shelf.ids()) == before


async def test_at_rest_rows_take_their_places() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j")
        last = list(c.routes.table._shelf.ids())[-1]
        c.engine.put(failing(c.engine.rows[last]))
        await c.until(lambda: c.routes.table.pending == 1)
        c.clock.pass_(ROWS_REST_S + 0.1)
        await c.shows("NOT ACKNOWLEDGED  5")


async def test_held_order_waits_for_the_operator() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("p")
        last = list(c.routes.table._shelf.ids())[-1]
        c.engine.put(failing(c.engine.rows[last]))
        await c.until(lambda: c.routes.table.pending == 1)
        c.clock.pass_(60)
        await c.until(lambda: "1 move wait" in c.key_line)
        await c.press("r")
        await c.shows("NOT ACKNOWLEDGED  5")


async def test_before_the_first_key_the_cursor_goes_to_the_first_failure() -> None:
    rows = [healthy(f"A-{i:02}") for i in range(50)]
    async with console(FakeEngine(rows)) as c:
        assert c.cursor == "A-00 0.0.0.0/0"
        c.engine.put(failing(rows[30]))
        await c.until(lambda: c.cursor == "A-30 0.0.0.0/0")


async def test_g_and_capital_g_and_pages_move() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("G")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 119
        await c.press("pageup")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 119 - 35
        await c.press("g")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 0
        assert "NOT ACKNOWLEDGED" in c.text


# The detail beside it.


async def test_the_detail_costs_nothing_while_the_cursor_runs_and_comes_once_when_it_rests() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("nothing carries")
        calls, painted = len(c.engine.detail_calls), c.routes.pane.text
        for _ in range(8):
            await c.press("j")
            c.clock.pass_(REST_S / 2)
            c.routes.tick()
            assert c.routes.pane.text == painted
        assert len(c.engine.detail_calls) == calls
        await c.until(lambda: c.cursor.split()[0] in c.routes.pane.text)
        assert c.engine.detail_calls[calls:] == [c.routes.table.cursor]


async def test_rows_that_move_do_not_keep_the_detail_from_coming() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        for i in range(6):
            c.clock.pass_(REST_S / 2)
            c.engine.put(failing(healthy(f"AAAA-A{i:02}-AR-01")))
            await c.ticks(1)
        assert "LAB-A02-AR-01" in c.routes.pane.text


async def test_tab_gives_the_keys_to_the_detail_and_escape_takes_them_back() -> None:
    async with console(afternoon.engine(), (140, 24)) as c:
        await c.shows("nothing carries")
        cursor = c.cursor
        await c.press("tab", "G")
        await c.shows("netcore@example.net")
        await c.press("j", "j", "g")
        await c.shows("more below")
        assert c.cursor == cursor
        await c.press("escape", "j")
        assert c.cursor != cursor


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_z_gives_the_whole_screen_to_the_detail_and_takes_it_back(size: tuple[int, int]) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.shows("nothing carries")
        await c.press("z", "G")
        await c.shows("LAST SIGNALS")
        assert "IN HAND" not in c.text
        await c.press("escape")
        await c.shows("IN HAND  5")
        await c.press("Z")
        await c.hides("nothing carries")
        assert "IN HAND  5" in c.text


async def test_on_a_narrow_screen_tab_opens_the_whole_detail() -> None:
    async with console(afternoon.engine(), (80, 24)) as c:
        await c.shows("nothing carries")
        await c.press("tab")
        await c.shows("EVIDENCE")
        await c.press("tab")
        await c.shows("IN HAND  5")


async def test_a_cursor_that_walks_off_the_page_turns_it_and_keeps_some_of_it_in_sight() -> None:
    async with console(FakeEngine([healthy(f"A-{i:02}") for i in range(60)]), (100, 24)) as c:
        await c.press(*("j" * 15))
        assert "A-03" not in c.text
        assert "A-14" in c.text
        assert c.cursor == "A-15 0.0.0.0/0"
        await c.press(*("j" * 5))
        assert "A-14" in c.text


# Acting.


async def test_one_key_acknowledges_the_row_under_the_cursor() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.shows("IN HAND  6")
        assert [a.outage_ids for a in acks(c)] == [("OUT-1123-7KQ2",)]
        assert acks(c)[0].operator == "CORP\\jsm"
        assert "acknowledged 1 outage" in c.key_line


async def test_undo_takes_it_back_within_ten_seconds_and_counts_them() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.until(lambda: acks(c))
        await c.until(lambda: "u undoes" in c.key_line)
        await c.press("u")
        await c.shows("took back 1 acknowledgement")
        assert isinstance(c.engine.acts[-1], Undo)
        assert c.engine.acts[-1].action_id == acks(c)[0].action_id


async def test_after_ten_seconds_there_is_nothing_to_undo() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.until(lambda: acks(c))
        await c.until(lambda: "u undoes" in c.key_line)
        c.clock.pass_(11)
        await c.press("u")
        await c.shows("nothing to undo")
        assert not any(isinstance(action, Undo) for action in c.engine.acts)


async def test_marked_rows_are_acknowledged_together() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("space", "space", "space")
        await c.until(lambda: "3 marked" in c.key_line)
        await c.press("a")
        await c.shows("acknowledged 3 outages")
        assert len(acks(c)[0].outage_ids) == 3
        assert not c.routes.table.marks


async def test_a_range_and_everything_filtered_can_be_marked() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("V", "j", "j", "V")
        assert len(c.routes.table.marks) == 3
        await c.press("escape", "*")
        assert len(c.routes.table.marks) == 120
        await c.press("*")
        assert not c.routes.table.marks


async def test_a_note_goes_with_the_acknowledgement() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("A")
        await c.type("carrier called, 30 min")
        assert "note for 1 outage: carrier called, 30 min" in c.key_line
        await c.press("enter")
        await c.until(lambda: acks(c))
        assert acks(c)[0].note == "carrier called, 30 min"


async def test_escape_acknowledges_nothing() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("A")
        await c.type("ab")
        await c.press("escape")
        assert not acks(c)


async def test_what_somebody_has_is_not_taken_twice() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j", "j", "j", "a")
        await c.shows("CORP\\jsm has it")
        assert not acks(c)


async def test_a_refusal_is_said() -> None:
    engine = afternoon.engine()
    engine.refuse = {"OUT-1123-7KQ2": "mko has it since 14:03"}
    async with console(engine) as c:
        await c.press("a")
        await c.shows("refused: mko has it since 14:03")


async def test_read_only_refuses_with_a_word() -> None:
    async with console(afternoon.engine(), is_read_only=True) as c:
        await c.press("a")
        await c.shows("read-only: nothing was done")
        assert not acks(c)


async def test_read_only_does_not_say_that_a_recovery_was_seen() -> None:
    missed = replace(healthy("WLLS-A09-AR-01"), is_latched=True, outage_id="OUT-1")
    async with console(FakeEngine([missed]), is_read_only=True) as c:
        await c.shows("RECOVERED, NOT SEEN")
        await c.press("a")
        await c.shows("read-only: nothing was done")
        assert not any(isinstance(action, MarkSeen) for action in c.engine.acts)


async def test_maintenance_needs_a_scope_an_end_and_a_reason() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("m", "ctrl+u")
        await c.type("device 2h carrier works")
        await c.press("enter")
        await c.shows("maintenance of WLLS-A01-AR-01 until 16:03Z")
        window = next(action.window for action in c.engine.acts if isinstance(action, Maintain))
        assert (window.hostname, window.ends_at - window.starts_at) == ("WLLS-A01-AR-01", 7200)
        await c.press("m", "enter")
        await c.shows("a reason, please")


async def test_what_carries_the_marked_routes_is_accepted_as_their_primary() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("space", "j", "space", ":")
        await c.type("accept")
        await c.press("enter")
        await c.shows("what carries 2 routes now is the primary path")
        accepted = next(action for action in c.engine.acts if isinstance(action, AcceptBaseline))
        assert len(accepted.route_ids) == 2
        assert {*accepted.route_ids} <= {*c.engine.rows}


async def test_painted_outages_are_told_to_the_engine_once() -> None:
    async with console(afternoon.engine()) as c:
        await c.until(lambda: [a for a in c.engine.acts if isinstance(a, MarkShown)])
        await c.ticks()
        shown = [i for action in c.engine.acts if isinstance(action, MarkShown) for i in action.outage_ids]
        assert sorted(shown) == ["OUT-1123-2PHN", "OUT-1123-7KQ2", "OUT-1123-7KQ3", "OUT-1123-9FWA"]


async def test_a_recovery_is_seen_when_the_cursor_rests_on_it() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(*["j"] * 10)
        assert c.cursor == "WLLS-B07-AR-01 10.61.0.0/16"
        assert not any(isinstance(action, MarkSeen) for action in c.engine.acts)
        c.clock.pass_(1.1)
        await c.until(lambda: any(isinstance(action, MarkSeen) for action in c.engine.acts))
        c.engine.put(failing(c.engine.rows[list(c.engine.rows)[-1]]))
        c.clock.pass_(REST_S)
        await c.shows("NOT ACKNOWLEDGED  5")
        assert "RECOVERED, NOT SEEN  2" in c.text
        assert c.cursor == "WLLS-B07-AR-01 10.61.0.0/16", "it stays under the eyes that look at it"
        await c.press("k")
        c.clock.pass_(REST_S)
        await c.shows("HEALTHY  107")
        assert "RECOVERED, NOT SEEN  1" in c.text


# Finding.


async def test_a_filter_works_while_it_is_typed_and_escape_brings_back_what_was() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("site:boyo")
        await c.hides("WLLS-A01")
        await c.press("escape")
        await c.shows("WLLS-A01")


async def test_a_filter_stays_until_escape() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("!state:healthy")
        await c.press("enter")
        await c.hides("o HEALTHY   6d05h")
        await c.until(lambda: "/!state:healthy" in c.key_line)
        await c.press("escape")
        await c.shows("HEALTHY  107")


async def test_a_dangerous_pattern_is_refused() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("~(a+)+")
        await c.press("enter")
        await c.shows("could take for ever")


async def test_focus_keeps_what_needs_a_look() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("f")
        await c.hides("IN HAND")
        assert "RECOVERED, NOT SEEN  2" in c.text
        await c.press("f")
        await c.shows("IN HAND  5")


async def test_s_and_a_letter_sorts_inside_groups_and_capital_s_flips() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("s", "t")
        await c.until(lambda: c.routes.table.order == ("t", False))
        ids = list(c.routes.table._shelf.ids())
        assert c.app.book.rows[ids[0]].since_at == NOW - 41
        await c.press("S", "g")
        ids = list(c.routes.table._shelf.ids())
        assert c.app.book.rows[ids[0]].since_at == NOW - 220


async def test_n_goes_to_the_next_failure() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("G", "n")
        assert c.cursor == "WLLS-A01-AR-01 0.0.0.0/0"
        await c.press("N")
        assert c.cursor == "WLLS-B07-AR-01 10.61.0.0/16"


async def test_a_column_is_hidden_and_shown_again() -> None:
    async with console(afternoon.engine(), (100, 30)) as c:
        await c.press("c", "c")
        await c.hides("CAUSE")
        await c.press("c", "c")
        await c.shows("CAUSE")


# Frame.


async def test_help_lists_every_key_of_the_screen_and_any_key_closes_it() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("?")
        for key in c.routes.keys:
            if key.section:
                assert key.help in c.text
        await c.press("escape")
        await c.hides("what the keys do here")


async def test_the_palette_runs_a_command_by_its_letters() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("sown")
        await c.shows("sort owner")
        await c.press("enter")
        await c.until(lambda: c.routes.table.order[0] == "o")


async def test_injected_commands_get_their_words() -> None:
    asked: list[tuple[str, list[str]]] = []

    async def command(name: str, words: object) -> str:
        asked.append((name, list(words)))  # type: ignore[call-overload]
        return "cut WLLS-A01-AR-01 Gi0/1"

    options = {"command": command, "commands": (("break DEVICE INTERFACE", "cut a link"), ("heal", "mend"))}
    async with console(afternoon.engine(), **options) as c:
        await c.press(":")
        await c.type("break WLLS-A01-AR-01 Gi0/1")
        await c.press("enter")
        await c.shows("cut WLLS-A01-AR-01 Gi0/1")
        assert asked == [("break", ["WLLS-A01-AR-01", "Gi0/1"])]


async def test_an_unknown_command_is_said() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("fly")
        await c.press("enter")
        await c.shows("no such command: fly")


async def test_a_silent_engine_greys_the_data_and_queues_acknowledgements_in_sight() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.silent_for = 47.0
        await c.shows("ENGINE SILENT  47s")
        assert " WAS " in c.text
        await c.press("a")
        await c.shows("sent on its return: 1")
        assert not acks(c)
        c.engine.silent_for = None
        await c.until(lambda: acks(c), "the acknowledgement was sent")
        await c.hides("ENGINE SILENT")


async def test_an_engine_that_is_gone_keeps_the_acknowledgement_waiting() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.is_gone = True
        await c.press("a")
        await c.shows("waits for the engine")
        c.engine.is_gone = False
        await c.until(lambda: acks(c))


async def test_isolation_is_a_banner_and_everything_is_what_it_was() -> None:
    async with console(afternoon.engine()) as c:
        banner = Banner(kind="isolated", text="This host has lost its gateway.", since_at=NOW - 9)
        c.engine.say(is_isolated=True, banners=(banner,))
        await c.shows("LOCAL ISOLATION")
        await c.shows("? DOWN")
        c.engine.say(is_isolated=False, banners=())
        await c.shows("X DOWN")


async def test_a_caption_stands_above_the_data() -> None:
    async with console(afternoon.engine(), caption=lambda: "5 s  a cut, injected 14:03:25.10") as c:
        await c.shows("injected 14:03:25.10")


async def test_quitting_with_acknowledgements_waiting_asks() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.is_gone = True
        await c.press("a")
        await c.shows("waits for the engine")
        await c.press("q")
        await c.shows("would be lost. Leave?")
        await c.press("n")
        assert c.app.is_running


async def test_the_detail_belongs_to_the_row_that_is_named_above_it() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("EVIDENCE")
        await c.press("G")
        await c.hides("EVIDENCE")
        assert c.engine.detail_calls[-1] == c.routes.table.cursor


async def test_resizing_keeps_the_cursor_and_moves_the_detail() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        await c.pilot.resize_terminal(80, 24)
        await c.shows("cause  silent-blackhole")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"


async def test_a_theme_is_changed_by_name() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("theme mono")
        await c.press("enter")
        await c.until(lambda: c.app.ink.name == "mono")
        styles = {segment.style for strip in c.app.screen._compositor.render_strips() for segment in strip}
        assert all(style is None or style.color is None for style in styles)


async def test_twenty_thousand_routes_are_arranged_while_keys_work() -> None:
    rows = [healthy(f"S{i % 7}-{i:05}") for i in range(20_000)]
    async with console(FakeEngine([*rows, failing(healthy("Z-1"))])) as c:
        await c.shows("HEALTHY  20,000")
        await c.press("j")
        assert c.cursor == "S0-00000 0.0.0.0/0"


async def test_text_of_a_device_reaches_the_screen_harmless() -> None:
    row = replace(failing(healthy("EVIL-A01")), cause="", remark="\x1b]0;owned\x07\x1b[2J\u202e")
    async with console(FakeEngine([row])) as c:
        await c.shows(".]0;owned")
        assert "\x1b" not in c.text
        assert row.state is HealthState.DOWN


async def test_l_shows_the_evidence_and_the_message_behind_it() -> None:
    engine = afternoon.engine()
    engine.signals = {1: "<189>1: WLLS-A01-AR-01: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"}
    async with console(engine) as c:
        await c.shows("EVIDENCE")
        await c.press("l", "j")
        await c.shows("%LINK-3-UPDOWN")
        await c.press("escape")
        await c.hides("%LINK-3-UPDOWN")


async def test_b_on_a_route_that_is_well_opens_its_runbook_to_read() -> None:
    step = RunbookStep(title="Check the optics", commands={"any": "show interfaces {interface}"}, expect="light")
    rows = [healthy("WLLS-A01-AR-01", runbook="link-failure"), healthy("WLLS-A02-AR-01")]
    engine = FakeEngine(rows)
    engine.runbooks = {"link-failure": Runbook(name="link-failure", title="A link is down", steps=(step,))}
    async with console(engine) as c:
        await c.press("b")
        await c.shows("Check the optics")
        await c.press("escape", "G", "b")
        await c.shows("no runbook for this route now")


async def test_t_goes_to_the_timeline_of_the_outage_and_back() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "t")
        await c.shows("first signal")
        await c.press("j", "t")
        await c.until(lambda: c.app.front is not None and c.app.front.place == "routes")
        await c.press("escape")
        await c.ticks(2)
        assert c.routes.place == "routes"


async def test_a_wide_table_shows_the_last_hour_of_what_is_in_trouble() -> None:
    engine = afternoon.engine()
    async with console(engine, (200, 50)) as c:
        await c.press("j")
        await c.shows("LAST HOUR")
        first = next(iter(engine.rows))
        await c.until(lambda: any("──X" in line and "WLLS-A01-AR-01" in line for line in c.text.splitlines()))
        troubled = {i for i, row in engine.rows.items() if row.state is not HealthState.HEALTHY or row.is_latched}
        await c.until(lambda: troubled <= set(engine.detail_calls))
        await c.ticks(10)
        assert set(engine.detail_calls) == troubled
        others = [i for i in engine.detail_calls if i not in (c.routes.table.cursor, first)]
        assert len(others) == len(set(others))


async def test_the_last_hour_is_not_asked_for_where_it_has_no_column() -> None:
    engine = afternoon.engine()
    async with console(engine, (140, 40)) as c:
        await c.press("j")
        await c.ticks(12)
        assert set(engine.detail_calls) <= {next(iter(engine.rows)), c.routes.table.cursor}


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 30), (140, 40)])
@pytest.mark.parametrize(("key", "choices"), [("s", SORTS), ("c", CHOICES)], ids=["sort", "column"])
async def test_every_choice_is_on_the_screen(
    key: str, choices: tuple[tuple[str, str], ...], size: tuple[int, int]
) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.press(key)
        await c.until(lambda: "Esc none" in c.key_line)
        for letter, word in choices:
            await c.until(lambda said=f"{letter} {word}": said in " ".join(c.text.split()), word)
        assert c.key_line.rstrip().endswith("   Esc none")

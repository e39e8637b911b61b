"""Acting on the Routes screen: acknowledgement, marks, notes, maintenance, what was seen."""

from __future__ import annotations

import afternoon
from driving import console
from fake_engine import FakeEngine, failing, healthy
from msgspec.structs import replace

from statetrace_engine.model.action import AcceptBaseline, Maintain, MarkSeen, MarkShown, Undo
from statetrace_tui.widgets.route_pane import REST_S


async def test_one_key_acknowledges_the_row_under_the_cursor() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.shows("IN HAND  6")
        assert [a.outage_ids for a in c.acks] == [("OUT-1123-7KQ2",)]
        assert c.acks[0].operator == "CORP\\jsm"
        assert "acknowledged 1 outage" in c.key_line


async def test_undo_takes_it_back_within_ten_seconds_and_counts_them() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.until(lambda: c.acks)
        await c.until(lambda: "u undoes" in c.key_line)
        await c.press("u")
        await c.shows("took back 1 acknowledgement")
        assert isinstance(c.engine.acts[-1], Undo)
        assert c.engine.acts[-1].action_id == c.acks[0].action_id


async def test_after_ten_seconds_there_is_nothing_to_undo() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("a")
        await c.until(lambda: c.acks)
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
        assert len(c.acks[0].outage_ids) == 3
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
        await c.until(lambda: c.acks)
        assert c.acks[0].note == "carrier called, 30 min"


async def test_escape_acknowledges_nothing() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("A")
        await c.type("ab")
        await c.press("escape")
        assert not c.acks


async def test_what_somebody_has_is_not_taken_twice() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j", "j", "j", "a")
        await c.shows("CORP\\jsm has it")
        assert not c.acks


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
        assert not c.acks


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

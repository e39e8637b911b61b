"""The Cards screen: its keys with a pilot and an engine in memory."""

from __future__ import annotations

import afternoon
import anomalous
import pytest
from at_cards import CLUSTER, FLAPS, MEMORY, SUPPLY, engine
from driving import Console, console
from msgspec.structs import replace

from statetrace_engine.model.action import JudgeCard, SnoozeCard, WakeCard
from statetrace_engine.model.anomaly import AnomalyCard, CardCounts, CardVerdict, Spot
from statetrace_engine.model.runbook import Runbook
from statetrace_tui.present.card_entry import LOOKED_AT
from statetrace_tui.screens.cards import CardsScreen
from statetrace_tui.screens.explain import ExplainScreen
from statetrace_tui.screens.outages import OutagesScreen


async def shown(c: Console) -> CardsScreen:
    await c.until(lambda: isinstance(c.app.screen, CardsScreen) and "NOT LOOKED AT" in c.text)
    screen = c.app.screen
    assert isinstance(screen, CardsScreen)
    return screen


async def test_seven_opens_the_cards_and_escape_goes_back() -> None:
    async with console(engine()) as c:
        await c.until(lambda: "7 Cards 5" in c.text, "how many are open")
        await c.press("7")
        await shown(c)
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "routes")


async def test_the_header_says_nothing_of_cards_when_none_is_open_and_how_many_in_words_on_a_narrow_screen() -> None:
    made = engine()
    async with console(made, size=(80, 24)) as c:
        await c.shows("5 cards")
        made.say(cards=CardCounts(info=1, snoozed=3, version=2))
        await c.shows("1 card ")
        made.say(cards=CardCounts(snoozed=3, version=3))
        await c.hides("1 card")


async def test_messages_that_no_rule_looked_at_are_said_below_the_list() -> None:
    made = engine()
    async with console(made, screen="cards", size=(80, 24)) as c:
        await shown(c)
        await c.hides("of floods")
        made.say(cards=CardCounts(major=1, skipped=12_345, version=3))
        await c.shows("12,345 of floods not looked at")
        await c.press("space")
        await c.shows("1 marked")
        await c.hides("of floods")


async def test_the_wall_says_it_too() -> None:
    async with console(engine(), screen="watch", size=(80, 24)) as c:
        await c.until(lambda: "5 cards" in c.text.split("\n")[0])


async def test_a_true_positive_and_a_false_one_are_told_to_the_engine_and_taken_back() -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        await c.press("a")
        await c.until(lambda: "1 card: true positive" in c.text)
        await c.until(lambda: screen.list.known.cards[MEMORY].feedback is not None)
        assert screen.list.cursor == MEMORY
        await c.press("r")
        assert screen.list.entries[MEMORY].group == LOOKED_AT
        screen.list.go(FLAPS)
        await c.press("F")
        await c.until(lambda: screen.list.known.cards[FLAPS].feedback is not None)
        await c.press("u")
        await c.until(lambda: screen.list.known.cards[FLAPS].feedback is None)
        said = [(a.card_id, a.verdict) for a in made.acts if isinstance(a, JudgeCard)]
        assert said == [(MEMORY, CardVerdict.TRUE), (FLAPS, CardVerdict.FALSE), (FLAPS, None)]


async def test_what_somebody_else_said_can_be_taken_back_from_its_row() -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        screen.list.go("CARD-1123-0006")
        await c.press("u")
        await c.until(lambda: screen.list.known.cards["CARD-1123-0006"].snooze is None)
        assert isinstance(made.acts[-1], WakeCard)


@pytest.mark.parametrize(("keys", "after_s"), [(("s", "1"), 3600.0), (("s", "4"), 14400.0)])
async def test_a_snooze_ends_when_it_was_chosen_to(keys: tuple[str, ...], after_s: float) -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        await c.press(*keys)
        await c.until(lambda: screen.list.known.cards[MEMORY].snooze is not None)
        asked = next(a for a in made.acts if isinstance(a, SnoozeCard))
        assert (asked.rule, asked.subject) == ("MemoryLow", "LAB-C02-CR-01")
        assert abs(asked.until_at - c.clock.wall() - after_s) < 30
        await c.shows("snoozed until")


async def test_a_time_is_typed_for_all_that_is_marked_and_nonsense_snoozes_nothing() -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        await shown(c)
        await c.press("*", "s", "t")
        await c.shows("snooze until:")
        await c.type("soon")
        await c.press("enter")
        await c.shows("not understood")
        await c.press("s", "t")  # what was marked is marked still
        await c.shows("snooze until:")
        await c.type("2h works")
        await c.press("enter")
        await c.until(lambda: len([a for a in made.acts if isinstance(a, SnoozeCard)]) == 3)
        assert {a.reason for a in made.acts if isinstance(a, SnoozeCard)} == {"works"}


async def test_enter_unfolds_a_cluster_and_opens_the_messages_of_a_card() -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        screen.list.go(CLUSTER)
        await c.press("enter")
        await c.shows("- A power failure")
        screen.list.go(FLAPS)
        await c.press("enter")
        await c.shows("AS RECEIVED   journal 877")
        await c.shows("<189>877: WLLS-A01-AR-01")
        await c.press("j", "j")
        await c.shows("AS RECEIVED   journal 875")
        await c.press("escape", "escape")
        await c.hides("AS RECEIVED   journal")


async def test_a_card_of_what_a_capture_shows_opens_at_its_lines() -> None:
    made = engine()
    at = next(n for n, each in enumerate(made.anomaly_cards) if each.card_id == FLAPS)
    made.anomaly_cards[at] = replace(made.anomaly_cards[at], spots=(Spot(3, 10, 20), Spot(7, 41, 99)))
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        screen.list.go(FLAPS)
        await c.press("enter")
        await c.until(lambda: (7, (41, 99)) in made.pages)


async def test_its_outages_its_explanation_and_its_runbook_open_from_a_row() -> None:
    made = engine()
    made.runbooks["optics"] = Runbook(name="optics", title="Light is too weak")
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        screen.list.go(FLAPS)
        await c.press("b")
        await c.shows("Light is too weak")
        await c.press("escape")
        screen.list.go(CLUSTER)
        await c.press("b")
        await c.until(lambda: c.app.screen.name == "runbook")
        await c.press("escape")
        await c.until(lambda: isinstance(c.app.screen, CardsScreen))
        await c.press("o")
        await c.until(lambda: screen.asked is not None or isinstance(c.app.screen, OutagesScreen))
        if screen.asked is not None:
            await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, OutagesScreen))
        await c.press("escape")
        await c.until(lambda: isinstance(c.app.screen, CardsScreen))
        await c.press("e")
        await c.until(lambda: isinstance(c.app.screen, ExplainScreen))


async def test_an_explanation_names_its_cards_and_opens_one() -> None:
    made = engine()
    ident = next(iter(made.explanations))
    made.explanations[ident] = replace(made.explanations[ident], cards=(made.anomaly_cards[1],))
    async with console(made, size=(140, 50)) as c:
        await c.press("e")
        await c.shows("A power supply failed  BOYO-C01-CR-01 1")
        screen = c.app.screen
        assert isinstance(screen, ExplainScreen)
        key = next(i.key for block in screen.all_blocks for i in block.items if isinstance(i.target, AnomalyCard))
        screen._go(key)
        await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, CardsScreen) and c.app.screen.list.cursor == SUPPLY)


async def test_a_read_only_console_says_nothing_of_cards_to_the_engine() -> None:
    made = engine()
    async with console(made, screen="cards", is_read_only=True) as c:
        await shown(c)
        await c.press("a")
        await c.shows("read-only: nothing was done")
        await c.press("s", "u")
        assert not [a for a in made.acts if isinstance(a, JudgeCard | SnoozeCard | WakeCard)]


async def test_the_engine_is_asked_again_only_when_something_is_other() -> None:
    made = engine()
    asked = 0
    real = made.cards

    async def cards() -> tuple[AnomalyCard, ...]:
        nonlocal asked
        asked += 1
        return await real()

    made.cards = cards  # type: ignore[method-assign]
    async with console(made, screen="cards") as c:
        await shown(c)
        await c.ticks(12)
        before = asked
        await c.ticks(12)
        assert asked == before
        made.anomaly_cards = made.anomaly_cards[1:]
        made.say(cards=CardCounts(major=1, version=77))
        await c.hides("Memory is running out")
        assert asked == before + 1


async def test_the_cursor_is_on_its_card_while_others_come_above_it() -> None:
    made = engine()
    async with console(made, screen="cards") as c:
        screen = await shown(c)
        screen.list.go(FLAPS)
        made.anomaly_cards = [
            *(anomalous.card(100 + n, "MemoryLow", f"KARR-A{n:02}-AR-01", first=n, last=n) for n in range(40)),
            *made.anomaly_cards,
        ]
        made.say(cards=CardCounts(critical=41, version=9))
        await c.until(lambda: screen.list.count > 40)
        await c.ticks(2)
        assert screen.list.cursor == FLAPS
        assert any(line.startswith(">  % WARNING") for line in c.text.split("\n"))


async def test_rules_and_a_copy_of_the_page() -> None:
    async with console(engine(), screen="cards") as c:
        await shown(c)
        await c.press("R")
        await c.shows("right in 4 of 5 judged, 80%")
        await c.shows("off: slower than 200 us for 60 s")
        await c.press("escape", "y")
        await c.shows("copied")


@pytest.mark.parametrize("dimensions", [(80, 24), (100, 30), (110, 24), (140, 40), (200, 50)])
async def test_the_screen_is_whole_at_any_size(dimensions: tuple[int, int]) -> None:
    async with console(engine(), size=dimensions, screen="cards") as c:
        screen = await shown(c)
        for ident in (MEMORY, CLUSTER, "CARD-1123-0006", "CARD-1123-0008"):
            screen.list.go(ident)
            screen.paint()
            await c.pilot.pause()
            lines = c.text.split("\n")
            assert len(lines) == dimensions[1]
            assert any(line.startswith(">") for line in lines), ident


async def test_a_console_without_cards_says_so() -> None:
    async with console(afternoon.engine(), screen="cards") as c:
        await c.shows("no card, open or of the last 24 hours")
        await c.press("a", "F", "s", "u", "enter", "o", "e", "b", "y")

"""The Cards screen: its list and pages as functions, its keys with a pilot and an engine in memory."""

from __future__ import annotations

import time
from random import Random

import afternoon
import anomalous
import pytest
from driving import Console, console
from fake_engine import NOW, FakeEngine
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.action import JudgeCard, SnoozeCard, WakeCard
from statetrace_engine.model.anomaly import AnomalyCard, CardCounts, CardVerdict, Spot
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.runbook import Runbook
from statetrace_tui.present import card_detail, card_entry, snoozing
from statetrace_tui.present.card_detail import Beside
from statetrace_tui.present.card_entry import GROUPS, LOOKED_AT, NEW, OVER, SNOOZED, Known
from statetrace_tui.present.card_list import CardList
from statetrace_tui.present.hours import utc
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.cards import CardsScreen
from statetrace_tui.screens.explain import ExplainScreen
from statetrace_tui.screens.outages import OutagesScreen

MEMORY, SUPPLY, FLAPS, NIGHT = (f"CARD-1123-{n:04}" for n in (1, 2, 3, 4))
CLUSTER = f"CL-{SUPPLY}"


def engine() -> FakeEngine:
    return anomalous.fill(afternoon.engine())


def known(made: FakeEngine | None = None) -> Known:
    e = made or engine()
    return card_entry.known(e.anomaly_cards, e.card_clusters, e.open_incidents, e.open_outages)


def listed(of: Known) -> CardList:
    found = CardList()
    found.take(of, is_held=False)
    return found


def texts(cards: CardList, width: int = 120, height: int = 40) -> list[str]:
    return [plain(line).rstrip() for line in cards.lines(width, height, NOW)]


# The list.


def test_cards_stand_by_what_they_ask_of_an_operator_and_the_worst_first() -> None:
    cards = listed(known())
    assert cards.sizes() == {"NOT LOOKED AT": 4, "LOOKED AT": 1, "SNOOZED": 1, "OVER": 2}
    heads = [line.split(" ─")[0].strip() for line in texts(cards) if "──" in line]
    assert heads == ["NOT LOOKED AT  4", "LOOKED AT  1", "SNOOZED  1", "OVER  2"]
    rows = [line[5:].split()[0] for line in texts(cards) if line[3:5] in ("X ", "! ", "% ", "i ")]
    assert rows[:4] == ["CRITICAL", "CRITICAL", "WARNING", "INFO"]


def test_a_cluster_is_one_row_until_it_is_unfolded_and_its_parts_say_why() -> None:
    cards = listed(known())
    assert SUPPLY not in cards.entries
    cards.fold(CLUSTER)
    lines = texts(cards, 200)
    at = next(n for n, line in enumerate(lines) if "- A power failure" in line)
    assert "A power supply failed" in lines[at + 1]
    assert "2s after A power supply failed" in lines[at + 2]
    assert "NOT LOOKED AT  4" in "\n".join(lines)
    cards.fold(CLUSTER)
    assert SUPPLY not in cards.entries


def test_a_card_inside_a_folded_cluster_is_gone_to_by_unfolding_it() -> None:
    cards = listed(known())
    assert cards.go(SUPPLY)
    assert cards.cursor == SUPPLY
    assert not cards.go("CARD-9999-0000")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("flaps", {FLAPS, "CARD-1123-0005"}),
        ("rule:portflap device:wlls", {FLAPS}),
        ("!is:over !is:snoozed severity:info", {NIGHT}),
        ("c01-cr power", {CLUSTER}),
        ("nothing like it", set()),
    ],
)
def test_a_filter_finds_words_fields_and_a_cluster_by_what_is_in_it(query: str, expected: set[str]) -> None:
    cards = listed(known())
    cards.search(query)
    assert set(cards._shelf.ids()) == expected
    assert cards.cursor in expected | {""}


def test_rows_wait_while_an_operator_is_at_work_and_newcomers_come_in() -> None:
    made = engine()
    cards = listed(known(made))
    cards.go(FLAPS)
    judged = [replace(c, is_over=True) if c.card_id == NIGHT else c for c in made.anomaly_cards]
    made.anomaly_cards = [anomalous.card(20, "TemperatureHigh", "KARR-A09-AR-01", first=1, last=1), *judged]
    cards.take(known(made), is_held=True)
    assert cards.waiting == 1
    assert cards.sizes()["NOT LOOKED AT"] == 5
    assert cards.cursor == FLAPS
    assert cards.settle() == 1
    assert cards.sizes()["OVER"] == 3


CARDS = anomalous.cards()
STATES = st.lists(
    st.tuples(st.sampled_from(CARDS), st.sampled_from((NEW, LOOKED_AT, SNOOZED, OVER)), st.integers(0, 90_000)),
    max_size=30,
)


def _made(drawn: list[tuple[AnomalyCard, int, int]]) -> list[AnomalyCard]:
    made = []
    for number, (card, state, ago) in enumerate(drawn):
        made.append(
            replace(
                card, card_id=f"CARD-{number:04}", first_at=NOW - ago, last_at=NOW - ago / 2,
                is_over=state == OVER, feedback=CARDS[4].feedback if state == LOOKED_AT else None,
                snooze=CARDS[5].snooze if state == SNOOZED else None,
            )
        )  # fmt: skip
    return made


@given(STATES, STATES, st.integers(0, 40), st.booleans(), st.integers(80, 220), st.integers(3, 60))
def test_the_cursor_stays_on_its_row_and_every_line_fits_whatever_comes(
    first: list[tuple[AnomalyCard, int, int]],
    then: list[tuple[AnomalyCard, int, int]],
    by: int,
    is_held: bool,
    width: int,
    height: int,
) -> None:
    nothing = engine()
    before = card_entry.known(_made(first), (), nothing.open_incidents, nothing.open_outages)
    after = card_entry.known(_made(then), (), nothing.open_incidents, nothing.open_outages)
    cards = listed(before)
    cards.move(by)
    here = cards.cursor
    cards.take(after, is_held=is_held)
    if here in after.cards:
        assert cards.cursor == here
    else:
        assert (cards.cursor in after.cards) == bool(after.cards)
    lines = cards.lines(width, height, NOW)
    assert len(lines) <= height or not after.cards
    assert all(size(line) <= width for line in lines)
    if after.cards:
        assert sum(line[0][0] == ">" for line in lines if line) == 1
    assert sum(cards.sizes().values()) == len(after.cards)


@given(st.sampled_from([*CARDS, "cluster"]), st.integers(20, 120), st.integers(1, 60), st.text(max_size=40))
def test_the_page_of_a_card_fits_any_pane_and_shows_nothing_raw(
    which: AnomalyCard | str, width: int, height: int, said: str
) -> None:
    made = engine()
    if isinstance(which, AnomalyCard):
        wild = f"\x1b[31m{said}\x07"
        made.anomaly_cards = [
            replace(which, text=wild, title=wild or "x", samples=(wild,), subject=f"{which.hostname} {wild}")
        ]
        made.card_clusters = []
    cards = listed(known(made))
    if which == "cluster":
        cards.go(CLUSTER)
    entry = cards.chosen
    assert entry is not None
    beside = Beside(cards.known, {s.rule: s for s in anomalous.rules()}, card_detail.related(entry, cards.known), NOW)
    page = [*card_detail.lines(entry, beside, width, height), *cards.lines(max(width, 80), height, NOW)]
    assert len(card_detail.lines(entry, beside, width, height)) <= height
    for line in page:
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in plain(line))
    assert all(size(line) <= width for line in card_detail.lines(entry, beside, width, height))


def test_ten_thousand_cards_cost_a_key_no_more_than_forty() -> None:
    """A key is the rows in sight, and not all there are."""

    def cost_s(count: int) -> float:
        random = Random(3)
        many = [
            replace(random.choice(CARDS[:4]), card_id=f"CARD-{n:06}", first_at=NOW - n, last_at=NOW - n / 2)
            for n in range(count)
        ]
        cards = listed(card_entry.known(many, (), {}, {}))
        cards.lines(120, 40, NOW)
        began = time.process_time()
        for _ in range(200):
            cards.move(1)
            cards.lines(120, 40, NOW)
        return time.process_time() - began

    assert cost_s(10_000) < 4 * max(min(cost_s(40) for _ in range(3)), 0.05)


# Until when.


@pytest.mark.parametrize(
    ("text", "after_s", "reason"),
    [
        ("30m", 1800.0, ""), ("2h30m carrier works", 9000.0, "carrier works"), ("15:30", 5193.0, ""),
        ("14:03 at once", 86400.0 - 27.0, "at once"), ("1d", 86400.0, ""),
    ],
)  # fmt: skip
def test_a_time_is_typed_as_people_say_it(text: str, after_s: float, reason: str) -> None:
    until = snoozing.read(text, NOW, utc)
    assert isinstance(until, snoozing.Until)
    assert (until.at - NOW, until.reason) == (after_s, reason)


@pytest.mark.parametrize("text", ["", "tomorrow", "25:00", "-3h", "32d", "0m"])
def test_what_is_no_time_is_refused_with_a_word(text: str) -> None:
    assert isinstance(snoozing.read(text, NOW, utc), str)


def test_the_choices_end_when_they_say() -> None:
    ends = {letter: snoozing.chosen(letter, NOW, lambda _: 3600) for letter, _ in snoozing.CHOICES}
    assert (ends["1"].at - NOW, ends["4"].at - NOW) == (3600.0, 14400.0)  # type: ignore[union-attr]
    assert (ends["m"].at + 3600) % 86400 == 8 * 3600.0  # type: ignore[union-attr]
    assert 0 < ends["m"].at - NOW <= 32 * 3600  # type: ignore[union-attr]
    assert ends["t"] is None


# The screen.


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


def test_groups_are_named_as_the_list_has_them() -> None:
    assert [GROUPS[each] for each in (NEW, LOOKED_AT, SNOOZED, OVER)] == list(GROUPS)
    assert isinstance(anomalous.clusters(engine())[0], Cluster)


@pytest.mark.parametrize(
    ("subject", "known"),
    [
        ("R1 GigabitEthernet0/48", {"interface": "GigabitEthernet0/48"}),
        ("R1 ge-0/0/1.0", {"interface": "ge-0/0/1.0"}),
        ("R1 1/1/4", {"interface": "1/1/4"}),
        ("R1 10.1.1.2", {"neighbour": "10.1.1.2"}),
        ("R1 2001:db8::2", {"neighbour": "2001:db8::2"}),
        ("R1 from 10.99.66.6", {}),
        ("R1 Fan 1", {}),
        ("R1", {}),
    ],
)
def test_the_runbook_of_a_card_is_filled_in_by_what_the_card_is_about(subject: str, known: dict[str, str]) -> None:
    card = anomalous.card(1, "PortFlapEvents", subject, first=9.0, last=1.0)
    assert card_entry.fills(card) == {"hostname": "R1", **known}

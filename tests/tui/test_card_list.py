"""The list of cards and the page of one, as functions."""

from __future__ import annotations

import time
from random import Random

import anomalous
import pytest
from at_cards import CLUSTER, FLAPS, NIGHT, SUPPLY, engine, known
from fake_engine import NOW
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.cluster import Cluster
from statetrace_tui.present import card_detail, card_entry
from statetrace_tui.present.card_detail import Beside
from statetrace_tui.present.card_entry import GROUPS, LOOKED_AT, NEW, OVER, SNOOZED, Known
from statetrace_tui.present.card_list import CardList
from statetrace_tui.present.text import plain, size


def listed(of: Known) -> CardList:
    found = CardList()
    found.take(of, is_held=False)
    return found


def texts(cards: CardList, width: int = 120, height: int = 40) -> list[str]:
    return [plain(line).rstrip() for line in cards.lines(width, height, NOW)]


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

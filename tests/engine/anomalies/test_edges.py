"""Edges of rules: the moment at which a window ends, hours and new types by brute force, what `unless` takes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import msgpack

from statetrace_engine.anomalies import desk
from statetrace_engine.anomalies.matching import filled
from statetrace_engine.anomalies.watch import CardChange, SavedPair, Watch
from statetrace_engine.model.anomaly import (
    EVERY,
    Absence,
    CardStep,
    Count,
    Event,
    Finding,
    Frequency,
    New,
    OffHours,
    On,
    Sequence,
    Threshold,
)
from tests.engine.anomalies.bench import Bench
from tests.engine.anomalies.bench import rule as bench_rule
from tests.engine.anomalies.test_laws import T0, TAGS, found, journals, local, raised, rule

A, B = On(tags=(TAGS[0],)), On(tags=(TAGS[1],))


def event(at: float, tag: str = TAGS[0], text: str = "t") -> Event:
    return Event(at, T0 + at, "x", tag, text, 1)


def watch(find: Finding, on: On = A) -> Watch:
    return Watch([rule(find, on)], local)


def steps(changes: list[CardChange]) -> list[CardStep]:
    return [change.step for change in changes]


@pytest.mark.parametrize(("last", "is_found"), [(10.0, True), (10.01, False)])
def test_a_window_holds_what_is_exactly_as_old_as_it_is_long(last: float, is_found: bool) -> None:
    events = [event(0.0), event(4.0), event(last)]
    assert bool(found(rule(Count(3, 10.0), A), events)) is is_found
    sequence = [event(0.0), event(last, TAGS[1])]
    assert bool(found(rule(Sequence((B,), 10.0), A), sequence)) is is_found


def test_what_a_device_says_by_two_messages_is_counted_once() -> None:
    counted = Count(3, 300.0, each="tag")
    both = On(tags=TAGS)
    flaps = [event(60.0 * n + late, tag) for n in range(3) for late, tag in enumerate(TAGS[:2])]
    assert found(rule(counted, both), flaps[:5]) == [(120.0, "x")]
    assert found(rule(counted, both), flaps[:4]) == []
    restarted = watch(counted, both)
    for one in flaps[:4]:
        restarted.take(one)
    again = watch(counted, both)
    again.give([msgpack.decode(pair, type=SavedPair) for pair in restarted.saved()], restarted.missed)
    (card,) = again.take(flaps[4])
    assert (card.step, card.card.count) == (CardStep.RAISED, 3)


@given(journals(), st.integers(1, 4), st.integers(1, 80))
def test_counts_of_each_value(events: list[Event], at_least: int, quarters: int) -> None:
    within = quarters / 4

    def is_found(mine: list[Event]) -> list[bool]:
        return [
            sum(one.tag == last.tag and last.steady - one.steady <= within for one in mine[: at + 1]) >= at_least
            for at, last in enumerate(mine)
        ]

    counted = rule(Count(at_least, within, each="tag"), On(tags=TAGS))
    assert sorted(found(counted, events)) == raised(events, is_found, lambda _: True)


@pytest.mark.parametrize("tag", TAGS[:2])
def test_half_of_a_sequence_keeps_no_card_open(tag: str) -> None:
    made = watch(Sequence((B,), 10.0))
    made.take(event(0.0))
    assert steps(made.take(event(1.0, TAGS[1]))) == [CardStep.RAISED]
    made.take(event(1.5, tag))
    assert steps(made.pass_time(2.1, T0 + 2.1)) == [CardStep.OVER]


def test_what_is_said_after_a_gap_is_the_beginning_of_a_silence_of_its_own() -> None:
    made = watch(Absence(30.0))
    made.take(event(0.0))
    made.miss(100.0)
    made.take(event(120.0))
    assert made.pass_time(149.0, T0 + 149.0) == []
    assert steps(made.pass_time(150.1, T0 + 150.1)) == [CardStep.RAISED]


@pytest.mark.parametrize(("text", "is_found"), [("port down", True), ("port administratively down", False)])
def test_what_unless_names_is_taken_back(text: str, is_found: bool) -> None:
    made = watch(Count(1, 60.0), On(tags=(TAGS[0],), unless="administratively"))
    assert bool(made.take(event(0.0, text=text))) is is_found


def test_a_device_cannot_name_all_subjects_of_a_rule() -> None:
    assert filled("{who}", {"who": EVERY}) == "?"


@example(20, 6, False, 15 * 4)
@example(20, 6, False, 14 * 4)
@example(6, 20, False, 5 * 4)
@given(st.integers(0, 23), st.integers(0, 23), st.booleans(), st.integers(0, 7 * 96))
def test_off_hours_are_those_between_two_also_past_midnight(
    start: int, end: int, weekends: bool, quarters: int
) -> None:
    at = quarters * 900.0
    here = local(T0 + at)
    hours, hour = set[int](), start
    while hour != end:
        hours.add(hour)
        hour = (hour + 1) % 24
    is_off = here.hour in hours or (weekends and (here - timedelta(days=5)).weekday() < 2)
    assert bool(found(rule(OffHours(start, end, weekends), A), [event(at)])) is is_off


@given(journals(), st.integers(0, 40))
def test_new_types_are_those_that_a_device_has_not_sent_since_it_was_learnt(events: list[Event], learn_s: int) -> None:
    expected, seen, first = [], set[tuple[str, str]](), dict[str, float]()
    for one in events:
        began = first.setdefault(one.hostname, one.steady)
        if (one.hostname, one.tag) not in seen and one.steady - began >= learn_s:
            expected.append((one.hostname, one.tag))
        seen.add((one.hostname, one.tag))
    made = watch(New(learn_s=learn_s), On(tags=("A-*", "B-*", "C-*")))
    told = [change for one in events for change in [*made.take(one), *made.pass_time(one.steady + 1e6, one.at)][:1]]
    counted = [change.card.hostname for change in told if change.step is CardStep.RAISED]
    assert counted == [host for host, _ in expected]


def test_a_card_is_looked_at_once_for_each_time_that_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sooner look leaves the later ones behind: they find nothing to do, and call for no more of their kind."""
    looks: list[float] = []
    look = Watch._fallen_due

    def counted(self: Watch, pair: Any, key: str, now: float, at: float) -> list[CardChange]:
        looks.append(now)
        return look(self, pair, key, now, at)

    monkeypatch.setattr(Watch, "_fallen_due", counted)
    watched, told = watch(Count(1, 10.0)), []
    for number in range(40):
        told += steps(watched.take(event(number * 0.3)))
    while (due := watched.next_due()) is not None:
        told += steps(watched.pass_time(due, T0 + due))
    assert told.count(CardStep.RAISED) == told.count(CardStep.OVER) == 1
    assert len(looks) == len(set(looks)), "never twice at one moment"


def test_cards_that_are_over_are_kept_for_a_day_and_up_to_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_OVER", 3)
    bench = Bench(bench_rule(Count(1, 1.0), quiet_s=1.0))
    for number in range(5):
        bench.say(10.0 * number, "thing")
        bench.tick(10.0 * number + 5)
    assert [card.first_at - T0 for card in reversed(bench.pipeline.desk.cards())] == [20.0, 30.0, 40.0]
    bench.tick(86_500)
    bench.say(86_500, "thing")
    bench.tick(86_510)
    assert [card.first_at - T0 for card in bench.pipeline.desk.cards()] == [86_500.0]


@pytest.mark.parametrize("find", [Threshold("value", above=85.0), OffHours(22, 23), New(0.0)])
def test_what_is_no_finding_keeps_no_card_open_however_often_it_comes(find: Finding) -> None:
    """A processor that was busy once and is polled again and again; a change at night, and many by day."""
    made = watch(find, On(tags=(TAGS[0],), pattern=r"(?P<value>\d+)"))
    began = 9 * 3600 - 0.1  # just before 23 o'clock
    told = made.take(event(began, text="95"))
    for number in range(1, 20):
        at = began + 0.3 * number
        told += [*made.pass_time(at, T0 + at), *made.take(event(at, text="20"))]
    assert steps(told) == [CardStep.RAISED, CardStep.OVER]
    assert told[-1].card.count == 1


def test_a_card_of_what_is_busier_than_usual_ends_when_it_is_as_busy_as_ever() -> None:
    """What comes then is no part of it, and does not keep it open."""
    busy = watch(Frequency(bucket_s=10.0, baseline_s=20.0, sigmas=3.0, factor=2.0, at_least=5))
    storm = [0.0, 10.0, *(29.0 + n / 10 for n in range(5))]
    assert steps([change for at in storm for change in busy.take(event(at))]) == [CardStep.RAISED]
    assert steps([change for at in (30.0, 30.3) for change in busy.take(event(at))]) == []
    assert steps(busy.take(event(30.6))) == [CardStep.OVER]

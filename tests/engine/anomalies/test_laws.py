"""Rules against a recomputation from the whole journal by brute force: the same findings, at the same messages."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.anomalies import hearing
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import (
    Absence,
    CardStep,
    Count,
    Event,
    Finding,
    Frequency,
    On,
    Rule,
    Sequence,
    Threshold,
)
from statetrace_engine.model.health import Severity
from statetrace_engine.model.reading import FactName, Reading

T0 = 1_795_442_400.0
TAGS = ("A-1-A", "B-1-B", "C-1-C")
Found = list[tuple[float, str]]
"""When, and for whom, something was found."""


def local(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def rule(find: Finding, on: On) -> Rule:
    return Rule(id="R", title="r", severity=Severity.WARNING, on=on, find=find, quiet_s=1.0)


@st.composite
def journals(draw: st.DrawFn) -> list[Event]:
    steps = draw(st.lists(st.integers(0, 40), max_size=80))
    events, at = [], 0.0
    for seq, step in enumerate(steps, 1):
        at += step / 4
        host, tag = draw(st.sampled_from("xy")), draw(st.sampled_from(TAGS))
        events.append(Event(at, T0 + at, host, tag, f"level {draw(st.integers(0, 9))}", seq))
    return events


def found(made: Rule, events: list[Event]) -> Found:
    """Messages at which a card is raised."""
    watch, told = Watch([made], local), []
    for event in events:
        told += [(event.steady, c.card.subject) for c in watch.take(event) if c.step is CardStep.RAISED]
    return told


def raised(
    events: list[Event], is_found: Callable[[list[Event]], list[bool]], is_first: Callable[[Event], bool]
) -> Found:
    """Brute force: of each host's messages those that find something, and of these the ones with no card open. A card
    is over a second after the last message that found something or belongs to it."""
    told: Found = []
    for host in "xy":
        mine = [event for event in events if event.hostname == host]
        last = -math.inf
        for event, is_so in zip(mine, is_found(mine), strict=True):
            is_open = last + 1.0 > event.steady
            if is_so and not is_open:
                told.append((event.steady, host))
            if is_so or (is_open and is_first(event)):
                last = event.steady
    return sorted(told)


@given(journals(), st.integers(1, 5), st.integers(1, 80))
def test_counts(events: list[Event], at_least: int, quarters: int) -> None:
    within = quarters / 4
    on = On(tags=(TAGS[0],))

    def is_found(mine: list[Event]) -> list[bool]:
        hits = [e for e in mine if e.tag == TAGS[0]]
        said = {
            e.seq: sum(within >= e.steady - other.steady and other.seq <= e.seq for other in hits) >= at_least
            for e in hits
        }
        return [said.get(e.seq, False) for e in mine]

    expected = raised(events, is_found, lambda e: e.tag == TAGS[0])
    assert sorted(found(rule(Count(at_least, within), on), events)) == expected


@given(journals(), st.integers(0, 9), st.integers(1, 3))
def test_thresholds(events: list[Event], above: int, times: int) -> None:
    on = On(tags=(TAGS[0],), pattern=r"level (?P<level>\d+)")

    def is_found(mine: list[Event]) -> list[bool]:
        said, hits = [], []
        for e in mine:
            if e.tag == TAGS[0]:
                hits.append(int(e.text.split()[1]) > above)
            said.append(e.tag == TAGS[0] and len(hits) >= times and all(hits[-times:]))
        return said

    expected = raised(events, is_found, lambda e: e.tag == TAGS[0])
    assert sorted(found(rule(Threshold("level", above=above, times=times), on), events)) == expected


@given(journals(), st.integers(0, 9), st.integers(1, 3), st.integers(0, 40))
def test_thresholds_of_facts_that_last(events: list[Event], above: int, times: int, quarters: int) -> None:
    for_s, on = quarters / 4, On(facts=(FactName.CPU,))
    given = [
        hearing.fact(Reading(FactName.CPU, "cpu", float(e.text.split()[1])), e.hostname, e.steady, e.at, e.seq)
        if e.tag == TAGS[0]
        else e
        for e in events
    ]

    def is_found(mine: list[Event]) -> list[bool]:
        said, streak = [], list[Event]()
        for e in mine:
            is_over = e.fact is not None and float(dict(e.said)["value"]) > above
            streak = [*streak, e] if is_over else streak if e.fact is None else []
            lasted = streak[-1].steady - streak[0].steady if streak else 0.0
            said.append(is_over and len(streak) >= times and lasted >= for_s)
        return said

    expected = raised(given, is_found, lambda e: e.fact is not None)
    assert sorted(found(rule(Threshold("value", above=above, times=times, for_s=for_s), on), given)) == expected


@given(journals(), st.integers(1, 80))
def test_sequences(events: list[Event], quarters: int) -> None:
    within = quarters / 4
    on, then = On(tags=(TAGS[0],)), (On(tags=(TAGS[1],)), On(tags=(TAGS[2],)))

    def is_found(mine: list[Event]) -> list[bool]:
        said, since = [], 0
        for at, last in enumerate(mine):
            is_whole = last.tag == TAGS[2] and any(
                one.tag == TAGS[0] and two.tag == TAGS[1] and last.steady - one.steady <= within
                for i, one in enumerate(mine[since:at], since)
                for two in mine[i + 1 : at]
            )
            since = at + 1 if is_whole else since
            said.append(is_whole)
        return said

    expected = raised(events, is_found, lambda e: e.tag == TAGS[0])
    assert sorted(found(rule(Sequence(then, within), on), events)) == expected


@given(journals(), st.integers(1, 80))
def test_sequences_that_end_as_they_begin(events: list[Event], quarters: int) -> None:
    """The last message of one that was found may be the first of the next, and none before it is any of it."""
    within = quarters / 4
    on, then = On(tags=(TAGS[0],)), (On(tags=(TAGS[1],)), On(tags=(TAGS[0],)))

    def is_found(mine: list[Event]) -> list[bool]:
        said, since = [], 0
        for at, last in enumerate(mine):
            is_whole = last.tag == TAGS[0] and any(
                one.tag == TAGS[0] and two.tag == TAGS[1] and last.steady - one.steady <= within
                for i, one in enumerate(mine[since:at], since)
                for two in mine[i + 1 : at]
            )
            since = at if is_whole else since
            said.append(is_whole)
        return said

    expected = raised(events, is_found, lambda e: e.tag == TAGS[0])
    assert sorted(found(rule(Sequence(then, within), on), events)) == expected


@given(journals(), st.integers(2, 40), st.integers(1, 4))
def test_frequencies(events: list[Event], bucket: int, buckets: int) -> None:
    on = On(tags=(TAGS[0],))
    find = Frequency(bucket_s=bucket, baseline_s=bucket * buckets, sigmas=1.0, factor=1.5, at_least=2)

    def is_found(mine: list[Event]) -> list[bool]:
        hits = [e for e in mine if e.tag == TAGS[0]]
        said = {}
        for e in hits:
            now, first = int(e.steady // bucket), int(hits[0].steady // bucket)
            counts = [sum(int(o.steady // bucket) == b for o in hits) for b in range(now - buckets, now)]
            here = sum(int(o.steady // bucket) == now and o.seq <= e.seq for o in hits)
            mean = sum(counts) / buckets
            spread = math.sqrt(sum((c - mean) ** 2 for c in counts) / buckets)
            said[e.seq] = now - first >= buckets and here >= 2 and here > mean + spread and here > 1.5 * mean
        return [said.get(e.seq, False) for e in mine]

    expected = raised(events, is_found, lambda e: e.tag == TAGS[0])
    assert sorted(found(rule(find, on), events)) == expected


@given(journals(), st.integers(8, 80))
def test_absences(events: list[Event], quarters: int) -> None:
    after = quarters / 4
    watch, told = Watch([rule(Absence(after), On(tags=(TAGS[0],)))], local), []
    end = events[-1].steady + 1000.0 if events else 0.0
    for event in events:
        told += [(c.card.subject, c.card.last_at - T0) for c in watch.take(event) if c.step is CardStep.RAISED]
    told += [(c.card.subject, c.card.last_at - T0) for c in watch.pass_time(end, T0 + end) if c.step is CardStep.RAISED]
    expected = []
    for host in "xy":
        hits = [e.steady for e in events if e.hostname == host and e.tag == TAGS[0]]
        expected += [
            host for one, other in zip(hits, [*hits[1:], end][: len(hits)], strict=True) if other - one >= after
        ]
    assert sorted(host for host, _ in told) == sorted(expected)


@given(journals())
def test_two_who_read_the_same_find_the_same(events: list[Event]) -> None:
    made = [rule(Count(2, 5.0), On(words=("level",)))]
    one, other = Watch(made, local), Watch(made, local)
    assert [one.take(e) for e in events] == [other.take(e) for e in events]


@given(journals(), st.integers(1, 3))
def test_memory_is_bounded(events: list[Event], most: int) -> None:
    watch = Watch([rule(Count(2, 5.0), On(words=("level",)))], local, most=most)
    for event in events:
        watch.take(event)
        assert watch.pairs <= most


def test_a_sequence_names_all_its_messages_in_their_order() -> None:
    """The newest beginning of each step: what was begun before it, and went no further, is no part of it."""
    find = Sequence(then=(On(tags=(TAGS[1],)), On(tags=(TAGS[2],)), On(tags=(TAGS[0],), words=("end",))), within_s=60.0)
    watch = Watch([rule(find, On(tags=(TAGS[0],), unless="end"))], local)
    said = [TAGS[0], TAGS[0], TAGS[1], TAGS[2], TAGS[0]]
    changes = [
        change
        for n, tag in enumerate(said, 1)
        for change in watch.take(Event(float(n), T0 + n, "R1", tag, "the end" if n == len(said) else "x", seq=100 + n))
    ]
    assert [(change.step, change.card.seqs, change.card.count) for change in changes] == [
        (CardStep.RAISED, (102, 103, 104, 105), 4)
    ]

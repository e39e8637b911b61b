"""When the desk wants to be asked again, and how far apart what belongs together may be: at the second."""

from __future__ import annotations

import pytest

from statetrace_engine.anomalies import clusters, storms
from statetrace_engine.anomalies.desk import MOST_HEARD, Desk
from statetrace_engine.anomalies.sequences import OUTAGES, SEQUENCES
from statetrace_engine.model.anomaly import CardStep, Count, Event
from statetrace_engine.model.change import CardChanged
from tests.engine.anomalies.bench import rule
from tests.engine.anomalies.clustered import GROUND, PORT, T0, A, by_the_letter, card


def event(at: float, host: str) -> Event:
    return Event(at, T0 + at, host, "A-1-A", "a thing happened")


def storming() -> Desk:
    """Of a rule with one card more than stand by themselves, told of at 0 s."""
    desk = Desk((rule(Count(1, 20.0), quiet_s=600.0),))
    for number in range(storms.SHOWN + 1):
        desk.hear(event(0.0, f"R{number}"))
    desk.warn(0.0, T0)
    return desk


def test_a_storm_is_told_of_again_when_its_time_has_come_and_not_before() -> None:
    desk = storming()
    quiet = desk.next_due()
    assert quiet is not None
    assert quiet > 2 * storms.TELL_S, "nothing is untold"
    desk.hear(event(0.5, "X1"))
    assert [c for c in desk.warn(0.5, T0 + 0.5) if isinstance(c, CardChanged)] == []
    assert desk.next_due() == storms.TELL_S
    assert desk.warn(storms.TELL_S - 0.1, T0 + storms.TELL_S - 0.1) == []
    (told,) = desk.warn(storms.TELL_S, T0 + storms.TELL_S)
    assert isinstance(told, CardChanged)
    assert (told.step, told.card.count) == (CardStep.MORE, 2)
    assert desk.next_due() == quiet


def test_a_desk_is_full_at_its_bound() -> None:
    desk = Desk()
    for number in range(MOST_HEARD):
        assert not desk.is_full
        desk.hear(event(float(number), "R1"))
    assert desk.is_full
    desk.warn(1.0, T0)
    assert not desk.is_full


def test_time_that_went_back_passes_nothing() -> None:
    desk = storming()
    desk.hear(event(0.5, "X1"))
    desk.warn(0.5, T0 + 0.5)
    assert desk.warn(-100.0, T0 + 100.0) == []
    assert desk.next_due() == storms.TELL_S


ROWS = [row for row, sequence in enumerate(SEQUENCES) if sequence.first - OUTAGES and sequence.then - OUTAGES]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row}-{SEQUENCES[row].name}")
def test_a_window_ends_at_its_second(row: int) -> None:
    sequence = SEQUENCES[row]
    first, then = min(sequence.first - OUTAGES), max(sequence.then - OUTAGES)
    opener = card(1, first, f"{A} {PORT}", 0.0)
    edges = [sequence.window_s + off for off in (-1.0, 0.0, 1.0)] + [
        -sequence.early_s + off for off in (-1.0, 0.0, 1.0)
    ]
    for at in (*edges, 0.0):
        follower = card(2, then, f"{A} {PORT}", at)
        found = clusters.of((opener, follower), (), (), GROUND)
        ties = {tie.member: tie.behind for cluster in found for tie in cluster.ties if tie.behind}
        assert ties == by_the_letter((opener, follower), [], {}, GROUND), at

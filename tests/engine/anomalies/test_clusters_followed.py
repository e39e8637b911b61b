"""Clusters that are followed one change at a time are those that all at once make, whatever came before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.anomalies import clusters
from statetrace_engine.anomalies.clusters import Clusters
from statetrace_engine.anomalies.sequences import OUTAGES
from statetrace_engine.model.action import JudgeCard, SnoozeCard
from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback, CardVerdict, Count, On
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import Incident, OutageEvent
from tests.engine.anomalies.bench import Bench, rule
from tests.engine.anomalies.clustered import (
    GROUND,
    KINDS,
    SUBJECTS,
    T0,
    A,
    B,
    C,
    by_the_letter,
    card,
    ident_of,
    incident,
    outage,
)

Thing = AnomalyCard | Incident | OutageEvent
TIMES = st.integers(-600, 4000)
CARD = st.builds(
    lambda number, kind, subject, at, lasts, is_over, is_false: card(
        number, kind, subject, float(at), float(lasts), is_over=is_over,
        feedback=CardFeedback(verdict=CardVerdict.FALSE, operator="ana", at=T0) if is_false else None,
    ),
    st.integers(0, 9), st.sampled_from(KINDS), st.sampled_from(SUBJECTS), TIMES, st.integers(0, 900), st.booleans(),
    st.integers(0, 9).map(lambda drawn: drawn == 0),
)  # fmt: skip
OUTAGE = st.builds(
    lambda name, host, at, cause, is_over: outage(
        name, host, float(at), cause, resolved_at=T0 + at + 60 if is_over else None
    ),
    st.sampled_from("123"), st.sampled_from((A, B, C)), TIMES, st.sampled_from(sorted(OUTAGES)), st.booleans(),
)  # fmt: skip
INCIDENT = st.builds(
    lambda name, host, at, cause, of: replace(
        incident(name, f"device {host}", float(at), cause, devices=(host,)),
        outage_ids=tuple(f"OUT-{one}" for one in sorted(of)),
    ),
    st.sampled_from("12"), st.sampled_from((A, B, C)), TIMES, st.sampled_from(sorted(OUTAGES)),
    st.sets(st.sampled_from("1234")),
)  # fmt: skip
STEPS = st.lists(
    st.tuples(CARD | OUTAGE | INCIDENT, st.sampled_from(("put", "put", "louder", "later", "gone")), st.integers(0, 3)),
    min_size=1, max_size=30,
)  # fmt: skip
"""What is put, changed a little or gone, and whether somebody asks then, or asks and goes away."""


def changed(known: dict[str, Thing], thing: Thing, how: str) -> Thing | None:
    """The one of that id that is known, with more of it heard or at another time; the drawn one; None: it is gone."""
    before = known.get(ident_of(thing), thing)
    if how == "gone":
        return None
    if isinstance(before, AnomalyCard) and how == "louder":
        return replace(before, last_at=before.last_at + 120.0, severity=Severity.CRITICAL)
    if isinstance(before, AnomalyCard) and how == "later":
        return replace(before, first_at=before.first_at - 90.0, is_over=True)
    return thing


def settled(followed: Clusters) -> Clusters:
    for _ in followed.settle():
        pass
    return followed


@given(STEPS)
def test_the_clusters_are_those_of_what_there_is_and_each_link_is_by_the_table(
    steps: list[tuple[Thing, str, int]],
) -> None:
    followed, known = Clusters(GROUND), dict[str, Thing]()
    for thing, how, asked in steps:
        new = changed(known, thing, how)
        if new is None:
            known.pop(ident_of(thing), None)
        else:
            known[ident_of(thing)] = new
        followed.take(ident_of(thing), new)
        if asked == 0:
            settled(followed)
        elif asked == 1:  # and went away
            for _ in zip(range(3), followed.settle(), strict=False):
                pass
    cards = [one for one in known.values() if isinstance(one, AnomalyCard)]
    incidents = [one for one in known.values() if isinstance(one, Incident)]
    outages = {ident: one for ident, one in known.items() if isinstance(one, OutageEvent)}
    assert settled(followed).all == clusters.of(cards, incidents, outages.values(), GROUND)
    ties = {tie.member: tie.behind for cluster in followed.all for tie in cluster.ties if tie.behind}
    assert ties == by_the_letter(cards, incidents, outages, GROUND)
    for cluster in followed.all:
        assert all(followed.of_outage(ident) is cluster for ident in cluster.outage_ids)


@pytest.mark.parametrize("how", ["one more", "louder", "gone"])
def test_one_change_costs_the_same_steps_however_many_cards_there_are(how: str) -> None:
    def steps(others: int) -> int:
        followed = Clusters(GROUND)
        for number in range(others):
            far = card(100 + number, KINDS[number % len(KINDS)], f"ELSE-A{number:05}-AR-01", number / 10)
            followed.take(far.card_id, far)
        first, then = card(1, "PowerSupply", f"{A} 1", 0.0), card(2, "RestartAfterPowerLoss", A, 100.0)
        for each in (first, then):
            followed.take(each.card_id, each)
        settled(followed)
        changes = {"one more": card(3, "SilentDevice", A, 60.0), "louder": replace(first, last_at=T0 + 9), "gone": None}
        new = changes[how]
        followed.take(new.card_id if new is not None else first.card_id, new)
        return sum(1 for _ in followed.settle())

    assert steps(2000) == steps(0) <= 4


SAID = st.lists(
    st.tuples(
        st.sampled_from(("fails", "flaps", "judged", "snoozed", "step back", "step on", "a day")),
        st.sampled_from(("R1", "R2")), st.integers(0, 400),
    ),
    max_size=20,
)  # fmt: skip


@given(SAID)
def test_what_the_desk_touches_is_all_that_is_another(said: list[tuple[str, str, int]]) -> None:
    """Openings, growth, ends, judgments, snoozes that expire, steps of the clock, and cards that are forgotten."""
    bench = Bench(
        rule(Count(1, 20.0), On(words=("supply",)), "PowerSupply"),
        rule(Count(1, 20.0), On(words=("port",)), "ErrDisabled"),
    )
    followed, desk, at = Clusters(GROUND), bench.pipeline.desk, 0.0

    def act(what: str, host: str) -> None:
        cards = desk.cards()
        if what == "judged" and cards:
            bench.act(at, JudgeCard("1", "ana", cards[0].card_id, CardVerdict.FALSE))
        elif what == "snoozed":
            bench.act(at, SnoozeCard("2", "ana", "PowerSupply", host, T0 + at + bench.step + 100.0))

    says: dict[str, Callable[[str], None]] = {
        "fails": lambda host: bench.say(at, "%PS-2-FAIL: supply is bad", host),
        "flaps": lambda host: bench.say(at, "%PM-4-ERR: port is off", host),
    }
    for what, host, after in said:
        at += after + (86_500.0 if what == "a day" else 0.0)
        bench.step += {"step back": -3600.0, "step on": 3600.0}.get(what, 0.0)
        says.get(what, lambda host, what=what: act(what, host))(host)  # type: ignore[misc]
        bench.tick(at)
        touched = desk.touched.take()
        for ident in (*desk.idents(), *followed.known()) if touched is None else touched:
            followed.take(ident, desk.card(ident))
        assert settled(followed).all == clusters.of(desk.cards(), (), (), GROUND)
        assert set(followed.known()) == set(desk.idents())

"""Anomaly cards in the store: the newest of each, how right their rules were, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs
from store_facts import PATIENCE_S, T0

from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback, CardStep, CardVerdict, RuleCount
from statetrace_engine.model.change import CardChanged
from statetrace_engine.model.health import Severity
from statetrace_engine.store.history import History
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.writer import StoreWriter

DAY_S = 86400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


def opened_store(path: Path) -> StoreWriter:
    return StoreWriter(path, lambda: T0, settle_s=0.0)


def card(name: str, first_at: float = T0, **more: object) -> AnomalyCard:
    made = AnomalyCard(
        card_id=name, rule="R", title="t", severity=Severity.WARNING, subject="R1", hostname="R1", text="3",
        count=3, first_at=first_at, last_at=first_at, seqs=(1, 2, 3), samples=("x",),
    )  # fmt: skip
    return structs.replace(made, **more)


def raised(one: AnomalyCard, step: CardStep = CardStep.RAISED) -> CardChanged:
    return CardChanged(step=step, card=one)


def said(verdict: CardVerdict) -> CardFeedback:
    return CardFeedback(verdict=verdict, operator="ana", at=T0 + 9)


def test_the_newest_of_a_card_is_kept_and_counted_for_its_rule(path: Path) -> None:
    writer = opened_store(path)
    last = card("A", count=9, is_over=True, ended_at=T0 + 60, feedback=said(CardVerdict.TRUE))
    writer.submit([raised(card("A")), raised(card("B", feedback=said(CardVerdict.FALSE)))], 1)
    writer.submit([raised(last, CardStep.OVER), raised(card("C", T0 - 40 * DAY_S))], 2)
    assert writer.flush(PATIENCE_S)
    writer.close()
    history = History(path)
    assert history.cards_by_id(("A", "none")) == (last,)
    assert {each.card_id for each in history.cards(T0)} == {"A", "B", "C"}
    assert {each.card_id for each in history.cards(T0 + 61)} == {"B", "C"}, "open ones are recent, however old"
    assert history.rule_counts(T0 - 30 * DAY_S) == (RuleCount("R", 2, 1, 1),)
    assert history.rule_counts(T0 - 30 * DAY_S)[0].precision == 0.5


def test_old_cards_are_pruned_and_open_ones_are_not(path: Path) -> None:
    writer = opened_store(path)
    over = {"is_over": True, "ended_at": T0}
    writer.submit([raised(card("A", **over)), raised(card("B"))], 1)
    assert writer.flush(PATIENCE_S)
    writer.prune(T0 + 91 * DAY_S, Retention(cards_days=90))
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert [each.card_id for each in History(path).cards(0.0)] == ["B"]


def test_a_store_without_cards_has_none(path: Path) -> None:
    assert History(path).cards(0.0) == ()
    assert History(path).rule_counts(0.0) == ()

"""What an operator may do while no engine runs: acknowledge, judge and snooze cards. The caller holds the home's lease.

The action goes into the journal first, where the next engine finds and replays it, and into the store, so that the
next question sees it; the audit leaves out what the replay brings again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Acknowledge, ActionResult, CardAction, JudgeCard, SnoozeCard, WakeCard
from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.signal import Gap, Signal, Source
from statetrace_engine.store.history import History
from statetrace_engine.store.journal import Journal

STORE = "statetrace.db"
JOURNAL = "journal"


def acknowledge(data_dir: Path, action: Acknowledge, at: Epoch) -> ActionResult:
    """Acknowledges in journal and store; `refused` says why for each outage that it did not touch.

    Raises StoreError when either cannot be written.
    """
    history = History(data_dir / STORE)
    found = {outage.outage_id: outage for outage in history.outages_by_id(action.outage_ids)}
    refused = {outage_id: why for outage_id in action.outage_ids if (why := _refusal(found.get(outage_id)))}
    touched = tuple(outage_id for outage_id in dict.fromkeys(action.outage_ids) if outage_id not in refused)
    known = [outage_id for outage_id in dict.fromkeys(action.outage_ids) if outage_id in found]
    if known:
        _journal(data_dir / JOURNAL, history.restore().last_seq, action, at)
        entries = [_entry(action, outage_id, refused.get(outage_id, ""), at) for outage_id in known]
        outages = [_acknowledged(found[outage_id], action, at) for outage_id in touched]
        rows = [_row(row, action, at) for row in history.current() if row.outage_id in touched]
        append_direct(data_dir / STORE, entries, outages, rows)
    return ActionResult(touched=touched, refused=refused, action_id=action.action_id)


def judge(data_dir: Path, action: JudgeCard, at: Epoch) -> ActionResult:
    """What is said of a card, in journal and store. Raises StoreError."""
    found = History(data_dir / STORE).cards_by_id((action.card_id,))
    if not found:
        return ActionResult(refused={action.card_id: "no such card"}, action_id=action.action_id)
    words = "taken back"
    feedback = None
    if action.verdict is not None:
        words = f"{action.verdict.value} positive"
        feedback = CardFeedback(verdict=action.verdict, operator=action.operator, at=at, note=action.note)
    card = structs.replace(found[0], feedback=feedback)
    detail = f"{card.rule} {card.subject}: {words} {action.note}".strip()
    return _said(data_dir, action, at, ("judge-card", card.card_id, detail), [card])


def snooze(data_dir: Path, action: SnoozeCard | WakeCard, at: Epoch) -> ActionResult:
    """A snooze, or its end, for the next engine: the store knows neither rules nor windows. Raises StoreError."""
    name = f"{action.rule} {action.subject}"
    kind, detail = "wake-card", ""
    if isinstance(action, SnoozeCard):
        kind, detail = "snooze-card", f"for {(action.until_at - at) / 60:.0f} min {action.reason}".strip()
    return _said(data_dir, action, at, (kind, name, detail), [])


def _said(
    data_dir: Path, action: CardAction, at: Epoch, words: tuple[str, str, str], cards: Sequence[AnomalyCard]
) -> ActionResult:
    kind, subject, detail = words
    _journal(data_dir / JOURNAL, History(data_dir / STORE).restore().last_seq, action, at)
    said = "; ".join(filter(None, (detail, "no engine running")))
    entry = AuditEntry(seq=0, at=at, operator=action.operator, action=kind, subject=subject, detail=said, digest="")
    append_direct(data_dir / STORE, [entry], cards=cards)
    return ActionResult(touched=(subject,), action_id=action.action_id)


def append_direct(
    path: Path,
    entries: Sequence[AuditEntry],
    outages: Sequence[OutageEvent] = (),
    rows: Sequence[RouteHealth] = (),
    cards: Sequence[AnomalyCard] = (),
) -> None:
    """Chains audit entries and replaces outages, rows and cards, in one transaction. Raises StoreError."""
    from statetrace_engine.store.session import Session  # SQLAlchemy: off the start-up path

    session = Session(path, time.time)
    try:
        session.write_direct(entries, outages, rows, cards)
    finally:
        session.close()


def _refusal(outage: OutageEvent | None) -> str:
    if outage is None:
        return "no such outage"
    if outage.acknowledged_by:
        return f"acknowledged by {outage.acknowledged_by} already"
    return "it is over" if outage.closed_at is not None and not outage.is_latched else ""


def _journal(folder: Path, after_seq: int, action: Acknowledge | CardAction, at: Epoch) -> None:
    journal = Journal(folder, after_seq=after_seq)
    try:
        last = journal.get(journal.last_seq)
        steady, seq = max(at, last.steady if last else 0.0), journal.next_seq
        acted = Signal(seq + bool(last), at, steady, Source.OPERATOR, action.operator, action)
        if last:
            # Nobody watched since: without this the deadlines of that time would fire as if somebody had.
            gap = Gap(steady - last.steady, "the engine was not running")
            journal.append([Signal(seq, at, steady, Source.ENGINE, "", gap)])
        journal.append([acted])
        if not journal.flush():
            raise StoreError(journal.error or f"{folder} does not answer") from journal.failure
    finally:
        journal.close()


def _acknowledged(outage: OutageEvent, action: Acknowledge, at: Epoch) -> OutageEvent:
    return structs.replace(
        outage,
        acknowledged_by=action.operator,
        acked_at=at,
        ack_note=action.note,
        ack_expires_at=action.expires_at,
        is_latched=False,
    )


def _row(row: RouteHealth, action: Acknowledge, at: Epoch) -> RouteHealth:
    return structs.replace(row, acknowledged_by=action.operator, acknowledged_at=at, is_latched=False)


def _entry(action: Acknowledge, outage_id: str, refusal: str, at: Epoch) -> AuditEntry:
    detail = "; ".join(
        filter(None, (action.note, f"without effect: {refusal}" if refusal else "", "no engine running"))
    )
    return AuditEntry(
        seq=0, at=at, operator=action.operator, action="acknowledge", subject=outage_id, detail=detail, digest=""
    )

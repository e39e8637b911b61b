"""`statetrace cards`: what rules and the engine found that is no outage: open cards, and those of the last 24 hours."""

from __future__ import annotations

import argparse

from statetrace_engine.model.anomaly import EVERY, AnomalyCard
from statetrace_tui.commands import answers, homes, json_form, output
from statetrace_tui.present.words import count


def run(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    found = answers.cards(home.path)
    if options.json:
        output.document({"cards": [json_form.card(card) for card in found]})
    elif found:
        output.table(("CARD", "FIRST", "SEVERITY", "RULE", "SUBJECT", "COUNT", "WHY", "IS"), map(_row, found))
    else:
        homes.say_empty(home, answers.nothing(home.path, "card"))
    return 0


def _row(card: AnomalyCard) -> tuple[str, ...]:
    subject = count(len(card.subjects) + card.more, "subject") if card.subject == EVERY else card.subject
    seen = (card.card_id, output.local(card.first_at), card.severity.value, card.rule, subject)
    return (*seen, f"{card.count:,}", card.text, standing(card))


def standing(card: AnomalyCard) -> str:
    """`open`, `over, false positive`, `snoozed until …`."""
    words = "over" if card.is_over else "open"
    if card.snooze is not None and not card.is_over:
        words = f"snoozed until {output.local(card.snooze.until_at)}"
    return f"{words}, {card.feedback.verdict.value} positive" if card.feedback is not None else words

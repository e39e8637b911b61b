"""Pure. A rule with very many open cards at once: the first stand by themselves, the others become one card.

What is shown of a rule is bounded, whatever comes in: fifty cards, and one that names fifty more and counts the rest.
"""

from __future__ import annotations

from itertools import islice

from msgspec import Struct, field, structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import EVERY, AnomalyCard

SHOWN = 50
"""Open cards of a rule that stand by themselves."""
NAMED = 50
"""Subjects that the card of a storm names."""
TELL_S = 2.0
SAVED = 2000
"""Members that a checkpoint keeps."""


class Storm(Struct):
    """Of one rule."""

    card: AnomalyCard
    members: dict[str, int] = field(default_factory=dict)
    """Cards that are open and not shown by themselves: how many messages each had when it was last told of."""
    joined: int = 0
    told: float = 0.0
    is_untold: bool = False

    def take(self, card: AnomalyCard) -> None:
        """A member was raised, grew, or is over."""
        is_new = card.card_id not in self.members
        count = self.card.count + card.count - self.members.get(card.card_id, 0)
        named = self.card.subjects
        if is_new:
            self.joined += 1
            named = (*named, card.subject) if len(named) < NAMED else named
        self.card = structs.replace(
            self.card,
            count=count,
            last_at=max(self.card.last_at, card.last_at),
            subjects=named,
            more=max(self.joined - len(named), 0),
            text=f"{self.joined} more subjects, the last: {card.text}",
            seqs=(*self.card.seqs, *card.seqs[-1:])[-NAMED:],
        )
        if card.is_over:
            self.members.pop(card.card_id, None)
        else:
            self.members[card.card_id] = card.count
        self.is_untold = True


def begun(card: AnomalyCard, card_id: str) -> Storm:
    """By the first that is one too many; `take` it next."""
    return Storm(
        structs.replace(
            card, card_id=card_id, subject=EVERY, hostname="", count=0, seqs=(), samples=card.samples[:1], route_id=""
        )
    )


def ended(storm: Storm, at: Epoch) -> AnomalyCard:
    return structs.replace(storm.card, is_over=True, ended_at=at)


def bounded(storm: Storm) -> Storm:
    """As a checkpoint keeps it."""
    return structs.replace(storm, members=dict(islice(storm.members.items(), SAVED)))

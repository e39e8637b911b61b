"""Pure. What came in and led nowhere, counted for the Monitors and the header."""

from __future__ import annotations

from msgspec import Struct, field

UNKNOWN_SENDERS = 1000
_LAST = 20


class Tally(Struct):
    unparsed: int = 0
    unrelated: int = 0
    unbound: int = 0
    """Understood, but about nothing that is watched."""
    history: int = 0
    clock_steps: int = 0
    unknown_senders: dict[str, int] = field(default_factory=dict)
    last_unparsed: list[str] = field(default_factory=list)

    def count_unknown(self, sender: str) -> None:
        """A message of nobody in the inventory; so many senders are told apart, no more."""
        senders = self.unknown_senders
        if sender in senders or len(senders) < UNKNOWN_SENDERS:
            senders[sender] = senders.get(sender, 0) + 1

    def count_unparsed(self, sender: str, why: str) -> None:
        self.unparsed += 1
        self.last_unparsed.append(f"{sender}: {why}")
        del self.last_unparsed[:-_LAST]

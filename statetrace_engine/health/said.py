"""Pure. What a device says of itself, as an observation."""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Fact, Observation
from statetrace_engine.model.signal import Signal


def by_itself(
    hostname: str,
    fact: Fact,
    signal: Signal,
    occurred_at: Epoch | None = None,
    *,
    is_history: bool = False,
    until: Epoch | None = None,
) -> Observation:
    """The device is its own witness; the clocks are those of the signal that brought it."""
    return Observation(
        hostname=hostname,
        fact=fact,
        witness=hostname,
        source=signal.source,
        seq=signal.seq,
        steady=signal.steady,
        received_at=signal.received_at,
        occurred_at=occurred_at,
        is_history=is_history,
        until=until,
    )

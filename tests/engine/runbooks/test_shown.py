"""Which of several operators' turns at one step tells how the step stands, and what is said of the others'."""

from __future__ import annotations

import pytest

from statetrace_engine.model.remediation import Outcome, RemediationTask, TaskState
from statetrace_engine.runbooks import guide

ANA, BEN, CLEO = "ana@jump", "ben@jump", "cleo@jump"


def turn(operator: str, started_at: float, ended_at: float | None = None) -> RemediationTask:
    state, outcome = (TaskState.STARTED, Outcome.NONE) if ended_at is None else (TaskState.COMPLETED, Outcome.EXPECTED)
    return RemediationTask(
        outage_id="OUT-1", runbook="link", step="port", operator=operator, state=state, outcome=outcome,
        started_at=started_at, ended_at=ended_at,
    )  # fmt: skip


LEFT = turn(ANA, 20.0)
"""Begun by somebody who was cut off then."""
DONE = turn(BEN, 10.0, 30.0)
AGAIN = turn(ANA, 40.0)


@pytest.mark.parametrize(
    ("turns", "operator", "told", "done_by"),
    [
        ([], ANA, None, ""),
        ([DONE, LEFT], CLEO, DONE, ""),
        ([LEFT, DONE], CLEO, DONE, ""),
        ([DONE, LEFT], BEN, DONE, ""),
        ([DONE, LEFT], ANA, LEFT, BEN),
        ([DONE, AGAIN], CLEO, AGAIN, BEN),
        ([turn(ANA, 1.0, 2.0), LEFT], ANA, LEFT, ""),
        ([turn(CLEO, 1.0, 2.0), DONE, LEFT], ANA, LEFT, BEN),
        ([turn(ANA, 1.0, 30.0), DONE], CLEO, DONE, ""),
    ],
    ids=[
        "nobody's", "begun later and left", "begun sooner and left", "one's own result", "one's own open one",
        "begun anew since", "nobody else's result", "the last result", "both at once",
    ],
)  # fmt: skip
def test_a_turn_that_was_left_open_hides_nobodys_result(
    turns: list[RemediationTask], operator: str, told: RemediationTask | None, done_by: str
) -> None:
    found = guide.shown(turns, operator)
    assert (found, guide.done_by(turns, found)) == (told, done_by)

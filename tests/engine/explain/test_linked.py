"""Which incidents stand behind or in front of another: those that were open at about one time."""

from __future__ import annotations

import pytest

from statetrace_engine.explain import linked
from statetrace_engine.explain.incidents import IncidentRecord
from statetrace_engine.model.outage import CauseKind


def record(ident: str, element: str, opened: float, closed: float | None) -> IncidentRecord:
    return IncidentRecord(ident, CauseKind.UNKNOWN, element, opened, opened, closed=closed, closed_at=closed)


@pytest.mark.parametrize(
    ("opened", "closed", "is_linked"),
    [
        (990.0, None, True),
        (100.0, None, True),
        (100.0, 950.0, True),
        (100.0, 870.0, False),
        (1010.0, None, True),
        (1300.0, None, False),
    ],
)
def test_a_neighbours_fault_is_linked_when_both_were_open_at_about_one_time(
    opened: float, closed: float | None, is_linked: bool
) -> None:
    here = record("INC-1", "upstream CORE1", 1000.0, 1100.0)
    there = record("INC-2", "link CORE1 -- ISP 10.9.0.0/30", opened, closed)
    assert linked.of(here, (here, there), lambda _: ()) == (("INC-2",) if is_linked else ())
    assert linked.of(there, (here, there), lambda _: ()) == (("INC-1",) if is_linked else ())

"""Which incidents stand behind or in front of another: those that were open at about one time."""

from __future__ import annotations

import pytest
from msgspec import structs

from statetrace_engine.explain import linked
from statetrace_engine.explain.incidents import IncidentRecord
from statetrace_engine.model.outage import CauseKind, Incident


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


LINKS = ("link EDGE1 -- CORE1 10.2.0.0/30", "link EDGE1 -- CORE2 10.3.0.0/30")


def kept(ident: str, element: str, opened: float, **more: tuple[str, ...]) -> Incident:
    """As the store has it."""
    plain = Incident(
        incident_id=ident, cause=CauseKind.LINK_FAILURE, element=element, opened_at=opened, closed_at=None,
        outage_ids=(), route_ids=(), devices=(), sites=(), owners=(),
    )  # fmt: skip
    return structs.replace(plain, **more)


@pytest.mark.parametrize(("opened", "is_linked"), [(1000.5, True), (1300.0, False)])
def test_of_two_primary_paths_lost_by_themselves_either_incident_names_the_other(
    opened: float, is_linked: bool
) -> None:
    """The outage is of one incident; that of the other link has another route's outage, and knows nothing of it."""
    here = structs.replace(kept("INC-1", LINKS[0], 1000.0, also=LINKS[1:]), closed_at=1100.0)
    there = kept("INC-2", LINKS[1], opened)
    elsewhere = kept("INC-3", "link EDGE7 -- CORE1 10.7.0.0/30", 1000.0)
    known = (here, there, elsewhere)
    assert linked.of(here, known, lambda _: ()) == (("INC-2",) if is_linked else ())
    assert linked.of(there, known, lambda _: ()) == (("INC-1",) if is_linked else ())
    assert linked.of(elsewhere, known, lambda _: ()) == ()

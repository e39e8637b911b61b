"""The share of outages that only the generic runbook serves, counted as they change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.monitors import RunbooksUsed
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.remediation import Place, RemediationTask, TaskState, Work, Worker
from statetrace_engine.reports.guidance import Guidance

AT = 1_795_442_400.0
WORKER = Worker(operator="ana", place=Place("link-failure", "x"), since_at=AT)
DONE = RemediationTask(
    outage_id="1", runbook="link-failure", step="x", operator="ana", state=TaskState.COMPLETED, started_at=AT,
    ended_at=AT,
)  # fmt: skip


def outage(
    ident: int, runbook: str = "link-failure", cause: CauseKind = CauseKind.LINK_FAILURE, **more: object
) -> OutageEvent:
    return OutageEvent(
        outage_id=f"OUT-{ident}", route_id="rt-1", site="", hostname="", vrf="", prefix="", route_class="", owner="",
        contact="", state=HealthState.DOWN, severity=Severity.CRITICAL, worst=Severity.CRITICAL, cause=cause,
        runbook=runbook, occurred_at=AT, first_signal_at=AT, detected_at=AT, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_generic_serves_the_unknown_and_what_has_no_runbook() -> None:
    known = Guidance([outage(1), outage(2, "generic", CauseKind.UNKNOWN), outage(3, "deleted")])
    assert known.told(["link-failure", "generic"]) == RunbooksUsed(outages=3, by_generic=2, unknown=1)
    assert known.told().by_generic == 1
    assert known.told().generic_ratio == 1 / 3


def test_an_outage_counts_as_it_is_now_and_no_more_when_it_is_gone() -> None:
    known = Guidance([outage(1, "generic", CauseKind.UNKNOWN)])
    known.take(outage(1, work=Work(workers=(WORKER,))))
    assert known.told() == RunbooksUsed(outages=1, opened=1)
    known.take(outage(1, work=Work(workers=(WORKER,), tasks=(DONE,))))
    assert known.told() == RunbooksUsed(outages=1, opened=1, worked=1)
    known.drop("OUT-1")
    known.drop("OUT-1")
    assert known.told() == RunbooksUsed()
    assert known.told().generic_ratio == 0.0


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["link-failure", "generic"]), st.booleans())))
def test_what_is_counted_is_what_a_look_at_all_outages_finds(script: list[tuple[int, str, bool]]) -> None:
    known, kept = Guidance(), dict[str, OutageEvent]()
    for ident, runbook, is_dropped in script:
        made = outage(ident, runbook)
        if is_dropped:
            known.drop(made.outage_id)
            kept.pop(made.outage_id, None)
        else:
            known.take(made)
            kept[made.outage_id] = replace(made)
    assert known.told() == Guidance(kept.values()).told()

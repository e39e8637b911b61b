"""What a drill makes of the outages it sees: its intervals, clocks, causes and verdicts."""

from __future__ import annotations

from msgspec.structs import replace

from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_tui.commands import drill_runs
from statetrace_tui.commands.drill_runs import Run, Scope, Verdict
from statetrace_tui.commands.lab import Ran

BREAK = 1000.0
OUTAGE = OutageEvent(
    outage_id="OUT-1", route_id="rt-1", site="S", hostname="R1", vrf="default", prefix="10.0.0.0/8",
    route_class="critical", owner="", contact="", state=HealthState.DOWN, severity=Severity.CRITICAL,
    worst=Severity.CRITICAL, cause=CauseKind.UNKNOWN, occurred_at=BREAK + 0.9, first_signal_at=BREAK + 1.0,
    detected_at=BREAK + 1.5, notified_at=BREAK + 2.5, shown_at=BREAK + 1.6, resolved_at=BREAK + 41.0,
    closed_at=BREAK + 71.0,
)  # fmt: skip


def _run(*told: tuple[float, OutageEvent], each: bool = True, ids: tuple[str, ...] = ("rt-1",)) -> Run:
    """Broken by a command that took 2 s, healed 40 s later by one that took 4 s."""
    run = Run(1, Scope(words="all", route_ids=frozenset(ids), is_each=each))
    run.began_at = BREAK
    run.broken = Ran(began_at=BREAK, ended_at=BREAK + 2.0)
    run.healed = Ran(began_at=BREAK + 40.0, ended_at=BREAK + 44.0)
    for now, outage in told:
        run.tell([outage], [], now)
    return run


def test_an_injection_lies_between_the_start_of_its_command_and_the_first_signal_of_it() -> None:
    run = _run((BREAK + 1.6, OUTAGE))
    assert run.injected() == drill_runs.Moment(BREAK + 0.5, 0.5)
    assert run.recovering() == drill_runs.Moment(BREAK + 40.5, 0.5)
    assert _run().injected() == drill_runs.Moment(BREAK + 1.0, 1.0)


def test_the_clocks_run_from_the_injection_and_from_the_heal() -> None:
    run = _run((BREAK + 1.6, OUTAGE))
    clock = drill_runs.clocks(run, run.found[0])
    assert (clock.occurred_ms, clock.signal_ms, clock.detected_ms) == (400.0, 500.0, 1000.0)
    assert (clock.notified_ms, clock.shown_ms) == (2000.0, 1100.0)
    assert (clock.resolved_ms, clock.announced_ms) == (500.0, 30500.0)
    assert drill_runs.parts(clock) == {
        "occurrence": 400.0, "signal": 100.0, "evaluation": 500.0, "notice": 1000.0, "glass": 100.0,
    }  # fmt: skip


def test_what_did_not_happen_has_no_time() -> None:
    outage = replace(OUTAGE, notified_at=None, shown_at=None, resolved_at=None, closed_at=None)
    run = _run((BREAK + 1.6, outage))
    clock = drill_runs.clocks(run, run.found[0])
    assert (clock.notified_ms, clock.shown_ms, clock.resolved_ms, clock.announced_ms) == (None,) * 4
    assert drill_runs.spreads([run])["shown_ms"] is None


def test_a_cause_is_the_one_told_by_then_and_none_once_the_fault_is_gone() -> None:
    named = replace(OUTAGE, cause=CauseKind.LINK_FAILURE)
    run = _run((BREAK + 1.6, OUTAGE), (BREAK + 4.0, named))
    causes = [run.found[0].cause_after(seconds, run.is_healed_at) for seconds in (0.0, 5.0, 30.0, 45.0)]
    assert causes == ["unknown", "link-failure", "link-failure", None]


def test_a_cause_may_be_revised_for_five_seconds_and_no_longer() -> None:
    named = replace(OUTAGE, cause=CauseKind.LINK_FAILURE)
    early = _run((BREAK + 1.6, OUTAGE), (BREAK + 4.0, named))
    late = _run((BREAK + 1.6, OUTAGE), (BREAK + 9.0, named))
    assert early.judge(10.0, ["link-failure"]) is Verdict.FOUND
    assert late.judge(10.0, ["link-failure"]) is Verdict.WRONG_CAUSE
    assert late.judge(10.0, []) is Verdict.FOUND


def test_a_run_is_judged_by_the_slowest_of_named_routes_and_the_first_of_many() -> None:
    second = replace(OUTAGE, outage_id="OUT-2", route_id="rt-2", detected_at=BREAK + 9.0)
    told = ((BREAK + 1.6, OUTAGE), (BREAK + 9.1, second))
    both = ("rt-1", "rt-2")
    assert _run(*told, ids=both).judge(5.0, []) is Verdict.LATE
    assert _run(*told, ids=both, each=False).judge(5.0, []) is Verdict.FOUND
    assert _run(told[0], ids=both).judge(5.0, []) is Verdict.MISSED
    assert _run(ids=both, each=False).judge(5.0, []) is Verdict.MISSED


def test_an_outage_of_before_is_none_of_it_and_a_second_one_of_a_route_is_another() -> None:
    before = replace(OUTAGE, outage_id="OUT-0", detected_at=BREAK - 60.0)
    again = replace(OUTAGE, outage_id="OUT-2", detected_at=BREAK + 20.0)
    run = _run((BREAK + 0.1, before), (BREAK + 1.6, OUTAGE), (BREAK + 20.1, again))
    assert [seen.outage.outage_id for seen in run.found] == ["OUT-1"]
    assert [seen.outage.outage_id for seen in run.others] == ["OUT-2"]


def test_what_has_not_recovered_is_not_found() -> None:
    assert _run((BREAK + 1.6, replace(OUTAGE, closed_at=None))).judge(10.0, []) is Verdict.NOT_RECOVERED

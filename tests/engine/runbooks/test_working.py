"""Work by runbooks in the pipeline: whose deeds count, what becomes of them; no replay, restart or reload differs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.change import Acted, OutageChanged, Worked, WorkTold
from statetrace_engine.model.remediation import StepDeed
from tests import journey_work
from tests.engine.replaying import differences, feed, reloaded, restarted, said, until, without_ticks
from tests.engine.runbooks.working import (
    BOOK,
    CHECKED,
    FAILED,
    HOST,
    ROUTE,
    guide,
    network,
    outage,
    polled,
    said_,
    start,
    step,
    task,
)


def test_what_cannot_be_verified_says_why() -> None:
    net = network()
    net.run_to(6.0)
    assert step(net, "far").unverifiable == "no destination probe tests it"
    assert step(net, "undone").unverifiable == "no capture shows a change that may be behind it"
    assert step(net, "port").checks == ("GigabitEthernet0/1 is up",)


def test_who_completed_by_hand_is_not_overruled() -> None:
    net = network(start("port", deed="done"), said_("link-up", 15.0), said_("link-down", 20.0))
    net.run_to(21.0)
    found = task(net)
    assert found.is_done
    assert found.proof is None
    assert found.against is not None
    assert found.against.text == "GigabitEthernet0/1 down"


def test_a_deed_by_mistake_is_taken_back_audited_and_told_and_its_step_verifies_itself_again() -> None:
    net = network(start("port", deed="done"), {"t": 12.0, "work": {"deed": "undo"}}, said_("link-up", 15.0))
    net.run_to(13.0)
    assert task(net).is_open
    entries = [entry for change in net.changes if isinstance(change, Acted) for entry in change.audit]
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("runbook-done", "all port"), ("runbook-undo", "all port")
    ]  # fmt: skip
    told = [(change.what, change.done) for change in net.changes if isinstance(change, Worked)]
    assert told == [(WorkTold.COMPLETED, 1), (WorkTold.TAKEN_BACK, 0)]
    net.run_to(16.0)
    assert task(net).proof is not None


def test_the_guide_tells_of_the_other_operator_and_of_when_to_escalate() -> None:
    net = network(start("port"))
    net.run_to(11.0)
    found = guide(net, "ben@jump")
    assert [worker.operator for worker in found.workers] == ["ana@jump"]
    assert (found.is_opened, found.current, found.of) == (False, "port", len(CHECKED))
    assert found.escalate_at == outage(net).detected_at + 900.0
    assert next(each for each in found.steps if each.step == "port").others == ("ana@jump",)


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_the_time_to_escalate_does_not_move_with_a_clock_that_is_set(seconds: float) -> None:
    net = network(start("port"), {"t": 15.0, "step_clock_s": seconds})

    def left() -> float:
        found = guide(net)
        assert found.escalate_at is not None
        return found.escalate_at - found.at

    net.run_to(14.0)
    before = left()
    net.run_to(20.0)
    assert left() == pytest.approx(before - 6.0, abs=1.0)


def test_a_runbook_that_is_deleted_while_open_keeps_what_was_done() -> None:
    net = network(start("port", deed="done"))
    net.run_to(11.0)
    net.runbooks = ()
    net.reload()
    found = guide(net)
    assert found.gone == "runbook all is no longer there: what was done by it is kept"
    assert [(t.step, t.title) for t in found.earlier] == [("port", "port")]
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, deed=StepDeed.DONE))
    acted = [change for change in net.changes if isinstance(change, Acted)][-1]
    assert list(acted.result.refused.values()) == ["no runbook all is there"]


def test_a_step_that_an_edit_takes_away_is_named() -> None:
    net = network(start("port", deed="done"))
    net.run_to(11.0)
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK.replace("### port", "### The port")}})
    net.reload()
    found = guide(net)
    assert found.gone == "it was edited: no longer in it: port"
    assert found.steps[0].step == "the-port"


def test_a_runbook_that_an_edit_gives_a_route_serves_its_open_outage_at_once() -> None:
    net = network()
    net.run_to(11.0)
    (record,) = net.inventory.routes
    renamed = replace(record, owner="us", runbook="own")
    net.inventory = replace(net.inventory, routes=(renamed,))
    net.reload()
    told = [change.outage for change in net.changes if isinstance(change, OutageChanged)][-1]
    assert (told.runbook, told.owner) == ("own", "us")


def test_who_stood_at_a_step_that_an_edit_takes_away_goes_on_from_the_next() -> None:
    net = network(start("port"))
    net.run_to(11.0)
    assert guide(net).current == "port"
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK.replace("### port", "### The port")}})
    net.reload()
    assert guide(net).current == "the-port"
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, deed=StepDeed.START, runbook="all", step="the-port"))
    assert (guide(net).current, guide(net).steps[0].task is not None) == ("the-port", True)


def test_another_cause_keeps_what_was_done_and_says_which_runbook_serves_now() -> None:
    other = "# Other\nid: other\ncauses: admin-shutdown\n\n## Steps\n\n### Ask\n- so: who\n"
    net = network(start("port", 7.0, deed="done"), said_("admin-down", 8.0))
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK, "other": other}})
    net.reload()
    net.run_to(12.0)
    assert outage(net).cause == "admin-shutdown"
    found = guide(net)
    assert (found.runbook, found.serving, found.done) == ("all", "other", 1)
    assert found.changed == "other serves the outage now: Other"
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "other", deed=StepDeed.OPEN))
    found = guide(net)
    assert (found.runbook, found.changed) == ("other", "")
    assert [each.step for each in found.earlier] == ["port"]


def test_who_went_into_another_runbook_need_not_be_told_so() -> None:
    other = "# Other\nid: other\n\n## Steps\n\n### Ask\n- so: who\n"
    net = network(start("port", 7.0, deed="done"))
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK, "other": other}})
    net.reload()
    net.run_to(12.0)
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "other", deed=StepDeed.JUMP))
    assert (guide(net).runbook, guide(net).serving, guide(net).changed) == ("other", "all", "")


def test_who_takes_the_outage_over_takes_the_work_over() -> None:
    net = network(start("port"), {"t": 12.0, "hand_over": ROUTE, "by": "ana@jump", "to": "ben@jump"})
    net.run_to(13.0)
    assert (task(net).operator, task(net).reason) == ("ben@jump", "handed over by ana@jump")
    assert [worker.operator for worker in outage(net).work.workers] == ["ben@jump"]


def test_an_unknown_outage_refuses_and_a_refusal_is_audited() -> None:
    net = network()
    net.run_to(6.0)
    net.act(WorkStep("x", "ana@jump", "OUT-0000-NONE"))
    net.act(WorkStep("y", "ana@jump", outage(net).outage_id, deed=StepDeed.SKIP))
    unknown, refused = (change for change in net.changes if isinstance(change, Acted))
    assert list(unknown.result.refused) == ["OUT-0000-NONE"]
    (entry,) = refused.audit
    assert (entry.action, entry.subject) == ("runbook-skip", outage(net).outage_id)
    assert "needs a reason" in entry.detail


def test_an_outage_that_fails_again_goes_on_with_its_steps_and_takes_the_green_back() -> None:
    well = {"t": 20.0, "device": HOST, "say": ["link-up", "bgp-up"], "answer": ["*/next-hop/*"]}
    net = network(start("port"), well, {**FAILED, "t": 35.0})
    net.run_to(34.0)
    assert outage(net).resolved_at is not None
    assert task(net).is_done
    net.run_to(36.0)
    assert outage(net).resolved_at is None, "it is the same outage, within its hold"
    assert (task(net).state, task(net).against is not None) == ("in progress", True)


def test_an_outage_that_is_over_keeps_what_was_done_and_verifies_no_more() -> None:
    well = {"t": 20.0, "device": HOST, "say": ["link-up", "bgp-up"], "answer": ["*/next-hop/*"]}
    net = network(start("port"), well)
    net.run_to(120.0)
    assert outage(net).closed_at is not None
    assert not net.pipeline.working.wants(HOST)
    found = guide(net)
    assert (found.is_over, found.done, found.escalate_at) == (True, 1, None)
    net.act(WorkStep("late", "ana@jump", outage(net).outage_id, "all", "session", StepDeed.DONE))
    assert guide(net).done == 2, "what was forgotten in the night is noted in the morning"


def test_looking_again_changes_nothing_and_is_not_audited_again() -> None:
    net = network()
    net.run_to(6.0)
    for ident in ("a", "b"):
        net.act(WorkStep(ident, "ana@jump", outage(net).outage_id))
    assert [len(change.audit) for change in net.changes if isinstance(change, Acted)] == [1, 0]


def test_nothing_is_heard_for_where_nobody_works() -> None:
    net = network()
    net.run_to(6.0)
    assert not net.pipeline.working.wants(HOST)
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "all", "port", StepDeed.START))
    assert net.pipeline.working.wants(HOST)
    net.act(WorkStep("y", "ana@jump", outage(net).outage_id, "all", "port", StepDeed.FAILED))
    assert not net.pipeline.working.wants(HOST)


# Laws

moments = st.floats(6.0, 80.0).map(lambda t: round(t, 2))
happenings = st.one_of(
    st.fixed_dictionaries(
        {
            "t": moments,
            "by": st.sampled_from(["ana@jump", "ben@jump"]),
            "work": st.one_of(
                st.builds(
                    lambda step, deed: {"deed": deed, "runbook": "all", "step": step},
                    st.sampled_from(sorted(CHECKED)),
                    st.sampled_from(["start", "start", "start", "done", "failed", "jump", "undo"]),
                ),
                st.sampled_from(
                    [
                        {"deed": "hand over", "to": "ben@jump"}, {"deed": "back"}, {"deed": "restart"},
                        {"deed": "open"}, {"deed": "undo"},
                    ]
                ),
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "t": moments, "device": st.just(HOST), "age_s": st.sampled_from([0.0, 5.0]),
            "say": st.lists(st.sampled_from(["link-up", "link-down", "bgp-up", "bgp-down"]), min_size=1, max_size=2),
        }
    ),
    st.builds(lambda t, up, age_s: polled(t, up, cache_s=age_s), moments, st.booleans(), st.sampled_from([0.0, 4.0])),
    st.builds(lambda t: {"t": t, "answer": ["*/next-hop/*"]}, moments),
    st.builds(lambda t: {"t": t, "silent": ["*/next-hop/*"]}, moments),
    st.builds(lambda t: {"t": t, "walk": {"via": [["10.1.1.2", "GigabitEthernet0/1"]]}}, moments),
    st.builds(lambda t, s: {"t": t, "step_clock_s": s}, moments, st.sampled_from([-30.0, 30.0])),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(
    [
        {"t": 6.0, "by": "ana@jump", "work": {"deed": "hand over", "to": "ben@jump"}},
        {"t": 6.0, "silent": ["*/next-hop/*"]},
        {"t": 35.12, "step_clock_s": -30.0},
    ],
    0.5,
)
@given(st.lists(happenings, min_size=3, max_size=16), st.floats(0.05, 0.95))
def test_a_replay_a_restart_and_a_reload_say_the_same_as_live(script: list[dict[str, Any]], share: float) -> None:
    net = network(*script)
    net.run_to(100.0)
    net.journal.append(until(net.journal, 1.0))
    net.changes += net.pipeline.feed(net.journal[-1])
    lived = said(net.pipeline, net.changes)
    at = max(2, int(len(net.journal) * share))
    assert not differences(lived, said(*feed(without_ticks(net.journal[:-1]) + net.journal[-1:])))
    assert not differences(lived, said(*restarted(net.journal, at)))
    assert not differences(lived, said(*reloaded(net.journal, at)))
    for found in net.outages():
        for each in found.work.tasks:
            assert each.proof is None or each.proof.steady > each.started


BRANCHES = """# All
id: all
causes: link-failure, unknown
escalation: after 15 min to the carrier

## Steps

### Look
- cisco_ios: `show interfaces {interface}`
- frr: `vtysh -c "show interface {interface}"`
- expect: up
- if not: go to "Call"
- if it is another: runbook other
- if so: end

### Call
- so: call
"""
OTHER = "# The other one\n## Steps\n### A\n- so: a\n"


def test_a_guide_speaks_the_devices_own_words_and_names_where_each_branch_leads() -> None:
    net = network(text=BRANCHES)
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BRANCHES, "other": OTHER}})
    net.run_to(6.0)
    net.reload()
    first = guide(net).steps[0]
    assert (first.command, first.foreign) == ("show interfaces GigabitEthernet0/1", "")
    assert [(branch.text, branch.title) for branch in first.branches] == [
        ('go to "Call"', "Call"), ("runbook other", "The other one"), ("end", "")
    ]  # fmt: skip


def test_the_audit_names_the_runbook_and_the_step_of_each_deed_and_the_refused_one_by_what_was_asked() -> None:
    net = network(
        {"t": 10.0, "work": {"deed": "open"}},
        start("port", 11.0),
        {"t": 12.0, "work": {"deed": "jump", "step": "far"}},
        {"t": 13.0, "work": {"deed": "start", "runbook": "gone", "step": "x"}},
    )
    net.run_to(14.0)
    entries = [entry for change in net.changes if isinstance(change, Acted) for entry in change.audit]
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("runbook-open", "all port"), ("runbook-start", "all port"), ("runbook-jump", "all far"),
        ("runbook-start", "gone x: no runbook gone is there"),
    ]  # fmt: skip


def test_where_no_runbook_is_the_guide_says_so_and_of_one_that_is_gone_which() -> None:
    net = network(start("port"))
    net.run_to(6.0)
    net.runbooks = ()
    net.reload()
    assert guide(net).title == "No runbook is installed"
    gone = network(start("port"))
    gone.run_to(11.0)
    gone.runbooks = ()
    gone.reload()
    assert guide(gone).title == "all is no longer there"

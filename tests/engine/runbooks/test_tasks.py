"""What operators do with a runbook: where a deed leads, what it refuses, and what no order of deeds can lose."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.change import WorkTold
from statetrace_engine.model.remediation import (
    Outcome,
    Place,
    RemediationTask,
    StepDeed,
    StepEvidence,
    TaskState,
    Work,
)
from statetrace_engine.runbooks import parse, tasks, ways
from tests.engine.runbooks.task_desk import ANA, BEN, BOOKS, CARRIER, CLEAN, LINK, MTU, UP, Desk, moves


def test_the_runbooks_of_these_tests_have_no_mistakes() -> None:
    assert [problem for name, text in (("link", LINK), ("mtu", MTU)) for problem in parse(name, text)[1]] == []


def test_opening_leads_to_the_next_step_that_nobody_has_done() -> None:
    desk = Desk()
    assert not desk.do(StepDeed.OPEN)
    assert desk.place() == Place("link", UP)
    assert not desk.do(StepDeed.DONE)
    assert not desk.do(StepDeed.OPEN, BEN)
    assert desk.place(BEN) == Place("link", CLEAN)
    assert desk.told == [WorkTold.OPENED, WorkTold.COMPLETED, WorkTold.OPENED]


def test_a_second_opening_goes_on_where_the_operator_was() -> None:
    desk = Desk()
    desk.do(StepDeed.OPEN)
    desk.do(StepDeed.JUMP, step=CARRIER)
    assert not desk.do(StepDeed.OPEN)
    assert desk.place() == Place("link", CARRIER)
    assert desk.told == [WorkTold.OPENED]


def test_who_has_only_looked_opens_the_runbook_that_serves_now() -> None:
    desk = Desk()
    desk.do(StepDeed.OPEN)
    desk.served = "mtu"
    desk.do(StepDeed.OPEN)
    assert desk.place() == Place("mtu", "which-size-passes")
    desk.do(StepDeed.START)
    desk.served = "link"
    desk.do(StepDeed.OPEN)
    assert desk.place() == Place("mtu", "which-size-passes"), "what has begun goes on"


def test_done_goes_on_and_not_as_expected_follows_the_branch() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.FAILED)
    assert desk.place() == Place("link", CARRIER)
    (task,) = desk.work.tasks
    assert (task.state, task.outcome) == (TaskState.COMPLETED, Outcome.OTHER)
    desk.do(StepDeed.DONE)
    assert desk.place() == Place("link", ""), "`if so: end` leaves the one step that is not done"


def test_a_branch_by_its_label_leads_into_another_runbook_and_back_again() -> None:
    desk = Desk()
    desk.do(StepDeed.OPEN)
    assert (
        desk.do(StepDeed.FAILED, to="small ones vanish")
        == "no branch small ones vanish; there are not, big ones vanish"
    )
    assert not desk.do(StepDeed.FAILED, to="big ones vanish")
    assert desk.place() == Place("mtu", "which-size-passes")
    assert not desk.do(StepDeed.BACK)
    assert desk.place() == Place("link", UP)
    assert desk.do(StepDeed.BACK) == "there is nothing before it"


def test_a_branch_to_a_runbook_that_is_gone_goes_to_the_next_step() -> None:
    desk = Desk({"link": BOOKS["link"]})
    desk.do(StepDeed.OPEN)
    assert not desk.do(StepDeed.FAILED, to="big ones vanish")
    assert desk.place() == Place("link", CLEAN)


def test_skipping_needs_a_reason() -> None:
    desk = Desk()
    assert desk.do(StepDeed.SKIP, reason=" ") == "skipping a step needs a reason"
    assert not desk.do(StepDeed.SKIP, reason="no access")
    (task,) = desk.work.tasks
    assert (task.state, task.reason, desk.place()) == (TaskState.SKIPPED, "no access", Place("link", CLEAN))


def test_what_has_ended_is_repeated_only_by_starting_it_anew() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE)
    assert desk.do(StepDeed.DONE, step=UP) == "it is completed already: start it again to repeat it"
    assert not desk.do(StepDeed.START, step=UP)
    assert desk.states() == [(UP, ANA, "completed"), (UP, ANA, "started")]


def test_a_restart_forgets_nothing_but_the_position() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE)
    desk.do(StepDeed.START)
    before = desk.work.tasks
    assert not desk.do(StepDeed.RESTART)
    assert desk.work.tasks == before
    assert desk.place() == Place("link", UP)


def test_two_operators_have_a_place_each() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.START, BEN)
    desk.do(StepDeed.DONE, BEN)
    assert desk.states() == [(UP, ANA, "started"), (UP, BEN, "completed")]
    assert (desk.place(), desk.place(BEN)) == (Place("link", UP), Place("link", CLEAN))


def test_a_hand_over_gives_the_place_and_the_open_steps() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE)
    desk.do(StepDeed.START)
    assert desk.do(StepDeed.HAND_OVER) == "name the operator who takes it over"
    assert desk.do(StepDeed.HAND_OVER, to=ANA) == "name the operator who takes it over"
    assert not desk.do(StepDeed.HAND_OVER, to=BEN, reason="shift ends")
    assert desk.states() == [(UP, ANA, "completed"), (CLEAN, BEN, "in progress")]
    assert (desk.place(), desk.place(BEN)) == (None, Place("link", CLEAN))
    assert desk.work.tasks[-1].reason == "handed over by ana@jump shift ends"
    assert not desk.do(StepDeed.DONE, BEN)


def test_who_is_at_a_step_already_keeps_their_own_turn_at_it() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.START, BEN)
    desk.do(StepDeed.HAND_OVER, to=BEN)
    assert desk.states() == [(UP, ANA, "started"), (UP, BEN, "started")]


def test_work_goes_on_where_somebody_is_and_not_at_what_is_done() -> None:
    desk = Desk()
    assert ways.next_place(desk.work, BOOKS["link"], BOOKS) == Place("link", UP)
    desk.do(StepDeed.DONE)
    desk.do(StepDeed.JUMP, BEN, step=CARRIER)
    assert ways.next_place(desk.work, BOOKS["link"], BOOKS) == Place("link", CARRIER)
    desk.do(StepDeed.JUMP, step=UP)
    assert ways.next_place(desk.work, BOOKS["link"], BOOKS) == Place("link", CLEAN), "what is done is not next"
    desk.do(StepDeed.START)
    assert ways.next_place(desk.work, BOOKS["link"], BOOKS) == Place("link", UP), "it was begun again"
    assert ways.next_place(desk.work, BOOKS["mtu"], {"mtu": BOOKS["mtu"]}) == Place("mtu", "which-size-passes")


def test_a_repeat_of_an_action_changes_nothing() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE, action_id="x")
    before = desk.work
    assert not desk.do(StepDeed.DONE, action_id="x")
    assert desk.work is before


def test_what_is_not_there_is_refused() -> None:
    desk = Desk()
    assert desk.do(StepDeed.START, step="nothing") == "runbook link has no step nothing"
    assert desk.do(StepDeed.JUMP, runbook="nothing") == "no runbook nothing is there"
    assert desk.do(StepDeed.OPEN, runbook="nothing") == "no runbook nothing is there"


def test_a_step_that_an_edit_took_away_can_still_be_ended() -> None:
    desk = Desk()
    desk.do(StepDeed.START, step=CLEAN)
    desk.books = {"link": replace(BOOKS["link"], steps=BOOKS["link"].steps[:1])}
    assert not desk.do(StepDeed.DONE)
    assert desk.states() == [(CLEAN, ANA, "completed")]
    desk.books = {}
    assert desk.do(StepDeed.RESTART) == "no runbook link is there"


def test_work_is_bounded() -> None:
    desk = Desk()
    for number in range(2 * tasks.MOST_TASKS):
        assert not desk.do(StepDeed.DONE if number % 2 else StepDeed.START, step=UP)
    assert "turns are kept" in desk.do(StepDeed.START, step=CLEAN)
    assert "turns are kept" in desk.do(StepDeed.DONE, step=CLEAN)
    for number in range(ways.MOST_WORKERS + 5):
        desk.do(StepDeed.OPEN, f"op{number}")
    assert len(desk.work.workers) == ways.MOST_WORKERS
    assert desk.place(f"op{ways.MOST_WORKERS + 4}") is not None, "the one who came first leaves"
    assert len(desk.work.actions) <= tasks.MOST_ACTIONS


# Evidence


def test_a_step_is_green_when_all_that_it_checks_is_so() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    assert desk.see("interface {interface}", True) is None
    assert desk.states() == [(UP, ANA, "in progress")]
    assert desk.see("probe next-hop", True) is WorkTold.COMPLETED
    (task,) = desk.work.tasks
    assert task.is_done
    assert task.proof is not None
    assert task.proof.steady > task.started


def test_what_contradicts_takes_the_green_back_and_gives_it_again() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.see_all(True)
    assert desk.see("interface {interface}", False) is WorkTold.TAKEN_BACK
    (task,) = desk.work.tasks
    assert (task.state, task.outcome, task.ended_at) == (TaskState.IN_PROGRESS, Outcome.NONE, None)
    assert task.against is not None
    assert desk.see("interface {interface}", True) is WorkTold.COMPLETED
    (task,) = desk.work.tasks
    assert (task.is_done, task.against) == (True, None)


def test_a_word_that_is_older_than_the_last_one_changes_nothing() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.see_all(True)
    (done,) = desk.work.tasks
    late = StepEvidence(source="trap", is_so=False, at=desk.now, text="t", seq=8, steady=desk.now - 0.9)
    noted = tasks.note(desk.work, done, "probe next-hop", late, ["probe next-hop"], tasks.Now(desk.now, desk.now))
    assert (noted.work is desk.work, noted.told) == (True, None)


def test_an_operator_who_is_elsewhere_stays_there_when_a_step_goes_green() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.JUMP, step=CARRIER)
    desk.see_all(True)
    (done,) = desk.work.tasks
    now = tasks.Now(desk.now, desk.now)
    assert tasks.go_on(desk.work, done, BOOKS, now) is desk.work
    desk.do(StepDeed.BACK)
    moved = ways.worker_of(tasks.go_on(desk.work, done, BOOKS, now), ANA)
    assert moved is not None
    assert moved.place == Place("link", CLEAN)


def test_the_way_back_leads_over_every_step() -> None:
    desk = Desk()
    for step in (UP, CLEAN, CARRIER, UP):
        desk.do(StepDeed.JUMP, step=step)
    ways = []
    while not desk.do(StepDeed.BACK):
        ways.append(desk.place())
    assert ways == [Place("link", step) for step in (CARRIER, CLEAN, UP)]


def test_who_is_at_a_step_that_somebody_else_has_done_stays_at_it() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.DONE, BEN)
    desk.do(StepDeed.OPEN)
    assert desk.place() == Place("link", UP)


def test_an_operator_is_not_overruled_but_what_speaks_against_is_shown() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE)
    assert desk.see("interface {interface}", False) is None
    (task,) = desk.work.tasks
    assert task.is_done
    assert task.against is not None
    desk.see_all(True)
    (task,) = desk.work.tasks
    assert task.against is None


def test_what_was_not_as_expected_is_no_matter_of_evidence() -> None:
    desk = Desk()
    desk.do(StepDeed.FAILED)
    before = desk.work
    desk.see_all(True)
    assert desk.work is before


# Taking back


_ALLOWED = {
    (None, "started"), (None, "completed"), (None, "skipped"),
    ("started", "in progress"), ("started", "completed"), ("started", "skipped"),
    ("in progress", "completed"), ("in progress", "skipped"),
    ("completed", "in progress"), ("completed", "started"), ("skipped", "in progress"), ("skipped", "started"),
}  # fmt: skip


def _known(before: Work, after: Work) -> list[tuple[RemediationTask | None, RemediationTask]]:
    return [(before.tasks[n] if n < len(before.tasks) else None, task) for n, task in enumerate(after.tasks)]


@given(st.lists(moves, max_size=25))
def test_turns_change_only_as_allowed_and_none_is_ever_lost(script: list[dict[str, object]]) -> None:
    desk = Desk()
    for move in script:
        before = desk.work
        if "check" in move:
            desk.see(str(move["check"]), bool(move["is_so"]))
        else:
            fields = {name: str(value) for name, value in move.items() if name != "deed"}
            desk.do(StepDeed(str(move["deed"])), fields.pop("operator"), **fields)
        assert len(desk.work.tasks) >= len(before.tasks)
        for old, new in _known(before, desk.work):
            was = old.state if old is not None else None
            assert was == new.state or (was, new.state.value) in _ALLOWED
            if old is not None and not old.is_open and new.is_open:
                assert new.before is None
                if move.get("deed") == StepDeed.UNDO:
                    assert old.is_ended_by_hand, "no operator takes back what evidence has proven"
                    assert old.operator == move["operator"]
                    assert desk.place(old.operator) == Place(old.runbook, old.step)
                else:
                    assert old.proof is not None, "evidence takes back what it has proven, and nothing else"
                    assert new.against is not None
            if old is not None:
                assert (old.step, old.started_at) == (new.step, new.started_at)
        if move.get("deed") in (StepDeed.BACK, StepDeed.JUMP, StepDeed.RESTART, StepDeed.OPEN):
            assert desk.work.tasks == before.tasks
        for task in desk.work.tasks:
            assert task.is_open is (task.ended_at is None)
            assert not (task.is_open and task.before)
            assert task.state is not TaskState.SKIPPED or task.reason
            if task.is_done and task.proof is not None:
                assert task.proof.steady > task.started


@given(st.lists(moves, max_size=15), st.sampled_from(list(BOOKS)))
def test_the_next_step_is_one_that_nobody_has_done(script: list[dict[str, object]], name: str) -> None:
    desk = Desk()
    for move in script:
        if "deed" in move:
            fields = {key: str(value) for key, value in move.items() if key != "deed"}
            desk.do(StepDeed(str(move["deed"])), fields.pop("operator"), **fields)
    slug = ways.next_undone(BOOKS[name], desk.work)
    steps = {step.slug for step in BOOKS[name].steps}
    assert slug in steps - ways.settled(desk.work, name) or (not slug and steps <= ways.settled(desk.work, name))

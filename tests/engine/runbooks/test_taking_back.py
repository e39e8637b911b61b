"""A deed by mistake is taken back: the step is as it was, with what evidence has shown since."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.change import WorkTold
from statetrace_engine.model.remediation import (
    Place,
    StepDeed,
    TaskState,
)
from statetrace_engine.runbooks import tasks, ways
from tests.engine.runbooks.task_desk import ANA, BEN, CARRIER, CLEAN, UP, Desk, moves, slugs


def test_a_step_that_was_ended_by_mistake_is_as_it_was_and_its_operator_at_it() -> None:
    for deed, more in (
        (StepDeed.DONE, {}),
        (StepDeed.FAILED, {"to": "big ones vanish"}),
        (StepDeed.SKIP, {"reason": "r"}),
    ):
        desk = Desk()
        desk.do(StepDeed.START)
        before, place = desk.work.tasks, desk.place()
        assert not desk.do(deed, **more)
        assert desk.place() != place
        assert not desk.do(StepDeed.UNDO)
        assert desk.work.tasks == before
        assert (desk.place(), desk.work.workers[0].trail) == (place, ())
        assert desk.told[-1] is (WorkTold.NOT_SKIPPED if deed is StepDeed.SKIP else WorkTold.TAKEN_BACK)


def test_a_turn_that_began_and_ended_at_once_is_begun() -> None:
    desk = Desk()
    desk.do(StepDeed.SKIP, reason="no access")
    assert not desk.do(StepDeed.UNDO)
    (task,) = desk.work.tasks
    assert (task.state, task.reason, task.ended_at) == (TaskState.STARTED, "", None)
    assert not desk.do(StepDeed.DONE)


def test_what_is_taken_back_is_the_last_step_that_one_has_ended_or_the_one_that_is_named() -> None:
    desk = Desk()
    for deed, operator in ((StepDeed.DONE, ANA), (StepDeed.DONE, ANA), (StepDeed.DONE, BEN)):
        desk.do(deed, operator)
    assert not desk.do(StepDeed.UNDO)
    assert desk.states() == [(UP, ANA, "completed"), (CLEAN, ANA, "started"), (CARRIER, BEN, "completed")]
    assert desk.do(StepDeed.UNDO, step=CLEAN) == "it is open"
    assert desk.do(StepDeed.UNDO, step=CARRIER) == "there is nothing of yours to take back"
    assert not desk.do(StepDeed.UNDO, step=UP)
    assert desk.place() == Place("link", UP)
    assert desk.do(StepDeed.UNDO) == "there is nothing of yours to take back"


def test_a_turn_after_the_one_that_was_ended_keeps_it_ended() -> None:
    desk = Desk()
    desk.do(StepDeed.DONE)
    desk.do(StepDeed.START, step=UP)
    assert desk.do(StepDeed.UNDO) == "there is nothing of yours to take back"


def test_what_evidence_has_made_green_is_not_the_operators_to_take_back() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.see_all(True)
    assert "evidence has made it green" in desk.do(StepDeed.UNDO, step=UP)
    assert desk.do(StepDeed.UNDO) == "there is nothing of yours to take back"
    desk.see("interface {interface}", False)
    desk.do(StepDeed.FAILED, step=UP)
    assert not desk.do(StepDeed.UNDO), "evidence took it back, and the operator ended it"
    assert desk.states() == [(UP, ANA, "in progress")]


def test_what_was_seen_since_a_mistake_stays_and_makes_it_green_when_it_is_said_again() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.DONE)
    desk.see_all(True)
    desk.do(StepDeed.UNDO)
    assert desk.states() == [(UP, ANA, "in progress")]
    assert desk.see("probe next-hop", True) is WorkTold.COMPLETED


def test_who_was_handed_a_step_still_was_when_its_end_is_taken_back() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.do(StepDeed.HAND_OVER, to=BEN)
    before = desk.work.tasks
    desk.do(StepDeed.DONE, BEN)
    assert not desk.do(StepDeed.UNDO, BEN)
    assert desk.work.tasks == before


ends = st.sampled_from([(StepDeed.DONE, ""), (StepDeed.FAILED, "not"), (StepDeed.SKIP, "")])


@given(st.lists(moves, max_size=20), ends, slugs)
def test_a_mistake_that_is_taken_back_leaves_nothing_behind(
    script: list[dict[str, object]], end: tuple[StepDeed, str], slug: str
) -> None:
    desk = Desk()
    for move in script:
        if "check" in move:
            desk.see(str(move["check"]), bool(move["is_so"]))
        else:
            fields = {name: str(value) for name, value in move.items() if name != "deed"}
            desk.do(StepDeed(str(move["deed"])), fields.pop("operator"), **fields)
    before = desk.work.tasks
    deed, to = end
    if desk.do(deed, step=slug, to=to, reason="why"):
        return
    assert not desk.do(StepDeed.UNDO)
    if len(desk.work.tasks) == len(before):
        assert desk.work.tasks == before
    else:
        assert desk.work.tasks[:-1] == before
        assert desk.work.tasks[-1].state is TaskState.STARTED


def test_who_takes_a_deed_back_from_elsewhere_goes_back_to_there() -> None:
    desk = Desk()
    desk.do(StepDeed.OPEN)
    desk.do(StepDeed.DONE)
    desk.do(StepDeed.JUMP, step=CARRIER)
    desk.do(StepDeed.UNDO, step=UP)
    assert desk.place() == Place("link", UP)
    desk.do(StepDeed.BACK)
    assert desk.place() == Place("link", CARRIER)


def test_of_two_words_of_one_moment_the_later_counts() -> None:
    desk = Desk()
    desk.do(StepDeed.START)
    desk.see("interface {interface}", True)
    desk.see("interface {interface}", False, 0.0)
    assert desk.work.tasks[0].against is not None


def test_neither_the_way_back_nor_the_name_of_a_deed_grows_without_end() -> None:
    desk = Desk()
    desk.do(StepDeed.OPEN, action_id="x" * 1000)
    assert desk.work.actions == ("x" * tasks.MOST_OF_ID,)
    for turn in range(2 * ways.MOST_TRAIL):
        desk.do(StepDeed.JUMP, step=(CARRIER, UP)[turn % 2])
    assert len(desk.work.workers[0].trail) == ways.MOST_TRAIL

"""The cause table by itself: how much each hypothesis weighs, and in which order they stand."""

from __future__ import annotations

import pytest

from statetrace_engine.explain import causes
from statetrace_engine.explain.case import Case
from statetrace_engine.explain.changes import Change
from statetrace_engine.health.tracks import Done
from statetrace_engine.model.observation import (
    DeviceEvent,
    DeviceEventKind,
    Fact,
    Observation,
    Plane,
    Reason,
    SubjectKind,
    Verdict,
)
from statetrace_engine.model.outage import CauseKind, Hypothesis
from statetrace_engine.model.signal import Source

HOST, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"


def change(touches: tuple[str, ...], before_s: float = 30.0, *, is_near: bool = False) -> Change:
    event = DeviceEvent(kind=DeviceEventKind.CONFIG_COMMAND, text="mtu 1400", who="jsm")
    return Change(before_s, Done(100.0 - before_s, 3, event, "syslog_udp"), touches, is_near, HOST)


def said(kind: SubjectKind, reason: Reason = Reason.NONE, *, is_sure: bool = True) -> Observation:
    plane = Plane.LINK if kind is SubjectKind.INTERFACE else Plane.SESSION
    fact = Fact(plane=plane, kind=kind, name="x", verdict=Verdict.DOWN, reason=reason, is_reason_sure=is_sure)
    return Observation(hostname=HOST, fact=fact, witness=HOST, source=Source.TRAP, seq=1, steady=100.0, received_at=1e9)


def ranked(
    *changes: Change,
    link: Observation | None = None,
    session: Observation | None = None,
    hint: Observation | None = None,
    is_link_known: bool = False,
) -> tuple[Hypothesis, ...]:
    case = Case(
        hostname=HOST, next_hop="10.1.1.2", interface="Gi0/1", protocol="bgp", far=FAR, behind=FAR,
        link=link, session=session, hint=hint, is_link_known=is_link_known, changes=changes,
    )  # fmt: skip
    return causes.rank(case)


def weights(found: tuple[Hypothesis, ...]) -> list[tuple[CauseKind, float]]:
    return [(each.cause, each.weight) for each in found]


def test_a_change_that_touches_the_path_is_second_and_one_that_does_not_stands_lower() -> None:
    link, touching, other = said(SubjectKind.INTERFACE), change(("gi0/1",)), change(())
    assert weights(ranked(touching, link=link))[:2] == [
        (CauseKind.LINK_FAILURE, 0.78),
        (CauseKind.CONFIG_CHANGE, 0.40),
    ]
    assert weights(ranked(other, link=link)) == [
        (CauseKind.LINK_FAILURE, 0.78),
        (CauseKind.CONFIG_CHANGE, 0.25),
        (CauseKind.ADMIN_SHUTDOWN, 0.23),
        (CauseKind.DEVICE_UNREACHABLE, 0.18),
    ]


@pytest.mark.parametrize("touches", [("gi0/1",), ()])
def test_a_change_alone_is_no_first_cause_unless_it_came_just_before(touches: tuple[str, ...]) -> None:
    found = ranked(change(touches))
    assert [each.cause for each in found] == [CauseKind.UNKNOWN, CauseKind.CONFIG_CHANGE]
    assert ranked(change(("gi0/1",), is_near=True))[0].cause is CauseKind.CONFIG_CHANGE


@pytest.mark.parametrize("link", [None, said(SubjectKind.INTERFACE)])
@pytest.mark.parametrize("touches", [("gi0/1",), ()])
def test_none_weighs_more_than_the_one_before_it(touches: tuple[str, ...], link: Observation | None) -> None:
    found = [each.weight for each in ranked(change(touches), link=link)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)


def test_nothing_seen_is_unknown() -> None:
    assert weights(ranked()) == [(CauseKind.UNKNOWN, 0.30)]


def test_the_last_error_of_a_session_hints_at_a_shutdown_only_where_its_port_says_nothing() -> None:
    hint = said(SubjectKind.NEIGHBOUR, Reason.ADMIN_REMOTE, is_sure=False)
    assert ranked(session=hint, hint=hint)[0].cause is CauseKind.ADMIN_SHUTDOWN
    found = ranked(session=hint, hint=hint, is_link_known=True)
    assert CauseKind.ADMIN_SHUTDOWN not in [each.cause for each in found]

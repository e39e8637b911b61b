"""What operators expect, where a device's log tells of it: what is said of it, and which ranking stands."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from statetrace_engine.explain import expected
from statetrace_engine.health.marks import Marks
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.model import names
from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, MarkVerdict
from statetrace_engine.model.outage import CauseKind, Hypothesis, RelatedChange

HOST, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"
POLICY = ExplainPolicy()
PORT = "interface GigabitEthernet0/1"
RANKED = (Hypothesis(cause=CauseKind.CONFIG_CHANGE, detail="mtu 1400", element="link", weight=0.85, rule=4),)
UNLOGGED = (Hypothesis(cause=CauseKind.LINK_FAILURE, detail="", element="link", weight=0.78, rule=5),)


def logged(
    text: str,
    before_s: float = 30.0,
    *,
    hostname: str = HOST,
    touches: tuple[str, ...] = ("gi0/1",),
    is_expected: bool = False,
) -> RelatedChange:
    return RelatedChange(
        hostname=hostname, at=1000.0 - before_s, before_s=before_s, text=text, by="jsm", touches=touches,
        likelihood=0.9, seq=3, source="syslog_udp", is_expected=is_expected,
    )  # fmt: skip


def marks(*lines: str, site: str = "WLLS") -> Marks:
    found = Marks()
    for number, line in enumerate(lines):
        verdict = MarkVerdict.EXPECTED
        action = MarkChange(f"{number}", "ana", HOST, Kind.CONFIG, (PORT, line), ChangeType.ADDED, verdict, site=site)
        found.take(action, 1000.0)
    return found


def noted(changes: Iterable[RelatedChange], found: Marks) -> tuple[RelatedChange, ...]:
    return expected.noted(tuple(changes), found, names.site_of)


def said(changes: Iterable[RelatedChange]) -> list[tuple[str, str, bool]]:
    return [(each.hostname, each.text, each.is_expected) for each in changes]


MTU, SHUT = f"{PORT}: mtu 1400", f"{PORT}: shutdown"


def test_what_is_expected_of_a_device_stands_behind_the_rest_and_of_no_other_device() -> None:
    found = noted([logged(MTU), logged(SHUT), logged(MTU, hostname=FAR)], marks("mtu 1400"))
    assert said(found) == [(HOST, SHUT, False), (FAR, MTU, False), (HOST, MTU, True)]


def test_what_is_expected_of_a_namesake_at_another_site_is_not_of_it() -> None:
    assert said(noted([logged(MTU)], marks("mtu 1400", site="BOYO"))) == [(HOST, MTU, False)]
    assert said(noted([logged(MTU)], marks("mtu 1400", site=""))) == [(HOST, MTU, True)]


def test_a_head_is_expected_where_all_below_it_is() -> None:
    head, alone = logged(PORT), logged("interface GigabitEthernet0/2")
    wanted = marks("mtu 1400")
    assert said(noted([head, logged(MTU)], wanted)) == [(HOST, PORT, True), (HOST, MTU, True)]
    assert (HOST, PORT, False) in said(noted([head, logged(MTU), logged(SHUT)], wanted))
    far = logged(SHUT, hostname=FAR)
    assert (HOST, PORT, True) in said(noted([head, logged(MTU), far], wanted))
    assert (FAR, PORT, False) in said(noted([logged(PORT, hostname=FAR), logged(MTU)], wanted))
    assert said(noted([alone], wanted)) == [(HOST, alone.text, False)]


@pytest.mark.parametrize(
    "other",
    [
        None,
        logged(SHUT, touches=()),  # it is no matter of this route
        logged(SHUT, before_s=POLICY.change_near_s + 1),  # it was long before
    ],
)
def test_where_nothing_else_may_be_behind_it_the_ranking_without_logs_stands(other: RelatedChange | None) -> None:
    changes = [each for each in (logged(MTU, is_expected=True), other) if each is not None]
    assert expected.ranking(RANKED, UNLOGGED, changes, POLICY) == UNLOGGED
    assert expected.ranking((*RANKED, *UNLOGGED), (), changes, POLICY) == UNLOGGED
    assert expected.ranking(RANKED, (), changes, POLICY) == RANKED


def test_what_was_done_beside_it_takes_its_place_in_words() -> None:
    wanted, other = logged(MTU, is_expected=True), logged(SHUT, before_s=POLICY.change_near_s)
    (found,) = expected.ranking(RANKED, UNLOGGED, [wanted, other], POLICY)
    assert found == replace(RANKED[0], detail=SHUT)
    assert expected.ranking(RANKED, UNLOGGED, [wanted, other, logged(MTU, hostname=FAR)], POLICY) == RANKED
    assert expected.ranking(UNLOGGED, (), [wanted, other], POLICY) == UNLOGGED


def test_without_anything_expected_the_ranking_is_as_it_was() -> None:
    assert expected.ranking(RANKED, UNLOGGED, [logged(MTU)], POLICY) == RANKED

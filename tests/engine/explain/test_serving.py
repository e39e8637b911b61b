"""Which runbook serves an outage: the special case that its evidence shows, else its cause's."""

from __future__ import annotations

from functools import partial

import pytest

from statetrace_engine.explain.serving import runbook_for
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.health import Failover, HealthState, Severity
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import BetweenCaptures, CauseKind, RelatedChange
from statetrace_engine.model.signal import Source

T0 = 1_795_442_400.0


def record(**more: object) -> OutageRecord:
    return OutageRecord(
        outage_id="OUT-1", route_id="rt-1", opened=1.0, occurred_at=T0, occurred_uncertainty_s=0.0, first_signal_at=T0,
        detected_at=T0, state=HealthState.DOWN, severity=Severity.CRITICAL, worst=Severity.CRITICAL,
        real=Severity.CRITICAL, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def said(plane: Plane, reason: Reason = Reason.NONE, protocol: str = "") -> Observation:
    fact = Fact(
        plane=plane, kind=SubjectKind.NEIGHBOUR, name="10.1.1.2", verdict=Verdict.DOWN, protocol=protocol,
        vrf="default", reason=reason,
    )  # fmt: skip
    return Observation(
        hostname="A",
        fact=fact,
        witness="A",
        source=Source.SYSLOG_UDP,
        seq=1,
        steady=1.0,
        received_at=T0,
        occurred_at=T0,
    )


HELD = partial(said, Plane.SESSION, Reason.HOLD_TIMER)
CAPTURES = BetweenCaptures(
    run_id=2, previous_id=1, from_at=T0 - 600.0, to_at=T0 - 60.0, kind=Kind.CONFIG, key=("ip route",),
    change_type=ChangeType.REMOVED,
)  # fmt: skip


def seen_by(source: Source, between: BetweenCaptures | None = None, *, is_deed: bool = True) -> RelatedChange:
    return RelatedChange(
        hostname="A", at=T0, before_s=60.0, text="no ip route", by="", touches=(), likelihood=0.9, seq=1,
        source=source, between=between, is_deed=is_deed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "of", "runbook"),
    [
        (CauseKind.UNKNOWN, record(), "generic"),
        (CauseKind.NEIGHBOUR_LOSS, record(), "neighbour-loss"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[said(Plane.SESSION, Reason.HOLD_TIMER)]), "bgp-hold-timer"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[said(Plane.SESSION, Reason.AUTHENTICATION)]), "bgp-authentication"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[said(Plane.SESSION, Reason.MAX_PREFIX)]), "bgp-full-table"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[HELD("bgp")]), "bgp-hold-timer"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[HELD("ospf")]), "igp-adjacency"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[said(Plane.SESSION, protocol="isis")]), "igp-adjacency"),
        (CauseKind.NEIGHBOUR_LOSS, record(evidence=[HELD("eigrp"), HELD("bgp")]), "bgp-hold-timer"),
        (CauseKind.LINK_FAILURE, record(evidence=[said(Plane.SESSION, Reason.HOLD_TIMER)]), "link-failure"),
        (CauseKind.LINK_FAILURE, record(flaps=2), "link-failure"),
        (CauseKind.LINK_FAILURE, record(flaps=3), "optics"),
        (CauseKind.NEXT_HOP_UNREACHABLE, record(evidence=[said(Plane.DATA)]), "next-hop-arp"),
        (CauseKind.NEXT_HOP_UNREACHABLE, record(evidence=[said(Plane.SESSION)]), "next-hop-unreachable"),
        (CauseKind.NEXT_HOP_UNREACHABLE, record(standing=[said(Plane.SESSION)]), "next-hop-unreachable"),
        (CauseKind.CONFIG_CHANGE, record(changes=(seen_by(Source.SYSLOG_UDP),)), "config-change"),
        (CauseKind.CONFIG_CHANGE, record(changes=(seen_by(Source.CAPTURE, CAPTURES),)), "config-rollback"),
        (CauseKind.CONFIG_CHANGE, record(changes=(seen_by(Source.SYSLOG_UDP, CAPTURES),)), "config-rollback"),
        (CauseKind.CONFIG_CHANGE, record(changes=(seen_by(Source.CAPTURE, CAPTURES, is_deed=False),)), "config-change"),
    ],
)
def test_the_special_case_that_the_evidence_shows(cause: CauseKind, of: OutageRecord, runbook: str) -> None:
    assert runbook_for(cause, of) == runbook


@pytest.mark.parametrize(
    ("of", "runbook"),
    [
        (record(expected_secondary="10.1.2.2"), "floating-static"),
        (record(), "link-failure"),
        (record(expected_secondary="10.1.2.2", failover=Failover.IN_PROGRESS), "link-failure"),
        (record(expected_secondary="10.1.2.2", taken_secondary="10.1.3.2"), "link-failure"),
    ],
)
def test_a_secondary_that_should_carry_and_does_not_comes_first(of: OutageRecord, runbook: str) -> None:
    assert runbook_for(CauseKind.LINK_FAILURE, of) == runbook

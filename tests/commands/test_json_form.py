"""The JSON that scripts rely on: exact keys, ISO 8601 in UTC with milliseconds, null for what is absent."""

from __future__ import annotations

from statetrace_engine.model.health import Failover, HealthState, Overlay, RouteHealth, Severity
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import CauseKind, EvidenceItem, Hypothesis, OutageEvent
from statetrace_engine.model.route import RouteClass, RouteRecord
from statetrace_tui.commands import json_form

AT = 1795424607.1044


def test_times_are_iso_8601_in_utc_with_milliseconds() -> None:
    assert json_form.moment(AT) == "2026-11-23T09:03:27.104Z"
    assert json_form.moment(None) is None
    assert json_form.moment(0.0) is None


def test_an_outage() -> None:
    evidence = EvidenceItem(
        source="syslog_udp",
        plane=Plane.LINK,
        verdict=Verdict.DOWN,
        at=AT + 0.2,
        text="Gi0/1 down",
        witness="A-1",
        seq=7,
    )
    event = OutageEvent(
        outage_id="OUT-1123-7K2Q",
        route_id="rt-0",
        site="A",
        hostname="A-1",
        vrf="default",
        prefix="10.0.0.0/8",
        route_class="critical",
        owner="",
        contact="",
        state=HealthState.DOWN,
        severity=Severity.CRITICAL,
        worst=Severity.CRITICAL,
        cause=CauseKind.LINK_FAILURE,
        causes=(Hypothesis(cause=CauseKind.LINK_FAILURE, detail="", element="link A-1 Gi0/1", weight=0.97, rule=5),),
        evidence=(evidence,),
        occurred_at=AT,
        first_signal_at=AT + 0.1,
        detected_at=AT + 0.2,
        runbook="link-failure",
    )
    assert json_form.outage(event) == {
        "outage_id": "OUT-1123-7K2Q",
        "route_id": "rt-0",
        "incident_id": None,
        "site": "A",
        "hostname": "A-1",
        "vrf": "default",
        "prefix": "10.0.0.0/8",
        "state": "DOWN",
        "unseen_since": None,
        "unseen_why": None,
        "severity": "critical",
        "transient": False,
        "cause": "link-failure",
        "causes": [
            {
                "cause": "link-failure",
                "detail": None,
                "element": "link A-1 Gi0/1",
                "weight": 0.97,
                "also_of": None,
                "evidence": [
                    {
                        "source": "syslog_udp",
                        "plane": "link",
                        "verdict": "down",
                        "at": "2026-11-23T09:03:27.304Z",
                        "text": "Gi0/1 down",
                        "agreement": "supports",
                        "witness": "A-1",
                        "seq": 7,
                        "file": None,
                        "start": None,
                        "end": None,
                    }
                ],
            }
        ],
        "evidence": [
            {
                "source": "syslog_udp",
                "plane": "link",
                "verdict": "down",
                "at": "2026-11-23T09:03:27.304Z",
                "text": "Gi0/1 down",
            }
        ],
        "runbook": "link-failure",
        "steps_done": 0,
        "occurred_at": "2026-11-23T09:03:27.104Z",
        "detected_at": "2026-11-23T09:03:27.304Z",
        "watched_at": None,
        "detection_latency_ms": 200.0,
        "failover": "None",
        "acknowledged_by": None,
        "resolved_at": None,
    }


def test_a_route() -> None:
    record = RouteRecord(
        route_id="rt-0", site="A", hostname="A-1", vrf="default", prefix="0.0.0.0/0", route_class=RouteClass.BEST_EFFORT
    )
    health = RouteHealth(
        route=record,
        state=HealthState.DEGRADED,
        since_at=0.0,
        severity=Severity.MAJOR,
        overlays=Overlay.FLAPPING | Overlay.UNPROBED,
        failover=Failover.COMPLETE,
        via="10.1.2.2",
    )
    assert json_form.route(health) == {
        "route_id": "rt-0",
        "site": "A",
        "hostname": "A-1",
        "vrf": "default",
        "prefix": "0.0.0.0/0",
        "class": "best-effort",
        "owner": None,
        "contact": None,
        "state": "DEGRADED",
        "since": None,
        "severity": "major",
        "overlays": ["flapping", "unprobed"],
        "failover": "FailoverComplete",
        "via": "10.1.2.2",
        "primaries": 0,
        "primaries_lost": 0,
        "cause": None,
        "remark": None,
        "captured_at": None,
        "outage_id": None,
        "acknowledged_by": None,
    }

"""One afternoon at three sites, 14:03:27Z: the data behind the pictures and the tests of layout."""

from __future__ import annotations

from fake_engine import NOW, FakeEngine, outage_of, route
from msgspec.structs import replace

from statetrace_engine.model.explanation import (
    BlastRadius,
    Explanation,
    NextStep,
    RelatedChange,
    SignalCell,
    SignalRow,
    TouchedRoute,
)
from statetrace_engine.model.health import (
    Freshness,
    HealthState,
    Overlay,
    PathHealth,
    RouteHealth,
    Severity,
    WhyNot,
)
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import (
    Agreement,
    CauseKind,
    EvidenceItem,
    Hypothesis,
    Incident,
    RouteDetail,
)
from statetrace_engine.model.route import Role, RouteClass

DOWN, DEGRADED = HealthState.DOWN, HealthState.DEGRADED
CRIT, MAJOR, WARN = Severity.CRITICAL, Severity.MAJOR, Severity.WARNING
_TOP, _PLAIN = RouteClass.CRITICAL, RouteClass.STANDARD


def _bad(
    host: str,
    prefix: str,
    state: HealthState,
    severity: Severity | None,
    ago: float,
    outage: str,
    cause: str,
    *,
    owner: str,
    route_class: RouteClass = _PLAIN,
    by: str = "",
    by_ago: float = 0,
    **more: object,
) -> RouteHealth:
    return RouteHealth(
        route=route(host, prefix, owner=owner, route_class=route_class, contact="netcore@example.net"),
        state=state,
        severity=severity,
        since_at=NOW - ago,
        outage_id=outage and f"OUT-1123-{outage}",
        cause=cause,
        acknowledged_by=by,
        acknowledged_at=NOW - by_ago if by else None,
        **more,  # type: ignore[arg-type]
    )


def rows() -> list[RouteHealth]:
    """Four new, five in hand, two recovered, two not measured, 107 healthy."""
    edge, lab, core = "Edge team", "Lab desk", "Network Core"
    jsm, mko = "CORP\\jsm", "mko@jump1"
    bad = [
        _bad("WLLS-A01-AR-01", "0.0.0.0/0", DOWN, CRIT, 72, "7KQ2", "link-failure", owner=edge, route_class=_TOP),
        _bad("WLLS-A01-AR-01", "10.20.0.0/16", DOWN, CRIT, 72, "7KQ3", "link-failure", owner=edge, route_class=_TOP),
        _bad("LAB-A02-AR-01", "2001:db8:40:1200::/56", DOWN, CRIT, 41, "9FWA", "silent-blackhole", owner=lab),
        _bad("BOYO-A05-AR-01", "0.0.0.0/0", DEGRADED, MAJOR, 220, "2PHN", "neighbour-loss", owner=edge,
             route_class=_TOP, via="10.1.2.2"),
        _bad("BOYO-A11-AR-01", "10.44.8.0/22", DOWN, CRIT, 1567, "6D4C", "upstream-failure", owner="Carrier desk",
             by=jsm, by_ago=1440),
        _bad("WLLS-A02-AR-01", "0.0.0.0/0", DEGRADED, MAJOR, 4440, "1VBE", "admin-shutdown", owner=edge,
             route_class=_TOP, by=mko, by_ago=3700, via="10.1.2.6"),
        _bad("BOYO-A07-AR-02", "10.20.0.0/16", DEGRADED, MAJOR, 554, "3TQZ", "neighbour-loss", owner=core, by=jsm,
             by_ago=540, remark="flapping 14 times", overlays=Overlay.FLAPPING, via="10.1.1.6"),
        _bad("LAB-B01-AR-02", "172.30.16.0/20", DEGRADED, Severity.INFO, 7930, "0MAR", "admin-shutdown", owner=lab,
             by=mko, by_ago=7900, remark="maintenance 15:30", overlays=Overlay.MAINTENANCE, via="172.30.0.9"),
        _bad("WLLS-C04-AR-02", "10.90.0.0/17", DEGRADED, WARN, 312, "5WGN", "congestion-or-loss", owner=core, by=jsm,
             by_ago=190, remark="loss 6.2 %", via="10.1.4.2"),
        _bad("BOYO-A03-AR-01", "0.0.0.0/0", HealthState.RECOVERED, None, 19, "4MXD", "link-failure", owner=edge,
             route_class=_TOP, by=jsm, by_ago=250, hold_ends_at=NOW + 11, via="10.2.1.2"),
        _bad("WLLS-B07-AR-01", "10.61.0.0/16", HealthState.HEALTHY, None, 2958, "8SYK", "next-hop-unreachable",
             owner=core, is_latched=True, remark="was down for 41 s", via="10.1.9.14"),
        _bad("LAB-A01-AS-01", "0.0.0.0/0", HealthState.UNKNOWN, None, 22, "", "", owner=lab, remark="stale 22 s",
             overlays=Overlay.STALE, via="10.9.0.1"),
        _bad("WLLS-C02-AS-03", "10.77.4.0/24", HealthState.UNKNOWN, None, 9240, "", "", owner="", remark="unprobed",
             overlays=Overlay.UNPROBED, via="10.7.7.1"),
    ]  # fmt: skip
    return bad + [_fine(i) for i in range(107)]


def _fine(i: int) -> RouteHealth:
    site = ("WLLS", "WLLS", "BOYO", "LAB", "BOYO")[i * 7 % 5]
    host = f"{site}-{'ABCD'[i * 5 % 4]}{i * 11 % 19 + 3:02}-A{'RS'[i % 4 == 3]}-0{i % 2 + 1}"
    prefix = "0.0.0.0/0" if i % 3 == 0 else f"10.{i * 13 % 200 + 20}.{i * 8 % 256 & 248}.0/{(16, 20, 22, 24)[i % 4]}"
    ago = 86400 * (i * 37 % 61) + 3600 * (i * 7 % 24) + 480 + i * 61
    owner = ("Network Core", "Edge team", "Lab desk")[i % 3]
    return RouteHealth(
        route=route(host, prefix, owner=owner),
        state=HealthState.HEALTHY,
        since_at=NOW - ago,
        via=f"10.{1 + i % 3}.{i % 9}.{2 + i * 4 % 200}",
    )


def evidence(first: float = NOW - 72) -> tuple[EvidenceItem, ...]:
    """Three sources on four planes; SNMP's word on the route is stale."""

    def item(source: str, plane: Plane, after: float, text: str, **more: object) -> EvidenceItem:
        fields = {"verdict": Verdict.DOWN, "witness": "WLLS-A01-AR-01", "seq": int(after * 100) + 1, **more}
        return EvidenceItem(source=source, plane=plane, at=first + after, text=text, **fields)  # type: ignore[arg-type]

    return (
        item("syslog_udp", Plane.LINK, 0.00, "GigabitEthernet0/1 down"),
        item("syslog_udp", Plane.SESSION, 0.03, "bgp 10.1.1.2 down, interface down"),
        item("trap", Plane.LINK, 0.02, "linkDown GigabitEthernet0/1"),
        item("trap", Plane.SESSION, 0.04, "bgpBackwardTransition 10.1.1.2"),
        item("snmp", Plane.LINK, 1.30, "GigabitEthernet0/1 oper down"),
        item("snmp", Plane.ROUTE, -22.0, "0.0.0.0/0 installed", verdict=Verdict.UP, agreement=Agreement.STALE),
        item("bmp", Plane.ROUTE, 0.28, "withdraw 0.0.0.0/0"),
        item("probe_stamp", Plane.DATA, 0.80, "10.1.1.2 0 of 20"),
    )


def detail(row: RouteHealth) -> RouteDetail:
    """The whole story of the first outage."""
    shown = evidence(row.since_at)
    causes = (
        Hypothesis(cause=CauseKind.LINK_FAILURE, detail="", element="Gi0/1 to WLLS-B01-CR-01", weight=0.97, rule=5),
        Hypothesis(cause=CauseKind.CONFIG_CHANGE, detail="13:58, took secondary", element="", weight=0.41, rule=4),
    )
    outage = outage_of(row, causes=causes, evidence=shown, incident_id="INC-1123-04A7")
    return RouteDetail(
        health=replace(row),
        outage=outage,
        paths=(
            PathHealth(role=Role.PRIMARY, next_hop="10.1.1.2", interface="GigabitEthernet0/1", protocol="bgp",
                       admin_distance=20, word="lost", verdict="down", since_at=NOW - 72),
            PathHealth(role=Role.SECONDARY, next_hop="10.1.2.2", interface="GigabitEthernet0/2", protocol="bgp",
                       admin_distance=20, word="withdrawn", verdict="down", since_at=NOW - 323),
        ),
        freshness=(
            Freshness(source="probe_stamp", last_at=NOW, interval_s=0.25, word="fresh"),
            Freshness(source="snmp", last_at=NOW - 94, interval_s=30, word="stale"),
            Freshness(source="syslog_udp", last_at=NOW - 71, interval_s=None, word="event"),
        ),
        why_not=(WhyNot(what="RECOVERED", rule="an up in every plane", missing="route, data", fires_at=None),),
        incident=Incident(incident_id="INC-1123-04A7", cause=CauseKind.LINK_FAILURE, element="Gi0/1",
                          opened_at=NOW - 72, closed_at=None, outage_ids=(row.outage_id,),
                          route_ids=(row.route.route_id, "rt-0000000000000000"), devices=(row.route.hostname,),
                          sites=("WLLS",), owners=("Edge team",)),
        survival="nothing carries: both paths are lost",
        strip=bytes([0] * 40 + [2] + [0] * 17 + [30, 101]),
        loss_now=100.0,
        signals=tuple(sorted(shown, key=lambda item: -item.at)),
        runbook_title="step 2 of 6",
        runbook_step="show interfaces Gi0/1 transceiver",
        runbook_expect="Rx power above -14.0 dBm",
    )  # fmt: skip


def explanation(row: RouteHealth) -> Explanation:
    """The first outage explained: four planes agree, a poll is stale, one source says nothing, one was never heard."""
    told = detail(row)
    outage = told.outage
    assert outage is not None
    assert told.incident is not None
    seen = evidence(row.since_at)
    heard = {
        "syslog_udp": ("event", NOW - 71, None), "trap": ("event", NOW - 71, None), "snmp": ("stale", NOW - 94, 30.0),
        "bmp": ("event", NOW - 71, None), "probe_stamp": ("fresh", NOW, 0.25),
    }  # fmt: skip
    signals = tuple(
        SignalRow(
            source=source, freshness=word, last_at=at, interval_s=interval,
            cells=tuple(_cell(item) for item in seen if item.source == source),
        )
        for source, (word, at, interval) in heard.items()
    )  # fmt: skip
    silent = SignalRow(source="capture", freshness="never", last_at=None, interval_s=None, cells=())
    answers = EvidenceItem(
        source="probe_icmp", plane=Plane.DATA, verdict=Verdict.UP, at=row.since_at + 1.9, text="10.1.1.2 20 of 20",
        witness="prober", seq=991, agreement=Agreement.OPPOSES,
    )  # fmt: skip
    first, second = outage.causes
    return Explanation(
        outage=outage,
        at=NOW,
        sentence="nothing carries: the primary is lost with its link Gi0/1, the secondary was withdrawn 4m11s before",
        signals=(*signals, silent),
        causes=(replace(first, evidence=seen[:6]), replace(second, evidence=(answers,))),
        changes=(
            RelatedChange(
                hostname="WLLS-A01-AR-01", at=row.since_at - 323, before_s=323.0, by="CORP\\wolfgang", likelihood=0.41,
                text="neighbor 10.1.2.2 route-map RM-BACKUP in", touches=("10.1.2.2",), seq=77,
            ),
        ),
        radius=BlastRadius(
            incident_id="INC-1123-04A7", element="WLLS-A01-AR-01 GigabitEthernet0/1", cause=CauseKind.LINK_FAILURE,
            route_count=2, open_count=2, devices=("WLLS-A01-AR-01",), sites=("WLLS",), owners=("Edge team",),
            routes=(
                _touched(row),
                replace(_touched(row), route_id="rt-2", prefix="10.20.0.0/16", outage_id="OUT-1123-7KQ3"),
            ),
            linked=("INC-1123-03F1",),
        ),
        next_step=NextStep(
            runbook="link-failure", title="Link failure", step="Is there light?", number=2, of=6,
            command="show interfaces Gi0/1 transceiver", expect="Rx power above -14.0 dBm",
            so="the fibre or the optic at this end: call the site",
        ),
        why_not_yet=told.why_not,
        why_not_down=(),
    )  # fmt: skip


def _cell(item: EvidenceItem) -> SignalCell:
    return SignalCell(
        plane=item.plane, verdict=item.verdict, at=item.at, text=item.text, seq=item.seq, agreement=item.agreement
    )


def _touched(row: RouteHealth) -> TouchedRoute:
    return TouchedRoute(
        route_id=row.route.route_id, hostname=row.route.hostname, vrf="default", prefix=row.route.prefix,
        owner=row.route.owner, outage_id=row.outage_id, severity=row.severity, is_open=True,
    )  # fmt: skip


def engine(kind: type[FakeEngine] = FakeEngine) -> FakeEngine:
    """All of it."""
    made = kind(rows())
    first = next(iter(made.rows.values()))
    made.details[first.route.route_id] = detail(first)
    made.open_outages[first.outage_id] = detail(first).outage or made.open_outages[first.outage_id]
    made.explanations[first.outage_id] = explanation(first)
    incident = detail(first).incident
    assert incident is not None
    made.open_incidents[incident.incident_id] = incident
    return made

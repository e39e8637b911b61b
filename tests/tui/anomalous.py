"""Anomaly cards of an evening, in every state, and what of them belongs together: for pictures and tests of Cards."""

from __future__ import annotations

from fake_engine import NOW, FakeEngine

from statetrace_engine.model.anomaly import AnomalyCard, CardCounts, CardFeedback, CardVerdict, RuleStatus, Snooze
from statetrace_engine.model.cluster import Cluster, Tie
from statetrace_engine.model.health import Severity

CORE = "BOYO-C01-CR-01"
BAD = "%C4K_IOSMODPORTMAN-4-POWERSUPPLYBAD: Power supply 1 has failed or been turned off"
FLAP = "%LINK-3-UPDOWN: Interface GigabitEthernet1/0/7, changed state to down"
MALLOC = "%SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6015, alignment 0"
TITLES = {
    "PowerSupply": ("A power supply failed", Severity.MAJOR, ""),
    "PortFlapEvents": ("A port flaps", Severity.WARNING, "optics"),
    "AuthFailureCount": ("Logins fail again and again", Severity.WARNING, ""),
    "StpRootChange": ("Spanning tree has another root", Severity.MAJOR, "stp-block"),
    "MemoryLow": ("Memory is running out", Severity.CRITICAL, "control-plane-cpu"),
    "ConfigOffHours": ("Somebody configures at night", Severity.INFO, "config-change"),
    "TemperatureHigh": ("It is too hot", Severity.MAJOR, ""),
}


def card(
    number: int, rule: str, subject: str, *, first: float, last: float, at: float = NOW, **more: object
) -> AnomalyCard:
    """`first` and `last`: seconds before `at`."""
    title, severity, runbook = TITLES[rule]
    fields: dict[str, object] = {
        "card_id": f"CARD-1123-{number:04}", "rule": rule, "title": title, "severity": severity, "subject": subject,
        "hostname": subject.partition(" ")[0], "text": "1 within 60 s", "count": 1, "first_at": at - first,
        "last_at": at - last, "runbook": runbook,
    }  # fmt: skip
    return AnomalyCard(**(fields | more))  # type: ignore[arg-type]


def cards(at: float = NOW) -> list[AnomalyCard]:
    """Newest first."""
    said = CardFeedback(verdict=CardVerdict.TRUE, operator="CORP\\mko", at=at - 400, note="bad SFP, RMA 4471")
    wrong = CardFeedback(verdict=CardVerdict.FALSE, operator="CORP\\jsm", at=at - 5000)
    subject = "WLLS-A02-AR-01 from 10.99.66.6"
    snooze = Snooze(
        rule="AuthFailureCount", subject=subject, operator="CORP\\mko", at=at - 900, until_at=at + 2700,
        reason="pentest", hidden=12,
    )  # fmt: skip
    return [
        card(1, "MemoryLow", "LAB-C02-CR-01", first=21, last=4, at=at, count=3, text="3 within 60 s",
             seqs=(941, 944, 950), samples=(MALLOC,)),
        card(2, "PowerSupply", f"{CORE} 1", first=42, last=42, at=at, seqs=(901,), samples=(BAD,)),
        card(3, "PortFlapEvents", "WLLS-A01-AR-01 GigabitEthernet1/0/7", first=95, last=12, at=at, count=8,
             text="3 within 300 s", seqs=tuple(range(870, 878)), samples=(FLAP,) * 3),
        card(4, "ConfigOffHours", "KARR-A03-AR-01", first=640, last=610, at=at, count=2, text="at 22:14",
             samples=("%SYS-5-CONFIG_I: Configured from console by ana on vty0 (10.99.0.10)",), seqs=(700, 702)),
        card(5, "PortFlapEvents", "LAB-A01-AR-01 Ethernet1/12", first=3000, last=420, at=at, count=31, feedback=said,
             text="3 within 300 s", subjects=tuple(f"LAB-A01-AR-01 Ethernet1/{n}" for n in range(12, 20)), more=4),
        card(6, "AuthFailureCount", subject, first=1900, last=30, at=at, count=61, text="5 within 300 s", snooze=snooze,
             samples=("%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] [Source: 10.99.66.6] [localport: 22]",)),
        card(7, "StpRootChange", "BOYO-A02-AR-01", first=9000, last=8700, at=at, is_over=True, ended_at=at - 7800),
        card(8, "TemperatureHigh", "GERA-C01-CR-01", first=20000, last=19000, at=at, is_over=True, feedback=wrong,
             ended_at=at - 18100),
    ]  # fmt: skip


def clusters(engine: FakeEngine, at: float = NOW) -> list[Cluster]:
    """The supply, and the outages of the incident that has most of them."""
    incident = max(engine.open_incidents.values(), key=lambda each: len(each.outage_ids), default=None)
    if incident is None:
        return []
    why = "a device that loses power goes silent, and comes back by a restart"
    supply = f"A power supply failed, {CORE} 1"
    gone = f"{incident.cause.value}, {incident.element}"
    return [
        Cluster(
            cluster_id="CL-CARD-1123-0002", sequence="power-failure", title="A power failure",
            because=f"because {why}: {supply}; 2s later {gone}", severity=Severity.CRITICAL, first_at=at - 42,
            last_at=at - 40, card_ids=("CARD-1123-0002",), incident_ids=(incident.incident_id,),
            outage_ids=incident.outage_ids, hosts=(CORE, *incident.devices[:3]),
            ties=(
                Tie(member="CARD-1123-0002"),
                Tie(member=incident.incident_id, behind="CARD-1123-0002", because=f"2s after {supply}: {why}"),
            ),
        )
    ]  # fmt: skip


def rules() -> list[RuleStatus]:
    judged = {"PortFlapEvents": (41, 4, 1), "TemperatureHigh": (9, 1, 3), "PowerSupply": (3, 3, 0)}
    counts = {name: judged.get(name, (2, 0, 0)) for name in TITLES}
    return [
        RuleStatus(
            rule=name, title=title, severity=severity, kind="count", matched=120 * n, cards=counts[name][0],
            true_cards=counts[name][1], false_cards=counts[name][2], cost_us=1.5 + n,
            runbook=runbook, off="slower than 200 us for 60 s" if name == "MemoryLow" else "",
        )
        for n, (name, (title, severity, runbook)) in enumerate(TITLES.items(), 1)
    ]  # fmt: skip


def fill(engine: FakeEngine, at: float = NOW) -> FakeEngine:
    engine.anomaly_cards = cards(at)
    engine.card_clusters = clusters(engine, at)
    engine.rule_statuses = rules()
    engine.say(cards=CardCounts(critical=1, major=1, warning=2, info=1, snoozed=1, version=1))
    engine.signals.update({seq: f"<189>{seq}: WLLS-A01-AR-01: {FLAP}" for seq in range(870, 878)})
    return engine

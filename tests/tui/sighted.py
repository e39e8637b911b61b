"""What the engine says of its own sight on a day with troubles: behind pictures and tests of the Monitors."""

from __future__ import annotations

from fake_engine import NOW, FakeEngine

from statetrace_engine.anomalies import own
from statetrace_engine.model.anomaly import Own
from statetrace_engine.model.monitors import (
    Backlog,
    Concern,
    Concerned,
    ConflictsToday,
    Delay,
    Disagreement,
    Lateness,
    Monitors,
    Spread,
    Voice,
)

PROBE = "WLLS-A01-AR-01/next-hop/icmp/10.1.1.2"
SILENT = Own(
    rule="ProbeTargetSilent", subject=PROBE, hostname="WLLS-A01-AR-01", text="10.1.1.2 answers nobody", at=NOW - 60
)


def voice(
    name: str, detail: str, per_s: float | None, per_s_minute: float | None, ago: float | None, **more: object
) -> Voice:
    last_at = None if ago is None else NOW - ago
    fields: dict[str, object] = {"state": "running", **more}
    return Voice(name=name, detail=detail, per_s=per_s, per_s_minute=per_s_minute, last_at=last_at, **fields)  # type: ignore[arg-type]


def calm(**more: object) -> Monitors:
    """Everything speaks, everything is seen."""
    fields: dict[str, object] = {
        "at": NOW,
        "is_live": True,
        "voices": (
            voice("probe_icmp", "icmp (datagram socket)", 118.0, 120.0, 0.2),
            voice("syslog_udp", "0.0.0.0:5514", 3.2, 2.9, 4.0),
            voice("trap", "0.0.0.0:1162", 0.0, 0.1, 1300.0),
        ),
        "concerns": tuple(Concerned(concern=c, count=0, route_ids=()) for c in Concern),
        "conflicts": ConflictsToday(windows=1512, conflicting=3),
    }
    return Monitors(**(fields | more))  # type: ignore[arg-type]


def troubled(route_ids: tuple[str, ...]) -> Monitors:
    """Something of every kind."""
    counts = {Concern.CONFLICTING: 1, Concern.STALE: 0, Concern.BLIND: 2, Concern.UNPROBED: 14, Concern.UNOWNED: 3}
    text = "WLLS-A01-AR-01 and WLLS-B01-CR-01 disagree on link GigabitEthernet0/1"
    well = calm()
    return calm(
        voices=(
            *well.voices,
            voice("bmp", "0.0.0.0:5000", 0.0, 0.0, None),
            voice("syslog_tcp", "0.0.0.0:5514", 812.0, 790.0, 0.1, dropped=1204),
            voice("snmp", "12 devices", None, None, 40.0, state="restarting", error="OSError: no such device"),
        ),
        unheard=2,
        unheard_devices=("BOYO-B01-CR-01", "YORK-A02-AR-01"),
        concerns=tuple(Concerned(concern=c, count=n, route_ids=route_ids[:n]) for c, n in counts.items()),
        conflicts=ConflictsToday(
            windows=1512,
            conflicting=48,
            on_healthy=2,
            now=(Disagreement(route_id=route_ids[0], since_at=NOW - 41, text=text),),
        ),
        cards=(own.card(SILENT, "CARD-1123-7K2Q"),),
        unknown=1234,
        unknown_senders={"10.9.9.9": 1204, "10.9.9.12": 29, "printer-7": 1},
        senders=3,
        unparsed=41,
        last_unparsed=("10.9.9.9: no header",),
        backlog=Backlog(waiting=12, evaluation_ms=4.2, journal=3, dropped={"syslog_tcp": 1204}),
        today=Lateness(
            outages=12,
            signal=Spread(0.01, 0.30, 1.20, 12),
            evaluation=Spread(0.002, 0.72, 0.8, 12),
            notice=Spread(1.0, 3.0, 3.0, 9),
            glass=Spread(0.08, 0.12, 640.0, 8),
        ),
        last=(
            Delay(outage_id="OUT-1123-7K2Q", detected_at=NOW - 30, signal_s=0.28, uncertain_s=0.13, evaluation_s=0.72,
                  notice_s=1.0, glass_s=0.1),
            Delay(outage_id="OUT-1123-C4MA", detected_at=NOW - 90, signal_s=0.0, uncertain_s=0.0, evaluation_s=0.0,
                  notice_s=None, glass_s=None),
        ),
    )  # fmt: skip


def fill(engine: FakeEngine) -> FakeEngine:
    engine.sight = troubled(tuple(engine.rows))
    return engine

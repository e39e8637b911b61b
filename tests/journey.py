"""Journeys: a scenario file is an inventory, a script of events and what must be true at given moments."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known, read
from statetrace_engine.health.policy import Policy
from statetrace_engine.model.action import Acknowledge, MarkSeen, Maintain, Undo
from statetrace_engine.model.change import Notice, OutageChanged, OutageStep
from statetrace_engine.model.health import Overlay
from statetrace_engine.model.inventory import Inventory, Maintenance
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import Source
from tests.virtual import VirtualNetwork

SCENARIOS = Path(__file__).parent / "scenarios"


@lru_cache
def inventory(text: str) -> Inventory:
    """An inventory of SPEC 10's form; `network = "NAME"` of a scenario names a file in scenarios/networks."""
    found, _, problems = read(ConfigFile(name="inventory.toml", label="scenario", text=text), Policy(), Known())
    assert not problems, problems
    return found


def load(path: Path) -> dict[str, Any]:
    scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    if "network" in scenario:
        scenario["inventory"] = (SCENARIOS / "networks" / f"{scenario['network']}.toml").read_text(encoding="utf-8")
    return scenario


def play(scenario: dict[str, Any]) -> VirtualNetwork:
    """Runs it to its end, asserting every `expect` on the way."""
    network = VirtualNetwork(inventory(scenario["inventory"]), seed=scenario.get("seed", 0))
    for event in scenario.get("event", []):
        network.at(event["t"], lambda n, e=event: _happen(n, e))
    for expect in sorted(scenario.get("expect", []), key=lambda e: e["t"]):
        network.run_to(expect["t"])
        _check(network, expect)
    network.run_to(scenario.get("duration", 0.0))
    return network


def _happen(network: VirtualNetwork, event: dict[str, Any]) -> None:
    for key, value in event.items():
        if key in _EVENTS:
            _EVENTS[key](network, value, event)
        else:
            assert key in ("t", "device", "age_s", "backlog", "stamp", "tcp", "note", "by"), f"unknown event key {key}"


def _log(network: VirtualNetwork, value: Any, event: dict[str, Any]) -> None:
    for text in [value] if isinstance(value, str) else value:
        network.log(
            event["device"],
            text,
            age_s=event.get("age_s", 0.0),
            is_backlog=event.get("backlog", False),
            stamp=event.get("stamp", "5424"),
            source=Source.SYSLOG_TCP if event.get("tcp") else Source.SYSLOG_UDP,
        )


def _of(network: VirtualNetwork, route: str) -> OutageEvent:
    return next(o for o in network.pipeline.outages() if f"{o.hostname} {o.prefix}" == route)


def _ack(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    by = event.get("by", "jsm@jump")
    ids = (_of(network, route).outage_id,)
    network.act(Acknowledge(f"ack-{network.now}", by, ids, event.get("note", "")))


def _undo(network: VirtualNetwork, _: Any, event: dict[str, Any]) -> None:
    ident = list(network.pipeline.actions.undoable)[-1]
    network.act(Undo(ident, event.get("by", "jsm@jump")))


def _seen(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    network.act(MarkSeen(event.get("by", "jsm@jump"), (_of(network, route).outage_id,)))


def _maintain(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    window = Maintenance(
        maintenance_id=f"mw-{network.now}",
        starts_at=network.wall,
        ends_at=network.wall + value["for_s"],
        reason=value.get("reason", "works"),
        site=value.get("site", ""),
        hostname=value.get("device", ""),
        declared_by=event.get("by", "jsm@jump"),
    )
    network.act(Maintain(f"m-{network.now}", window.declared_by, window))


_EVENTS = {
    "log": _log,
    "silent": lambda n, v, _: n.silence(*v),
    "answer": lambda n, v, _: n.answer(*v),
    "loss": lambda n, v, _: [n.lose(percent, pattern) for pattern, percent in v.items()],
    "rtt_ms": lambda n, v, _: [n.delay(rtt, pattern) for pattern, rtt in v.items()],
    "route": lambda n, v, _: n.report(
        v["device"], v["prefix"], *((hop or None, interface or None) for hop, interface in v["via"])
    ),
    "pause_s": lambda n, v, _: n.pause(v),
    "step_clock_s": lambda n, v, _: n.step_clock(v),
    "ack": _ack,
    "undo": _undo,
    "seen": _seen,
    "maintain": _maintain,
}


def _notices(network: VirtualNetwork) -> list[Notice]:
    return [c for c in network.changes if isinstance(c, Notice)]


def _recoveries(network: VirtualNetwork) -> int:
    return sum(isinstance(c, OutageChanged) and c.step is OutageStep.RESOLVED for c in network.changes)


_GLOBAL = {
    "outages": lambda n: len(n.outages()),
    "open": lambda n: sum(o.closed_at is None for o in n.outages()),
    "notices": lambda n: len(_notices(n)),
    "notice_kinds": lambda n: [x.kind for x in _notices(n)],
    "closed": _recoveries,
    "isolated": lambda n: n.pipeline.is_isolated,
    "incidents": lambda n: sum(r.closed is None for r in n.pipeline.incidents.records.values()),
    "unparsed": lambda n: n.pipeline.tally.unparsed,
    "unknown_senders": lambda n: sorted(n.pipeline.tally.unknown_senders),
    "history": lambda n: n.pipeline.tally.history,
}


def _check(network: VirtualNetwork, expect: dict[str, Any]) -> None:
    where = f"at {expect['t']} s"
    for key, wanted in expect.items():
        if key in _GLOBAL:
            found = _GLOBAL[key](network)
            assert found == wanted, f"{where}: {key} is {found}, expected {wanted}"
    if "route" in expect:
        _check_route(network, expect, f"{where}: {expect['route']}")


def _check_route(network: VirtualNetwork, expect: dict[str, Any], where: str) -> None:
    host, prefix = expect["route"].split(" ")[0], expect["route"].split(" ")[-1]
    health = network.health(host, prefix, expect.get("vrf", "default"))
    outage = next((o for o in network.pipeline.outages() if o.route_id == health.route.route_id), None)
    found: dict[str, Any] = {
        "state": health.state.value,
        "severity": health.severity.value if health.severity else "",
        "failover": health.failover.value,
        "overlays": [o.name.lower() for o in Overlay if o in health.overlays and o.name],
        "remark": health.remark,
        "acknowledged_by": health.acknowledged_by,
        "latched": health.is_latched,
        "lost": f"{health.primaries_lost} of {health.primaries}",
        "why_not": [w.what for w in network.pipeline.detail(health.route.route_id).why_not],
    }
    if outage is not None:
        found |= {
            "cause": outage.cause.value,
            "cause_detail": outage.cause_detail,
            "runbook": outage.runbook,
            "taken": outage.taken_secondary,
            "expected": outage.expected_secondary,
            "transient": outage.is_transient,
            "flaps": outage.flaps,
            "worst": outage.worst.value,
            "survival": outage.survival,
            "notified": outage.notified_at is not None,
            "silent": outage.is_silent,
            "causes": [c.cause.value for c in outage.causes],
            "resolved": outage.resolved_at is not None,
        }
        if "detected_within_s" in expect:
            since, limit = expect["detected_within_s"]
            late = outage.detected_at - network.start - since
            assert 0 <= late <= limit, f"{where}: detected {late:.2f} s after {since}"
    for key, wanted in expect.items():
        if key in found:
            assert found[key] == wanted, f"{where}: {key} is {found[key]!r}, expected {wanted!r}"
        else:
            assert key in ("t", "route", "vrf", "detected_within_s", *_GLOBAL), f"{where}: nothing known as {key}"

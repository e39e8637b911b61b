"""Journeys: a scenario file is an inventory, a script of events and what must be true at given moments.

title = "what the operator is promised"
network = "two-paths"                       # a file of scenarios/networks, else inventory = TOML text
device = "WLLS-A01-AR-01"                   # of events that name none
route = "WLLS-A01-AR-01 0.0.0.0/0"          # of expectations that name none
event = [{ t = 5.0, say = ["link-down"] }]  # `say` names messages of networks/messages.toml, `log` gives them
expect = [{ t = 5.1, state = "DEGRADED" }]
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known, read
from statetrace_engine.health.policy import Policy
from statetrace_engine.model.action import (
    AcceptBaseline,
    Acknowledge,
    EndMaintenance,
    HandOver,
    Maintain,
    MarkChange,
    MarkDrill,
    MarkSeen,
    MarkShown,
    Undo,
)
from statetrace_engine.model.change import Acted, CardChanged, Isolated, Notice, OutageChanged, OutageStep
from statetrace_engine.model.health import Overlay
from statetrace_engine.model.inventory import Inventory, Maintenance, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import (
    Source,
    SourceLost,
)
from statetrace_engine.reports import lateness
from tests import explained, journey_compared, journey_wire, journey_work
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
    for entry in (*scenario.get("event", ()), *scenario.get("expect", ())):
        entry.setdefault("device", scenario.get("device", ""))
        entry.setdefault("route", scenario.get("route", ""))
    return scenario


@lru_cache
def messages() -> dict[str, str]:
    """What devices say, by short name."""
    return tomllib.loads((SCENARIOS / "networks" / "messages.toml").read_text(encoding="utf-8"))


def prepare(scenario: dict[str, Any]) -> VirtualNetwork:
    """The network with its script, at time 0."""
    found = inventory(scenario["inventory"])
    if "gateway" in scenario:
        found = replace(found, probes=(*found.probes, _gateway(scenario["gateway"])))
    books = journey_work.runbooks(scenario)
    relays, seed = tuple(scenario.get("relays", ())), scenario.get("seed", 0)
    network = VirtualNetwork(found, relays=relays, runbooks=books, seed=seed)
    for event in scenario.get("event", []):
        for turn in range(event.get("times", 1)):
            network.at(event["t"] + turn * event.get("every", 0.0), partial(happen, event=event))
    return network


def _gateway(address: str) -> Probe:
    return Probe(
        probe_id=f"/gateway/icmp/{address}",
        hostname="",
        kind=ProbeKind.ICMP,
        tests=ProbeTests.GATEWAY,
        target=address,
        interval_ms=250,
    )


def play(scenario: dict[str, Any]) -> VirtualNetwork:
    """Runs it to its end, asserting every `expect` on the way."""
    network = prepare(scenario)
    for expect in sorted(scenario.get("expect", []), key=lambda e: e["t"]):
        network.run_to(expect["t"])
        _check(network, expect)
    network.run_to(scenario.get("duration", 0.0))
    return network


_WORDS = (
    *("t", "device", "route", "times", "every", "age_s", "backlog", "stamp", "tcp", "peer"),
    *("note", "by", "to", "for_s", "agent", "context", "of"),
)


def happen(network: VirtualNetwork, event: dict[str, Any]) -> None:
    """One event of a script, now."""
    for key, value in event.items():
        if key in _EVENTS:
            _EVENTS[key](network, value, event)
        else:
            assert key in _WORDS, f"unknown event key {key}"


def _log(network: VirtualNetwork, value: Any, event: dict[str, Any]) -> None:
    for text in [value] if isinstance(value, str) else value:
        network.log(
            event["device"],
            text,
            age_s=event.get("age_s", 0.0),
            is_backlog=event.get("backlog", False),
            stamp=event.get("stamp", "5424"),
            source=Source.SYSLOG_TCP if event.get("tcp") else Source.SYSLOG_UDP,
            peer=event.get("peer", "127.0.0.1"),
        )


def _say(network: VirtualNetwork, value: list[str], event: dict[str, Any]) -> None:
    _log(network, [messages()[name] for name in value], event)


def _of(network: VirtualNetwork, route: str) -> OutageEvent:
    return next(o for o in network.pipeline.outages() if f"{o.hostname} {o.prefix}" == route)


def _ack(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    by, expires = event.get("by", "jsm@jump"), event.get("for_s")
    ids = (_of(network, route).outage_id,)
    expires_at = None if expires is None else network.wall + expires
    network.act(Acknowledge(f"ack-{by}-{network.now}", by, ids, event.get("note", ""), expires_at))


def _undo(network: VirtualNetwork, _: Any, event: dict[str, Any]) -> None:
    done = (s.payload for s in reversed(network.journal) if isinstance(s.payload, Acknowledge | MarkChange))
    ident = next(each.action_id for each in done)
    network.act(Undo(ident, event.get("by", "jsm@jump")))


def _hand_over(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    ids = (_of(network, route).outage_id,)
    network.act(HandOver(f"ho-{network.now}", event.get("by", "jsm@jump"), ids, event["to"]))


def _seen(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    network.act(MarkSeen(event.get("by", "jsm@jump"), (_of(network, route).outage_id,)))


def _shown(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    network.act(MarkShown(event.get("by", "jsm@jump"), (_of(network, route).outage_id,)))


def _maintain(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    window = Maintenance(
        maintenance_id=value.get("id", f"mw-{network.now}"),
        starts_at=network.wall,
        ends_at=network.wall + value["for_s"],
        reason=value.get("reason", "works"),
        site=value.get("site", ""),
        hostname=value.get("device", ""),
        declared_by=event.get("by", "jsm@jump"),
    )
    network.act(Maintain(f"m-{network.now}", window.declared_by, window))


def _accept(network: VirtualNetwork, route: str, event: dict[str, Any]) -> None:
    host, prefix = route.split(" ")
    ids = (network.health(host, prefix).route.route_id,)
    network.act(AcceptBaseline(f"b-{network.now}", event.get("by", "jsm@jump"), ids))


def _drill(network: VirtualNetwork, words: str, event: dict[str, Any]) -> None:
    ids = tuple(_of(network, route).outage_id for route in event.get("of", ()))
    network.act(MarkDrill(f"d-{network.now}", event.get("by", "jsm@jump"), "lab", words, ids))


def _end_maintenance(network: VirtualNetwork, ident: str, event: dict[str, Any]) -> None:
    network.act(EndMaintenance(f"e-{network.now}", event.get("by", "jsm@jump"), ident))


def _lose(network: VirtualNetwork, value: dict[str, float], _: dict[str, Any]) -> None:
    for pattern, percent in value.items():
        network.lose(percent, pattern)


def _delay(network: VirtualNetwork, value: dict[str, float], _: dict[str, Any]) -> None:
    for pattern, rtt_ms in value.items():
        network.delay(rtt_ms, pattern)


def _source(is_lost: bool) -> Callable[[VirtualNetwork, str, dict[str, Any]], None]:
    def happen(network: VirtualNetwork, source: str, _: dict[str, Any]) -> None:
        network.mute(source, is_lost)
        network.feed(SourceLost(source, is_lost, "it stopped" if is_lost else "it runs"), Source.ENGINE)

    return happen


_EVENTS: dict[str, Callable[[VirtualNetwork, Any, dict[str, Any]], object]] = {
    "log": _log,
    "say": _say,
    "silent": lambda n, v, _: n.silence(*v),
    "answer": lambda n, v, _: n.answer(*v),
    "loss": _lose,
    "rtt_ms": _delay,
    "walk": journey_wire.walk,
    "capture": journey_wire.capture,
    "compared": journey_compared.happen,
    "mark": journey_compared.mark,
    "work": journey_work.happen,
    "poll": journey_wire.poll,
    "trap": journey_wire.trap,
    "bmp": journey_wire.bmp,
    "pause_s": lambda n, v, _: n.pause(v),
    "step_clock_s": lambda n, v, _: n.step_clock(v),
    "ack": _ack,
    "undo": _undo,
    "hand_over": _hand_over,
    "seen": _seen,
    "shown": _shown,
    "maintain": _maintain,
    "end_maintenance": _end_maintenance,
    "accept": _accept,
    "drill": _drill,
    "source_lost": _source(True),
    "source_back": _source(False),
    "reload": lambda n, _, __: n.reload(),
    "reload_changed": lambda n, _, __: n.reload(is_changed=True),
    "restart": lambda n, _, __: n.restart(),
}


def _notices(network: VirtualNetwork) -> list[Notice]:
    return [c for c in network.changes if isinstance(c, Notice)]


def _recoveries(network: VirtualNetwork) -> int:
    return sum(isinstance(c, OutageChanged) and c.step is OutageStep.RESOLVED for c in network.changes)


def _audit(network: VirtualNetwork) -> list[str]:
    return [f"{e.operator} {e.action}" for c in network.changes if isinstance(c, Acted) for e in c.audit]


def _refused(network: VirtualNetwork) -> str:
    """Why the last action did not touch what it named."""
    last = [c.result for c in network.changes if isinstance(c, Acted)][-1]
    return "; ".join(last.refused.values())


def _cards(network: VirtualNetwork) -> list[str]:
    """Those that are open."""
    cards = {c.card.card_id: c.card for c in network.changes if isinstance(c, CardChanged)}
    return sorted(card.rule for card in cards.values() if not card.is_over)


_GLOBAL: dict[str, Callable[[VirtualNetwork], object]] = {
    "outages": lambda n: len(n.outages()),
    "open": lambda n: sum(o.closed_at is None for o in n.outages()),
    "notices": lambda n: len(_notices(n)),
    "notice_kinds": lambda n: [x.kind for x in _notices(n)],
    "closed": _recoveries,
    "isolated": lambda n: n.pipeline.is_isolated,
    "banners": lambda n: [c.is_isolated for c in n.changes if isinstance(c, Isolated)],
    "incidents": lambda n: sum(r.closed is None for r in n.pipeline.incidents.records.values()),
    "elements": lambda n: sorted(r.element for r in n.pipeline.incidents.records.values() if r.closed is None),
    "unparsed": lambda n: n.pipeline.tally.unparsed,
    "unbound": lambda n: n.pipeline.tally.unbound,
    "unknown_senders": lambda n: sorted(n.pipeline.tally.unknown_senders),
    "history": lambda n: n.pipeline.tally.history,
    "audit": _audit,
    "refused": _refused,
    "cards": _cards,
}


def _check(network: VirtualNetwork, expect: dict[str, Any]) -> None:
    where = f"at {expect['t']} s"
    for key, wanted in expect.items():
        if key in _GLOBAL:
            found = _GLOBAL[key](network)
            assert found == wanted, f"{where}: {key} is {found}, expected {wanted}"
    explained.check(network)
    if expect.get("route"):
        _check_route(network, expect, f"{where}: {expect['route']}")


def _check_route(network: VirtualNetwork, expect: dict[str, Any], where: str) -> None:
    host, prefix = expect["route"].split(" ")
    health = network.health(host, prefix, expect.get("vrf", "default"))
    detail = network.pipeline.detail(health.route.route_id)
    assert detail is not None
    outage = next((o for o in network.pipeline.outages() if o.route_id == health.route.route_id), None)
    if "since_within_s" in expect:
        since, limit = expect["since_within_s"]
        late = health.since_at - network.start - network.clock_step - since
        assert 0.0 <= late <= limit, f"{where}: it is {health.state} for {late:.3f} s less than since {since}"
    found: dict[str, Any] = {
        "state": health.state.value,
        "severity": health.severity.value if health.severity else "",
        "failover": health.failover.value,
        "overlays": [o.name.lower() for o in Overlay if o in health.overlays and o.name],
        "remark": health.remark,
        "shown_cause": health.cause,
        "via": health.via,
        "captured": health.captured_at is not None,
        "owner": health.route.owner,
        "paths": [f"{p.role} {p.next_hop or p.interface} {p.word}" for p in detail.paths],
        "freshness": [f"{f.source} {f.word}" for f in detail.freshness],
        "acknowledged_by": health.acknowledged_by,
        "latched": health.is_latched,
        "restarted": network.pipeline.topology.devices[host].state.restarted_at is not None,
        "lost": f"{health.primaries_lost} of {health.primaries}",
        "why_not": [w.what for w in detail.why_not],
        "missing": {w.what: w.missing for w in detail.why_not},
        "why_rule": {w.what: w.rule for w in detail.why_not},
        "why_not_down": [w.rule for w in detail.why_not_down],
        "why": detail.survival,
    }
    if outage is not None:
        found |= _of_outage(network, outage)
        _check_times(network, expect, outage, where)
    for key, wanted in expect.items():
        if key in found:
            assert found[key] == wanted, f"{where}: {key} is {found[key]!r}, expected {wanted!r}"
        else:
            assert key in ("t", "device", "route", "vrf", "since_within_s", *_TIMES, *_GLOBAL), (
                f"{where}: nothing known as {key}"
            )


def _of_outage(network: VirtualNetwork, outage: OutageEvent) -> dict[str, Any]:
    timeline = network.pipeline.timeline(outage.outage_id)
    assert timeline is not None
    return (
        explained.facts(network, outage)
        | journey_work.facts(outage)
        | {
            "outage_state": outage.state.value,
            "unseen": outage.unseen_why,
            "cause": outage.cause.value,
            "cause_detail": outage.cause_detail,
            "element": outage.element,
            "runbook": outage.runbook,
            "taken": outage.taken_secondary,
            "expected": outage.expected_secondary,
            "transient": outage.is_transient,
            "flaps": outage.flaps,
            "delay": _lateness(outage),
            "worst": outage.worst.value,
            "outage_severity": outage.severity.value,
            "notified": outage.notified_at is not None,
            "silent": outage.is_silent,
            "note": outage.ack_note,
            "causes": [c.cause.value for c in outage.causes],
            "also": [f"{c.cause.value} {c.element}" for c in outage.causes if c.also_of],
            "weight": outage.causes[0].weight if outage.causes else 0.0,
            "resolved": outage.resolved_at is not None,
            "state_marks": [m.verdict for m in timeline.marks if m.lane == "state"],
            "context_marks": [m.text for m in timeline.marks if m.lane == "context"],
            "marks": [m.text for m in timeline.marks],
            "evidence": [e.text for e in outage.evidence],
        }
    )


def _lateness(outage: OutageEvent) -> list[float]:
    """Seconds until the first signal, how far off that may be, and until it was found."""
    parts = lateness.delay(outage)
    return [round(part, 2) for part in (parts.signal_s, parts.uncertain_s, parts.evaluation_s)]


_TIMES: dict[str, Callable[[OutageEvent], Any]] = {
    "detected_within_s": lambda o: o.detected_at,
    "occurred_within_s": lambda o: o.occurred_at,
    "resolved_within_s": lambda o: o.resolved_at,
    "unseen_within_s": lambda o: o.unseen_since,
}
"""`[since, limit]`: seconds of the journey, and how much later it may be."""


def _check_times(network: VirtualNetwork, expect: dict[str, Any], outage: OutageEvent, where: str) -> None:
    for key, time_of in _TIMES.items():
        if key in expect:
            since, limit = expect[key]
            late = time_of(outage) - network.start - network.clock_step - since
            assert -1e-6 <= late <= limit, f"{where}: {key}: {late:.3f} s after {since}"

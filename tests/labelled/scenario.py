"""One scenario, drawn from its seed and number, lived through in virtual time, and judged by its own truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from statetrace_engine.model.outage import CauseKind, Incident, OutageEvent
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.simulate.network import Place
from tests import served
from tests.labelled import broken_links, broken_routing, degrading, faults, ground
from tests.labelled.account import Fault, Make
from tests.labelled.ground import End, Ground
from tests.labelled.telling import Hear, Network

QUIET_S = 12.0
"""Before the first fault: probes answer and polls come once; of some devices the table too."""
SETTLED_S = 31.0
"""Causes are final 30 s after an outage opened."""
_BYSTANDERS = 4
_DECOYS = 0.3
"""Share of faults beside which something else happens to their devices."""
SURE = 0.8
_GAP = f"UNKNOWN {CauseKind.MONITORING_GAP}"
"""What every route shows while we are cut off."""


@dataclass
class Scenario:
    ground: Ground
    faults: list[Fault]
    active: set[str]
    rng: Random


@dataclass
class Verdict:
    """How the engine did on one fault."""

    kind: str
    cause: str
    """The true one; `no outage` for what must open none."""
    truth: list[str]
    """All that its evidence cannot tell apart."""
    said: list[str] = field(default_factory=list)
    """Top causes of its outages, each once, with weights."""
    is_found: bool = False
    is_top1: bool = False
    is_top3: bool = False
    is_injected_in_top3: bool = False
    is_confidently_wrong: bool = False
    is_radius_exact: bool = False
    radius: str = ""
    """What is wrong with it."""
    is_detail_right: bool = True
    is_detectable: bool = True
    moved: int = 0
    """Outages whose first cause changed between 5 s after the opening and the end."""


def draw(seed: int, number: int, is_degraded: bool, largest: int = ground.LARGEST) -> Scenario:
    """The same for the same arguments."""
    rng = Random(f"{seed} {number} {is_degraded}")
    size = round(ground.SMALLEST * (largest / ground.SMALLEST) ** rng.random())
    net = ground.build(rng, size)
    is_sham = not is_degraded and rng.random() < 0.12
    makes = faults.SHAMS if is_sham else faults.OUTAGES
    broken: list[Fault] = []
    wanted = 1 if is_sham else rng.choices((1, 2, 3), (0.6, 0.3, 0.1))[0]
    touched: set[str] = set()
    for _ in range(200):
        if len(broken) == wanted:
            break
        make = rng.choices([m for m, _ in makes], [w for _, w in makes])[0]
        fault = _one(net, rng, make, touched)
        if fault is None:
            continue
        if fault.cause is not None and rng.random() < _DECOYS:
            faults.decoy(net, rng, fault)
        if is_degraded:
            _degrade(net, rng, fault)
            if fault.cause is not None and not any(_detectable(net, fault)):
                continue
        fault.at = QUIET_S + fault.learn_s + rng.uniform(0.0, 8.0)
        broken.append(fault)
        touched |= fault.hosts
    others = [host for host in sorted(net.net.nodes) if host not in touched]
    active = touched | set(rng.sample(others, min(_BYSTANDERS, len(others))))
    return Scenario(net, broken, active, rng)


def _one(net: Ground, rng: Random, make: Make, touched: set[str]) -> Fault | None:
    """A fault on a link of which nothing is broken yet."""
    links = net.primary_links(rng.choice((Place.ACCESS, Place.ACCESS, Place.CORE)))
    if make in (
        broken_routing.static_removed,
        broken_routing.route_gone,
        broken_routing.static_captured,
    ):
        links = [link for link in links if link.name in net.static]
    if make is broken_links.spare_cut:
        links = net.primary_links(Place.ACCESS)
    if not links:
        return None
    fault = make(net, rng, rng.choice(links))
    if fault is None or fault.hosts & touched or (fault.cause is not None and not fault.routes):
        return None
    return fault


def _degrade(net: Ground, rng: Random, fault: Fault) -> None:
    degrading.degrade(net, fault.hosts, rng)


def _detectable(net: Ground, fault: Fault) -> Iterator[bool]:
    for end in _watched_ends(net, fault):
        yield degrading.is_detectable(net, fault, end)


def _watched_ends(net: Ground, fault: Fault) -> list[End]:
    """The ends of it where routes are lost."""
    found = {(e.here.hostname, e.there.address): e for end in fault.ends for e in (end, end.other)}
    return [e for e in found.values() if any(r.route_id in fault.routes for r in net.routes_at(e))]


def live(scenario: Scenario, hear: Hear | None = None) -> Network:
    """Plays it to its end; `hear` is told of every signal but plain answers."""
    network = Network(scenario.ground, scenario.active, scenario.rng, hear)
    network.start()
    for fault in scenario.faults:
        network.play(fault)
    end_s = max(f.at + degrading.longest_s(f) for f in scenario.faults) + SETTLED_S + 6.0
    if all(f.kind in ("local isolation",) for f in scenario.faults):
        end_s = max(f.at for f in scenario.faults) + 60.0
    network.virtual.run_to(end_s)
    return network


def judge(scenario: Scenario, network: Network) -> tuple[list[Verdict], list[str]]:
    """A verdict a fault, and the outages that no fault explains."""
    pipeline = network.virtual.pipeline
    outages = network.virtual.outages()
    for outage in outages:
        served.check(pipeline, outage)
    known = {route for fault in scenario.faults for route in fault.routes}
    false = [_words(o) for o in outages if o.route_id not in known]
    found = []
    for fault in scenario.faults:
        if fault.cause is None:
            found.append(_sham(fault, false))
            continue
        mine = [o for o in outages if o.route_id in fault.routes]
        verdict = _verdict(scenario.ground, fault, mine)
        ids = {o.incident_id for o in mine} | _of_devices(fault, pipeline)
        incidents = [i for i in map(pipeline.incident, sorted(ids)) if i is not None]
        if not mine and incidents:  # nobody outside saw the device's own routes: an incident without outages
            verdict.is_found, right = True, all(i.cause is fault.cause for i in incidents)
            verdict.is_top1 = verdict.is_top3 = verdict.is_injected_in_top3 = right
        _judge_radius(fault, verdict, mine, incidents)
        found.append(verdict)
    return found, false


def _of_devices(fault: Fault, pipeline: Pipeline) -> set[str]:
    """Incidents of the devices that died of it."""
    elements = {f"site {fault.site}"} if fault.site else {f"device {host}" for host in fault.dead}
    return {i for i, record in pipeline.incidents.records.items() if record.element in elements}


def _sham(fault: Fault, false: list[str]) -> Verdict:
    is_right = not false and fault.shown <= {_GAP}
    cause = CauseKind.MONITORING_GAP.value if fault.is_isolation or fault.source_lost else "no outage"
    return Verdict(
        kind=fault.kind,
        cause=cause,
        truth=["no outage"],
        said=[*false[:5], *sorted(fault.shown)],
        is_found=True,
        is_top1=is_right,
        is_top3=is_right,
        is_injected_in_top3=is_right,
        is_confidently_wrong=not is_right,
        is_radius_exact=is_right,
    )


def _verdict(net: Ground, fault: Fault, mine: list[OutageEvent]) -> Verdict:
    assert fault.cause is not None
    ends = {r.route_id: end for end in _watched_ends(net, fault) for r in net.routes_at(end)}
    truths = {i: degrading.truth(net, fault, end) for i, end in ends.items()}
    alone = frozenset((fault.cause,))
    tops = [(o, truths.get(o.route_id, alone)) for o in mine]
    named = [o for o in mine if fault.routes[o.route_id]]
    said = dict.fromkeys(f"{c.cause.value} {c.detail} {c.weight:.2f} row {c.rule}" for o in mine for c in o.causes[:1])
    whole = frozenset[CauseKind]().union(*truths.values(), alone)
    return Verdict(
        kind=fault.kind,
        cause=fault.cause.value,
        truth=sorted(c.value for c in whole),
        said=list(said),
        is_found=bool(mine),
        is_top1=bool(mine) and all(o.cause in truth for o, truth in tops),
        is_top3=bool(mine) and all({c.cause for c in o.causes[:3]} & truth for o, truth in tops),
        is_injected_in_top3=bool(mine) and all(fault.cause in {c.cause for c in o.causes[:3]} for o in mine),
        is_confidently_wrong=any(o.cause not in truth and o.causes[0].weight >= SURE for o, truth in tops),
        is_detail_right=all(o.cause_detail == fault.routes[o.route_id] for o in named if o.cause is fault.cause),
    )


def _judge_radius(fault: Fault, verdict: Verdict, mine: list[OutageEvent], incidents: list[Incident]) -> None:
    hit = {o.route_id for o in mine}
    reached = {route for incident in incidents for route in incident.route_ids}
    missing, extra = set(fault.routes) - hit - reached, reached - set(fault.routes)
    wrong = []
    if missing:
        wrong.append(f"{len(missing)} of {len(fault.routes)} routes missing")
    if extra:
        wrong.append(f"{len(extra)} too many")
    if len(incidents) > 1:
        wrong.append("split: " + "; ".join(sorted(i.element for i in incidents)))
    verdict.radius, verdict.is_radius_exact = ", ".join(wrong), not wrong


def _words(outage: OutageEvent) -> str:
    return f"{outage.hostname} {outage.prefix} {outage.cause.value} {outage.cause_detail} {outage.worst.value}".strip()


def run(seed: int, number: int, is_degraded: bool, largest: int = ground.LARGEST) -> tuple[list[Verdict], list[str]]:
    scenario = draw(seed, number, is_degraded, largest)
    return judge(scenario, live(scenario))

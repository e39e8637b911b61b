"""One outage of one route, its runbook with a step for each check, and what is said while somebody works on it."""

from __future__ import annotations

from functools import partial
from typing import Any

from statetrace_engine.model.captured import Captured, CapturedFact, Kind
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, RemediationTask
from statetrace_engine.model.signal import Source
from tests import journey_work
from tests.journey import happen, inventory
from tests.virtual import VirtualNetwork

HOST, PREFIX = "WLLS-A01-AR-01", "0.0.0.0/0"
ROUTE = f"{HOST} {PREFIX}"
NETWORK = """
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1"]
route = [{ prefix = "0.0.0.0/0", class = "critical", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" } }]
probe = [
    { kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 1000 },
    { kind = "icmp", tests = "control", target = "10.255.1.1", interval_ms = 1000 },
]

[[device]]
hostname = "WLLS-B01-CR-01"
addresses = ["10.255.1.2", "10.1.1.2"]
"""  # noqa: E501 - a route is a line
CHECKED = {
    "port": "interface {interface}",
    "session": "session {neighbour}",
    "way": "route {prefix}",
    "hop": "probe next-hop",
    "far": "probe destination",
    "host": "device {hostname}",
    "shown": "capture interfaces",
    "undone": "change reverted",
}
STEPS = "".join(f"\n### {name}\n- so: look\n- check: {check}\n" for name, check in CHECKED.items())
BOOK = f"# All\nid: all\ncauses: link-failure, unknown\nescalation: after 15 min to the carrier\n\n## Steps\n{STEPS}"
FAILED: dict[str, Any] = {"t": 5.0, "device": HOST, "say": ["link-down", "bgp-down"], "silent": ["*/next-hop/*"]}


def network(*events: dict[str, Any], text: str = BOOK, devices: str = NETWORK) -> VirtualNetwork:
    found = VirtualNetwork(inventory(devices), runbooks=journey_work.runbooks({"runbooks": {"all": text}}))
    for event in (FAILED, *events):
        for turn in range(event.get("times", 1)):
            found.at(event["t"] + turn * event.get("every", 0.0), partial(happen, event={"route": ROUTE, **event}))
    return found


def start(step: str, at: float = 10.0, deed: str = "start") -> dict[str, Any]:
    return {"t": at, "work": {"deed": deed, "step": step, "runbook": "all"}}


def task(net: VirtualNetwork) -> RemediationTask:
    (found,) = outage(net).work.tasks
    return found


def outage(net: VirtualNetwork) -> OutageEvent:
    (found,) = net.outages()
    return found


def guide(net: VirtualNetwork, operator: str = "ana@jump") -> GuidedRunbook:
    found = net.pipeline.guide(outage(net).outage_id, operator)
    assert found is not None
    return found


def step(net: VirtualNetwork, name: str) -> GuidedStep:
    return next(each for each in guide(net).steps if each.step == name)


def said_(words: str, at: float, **more: Any) -> dict[str, Any]:
    return {"t": at, "device": HOST, "say": [words], **more}


def polled(at: float, up: bool, **more: Any) -> dict[str, Any]:
    return {"t": at, "device": HOST, "poll": {"interfaces": [[1, "Gi0/1", up, True]], **more}}


def capture(net: VirtualNetwork, age_s: float, *facts: CapturedFact) -> None:
    net.feed(Captured(7, HOST, "WLLS", "cisco_ios", net.wall - age_s, facts=facts), Source.CAPTURE, HOST)


PORT_UP = CapturedFact(Kind.INTERFACES, "GigabitEthernet0/1", True, "GigabitEthernet0/1 up", (10, 50))
PORTS = CapturedFact(Kind.INTERFACES, "", None, "show ip interface brief: 4 rows", (0, 90))

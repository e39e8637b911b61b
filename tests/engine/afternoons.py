"""Random afternoons of two devices: what devices, probes, captures, polls and operators do, drawn and lived."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from statetrace_engine.model.action import Looked, LookedRun
from tests import explained, journey_work
from tests.engine.replaying import until
from tests.journey import happen, inventory, messages
from tests.virtual import VirtualNetwork

NETWORK = """
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1", "10.1.2.1"]
route = [
    { prefix = "0.0.0.0/0", class = "critical", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }, secondary = [{ next_hop = "10.1.2.2", interface = "Gi0/2" }] },
    { prefix = "10.100.0.0/16", class = "standard", primary = [{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }, { next_hop = "10.1.2.2", interface = "Gi0/2", protocol = "bgp" }] },
    { prefix = "10.101.0.0/16", class = "best-effort", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "ospf" } },
]
probe = [
    { kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 1000 },
    { kind = "icmp", tests = "next-hop", target = "10.1.2.2", interval_ms = 1000 },
    { kind = "icmp", tests = "destination", target = "198.51.100.1", interval_ms = 1000 },
    { kind = "icmp", tests = "control", target = "10.255.1.1", interval_ms = 1000 },
]

[[device]]
hostname = "BOYO-B01-CR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.2", "10.1.1.2"]
route = [{ prefix = "10.200.0.0/16", class = "critical", primary = { next_hop = "10.1.1.1", interface = "Te1/1", protocol = "bgp" } }]
probe = [
    { kind = "icmp", tests = "next-hop", target = "10.1.1.1", interval_ms = 1000 },
    { kind = "icmp", tests = "control", target = "10.255.1.2", interval_ms = 1000 },
]
"""  # noqa: E501 - a route is a line


DEVICES = ("WLLS-A01-AR-01", "BOYO-B01-CR-01")


ROUTES = (
    "WLLS-A01-AR-01 0.0.0.0/0",
    "WLLS-A01-AR-01 10.100.0.0/16",
    "WLLS-A01-AR-01 10.101.0.0/16",
    "BOYO-B01-CR-01 10.200.0.0/16",
)


CAPTURED = (*ROUTES, "BOYO-B01-CR-01 0.0.0.0/0", "BOYO-B09-AR-01 0.0.0.0/0")
"""Those that the inventory names, and two that only captures tell of."""


CHANGED = (
    "+interface GigabitEthernet0/1 | shutdown",
    "+interface TenGigabitEthernet1/1 | mtu 1400",
    "-ip route 0.0.0.0 0.0.0.0 10.1.1.2",
    "+router bgp 65000 | neighbor 10.1.1.1 shutdown",
    "+hostname X",
)


MARKED = tuple({"change": CHANGED[0], "verdict": verdict} for verdict in ("expected", "cleared"))


OPERATORS = ("ana@jump", "ben@jump")


WORK = (
    {"deed": "start"},
    {"deed": "start", "runbook": "all", "step": "captures"},
    {"deed": "start", "runbook": "all", "step": "sessions"},
    {"deed": "start", "runbook": "all", "step": "paths"},
    {"deed": "done"},
    {"deed": "failed"},
    {"deed": "skip", "reason": "no access"},
    {"deed": "hand over", "to": "ben@jump"},
    {"deed": "restart"},
    {"deed": "back"},
)


RUNBOOK = """# All
id: all
causes: link-failure, unknown

## Steps

### Ports
- any: `show interface {interface}`
- expect: up
- check: interface {interface}
- check: probe next-hop

### Sessions
- any: `show bgp`
- expect: up
- check: session {neighbour}
- if not: go to "Paths"

### Paths
- any: `show ip route`
- expect: there
- check: route {prefix}
- check: device {hostname}
- check: probe destination

### Captures
- any: `show running-config`
- expect: as it was
- check: change reverted
"""


PATTERNS = ("*/next-hop/icmp/10.1.1.2", "*/next-hop/*", "*/destination/*", "*/control/*", "WLLS*", "BOYO*", "*")


WAYS = ([], [["10.1.1.2", "GigabitEthernet0/1"]], [["10.1.2.2", "GigabitEthernet0/2"]], [["", "Null0"]])


END_S = 100.0


moments = st.floats(2.0, END_S, allow_nan=False).map(lambda t: round(t, 2))


words = st.sampled_from(sorted(messages()))


def _event(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"t": moments, **fields})


polled = st.fixed_dictionaries(
    {
        "interfaces": st.lists(
            st.tuples(st.just(1), st.sampled_from(("Gi0/1", "Te1/1")), st.booleans(), st.booleans()), max_size=2
        ),
        "sessions": st.lists(
            st.tuples(
                st.sampled_from(("bgp", "ospf")),
                st.sampled_from(("10.1.1.2", "10.1.1.1")),
                st.sampled_from(("established", "full", "idle")),
            ),
            max_size=2,
        ),
        "cache_s": st.sampled_from((0.0, 3.0)),
    }
)


said_words = _event(device=st.sampled_from(DEVICES), say=st.lists(words, min_size=1, max_size=3))


events = st.one_of(
    said_words,
    said_words,
    _event(
        device=st.sampled_from(DEVICES),
        say=st.lists(words, min_size=1, max_size=3),
        age_s=st.sampled_from((0.5, 30.0, 120.0)),
        backlog=st.booleans(),
    ),
    _event(silent=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2)),
    _event(answer=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2)),
    _event(
        device=st.sampled_from(DEVICES), poll=polled, times=st.integers(1, 3), every=st.sampled_from((1.0, 4.0, 10.0))
    ),
    _event(
        device=st.sampled_from(DEVICES), poll=st.just({"unanswered": ""}), times=st.integers(1, 2), every=st.just(3.0)
    ),
    _event(walk=st.fixed_dictionaries({"via": st.sampled_from(WAYS)}), route=st.sampled_from(ROUTES)),
    _event(
        capture=st.fixed_dictionaries(
            {"via": st.sampled_from(WAYS), "known": st.sampled_from(WAYS[:3]), "truncated": st.booleans()}
        ),
        route=st.sampled_from(CAPTURED),
        age_s=st.sampled_from((0.0, 30.0, 3600.0, 604795.0)),
    ),
    _event(
        device=st.sampled_from(DEVICES),
        compared=st.fixed_dictionaries(
            {
                "run": st.integers(2, 5),
                "from_s": st.sampled_from((30.0, 600.0, 90000.0)),
                "changes": st.lists(st.sampled_from(CHANGED), max_size=3, unique=True),
                "other_parser": st.booleans(),
            }
        ),
        age_s=st.sampled_from((0.0, 30.0, 3600.0)),
    ),
    _event(device=st.sampled_from(DEVICES), mark=st.sampled_from(MARKED)),
    _event(loss=st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from((0.0, 5.0, 40.0)), max_size=2)),
    _event(ack=st.sampled_from(ROUTES), for_s=st.sampled_from((5.0, 500.0))),
    _event(route=st.sampled_from(ROUTES), by=st.sampled_from(OPERATORS), work=st.sampled_from(WORK)),
    _event(route=st.sampled_from(ROUTES), by=st.sampled_from(OPERATORS), work=st.sampled_from(WORK)),
    _event(look=st.sampled_from(DEVICES)),
    _event(maintain=st.fixed_dictionaries({"site": st.just("WLLS"), "for_s": st.floats(1.0, 60.0)})),
    _event(pause_s=st.sampled_from((0.5, 3.0, 20.0))),
    _event(source_lost=st.just("probe_icmp")),
    _event(source_back=st.just("probe_icmp")),
)


scripts = st.lists(events, max_size=14)


law = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an afternoon takes long to shrink
)


def live(script: list[dict[str, Any]], seed: int = 0, asked: Iterable[float] = ()) -> VirtualNetwork:
    """The afternoon, explained whenever it is `asked`, and two quiet minutes in which everything answers."""
    books = journey_work.runbooks({"runbooks": {"all": RUNBOOK}})
    network = VirtualNetwork(inventory(NETWORK), seed=seed, runbooks=books)
    for event in script:
        for turn in range(event.get("times", 1)):
            at = event["t"] + turn * event.get("every", 0.0)
            network.at(at, partial(_doing(event), event=event))
    for moment in asked:
        network.at(moment, explained.check)
    network.at(END_S + 30, lambda n: n.answer("*"))
    network.at(END_S + 30, lambda n: n.lose(0.0, "*"))
    network.at(END_S + 30, lambda n: happen(n, {"source_back": "probe_icmp"}))
    network.run_to(END_S + 150)
    network.journal.append(until(network.journal, 1.0))
    network.changes += network.pipeline.feed(network.journal[-1])
    return network


def _acknowledge(network: VirtualNetwork, event: dict[str, Any]) -> None:
    host, prefix = event["ack"].split(" ")
    if any((o.hostname, o.prefix) == (host, prefix) for o in network.pipeline.outages()):
        happen(network, event)


def _look(network: VirtualNetwork, event: dict[str, Any]) -> None:
    runs = (LookedRun(len(network.journal), network.wall - 60.0, network.wall, 1),)
    network.act(Looked("ana@jump", event["look"], runs=runs))


_DONE = {"ack": _acknowledge, "look": _look}


def _doing(event: dict[str, Any]) -> Callable[..., None]:
    return next((done for name, done in _DONE.items() if name in event), happen)

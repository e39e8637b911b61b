"""Laws of the pipeline over random afternoons: what holds whatever devices, probes, clocks and operators do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.health import evidence
from statetrace_engine.model.action import Looked, LookedRun
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Change, HealthChanged, Notice, OutageChanged, OutageStep
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import LogLine, Polled, ProbeResult, RouteReport, Signal, Source, SourceLost
from statetrace_engine.pipeline import Pipeline
from tests import explained, journey_compared, journey_work
from tests.engine.replaying import differences, feed, restarted, said, until, with_ticks, without_ticks
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


@law
@given(scripts)
def test_the_same_journal_says_the_same_however_it_is_ticked(script: list[dict[str, Any]]) -> None:
    network = live(script)
    lived = said(network.pipeline, network.changes)
    journal = network.journal
    assert not differences(lived, said(*feed(without_ticks(journal[:-1]) + journal[-1:])))
    assert not differences(lived, said(*feed(with_ticks(journal, 0.37))))


_CAPTURED_WHILE_DOWN: list[dict[str, Any]] = [
    {"t": 54.08, "device": "BOYO-B01-CR-01", "say": ["configured", "far-link-down"]},
    {
        "t": 77.97,
        "route": "BOYO-B01-CR-01 10.200.0.0/16",
        "capture": {"via": [["", "Null0"]], "known": [["10.1.1.2", "GigabitEthernet0/1"]], "truncated": True},
        "age_s": 30.0,
    },
]
"""A capture that says no more than what the route may fall back to counts when it comes, not at the next event."""


_LOSS_OVER_ISOLATION: list[dict[str, Any]] = [
    {"t": 13.53, "loss": {"*": 40.0, "WLLS*": 40.0}},
    {"t": 22.75, "maintain": {"site": "WLLS", "for_s": 19.6}},
    {"t": 32.05, "silent": ["*", "BOYO*"]},
]


@law
@example(_CAPTURED_WHILE_DOWN, 0.6)
@example(_LOSS_OVER_ISOLATION, 0.55)
@given(scripts, st.floats(0.05, 0.95))
def test_a_restart_anywhere_is_as_if_it_had_not_been(script: list[dict[str, Any]], share: float) -> None:
    network = live(script)
    at = max(1, int(len(network.journal) * share))
    assert not differences(said(network.pipeline, network.changes), said(*restarted(network.journal, at)))


@law
@given(scripts)
def test_a_recovery_is_announced_exactly_once_and_only_after_its_outage_was(script: list[dict[str, Any]]) -> None:
    closed: Counter[str] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    last: dict[str, OutageEvent] = {}
    for change in live(script).changes:
        if isinstance(change, OutageChanged):
            last[change.outage.outage_id] = change.outage
            closed[change.outage.outage_id] += change.step is OutageStep.RESOLVED
        elif isinstance(change, Notice):
            told[change.outage.outage_id, change.kind] += 1
    for ident, outage in last.items():
        assert closed[ident] == (outage.closed_at is not None)
        assert told[ident, "opened"] == (outage.notified_at is not None)
        told_end = told[ident, "recovered"] + told[ident, "ended"]
        assert told_end == (outage.notified_at is not None and outage.closed_at is not None)
        assert not (outage.is_transient and told[ident, "opened"])


_MUTE_IN_ISOLATION: list[dict[str, Any]] = [
    {"t": 2.0, "silent": ["*/control/*", "WLLS*"]},
    {"t": 54.08, "source_lost": "probe_icmp"},
    {"t": 65.73, "answer": ["*/next-hop/*"]},
]


_PAUSED_WHILE_MUTE: list[dict[str, Any]] = [
    {"t": 50.74, "source_lost": "probe_icmp"},
    {"t": 79.65, "pause_s": 20.0},
]


_PROBE_OF_TWO_ROUTES: list[dict[str, Any]] = [
    {"t": 14.57, "silent": ["*/control/*"]},
    {"t": 52.16, "source_lost": "probe_icmp"},
]
"""When it can be asked again, the first of its routes must not vouch for the second."""
_WALKED_IN_ISOLATION: list[dict[str, Any]] = [
    {"t": 2.0, "silent": ["*/control/*"]},
    {"t": 10.88, "source_lost": "probe_icmp"},
    {"t": 60.47, "route": "WLLS-A01-AR-01 10.100.0.0/16", "walk": {"via": [["10.1.1.2", "GigabitEthernet0/1"]]}},
]
"""When we see again, a walk of long ago proves nothing."""
_CAPTURED_THEN_POLLED: list[dict[str, Any]] = [
    {
        "t": 4.68,
        "age_s": 3600.0,
        "route": "BOYO-B01-CR-01 0.0.0.0/0",
        "capture": {
            "via": [["10.1.1.2", "GigabitEthernet0/1"]],
            "known": [["10.1.1.2", "GigabitEthernet0/1"]],
            "truncated": True,
        },
    },
    {
        "t": 20.34,
        "device": "BOYO-B01-CR-01",
        "poll": {"interfaces": [], "sessions": [("bgp", "10.1.1.2", "established")], "cache_s": 0.0},
        "times": 2,
        "every": 4.0,
    },
]
"""A route of a capture that polls begin to watch grows old by their time, not by that of captures."""
_IMPAIRED_THEN_MOVED: list[dict[str, Any]] = [
    {"t": 4.58, "loss": {"BOYO*": 5.0}},
    {
        "t": 97.59,
        "route": "BOYO-B01-CR-01 10.200.0.0/16",
        "walk": {"via": [["10.1.1.2", "GigabitEthernet0/1"]]},
    },
]
"""A table that shows a path that nobody knew speaks for what took the primary away."""


@law
@example(_PROBE_OF_TWO_ROUTES)
@example(_MUTE_IN_ISOLATION)
@example(_PAUSED_WHILE_MUTE)
@example(_WALKED_IN_ISOLATION)
@example(_CAPTURED_THEN_POLLED)
@given(scripts)
def test_a_route_is_never_green_on_a_gap(script: list[dict[str, Any]]) -> None:
    journal, pipeline = live(script).journal, Pipeline()
    newest: dict[str, float] = {}
    for signal in journal:
        pipeline.feed(signal)
        _note_news(pipeline, signal, newest)
        for ident, route in pipeline.topology.routes.items():
            if route.state.state is not HealthState.HEALTHY:
                continue
            assert not pipeline.is_isolated
            limit = pipeline.machine.assessor.freshness.limit(route)
            assert limit is not None, "green, and nothing measures it"
            assert signal.steady - newest.get(ident, -1e9) <= limit + 1.0


def _note_news(pipeline: Pipeline, signal: Signal, newest: dict[str, float]) -> None:
    """When each route was last measured: by a probe that was sent, a walk, or a poll of what its paths depend on."""
    payload = signal.payload
    if isinstance(payload, Polled):
        for ident, route in pipeline.topology.routes.items():
            if (polled := evidence.polled(route)) is not None and polled[0] == signal.steady:
                newest[ident] = signal.steady
    if isinstance(payload, ProbeResult):
        for ident in pipeline.topology.probes[payload.probe_id].routes:
            newest[ident] = signal.steady
    elif isinstance(payload, RouteReport):
        found = pipeline.topology.route_of(payload.hostname, payload.vrf, payload.prefix)
        if found is not None:
            newest[found.record.route_id] = signal.steady
    elif isinstance(payload, Captured):
        for shown in payload.routes:
            found = pipeline.topology.route_of(payload.hostname, shown.vrf, shown.prefix)
            if found is not None and found.is_captured:
                taken = signal.steady - (signal.received_at - payload.captured_at)
                newest[found.record.route_id] = max(taken, newest.get(found.record.route_id, taken))


@law
@given(scripts)
def test_a_repeat_of_every_message_changes_nothing(script: list[dict[str, Any]]) -> None:
    journal = live(script).journal
    doubled = [copy for s in journal for copy in ([s, s] if isinstance(s.payload, LogLine) else [s])]
    assert not differences(said(*feed(journal)), said(*feed(doubled)))


@law
@given(scripts)
def test_a_comparison_that_comes_again_changes_nothing(script: list[dict[str, Any]]) -> None:
    journal = live(script).journal
    doubled = [copy for s in journal for copy in ([s, s] if isinstance(s.payload, Compared) else [s])]
    lived = said(*feed(journal))
    assert not differences(lived, said(*feed(doubled)))
    runs = {s.payload.run_id: s.payload for s in journal if isinstance(s.payload, Compared)}
    again = [replace(journal[-1], source=Source.CAPTURE, payload=run) for run in runs.values()]
    assert len(runs) < sum(isinstance(s.payload, Compared) for s in journal) or not differences(
        lived, said(*feed([*journal, *again]))
    )


FAULTS = (["link-down"], ["command-interface", "link-down"], ["link-down", "bgp-down"], ["bgp-down"], ["far-link-down"])


@law
@given(
    st.sampled_from(FAULTS),
    st.lists(st.sampled_from(CHANGED), min_size=1, unique=True),
    st.sampled_from(DEVICES),
    st.sampled_from((45.0, 900.0, 90000.0)),
    st.lists(st.floats(2.0, END_S + 140.0).map(lambda t: round(t, 2)), min_size=2, max_size=4, unique=True),
)
def test_the_explanation_is_the_same_whenever_the_comparison_comes(
    fault: list[str], changed: list[str], device: str, from_s: float, moments: list[float]
) -> None:
    """Captures of one moment, told before the outage, while its causes are ranked, and long after."""
    taken_s = 40.0
    found = []
    for at in moments:
        network = VirtualNetwork(inventory(NETWORK))
        network.at(50.0, partial(happen, event={"device": DEVICES[0], "say": fault}))
        network.at(max(at, taken_s), partial(_compare, changed=changed, device=device, taken_s=taken_s, from_s=from_s))
        network.run_to(END_S + 150.0)
        found.append([_explained(network, o) for o in network.pipeline.outages()])
    assert all(each == found[0] for each in found)


def _compare(network: VirtualNetwork, changed: list[str], device: str, taken_s: float, from_s: float) -> None:
    age_s = network.now - network.start - taken_s
    told = journey_compared.comparison(
        network, {"changes": changed, "from_s": from_s}, {"device": device, "age_s": age_s}
    )
    network.feed(
        replace(told, captured_at=network.start + taken_s, previous_at=network.start + taken_s - from_s), Source.CAPTURE
    )


def _explained(network: VirtualNetwork, outage: OutageEvent) -> Any:
    """Without the journal's numbers."""
    changes = [
        (c.text, c.likelihood, round(c.at, 3), c.touches, c.between and c.between.run_id) for c in outage.changes
    ]
    incident = network.pipeline.incident(outage.incident_id)
    return outage.outage_id, [replace(h, evidence=()) for h in outage.causes], changes, incident


@law
@given(scripts, st.lists(st.tuples(st.floats(2.0, END_S), st.sampled_from((-7200.0, -5.0, 5.0, 86400.0))), max_size=3))
def test_a_stepped_wall_clock_changes_no_state(script: list[dict[str, Any]], steps: list[tuple[float, float]]) -> None:
    calm = [e for e in script if not e.keys() & {"maintain", "ack", "age_s"}]
    jumps = [{"t": at, "step_clock_s": seconds} for at, seconds in steps]
    assert _ways(live(calm).changes) == _ways(live([*calm, *jumps]).changes)


def _ways(changes: list[Change]) -> dict[str, list[tuple[str, str, int]]]:
    """Every row's way through its states; conflict windows are the wall clock's."""
    ways: dict[str, list[tuple[str, str, int]]] = {}
    for health in (c.health for c in changes if isinstance(c, HealthChanged)):
        row = (health.state.value, str(health.severity), int(health.overlays) & ~int(Overlay.CONFLICTING))
        way = ways.setdefault(health.route.route_id, [])
        if not way or way[-1] != row:
            way.append(row)
    return ways


@law
@given(scripts)
def test_an_outage_opens_only_by_evidence_and_its_times_are_in_order(script: list[dict[str, Any]]) -> None:
    for change in live(script).changes:
        if not isinstance(change, OutageChanged):
            continue
        outage = change.outage
        assert outage.evidence, "an outage that nothing speaks for"
        assert outage.causes
        assert outage.incident_id
        assert outage.occurred_at <= outage.first_signal_at <= outage.detected_at
        for later in (outage.notified_at, outage.resolved_at, outage.closed_at):
            assert later is None or later >= outage.detected_at
        if outage.closed_at is not None:
            assert outage.resolved_at is not None
            assert outage.closed_at >= outage.resolved_at


@law
@example(_IMPAIRED_THEN_MOVED, [98.0, 116.0])
@given(scripts, st.lists(st.floats(2.0, END_S + 140.0), min_size=4, max_size=12))
def test_every_outage_can_be_explained_at_any_moment(script: list[dict[str, Any]], asked: list[float]) -> None:
    network = live(script, asked=asked)
    explained.check(network)


payloads = st.one_of(
    st.binary(max_size=200).map(LogLine),
    st.builds(
        lambda host, name: LogLine(f"<189>1 - {host} - - - - {messages()[name]}".encode()),
        st.sampled_from((*DEVICES, "NOBODY", "")),
        words,
    ),
    st.builds(
        ProbeResult,
        st.sampled_from(("WLLS-A01-AR-01/control/icmp/10.255.1.1", "WLLS-A01-AR-01/next-hop/icmp/10.1.1.2", "", "x")),
        st.integers(0, 40),
        st.integers(0, 20),
        st.floats(0.0, 5000.0),
        st.floats(1.7e9, 1.8e9),
        st.floats(1.7e9, 1.8e9),
        st.booleans(),
        st.sampled_from(("", "permission denied")),
    ),
    st.builds(RouteReport, st.sampled_from((*DEVICES, "")), st.just(""), st.text(max_size=20), st.just(())),
    st.builds(SourceLost, st.text(max_size=10), st.booleans(), st.text(max_size=10)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(payloads, st.floats(-100.0, 1000.0), st.floats(0.0, 400.0)), max_size=40))
def test_no_signal_is_ever_too_odd_to_feed(signals: list[tuple[Any, float, float]]) -> None:
    pipeline, steady = Pipeline(inventory(NETWORK)), 1.764e9
    for seq, (payload, skew, wait) in enumerate(signals, 1):
        steady += wait
        pipeline.feed(Signal(seq, steady + skew, steady, Source.SYSLOG_UDP, "127.0.0.1", payload))
    assert pipeline.next_deadline() is None or pipeline.next_deadline() > steady


@pytest.mark.parametrize("seed", range(3))
def test_a_frozen_pipeline_can_be_frozen_again_unchanged(seed: int) -> None:
    script = [{"t": 5.0 + seed, "device": DEVICES[0], "say": ["link-down", "bgp-down"]}]
    pipeline = live(script, seed).pipeline
    frozen = pipeline.freeze()
    again = Pipeline(pipeline.topology.inventory, pipeline.policy)
    again.thaw(frozen, {})
    assert set(again.machine.life.records) >= {i for i, r in pipeline.machine.life.records.items() if r.is_open}
    assert again.next_deadline() is not None

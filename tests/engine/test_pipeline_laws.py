"""Laws of the pipeline over random afternoons: what holds whatever devices, probes, clocks and operators do."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.health import evidence
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Change, HealthChanged, Notice, OutageChanged, OutageStep
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import LogLine, Polled, ProbeResult, RouteReport, Signal, Source, SourceLost
from statetrace_engine.pipeline import Pipeline
from tests import explained, journey_compared
from tests.engine.afternoons import CHANGED, DEVICES, END_S, NETWORK, law, live, scripts, words
from tests.engine.replaying import differences, feed, restarted, said, with_ticks, without_ticks
from tests.journey import happen, inventory, messages
from tests.virtual import VirtualNetwork


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

"""Turns: a word on very many routes is taken in by slices, the same at any speed; no signal waits for all of them."""

from __future__ import annotations

import pytest

from statetrace_engine.explain.incidents import LARGE
from statetrace_engine.health.turns import ROUTES
from statetrace_engine.model import ids
from statetrace_engine.model.change import Change, IncidentChanged, OutageChanged, OutageStep
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import Role, RouteClass, RoutePath, RouteRecord
from statetrace_engine.model.signal import LogLine, Payload, ProbeResult, Signal, Source
from statetrace_engine.pipeline import Pipeline
from tests.engine.replaying import differences, feed, said, until, with_ticks

HOST, HOP, START, WALL = "WLLS-A01-AR-01", "10.1.1.2", 1000.0, 1_764_000_000.0
MANY = 4 * ROUTES
STEP_S = 1 / 1024
"""Exact in binary: the wall clock stands at the same distance from engine time at every signal."""
DOWN = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
UP = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up"
UNRELATED = "%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 10.9.9.9 port 514 started - CLI initiated"
PROBE = f"{HOST}/next-hop/icmp/{HOP}"


def network(routes: int) -> Inventory:
    """One link with all of them on it, and a probe of its next hop."""
    records = []
    for number in range(routes):
        prefix = f"10.{100 + number // 250}.{number % 250}.0/24"
        ident = ids.route_id("WLLS", HOST, "default", prefix)
        path = RoutePath(
            path_id=ids.path_id(ident, "bgp", HOP, "GigabitEthernet0/1"),
            role=Role.PRIMARY,
            next_hop=HOP,
            interface="GigabitEthernet0/1",
            protocol="bgp",
        )
        records.append(
            RouteRecord(
                route_id=ident,
                site="WLLS",
                hostname=HOST,
                vrf="default",
                prefix=prefix,
                route_class=RouteClass.CRITICAL,
                owner="Network Core",
                paths=(path,),
            )
        )
    device = Device(hostname=HOST, site="WLLS", vendor="cisco_ios", addresses=("10.255.1.1",))
    hop = Probe(
        probe_id=PROBE, hostname=HOST, kind=ProbeKind.ICMP, tests=ProbeTests.NEXT_HOP, target=HOP, interval_ms=1000
    )
    return Inventory(devices=(device,), routes=tuple(records), probes=(hop,))


def at(seconds: float, payload: Payload | str) -> Signal:
    """Of the device or its probe, so long after the start."""
    source, peer = (Source.SYSLOG_UDP, "10.255.1.1") if isinstance(payload, str) else (Source.PROBE_ICMP, HOP)
    told = LogLine(f"<189>1: {payload}".encode()) if isinstance(payload, str) else payload
    return Signal(int(seconds * 1e6) + 1, WALL + seconds, START + seconds, source, peer, told)


def answered(seconds: float) -> Signal:
    return at(seconds, ProbeResult(PROBE, 1, 1, 5.0, START + seconds, START + seconds))


def healthy(inventory: Inventory) -> tuple[Pipeline, list[Signal]]:
    """A pipeline whose routes all carry, and the journal that made it so."""
    journal = [answered(seconds) for seconds in (0.0, 0.5, 1.0, 1.5)]
    pipeline, _ = feed(journal, Pipeline(inventory))
    assert _failed(pipeline) == 0
    return pipeline, journal


def _failed(pipeline: Pipeline) -> int:
    return sum(r.state.state in (HealthState.DOWN, HealthState.DEGRADED) for r in pipeline.topology.routes.values())


def _opened(changes: list[Change]) -> int:
    return sum(isinstance(c, OutageChanged) and c.step is OutageStep.OPENED for c in changes)


def test_a_word_on_very_many_routes_is_taken_in_by_slices_and_by_all_in_the_end() -> None:
    pipeline, _ = healthy(network(MANY))
    assert _opened(pipeline.feed(at(2.0, DOWN))) <= ROUTES
    between = pipeline.feed(at(2.009, UNRELATED))
    assert 0 < _opened(between) <= 2 * ROUTES
    assert _failed(pipeline) < MANY
    pipeline.feed(at(2.2, UNRELATED))
    assert _failed(pipeline) == MANY


def test_a_slice_is_told_of_as_one_and_each_incident_once() -> None:
    pipeline, _ = healthy(network(LARGE))
    changes = [*pipeline.feed(at(2.0, DOWN)), *pipeline.feed(at(2.2, UNRELATED))]
    assert _opened(changes) == LARGE
    assert sum(isinstance(c, IncidentChanged) for c in changes) == -(-LARGE // ROUTES)


def test_a_turn_for_a_probe_that_says_nothing_new_tells_of_no_outage() -> None:
    pipeline, _ = healthy(network(MANY))
    pipeline.feed(at(2.0, DOWN))
    pipeline.feed(at(2.2, UNRELATED))
    assert _failed(pipeline) == MANY
    pipeline.feed(answered(2.5))
    changes = [*pipeline.feed(at(2.51, UNRELATED)), *pipeline.feed(at(2.6, UNRELATED))]
    assert not [c for c in changes if isinstance(c, OutageChanged)]


def test_what_a_next_hop_repeats_takes_no_turn_of_a_loss_that_was_told() -> None:
    pipeline, _ = healthy(network(MANY))
    pipeline.feed(at(2.0, DOWN))
    pipeline.feed(at(2.2, UNRELATED))
    pipeline.feed(answered(2.5))
    turns = pipeline.machine.assessor.turns
    assert not any(turns.is_waiting(route) for route in pipeline.topology.routes.values())


def test_few_routes_need_no_turns() -> None:
    pipeline, _ = healthy(network(ROUTES // 2))
    assert _opened(pipeline.feed(at(2.0, DOWN))) == ROUTES // 2


@pytest.mark.parametrize("cut", [5, 6, 7, 8])
def test_turns_are_the_same_at_any_speed_and_after_a_restart_in_their_midst(cut: int) -> None:
    inventory = network(MANY)
    _, before = healthy(inventory)
    told = ((0, DOWN), (5, UNRELATED), (12, UP), (20, DOWN), (30, UNRELATED))
    storm = [*(at(2.0 + n * STEP_S, text) for n, text in told), answered(3.0)]
    journal = [*before, *storm]
    journal.append(until(journal, 60.0))
    live = said(*feed(journal, Pipeline(inventory)))
    assert len(live["outages"]) == MANY
    assert not differences(live, said(*feed(with_ticks(journal, 3 * STEP_S), Pipeline(inventory))))
    old, changes = feed(journal[:cut], Pipeline(inventory))
    new = Pipeline(inventory)
    healths = [h for r in old.topology.routes if (h := old.health(r)) is not None]
    new.thaw(old.freeze(), {h.route.route_id: (h.state.value, h.since_at) for h in healths})
    new, later = feed(journal[cut:], new)
    assert not differences(live["outages"], said(new, changes + later)["outages"])


def test_a_loss_taken_back_before_its_turn_is_counted_where_few_routes_depend_on_it() -> None:
    """The link of the few goes down and up while the storm of the many is still being taken in."""
    few = Device(hostname="WLLS-A01-AR-02", site="WLLS", vendor="cisco_ios", addresses=("10.255.1.2",))
    many = network(MANY)
    first = many.routes[0]
    other = RouteRecord(
        route_id=ids.route_id("WLLS", few.hostname, "default", "10.99.0.0/16"),
        site="WLLS",
        hostname=few.hostname,
        vrf="default",
        prefix="10.99.0.0/16",
        route_class=RouteClass.CRITICAL,
        owner="Network Core",
        paths=first.paths,
    )
    inventory = Inventory(devices=(*many.devices, few), routes=(*many.routes, other), probes=many.probes)
    pipeline, _ = healthy(inventory)
    pipeline.feed(at(2.0, DOWN))
    for seconds, text in ((2.001, DOWN), (2.002, UP)):
        pipeline.feed(
            Signal(
                0, WALL + seconds, START + seconds, Source.SYSLOG_UDP, "10.255.1.2", LogLine(f"<189>1: {text}".encode())
            )
        )
    lost = [o for o in pipeline.outages() if o.route_id == other.route_id]
    assert [o.flaps for o in lost] == [1]

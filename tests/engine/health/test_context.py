"""What surrounds a route is told and decides nothing, whatever is said of it and whenever."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.health import context
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.model.observation import Fact, Observation, Plane, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, OutageEvent
from statetrace_engine.model.signal import Source
from tests.engine.parsing.test_surroundings import CONTEXT
from tests.journey import happen, inventory, messages
from tests.virtual import VirtualNetwork

DEVICE = "WLLS-A01-AR-01"
ROUTE = f"{DEVICE} 0.0.0.0/0"
NETWORK = """
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1"]
route = [
    { prefix = "0.0.0.0/0", class = "critical", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" }, secondary = [{ next_hop = "10.1.2.2", interface = "Vlan7" }] },
    { prefix = "10.9.0.0/16", class = "standard", primary = { interface = "Vlan7" } },
]
probe = [{ kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 1000 }]
"""  # noqa: E501 - a route is a line
TEXTS = [raw.decode().rpartition("R1 ")[2].rpartition("UTC: ")[2] for raw, *_ in CONTEXT]
moments = st.floats(2.0, 30.0).map(lambda t: round(t, 2))
around = st.lists(
    st.fixed_dictionaries(
        {"t": moments, "device": st.just(DEVICE), "log": st.sampled_from(TEXTS), "age_s": st.sampled_from((0.0, 120.0))}
    ),
    max_size=12,
)
LOSSES = ("link-down", "link-up", "bgp-down", "ospf-down", "via-static", "via-floating", "removed", "admin-down")
lost = st.lists(
    st.fixed_dictionaries(
        {"t": moments, "device": st.just(DEVICE), "say": st.lists(st.sampled_from(LOSSES), max_size=2)}
    ),
    max_size=5,
)
law = settings(max_examples=25, deadline=None)


def played(script: list[dict[str, Any]]) -> VirtualNetwork:
    network = VirtualNetwork(inventory(NETWORK))
    for event in sorted(script, key=lambda e: e["t"]):
        network.at(event["t"], partial(happen, event=event))
    network.run_to(60.0)
    return network


@law
@given(around)
def test_no_word_on_what_surrounds_a_route_opens_an_outage(script: list[dict[str, Any]]) -> None:
    network = played(script)

    assert network.outages() == []
    assert network.pipeline.tally.unparsed == 0


def told(outage: OutageEvent) -> tuple[Any, ...]:
    """All of it but its context; sequence numbers count the signals before it."""
    seen = [(e.at, e.plane, e.text, e.agreement) for e in outage.evidence if e.agreement is not Agreement.CONTEXT]
    decided = (outage.state, outage.severity, outage.cause, outage.cause_detail, outage.element, outage.survival)
    times = (outage.occurred_at, outage.first_signal_at, outage.detected_at, outage.notified_at, outage.resolved_at)
    return outage.outage_id, decided, times, outage.failover, outage.taken_secondary, outage.flaps, seen


@law
@given(lost, around)
def test_what_surrounds_an_outage_changes_nothing_of_it(
    losses: list[dict[str, Any]], surroundings: list[dict[str, Any]]
) -> None:
    live = [event for event in surroundings if not event["age_s"]]

    with_it, without = played(losses + live), played(losses)

    assert [told(o) for o in with_it.outages()] == [told(o) for o in without.outages()]


def observation(steady: float, name: str, verdict: Verdict = Verdict.UP, is_history: bool = False) -> Observation:
    fact = Fact(plane=Plane.CONTEXT, kind=SubjectKind.DEVICE, name=name, verdict=verdict, protocol="hsrp")
    return Observation(
        hostname=DEVICE,
        fact=fact,
        witness=DEVICE,
        source=Source.SYSLOG_UDP,
        seq=1,
        steady=steady,
        received_at=steady,
        is_history=is_history,
    )


def test_a_repeat_and_a_flood_are_not_kept() -> None:
    state = DeviceState()
    flips = (Verdict.UP, Verdict.DOWN)

    assert context.note(state, observation(0.0, "Vlan7"))
    assert not context.note(state, observation(1.0, "Vlan7"))
    assert sum(context.note(state, observation(2.0, "Vlan7", flips[i % 2])) for i in range(1, 100)) == 3
    assert sum(context.note(state, observation(3.0, f"Vlan{i}")) for i in range(100, 200)) == context.MOST - 4
    assert len(state.context) == context.MOST


def test_history_has_a_place_of_its_own_and_precedes_no_outage() -> None:
    state = DeviceState()

    assert context.note(state, observation(0.0, "Vlan7"))
    assert context.note(state, observation(1.0, "Vlan7", is_history=True))
    assert [o.is_history for o in context.before(state, 2.0)] == [False]


def test_what_was_said_long_ago_precedes_no_outage() -> None:
    state = DeviceState()
    context.note(state, observation(0.0, "Vlan7"))

    assert context.before(state, context.KEEP_S)
    assert not context.before(state, context.KEEP_S + 1.0)
    assert context.note(state, observation(context.KEEP_S + 1.0, "Vlan7"))
    assert len(state.context) == 1


def test_an_outage_keeps_room_for_what_decides() -> None:
    network = VirtualNetwork(inventory(NETWORK))
    network.at(2.0, lambda n: n.log(DEVICE, messages()["link-down"]))
    for i in range(30):
        text = f"%HSRP-5-STATECHANGE: Vlan{i} Grp 1 state Standby -> Active"
        network.at(3.0 + i / 10, partial(lambda n, text: n.log(DEVICE, text), text=text))
    network.run_to(10.0)

    outage = next(o for o in network.outages() if o.prefix == "0.0.0.0/0")
    around = [e for e in outage.evidence if e.agreement is Agreement.CONTEXT]
    assert len(around) == context.OF_AN_OUTAGE
    assert outage.evidence[0].plane is Plane.LINK

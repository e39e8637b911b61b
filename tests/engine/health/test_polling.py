"""Laws of polls: repeats change nothing, the order of devices does not matter, a poll that agrees opens nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from statetrace_engine.model.change import OutageChanged
from statetrace_engine.model.health import HealthState, RouteHealth
from statetrace_engine.model.signal import Polled, PolledInterface, PolledSession, Source
from tests.journey import SCENARIOS, happen, prepare
from tests.virtual import VirtualNetwork

law = settings(max_examples=40, deadline=None)
DEVICES = {
    "WLLS-A01-AR-01": ("GigabitEthernet0/1", "10.1.1.2"),
    "WLLS-B01-CR-01": ("TenGigabitEthernet1/1", "10.1.1.1"),
}
flags = st.sampled_from((True, False, None))


def interfaces(name: str) -> st.SearchStrategy[tuple[PolledInterface, ...]]:
    return st.lists(st.builds(PolledInterface, st.just(1), st.just(name), flags, flags), max_size=1).map(tuple)


def sessions(neighbour: str) -> st.SearchStrategy[tuple[PolledSession, ...]]:
    built = st.builds(
        lambda state, is_admin: PolledSession("bgp", neighbour, "", state, state == "established", is_admin),
        st.sampled_from(("established", "idle", "active", "gone")),
        st.booleans(),
    )
    return st.lists(built, max_size=1).map(tuple)


def polled(host: str) -> st.SearchStrategy[Polled]:
    interface, neighbour = DEVICES[host]
    return st.builds(
        Polled,
        st.just(host),
        st.just(True),
        st.none() | st.floats(0.0, 1000.0),
        interfaces(interface),
        sessions(neighbour),
        st.sampled_from((0.0, 1.0, 3.0)),
        st.just(""),
        st.just(10.0),
    )


rounds = st.lists(st.tuples(*map(polled, DEVICES)), max_size=8)


def a_network() -> VirtualNetwork:
    return prepare({"inventory": (SCENARIOS / "networks" / "witnesses.toml").read_text(encoding="utf-8")})


def feed(network: VirtualNetwork, poll: Polled) -> list[Any]:
    return network.feed(poll, Source.SNMP, "10.255.1.1")


def healths(network: VirtualNetwork) -> list[RouteHealth]:
    return [network.health("WLLS-A01-AR-01", "0.0.0.0/0"), network.health("WLLS-B01-CR-01", "10.100.0.0/16")]


def outcome(network: VirtualNetwork) -> list[tuple[object, ...]]:
    """What operators are told."""
    states = [(h.route.hostname, h.state, h.severity) for h in healths(network)]
    outages = sorted((o.hostname, o.outage_id, o.state, o.cause, o.closed_at) for o in network.outages())
    return [*states, *outages]


def told(host: str, *sessions: tuple[str, bool]) -> Polled:
    """Of its session, if anything: the state, and whether an operator shut it."""
    neighbour = DEVICES[host][1]
    built = (PolledSession("bgp", neighbour, "", state, state == "established", shut) for state, shut in sessions)
    return Polled(host, True, sessions=tuple(built), interval_s=10.0)


A01, B01 = DEVICES
_OVER_AS_THE_OTHER_BEGINS = [
    (told(A01), told(B01, ("idle", True))),
    (told(A01), told(B01, ("idle", True))),
    (told(A01, ("idle", False)), told(B01, ("established", False))),
    (told(A01, ("idle", False)), told(B01, ("established", False))),
]
"""One end is up again in the very round in which the other is found to be down."""


@law
@example(_OVER_AS_THE_OTHER_BEGINS)
@given(rounds)
def test_the_order_of_devices_within_a_round_does_not_matter(drawn: list[tuple[Polled, ...]]) -> None:
    one, other = a_network(), a_network()
    for number, polls in enumerate(drawn):
        for network, order in ((one, polls), (other, polls[::-1])):
            network.run_to(5.0 + 5.0 * number)
            for poll in order:
                feed(network, poll)
    assert outcome(one) == outcome(other)


@law
@given(rounds)
def test_what_is_polled_again_and_again_changes_nothing_after_the_second_time(drawn: list[tuple[Polled, ...]]) -> None:
    network = a_network()
    for number, polls in enumerate(drawn):
        for poll in polls:
            network.run_to(5.0 + 20.0 * number)
            feed(network, poll)
            network.run_to(9.0 + 20.0 * number)
            feed(network, poll)
            network.run_to(13.0 + 20.0 * number)
            assert not [c for c in feed(network, poll) if isinstance(c, OutageChanged)]


@law
@given(rounds)
def test_a_poll_that_agrees_opens_nothing(drawn: list[tuple[Polled, ...]]) -> None:
    network = a_network()
    for number, polls in enumerate(drawn):
        network.run_to(5.0 + 1.0 * number)
        for poll in polls:
            feed(network, all_is_well(poll))
    network.run_to(60.0)
    assert not network.outages()
    assert {health.state for health in healths(network)} == {HealthState.HEALTHY}


def all_is_well(poll: Polled) -> Polled:
    return Polled(
        poll.hostname,
        True,
        None,
        tuple(PolledInterface(i.index, i.name, True, True) for i in poll.interfaces),
        tuple(PolledSession(s.protocol, s.neighbour, "", "established", True) for s in poll.sessions),
        poll.cache_s,
    )


@law
@given(rounds, st.booleans())
def test_a_single_poll_of_one_plane_opens_nothing(drawn: list[tuple[Polled, ...]], is_link: bool) -> None:
    """However it lies: the next one says that all is well."""
    network = a_network()
    for number, polls in enumerate(drawn):
        for poll in polls:
            network.run_to(5.0 + 10.0 * number)
            lie = Polled(
                poll.hostname, True, None, poll.interfaces if is_link else (), () if is_link else poll.sessions
            )
            feed(network, lie)
            network.run_to(9.0 + 10.0 * number)
            feed(network, all_is_well(poll))
    assert not network.outages()


def test_devices_of_which_polls_or_messages_say_otherwise_are_worth_asking_again() -> None:
    network = a_network()
    network.run_to(5.0)
    network.pipeline.take_stirred()
    feed(network, Polled("WLLS-A01-AR-01", True, 7.0, (PolledInterface(1, "Gi0/1", True, True),)))
    assert network.pipeline.take_stirred() == set()
    feed(network, Polled("WLLS-A01-AR-01", True, 8.0, (PolledInterface(1, "Gi0/1", True, False),)))
    assert network.pipeline.take_stirred() == {"WLLS-A01-AR-01"}
    happen(network, {"device": "WLLS-B01-CR-01", "log": "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: jsm]"})
    assert network.pipeline.take_stirred() == set()
    happen(network, {"device": "WLLS-B01-CR-01", "say": ["far-bgp-down"]})
    assert network.pipeline.take_stirred() == {"WLLS-A01-AR-01", "WLLS-B01-CR-01"}
    network.silence("WLLS-A01-AR-01/next-hop/*")
    network.run_to(7.0)
    assert network.pipeline.take_stirred() == {"WLLS-A01-AR-01"}

"""What a simulated router tells over BMP is what the engine's own reader makes of it, and what is so."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    Payload,
)
from statetrace_engine.model.signal import (
    BmpRouter as Connected,
)
from statetrace_engine.simulate import faults, network
from statetrace_engine.simulate.bmp_router import BmpRouter
from statetrace_engine.simulate.faults import State
from statetrace_engine.sources.bmp_router import Router
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import Decoder
from statetrace_engine.wire.bmp_feed import OWN, Watched
from tests.engine.simulate.test_faults import ANY_FAULT

NETWORK = network.build()
DEVICE, HUB = "WLLS-A01-AR-01", "WLLS-H01-HR-01"
PRIMARY, SECONDARY = (NETWORK.links[name] for name in NETWORK.nodes[DEVICE].uplinks)
PREFIXES = {route.prefix for route in NETWORK.routes_of(DEVICE)}
WHOLE = State(NETWORK)


class Heard:
    """One connection: a router, and the engine's reader at the other end."""

    def __init__(self, hostname: str = DEVICE) -> None:
        watched = Watched({OWN: frozenset(packed(route.prefix) for route in NETWORK.routes_of(hostname))})
        self.said: list[Payload] = []
        self.router = BmpRouter(NETWORK, NETWORK.nodes[hostname])
        self._decoder = Decoder()
        self._reader = Router(self.said.append, lambda _name: watched)
        self.sessions: dict[str, bool] = {}
        self.offers: dict[str, set[str]] = {}
        self._read(self.router.begin())

    def news(self, *states: State) -> list[Payload]:
        del self.said[:]
        for state in states:
            self._read(self.router.news(state, 1000.0))
        return self.said

    def statistics(self) -> list[Payload]:
        del self.said[:]
        self._read(self.router.statistics(1000.0))
        return self.said

    def _read(self, raw: bytes) -> None:
        before = len(self.said)
        for frame in self._decoder.feed(raw):
            self._reader.take(frame)
        assert (self._reader.errors, self._reader.fatal, self._decoder.error) == (0, "", "")
        for payload in self.said[before:]:
            self._fold(payload)

    def _fold(self, payload: Payload) -> None:
        if isinstance(payload, BmpSession):
            self.sessions[payload.peer.address] = payload.is_up
            self.offers[payload.peer.address] = set()
        elif isinstance(payload, BmpPaths):
            offered = self.offers[payload.peer.address]
            offered -= {path.prefix for path in payload.withdrawn}
            offered |= {path.prefix for path in payload.announced}


def open_(*open_faults: faults.Fault) -> State:
    return State(NETWORK, open_faults)


def kinds(said: list[Payload]) -> list[type[Payload]]:
    return [type(payload) for payload in said]


def test_it_says_who_it_is_and_then_its_sessions_with_the_watched_prefixes() -> None:
    heard = Heard()
    assert heard.said == [Connected(DEVICE, True, "cisco_ios, simulated")]
    assert kinds(heard.news(WHOLE)) == [BmpSession, BmpPaths, BmpTableComplete] * 2
    assert heard.sessions == {PRIMARY.far.address: True, SECONDARY.far.address: True}
    assert heard.offers == {PRIMARY.far.address: PREFIXES, SECONDARY.far.address: PREFIXES}
    assert kinds(heard.statistics()) == [BmpStatistics]
    assert heard.news(WHOLE) == []


def test_a_hub_tells_of_the_cores_behind_it_without_a_prefix() -> None:
    heard = Heard(HUB)
    heard.news(WHOLE)
    offering = {end.other.address for end in NETWORK.ends_of(HUB) if end.this is end.link.near}
    assert {address for address, offered in heard.offers.items() if offered} == offering
    assert len(heard.sessions) == len(NETWORK.ends_of(HUB)) > len(offering)


def test_a_cut_is_a_session_down_and_its_repair_tells_all_again() -> None:
    heard = Heard()
    heard.news(WHOLE)
    (down,) = heard.news(open_(faults.cut(NETWORK, PRIMARY)))
    assert isinstance(down, BmpSession)
    assert (down.peer.address, down.is_up, down.event) == (PRIMARY.far.address, False, 18)
    assert kinds(heard.news(WHOLE)) == [BmpSession, BmpPaths, BmpTableComplete]


def test_a_withdrawal_takes_the_prefixes_and_leaves_the_session() -> None:
    heard = Heard()
    heard.news(WHOLE)
    (told,) = heard.news(open_(faults.withdraw(NETWORK, DEVICE)))
    assert isinstance(told, BmpPaths)
    assert (told.peer.address, set(told.withdrawn)) == (
        PRIMARY.far.address,
        {BmpPath(prefix) for prefix in PREFIXES},
    )
    (back,) = heard.news(WHOLE)
    assert isinstance(back, BmpPaths)
    assert {path.next_hop for path in back.announced} == {PRIMARY.far.address}


def test_a_blackhole_is_not_told_of() -> None:
    heard = Heard()
    heard.news(WHOLE)
    assert heard.news(open_(faults.blackhole(NETWORK, DEVICE))) == []


def test_of_a_lost_site_the_hub_loses_every_session() -> None:
    heard = Heard(HUB)
    heard.news(WHOLE, open_(faults.site_lost(NETWORK, "BOYO")))
    cores = {end.other.address for end in NETWORK.ends_of(HUB) if end.other.hostname.startswith("BOYO")}
    assert {address for address, is_up in heard.sessions.items() if not is_up} == cores


def test_more_prefixes_than_one_update_holds_are_all_told() -> None:
    big = network.build(routes=30_000, max_sockets=40)
    host = big.monitored[0]
    router = BmpRouter(big, big.nodes[host])
    prefixes = {route.prefix for route in big.routes_of(host)}
    said: list[Payload] = []
    reader = Router(said.append, lambda _name: Watched({OWN: frozenset(packed(prefix) for prefix in prefixes)}))
    for frame in Decoder().feed(router.begin() + router.news(State(big), 1.0)):
        reader.take(frame)
    told = {path.prefix for payload in said if isinstance(payload, BmpPaths) for path in payload.announced}
    assert len(prefixes) > 1000
    assert told == prefixes


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([DEVICE, HUB, "WLLS-C01-CR-01"]), st.lists(st.lists(ANY_FAULT, max_size=3), max_size=4))
def test_whatever_happens_it_has_told_what_is_so(hostname: str, acts: list[list[faults.Fault]]) -> None:
    heard = Heard(hostname)
    state = WHOLE
    heard.news(state)
    for open_faults in acts:
        state = State(NETWORK, open_faults)
        heard.news(state)
    for end in NETWORK.ends_of(hostname):
        if end.link.protocol == "bgp":
            address = end.other.address
            assert heard.sessions[address] == state.is_up(end.link) or not heard.sessions.get(address)
            is_offered = end.this is end.link.near and state.offers(end.link)
            assert bool(heard.offers[address]) == (is_offered and bool(NETWORK.routes_of(hostname)))

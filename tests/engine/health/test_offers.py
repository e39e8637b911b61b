"""What neighbours offer by BMP, where it is not plain: VRFs, path ids, reflectors, several equal paths, statistics."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.health.offers import NEIGHBOURS, PATHS
from statetrace_engine.model.captured import Captured, CapturedPath, CapturedRoute
from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpPeer,
    BmpRouter,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    Payload,
    Source,
    SourceLost,
)
from tests.journey import inventory
from tests.virtual import VirtualNetwork

HOST, PREFIX = "WLLS-A01-AR-01", "10.100.0.0/16"
CORE, OTHER = BmpPeer("10.1.1.2"), BmpPeer("10.1.2.2")
DEVICE = """
[[device]]
hostname = "WLLS-A01-AR-01"
addresses = ["10.255.1.1"]
probe = [{ kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 250 }]
"""
UNPROBED = '[[device]]\nhostname = "WLLS-A01-AR-01"\naddresses = ["10.255.1.1"]\n'
PRIMARY = 'primary = { next_hop = "10.1.1.2", protocol = "bgp" }'


def network(*routes: str, device: str = DEVICE) -> VirtualNetwork:
    tables = "".join(f'[[device.route]]\nclass = "critical"\n{route}\n' for route in routes)
    found = VirtualNetwork(inventory(device + tables))
    found.run_to(3.0)
    return found


def say(network: VirtualNetwork, *told: Payload) -> None:
    for payload in told:
        network.feed(payload, Source.BMP, "10.255.1.1")


def offer(peer: BmpPeer, path_id: int = 0, next_hop: str = "", table: str = "post") -> BmpPaths:
    return BmpPaths("", peer, table, announced=(BmpPath(PREFIX, path_id, next_hop or peer.address),))


def withdraw(peer: BmpPeer, path_id: int = 0, table: str = "post") -> BmpPaths:
    return BmpPaths("", peer, table, withdrawn=(BmpPath(PREFIX, path_id),))


def lost_after(network: VirtualNetwork, vrf: str = "default") -> bool:
    """Whether the primary path is lost in half a second."""
    network.run_to(network.now - network.start + 0.5)
    return network.health(HOST, PREFIX, vrf).state.value in ("DOWN", "DEGRADED")


def test_one_of_two_path_ids_gone_is_nothing_lost_both_are() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE, 1), offer(CORE, 2), withdraw(CORE, 1))
    assert not lost_after(net)
    say(net, withdraw(CORE, 2))
    assert lost_after(net)


def test_more_paths_than_are_told_apart_are_never_all_withdrawn() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, *(offer(CORE, number) for number in range(PATHS + 9)))
    say(net, *(withdraw(CORE, number) for number in range(PATHS + 9)))
    assert not lost_after(net)
    say(net, BmpSession("", CORE, True), BmpTableComplete("", CORE, "post", False))
    assert lost_after(net)


def test_more_neighbours_than_are_remembered_change_nothing() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE))
    say(net, *(offer(BmpPeer(f"10.9.{number}.1")) for number in range(NEIGHBOURS + 9)))
    (route,) = net.pipeline.topology.routes.values()
    assert len(route.state.offers) == NEIGHBOURS
    say(net, withdraw(CORE))
    assert lost_after(net)


REFLECTED = 'primary = { next_hop = "10.1.1.2", protocol = "bgp", learned_from = ["10.255.9.1", "10.255.9.2"] }'
ONE, TWO = BmpPeer("10.255.9.1"), BmpPeer("10.255.9.2")


def test_of_two_reflectors_both_must_have_withdrawn() -> None:
    net = network(f'prefix = "{PREFIX}"\n{REFLECTED}')
    say(net, offer(ONE), offer(TWO), withdraw(ONE))
    assert not lost_after(net)
    say(net, withdraw(TWO))
    assert lost_after(net)


def test_one_reflector_withdraws_and_the_session_of_the_other_is_down() -> None:
    net = network(f'prefix = "{PREFIX}"\n{REFLECTED}')
    say(net, offer(ONE), offer(TWO), withdraw(ONE))
    assert not lost_after(net)
    say(net, BmpSession("", TWO, False, 2))
    assert lost_after(net)


VIA = 'primary = { next_hop = "10.1.1.2", protocol = "bgp", learned_from = ["10.255.9.1"] }'


def test_a_reflector_that_offers_another_next_hop_has_withdrawn_the_path() -> None:
    net = network(f'prefix = "{PREFIX}"\n{VIA}')
    say(net, offer(ONE, next_hop="10.1.1.2"), offer(ONE, next_hop="10.1.2.2"), offer(ONE, next_hop="10.1.1.2"))
    assert not lost_after(net)
    say(net, offer(ONE, next_hop="10.1.2.2"))
    assert lost_after(net)
    (outage,) = net.outages()
    assert [item.text for item in outage.evidence] == [f"{PREFIX} via 10.1.1.2 withdrawn by 10.255.9.1"]
    assert net.health(HOST, PREFIX).failover.value == "FailoverInProgress"
    say(net, withdraw(ONE))
    assert lost_after(net)
    assert net.health(HOST, PREFIX).state.value == "DOWN"
    say(net, offer(ONE, next_hop="10.1.2.2"))
    assert lost_after(net)
    say(net, offer(ONE, next_hop="10.1.1.2"))
    assert not lost_after(net)


def test_one_of_the_paths_of_a_reflector_is_withdrawn_by_its_id() -> None:
    net = network(f'prefix = "{PREFIX}"\n{VIA}')
    say(net, offer(ONE, 1, "10.1.1.2"), offer(ONE, 2, "10.1.2.2"), withdraw(ONE, 2))
    assert not lost_after(net)
    say(net, offer(ONE, 2, "10.1.2.2"), withdraw(ONE, 1))
    assert lost_after(net)


def test_a_reflector_whose_next_hops_are_none_of_ours_loses_only_the_whole() -> None:
    net = network(f'prefix = "{PREFIX}"\n{VIA}')
    say(net, offer(ONE, next_hop="10.255.7.7"), offer(ONE, next_hop="10.255.7.8"))
    assert not lost_after(net)
    say(net, withdraw(ONE))
    assert lost_after(net)


def test_what_goes_while_something_else_waits_has_its_own_time() -> None:
    net = network(f'prefix = "{PREFIX}"\n{VIA}')
    (route,) = net.pipeline.topology.routes.values()
    say(net, offer(ONE, next_hop="10.1.1.2"), offer(ONE, next_hop="10.1.2.2"))
    net.run_to(3.15)
    say(net, withdraw(ONE))
    net.run_to(3.25)
    assert [one.lost for one in route.state.offers] == [("10.1.1.2",)]
    net.run_to(3.5)
    assert [sorted(one.lost) for one in route.state.offers] == [["", "10.1.1.2"]]


def test_what_comes_back_while_something_else_waits_has_its_own_time_when_it_goes_again() -> None:
    both = """primary = [
    { next_hop = "10.1.1.2", protocol = "bgp", learned_from = ["10.255.9.1"] },
    { next_hop = "10.1.2.2", protocol = "bgp", learned_from = ["10.255.9.1"] },
]"""
    net = network(f'prefix = "{PREFIX}"\n{both}')
    (route,) = net.pipeline.topology.routes.values()
    third = offer(ONE, 3, "10.255.7.7")
    say(net, third, offer(ONE, 1, "10.1.1.2"), offer(ONE, 2, "10.1.2.2"), withdraw(ONE, 1), withdraw(ONE, 2))
    net.run_to(3.1)
    say(net, offer(ONE, 1, "10.1.1.2"))
    net.run_to(3.15)
    say(net, withdraw(ONE, 1))
    net.run_to(3.25)
    assert [one.lost for one in route.state.offers] == [("10.1.2.2",)]
    net.run_to(3.5)
    assert [sorted(one.lost) for one in route.state.offers] == [["10.1.1.2", "10.1.2.2"]]
    say(net, offer(ONE, 2, "10.1.2.2"))
    assert [one.lost for one in route.state.offers] == [("10.1.1.2",)]


def test_another_neighbour_that_offers_it_is_a_secondary_that_is_not_proven() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), offer(OTHER), withdraw(CORE))
    assert lost_after(net)
    assert net.health(HOST, PREFIX).failover.value == "FailoverInProgress"
    say(net, withdraw(OTHER))
    assert lost_after(net)
    assert (net.health(HOST, PREFIX).state.value, net.health(HOST, PREFIX).failover.value) == ("DOWN", "None")


def test_another_reflector_that_offers_the_same_next_hop_is_no_secondary() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), offer(BmpPeer("10.255.9.9"), next_hop="10.1.1.2"), withdraw(CORE))
    assert lost_after(net)
    assert net.health(HOST, PREFIX).state.value == "DOWN"


RED, BLUE = f'prefix = "{PREFIX}"\nvrf = "red"\n{PRIMARY}', f'prefix = "{PREFIX}"\n{PRIMARY}'


@pytest.mark.parametrize(
    ("peer", "hit"),
    [
        (BmpPeer("10.1.1.2"), "default"),
        (BmpPeer("10.1.1.2", "65010:7"), "red"),
        (BmpPeer("10.1.1.2", "65010:7", "red"), "red"),
        (BmpPeer("10.1.1.2", "65010:7", "green"), ""),
    ],
)
def test_a_prefix_in_two_vrfs_is_that_of_the_session(peer: BmpPeer, hit: str) -> None:
    net = network(RED, BLUE)
    say(net, offer(peer), withdraw(peer))
    assert [vrf for vrf in ("default", "red") if lost_after(net, vrf)] == ([hit] if hit else [])


def test_a_router_that_names_no_vrf_means_the_one_with_such_a_neighbour() -> None:
    net = network(RED)
    say(net, offer(CORE), withdraw(CORE))
    assert lost_after(net, "red")


def test_a_table_that_is_not_told_whole_proves_no_absence() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), BmpSession("", CORE, True), BmpTableComplete("", CORE, "post", False, is_partial=True))
    assert not lost_after(net)
    say(net, BmpTableComplete("", CORE, "post", True))  # of IPv6
    assert not lost_after(net)
    say(net, BmpTableComplete("", CORE, "pre", False))
    assert not lost_after(net)
    say(net, BmpTableComplete("", CORE, "post", False))
    assert lost_after(net)


def test_a_session_that_is_monitored_no_longer_is_a_gap() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), withdraw(CORE), BmpSession("", CORE, False, 5))
    assert not lost_after(net)


def test_when_nobody_listens_for_bmp_it_is_a_gap_too() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), withdraw(CORE))
    net.feed(SourceLost("bmp", True, "it stopped"), Source.ENGINE)
    assert not lost_after(net)


def test_what_was_lost_stays_so_in_a_gap_until_the_device_shows_it_installed() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE), withdraw(CORE))
    assert lost_after(net)
    say(net, BmpRouter("", False, "gone"))
    assert lost_after(net)
    net.report(HOST, PREFIX, ("10.1.1.2", None))
    assert not lost_after(net)


EQUAL = 'primary = [{ next_hop = "10.1.1.2", protocol = "bgp" }, { next_hop = "10.1.2.2", protocol = "bgp" }]'
BEST = BmpPeer("")


def test_a_table_of_best_paths_shows_one_of_several_equal_ones() -> None:
    net = network(f'prefix = "{PREFIX}"\n{EQUAL}')
    say(net, offer(BEST, next_hop="10.1.2.2", table="best"))
    assert not lost_after(net)
    say(net, withdraw(BEST, table="best"))
    assert lost_after(net)


def test_a_baseline_that_a_capture_taught_is_known_again_without_its_interface() -> None:
    net = network(f'prefix = "{PREFIX}"', device=UNPROBED)
    ways = (CapturedPath("10.1.1.2", "GigabitEthernet0/1", "bgp"),)
    shown = Captured(1, HOST, "WLLS", "cisco_ios", net.wall, (CapturedRoute("default", PREFIX, ways, True),), ())
    net.feed(shown, Source.CAPTURE, HOST)
    say(net, offer(BEST, next_hop="10.1.1.2", table="best"))
    (route,) = net.pipeline.topology.routes.values()
    assert route.state.best == route.state.baseline
    assert net.health(HOST, PREFIX).state.value == "HEALTHY"


def test_the_best_path_of_bgp_says_nothing_of_a_static_route() -> None:
    static = 'primary = { next_hop = "10.1.1.2", protocol = "static" }'
    net = network(f'prefix = "{PREFIX}"\n{static}')
    say(net, offer(BEST, next_hop="10.1.1.2", table="best"), withdraw(BEST, table="best"))
    assert not lost_after(net)


def test_a_link_local_next_hop_is_the_path_s_own() -> None:
    via = 'primary = { next_hop = "fe80::1", interface = "Gi0/1", protocol = "bgp" }'
    net = network(f'prefix = "2001:db8::/32"\n{via}', device=UNPROBED)
    path = BmpPath("2001:db8::/32", 0, "2001:db8:1::2", "fe80::1")
    say(net, BmpPaths("", BEST, "best", announced=(path,)))
    (route,) = net.pipeline.topology.routes.values()
    assert [installed.next_hop for installed in route.state.installed or ()] == ["fe80::1"]


def test_statistics_keep_what_only_bmp_tells_fresh_and_their_end_is_a_gap() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}', device=UNPROBED)
    say(net, offer(BEST, next_hop="10.1.1.2", table="best"))
    for at in range(10, 100, 10):
        net.run_to(float(at))
        say(net, BmpStatistics(""))
        assert net.health(HOST, PREFIX).state.value == "HEALTHY"
    say(net, BmpRouter("", False, "gone"))
    net.run_to(125.0)
    assert (net.health(HOST, PREFIX).state.value, net.health(HOST, PREFIX).remark) == ("UNKNOWN", "stale")
    say(net, BmpRouter("", True, "back"), BmpStatistics(""))
    assert net.health(HOST, PREFIX).state.value == "HEALTHY"
    assert not net.outages()


steps = st.lists(st.tuples(st.sampled_from((0.031, 0.113, 0.191, 0.257, 3.0)), st.booleans()), max_size=12)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_it_is_lost_exactly_while_it_has_not_been_offered_for_a_fifth_of_a_second(
    said: list[tuple[float, bool]],
) -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}')
    say(net, offer(CORE))
    gone_at: float | None = None
    (route,) = net.pipeline.topology.routes.values()
    for wait_s, is_offered in said:
        net.run_to(net.now - net.start + wait_s)
        is_believed = gone_at is not None and net.now - gone_at > 0.2
        assert [offer.is_lost for offer in route.state.offers] == [is_believed]
        say(net, offer(CORE) if is_offered else withdraw(CORE))
        gone_at = None if is_offered else gone_at or net.now


def test_what_neighbours_offer_is_watched_while_statistics_come_and_proves_nothing_installed() -> None:
    net = network(f'prefix = "{PREFIX}"\n{PRIMARY}', device=UNPROBED)

    def word() -> tuple[str, str]:
        row = net.health(HOST, PREFIX)
        return row.state.value, row.remark

    say(net, BmpRouter("", True, "a router"), offer(BmpPeer("10.1.1.2"), next_hop="10.1.1.2", table="post"))
    assert word() == ("UNKNOWN", "unprobed"), "a router that sends no statistics may have fallen silent"
    for at in (5.0, 10.0, 15.0):
        net.run_to(at)
        say(net, BmpStatistics(""))
    assert word() == ("UNKNOWN", "not proven")
    say(net, BmpRouter("", False, "gone"))
    assert word() == ("UNKNOWN", "unprobed")
    assert not net.outages()

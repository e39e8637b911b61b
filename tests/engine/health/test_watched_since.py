"""A route that is watched only since after it failed: nobody could have known it earlier, and no latency counts it."""

from __future__ import annotations

from msgspec.structs import replace

from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports.lateness import Delays
from tests.journey import inventory, messages
from tests.virtual import VirtualNetwork

HOST = "WLLS-A01-AR-01"
TEXT = """
[[device]]
hostname = "WLLS-A01-AR-01"
addresses = ["10.255.1.1"]
route = [
    { prefix = "0.0.0.0/0", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" } },
    { prefix = "10.8.0.0/16", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" } },
]
"""


def both() -> Inventory:
    return inventory(TEXT)


def one() -> Inventory:
    return replace(both(), routes=both().routes[:1])


def outage_of(network: VirtualNetwork, prefix: str) -> OutageEvent:
    return next(o for o in network.outages() if o.prefix == prefix)


def failed_an_hour_ago() -> VirtualNetwork:
    network = VirtualNetwork(one())
    network.at(5.0, lambda n: n.log(HOST, messages()["link-down"]))
    network.run_to(3605.0)
    return network


def test_a_route_that_a_reload_adds_over_a_lost_link_counts_from_then() -> None:
    network = failed_an_hour_ago()
    network.inventory = both()
    network.reload()
    old, new = outage_of(network, "0.0.0.0/0"), outage_of(network, "10.8.0.0/16")
    assert (old.watched_at, old.detection_s) == (None, old.detected_at - old.occurred_at)
    assert new.occurred_at == new.first_signal_at == network.start + 5.0
    assert (new.watched_at, new.detection_s) == (network.wall, 0.0)


def test_its_latency_is_in_no_figure() -> None:
    network = failed_an_hour_ago()
    network.inventory = both()
    network.reload()
    today, recent, last = Delays(network.outages()).told(network.wall)
    assert today.outages == recent.outages == len(last) == 1
    assert today.evaluation is not None
    assert today.evaluation.max < 1.0


def test_another_primary_path_is_watched_since_it_is_named() -> None:
    network = VirtualNetwork(inventory(TEXT.replace("Gi0/1", "Gi0/2", 1)))
    network.at(5.0, lambda n: n.log(HOST, messages()["link-down"]))
    network.run_to(3605.0)
    assert [outage.prefix for outage in network.outages()] == ["10.8.0.0/16"]
    network.inventory = both()
    network.reload()
    moved, stays = outage_of(network, "0.0.0.0/0"), outage_of(network, "10.8.0.0/16")
    assert (moved.watched_at, stays.watched_at) == (network.wall, None)


def test_what_fails_later_counts_as_ever_after_a_restart_too() -> None:
    network = VirtualNetwork(one())
    network.run_to(10.0)
    network.inventory = both()
    network.reload()
    network.run_to(20.0)
    network.restart()
    network.log(HOST, messages()["link-down"])
    assert [outage.watched_at for outage in network.outages()] == [None, None]

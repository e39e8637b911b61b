"""What an explanation knows after a restart: the store has what the new engine never saw."""

from __future__ import annotations

from pathlib import Path
from typing import Any  # a scenario's events

import pytest

from statetrace_engine.config.settings import Settings
from statetrace_engine.model.explanation import BlastRadius, Explanation
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.runtime.explaining import Explaining, from_store
from statetrace_engine.store import batch, database
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.history import History
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.pending import Pending
from tests.journey import SCENARIOS, load, prepare
from tests.virtual import VirtualNetwork

ACCESS, CORE = "WLLS-A01-AR-01", "BOYO-B01-CR-01"


VIA_UPSTREAM = "%HA_EM-6-LOG: ROUTEWATCH: route modify 0.0.0.0/0 via 203.0.113.1 GigabitEthernet0/1 protocol bgp"


def played(*events: dict[str, Any]) -> VirtualNetwork:
    """A core router lost its way out, and an access router took another way; then these, at 15 s."""
    scenario = load(SCENARIOS / "upstream-failure-is-linked-to-the-upstreams-own.toml")
    scenario["event"] += [{"t": 15.0, "route": "", **event} for event in events]
    network = prepare(scenario)
    network.run_to(120.0)
    return network


CORE_IS_BACK = {"device": CORE, "say": ["link-up"], "log": VIA_UPSTREAM}
ACCESS_IS_BACK = {"device": ACCESS, "say": ["via-primary"]}


@pytest.fixture
def network() -> VirtualNetwork:
    """All is over."""
    return played(CORE_IS_BACK, ACCESS_IS_BACK)


class Stored:
    """The store that an engine has left, and another that explains with it."""

    def __init__(self, folder: Path, network: VirtualNetwork) -> None:
        path = folder / "statetrace.db"
        pending = Pending()
        pending.add(network.changes, 1)
        with database.open_writer(path).begin() as connection:
            batch.prepare(connection, folder, network.wall)
            batch.write(connection, pending, {})
        self.network = network
        self.history = History(path)
        journal = Journal(folder / "journal")
        self.explaining = Explaining(journal, self.history, CaptureReader(Captures(path)), lambda: network.wall)

    async def live(self, outage: OutageEvent) -> Explanation:
        found = await self.explaining.live(outage.outage_id, self.network.pipeline, Settings())
        assert found is not None
        return found


def of(network: VirtualNetwork, host: str) -> OutageEvent:
    return next(outage for outage in network.outages() if outage.hostname == host)


def reach(network: VirtualNetwork, outage: OutageEvent) -> BlastRadius:
    found = network.pipeline.explanation(outage.outage_id)
    assert found is not None
    assert found.radius is not None
    return found.radius


async def test_the_reach_of_a_closed_outage_that_nobody_looked_at_is_the_same_after_a_restart(
    network: VirtualNetwork, tmp_path: Path
) -> None:
    outage = of(network, ACCESS)
    assert outage.closed_at is not None
    before = reach(network, outage)
    assert before.linked
    assert [route.hostname for route in before.routes] == [ACCESS]
    stored = Stored(tmp_path, network)
    network.restart()
    assert (await stored.live(outage)).radius == before


def test_the_store_alone_knows_names_and_linked_incidents(network: VirtualNetwork, tmp_path: Path) -> None:
    outage = of(network, ACCESS)
    found = from_store(Stored(tmp_path, network).history, outage, network.wall, Settings())
    assert found.radius == reach(network, outage)


async def test_an_open_outage_is_linked_to_an_incident_that_ended_before_the_restart(
    tmp_path: Path,
) -> None:
    network = played(CORE_IS_BACK)
    outage, upstream = of(network, ACCESS), of(network, CORE)
    assert (outage.closed_at is None, upstream.closed_at is None) == (True, False)
    before = reach(network, outage)
    assert before.linked == (upstream.incident_id,)
    stored = Stored(tmp_path, network)
    network.restart()
    assert reach(network, outage).linked == ()
    assert (await stored.live(outage)).radius == before


async def test_routes_that_nobody_watches_any_more_keep_their_names(network: VirtualNetwork, tmp_path: Path) -> None:
    outage = of(network, ACCESS)
    stored = Stored(tmp_path, network)
    removed = Pending()
    removed.add((), 2, removed=(outage.route_id,))
    with database.open_writer(tmp_path / "statetrace.db").begin() as connection:
        batch.write(connection, removed, {})
    (route,) = stored.history.routes_by_id((outage.route_id,))
    assert (route.hostname, route.prefix, route.paths) == (ACCESS, "0.0.0.0/0", ())

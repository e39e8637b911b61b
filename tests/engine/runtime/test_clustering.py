"""What belongs together in a running engine: made of cards, incidents and outages, again only when they change."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec
import pytest

from statetrace_engine import config
from statetrace_engine.config.settings import Settings
from statetrace_engine.model.action import JudgeCard
from statetrace_engine.model.anomaly import CardVerdict
from statetrace_engine.model.signal import SettingsChanged, Source
from statetrace_engine.model.status import EngineStatus
from statetrace_engine.runtime.board import Board
from statetrace_engine.runtime.clustering import Clustering
from statetrace_engine.runtime.memory import Memory
from tests.journey import SCENARIOS, load, prepare
from tests.virtual import VirtualNetwork

CORE = "BOYO-B01-CR-01"
FAILED = "%C4K_IOSMODPORTMAN-4-POWERSUPPLYBAD: Power supply 1 has failed or been turned off"


class Loaded:
    """Nothing is read from a store."""

    async def wait(self) -> None: ...


class Running:
    def __init__(self, network: VirtualNetwork) -> None:
        self.network = network
        self.board = Board(lambda: cast(EngineStatus, None))
        self._told = 0
        memory = cast(Memory, Loaded())
        self.clustering = Clustering(self.board, lambda: network.pipeline, memory, Settings)

    def run_to(self, seconds: float) -> None:
        self.network.run_to(seconds)
        self.board.take(self.network.changes[self._told :])
        self._told = len(self.network.changes)


@pytest.fixture
def running() -> Running:
    """A core router loses a power supply, then its way out; an access router loses what it was offered by it."""
    network = prepare(load(SCENARIOS / "upstream-failure-is-linked-to-the-upstreams-own.toml"))
    rules = config.load(Path("no such home")).rules
    policy = msgspec.Raw(msgspec.msgpack.encode(network.policy))
    network.feed(SettingsChanged(network.inventory, policy, network.relays, rules), Source.ENGINE)
    network.at(3.0, lambda n: n.log(CORE, FAILED))
    return Running(network)


async def test_a_card_and_the_outages_that_follow_it_are_one(running: Running) -> None:
    running.run_to(30.0)
    (cluster,) = await running.clustering.clusters()
    assert cluster.title == "A power failure"
    assert len(cluster.card_ids) == 1
    assert set(cluster.outage_ids) == {outage.outage_id for outage in running.network.outages()}
    for outage in running.network.outages():
        (card,) = await running.clustering.cards_of(outage.outage_id)
        assert (card.rule, card.hostname) == ("PowerSupply", CORE)
    assert await running.clustering.cards_of("OUT-NONE") == ()


async def test_it_is_made_again_only_when_something_has_changed(running: Running) -> None:
    running.run_to(30.0)
    before = await running.clustering.clusters()
    assert await running.clustering.clusters() is before
    running.network.log(CORE, FAILED.replace("supply 1", "supply 2"))
    running.run_to(31.0)
    assert len((await running.clustering.clusters())[0].card_ids) == 2


async def test_a_false_positive_belongs_to_nothing(running: Running) -> None:
    running.run_to(30.0)
    (card,) = running.clustering.cards()
    running.network.act(JudgeCard("1", "ana", card.card_id, CardVerdict.FALSE))
    running.run_to(31.0)
    assert all(card.card_id not in cluster.card_ids for cluster in await running.clustering.clusters())
